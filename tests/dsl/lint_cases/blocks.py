"""Blocks, effects and look-ups that a port can't go through."""

from __future__ import annotations

from tests.dsl.lint_cases.case import Case

# a message is compared as it is read

BLOCKS = [
    Case(
        "while",
        """
def podcast(draft):
    while draft.score < 3:
        draft = improve(draft)
    return draft
""",
        """
error: draft.score has no value while the pipeline is traced, but `while` needs it
  here     app.py:2:  while draft.score < 3:
  made at  app.py:1:  def podcast(draft):
  instead  draft = repeat(improve, until=lambda draft: not draft.score < 3, max_turns=10)(draft)
""",
    ),
    Case(
        "match",
        """
def podcast(lang):
    match lang:
        case "fr" | "be":
            voice = "a"
        case _:
            voice = "b"
    return speak(voice)
""",
        """
error: lang has no value while the pipeline is traced, but `match` needs it
  here     app.py:2:  match lang:
  made at  app.py:1:  def podcast(lang):
  instead  voice = switch(lang, {"fr": "a", "be": "a"}, default="b")
""",
    ),
    Case(
        "try",
        """
def podcast(topic):
    try:
        voice = speak(topic)
    except ValueError:
        voice = draw(topic)
    return join([voice])
""",
        """
error: `try` can't see speak fail: the body is traced first, and its steps run later
  or       speak.options(retries=3)(...) tries the step itself again
  here     app.py:2:  try:
  instead  voice = speak(topic).or_else(draw(topic))
""",
    ),
    Case(
        "with over a step",
        """
def podcast(topic):
    with open("log.txt") as file:
        voice = speak(topic)
    return voice
""",
        """
warning: open("log.txt") opens a file once, when the pipeline is traced, and every run gets what it read then
  here     app.py:2:  with open("log.txt") as file:
  instead  @node
           def read():
               with open("log.txt") as file:
                   return file.read()
warning: `with open("log.txt")` is over when speak runs: the body is traced first, and its steps run later
  here     app.py:2:  with open("log.txt") as file:
  instead  @node
           def speak(...):
               with open("log.txt"):
                   ...
""",
    ),
    Case(
        "with a port",
        """
def podcast(file):
    with file as text:
        pass
    return speak(file)
""",
        """
error: file has no value while the pipeline is traced, but it was used in a `with`
  here     app.py:2:  with file as text:
  made at  app.py:1:  def podcast(file):
  instead  a node that opens and closes it
""",
    ),
    Case(
        "del",
        """
def podcast(topic):
    voice = speak(topic)
    del voice
    return draw(topic)
""",
        """
warning: del forgets the name voice alone: its step stays in the pipeline, and runs
  here     app.py:3:  del voice
  instead  the call left out, or only=... to run a part
""",
    ),
    Case(
        "del of a part",
        """
def podcast(topic):
    del topic["x"]
    return draw(topic)
""",
        """
error: topic has no value while the pipeline is traced, but a part of it was deleted
  here     app.py:2:  del topic["x"]
  made at  app.py:1:  def podcast(topic):
  instead  a node that returns the changed value
""",
    ),
    Case(
        "a part is set",
        """
def podcast(topic):
    topic["x"] = 1
    return draw(topic)
""",
        """
error: topic has no value while the pipeline is traced, but a part of it was set
  here     app.py:2:  topic["x"] = 1
  made at  app.py:1:  def podcast(topic):
  instead  a node that returns the changed value
""",
    ),
    Case(
        "assert",
        """
def podcast(topic):
    assert topic, "no topic"
    return draw(topic)
""",
        """
error: topic has no value while the pipeline is traced, but `assert` needs it
  here     app.py:2:  assert topic, "no topic"
  made at  app.py:1:  def podcast(topic):
  instead  apply(lambda topic: topic, topic), or a node that raises
""",
    ),
    Case(
        "print",
        """
def podcast(topic):
    image = draw(topic)
    print("made", image)
    return image
""",
        """
warning: print("made", image) prints a port, once, when the pipeline is traced; image has no value then
  value    podcast.run(...).steps["draw"]
  here     app.py:3:  print("made", image)
  instead  apply(print, "made", image)
""",
    ),
    Case(
        "print of an input",
        """
def podcast(topic):
    print(f"about {topic}")
    return draw(topic)
""",
        """
warning: print(f"about {topic}") prints a port, once, when the pipeline is traced; f"about {topic}" has no value then
  here     app.py:2:  print(f"about {topic}")
  instead  apply(print, f"about {topic}")
""",
    ),
    Case(
        "logging",
        """
def podcast(topic):
    log.info("about %s", topic)
    return draw(topic)
""",
        """
warning: log.info("about %s", topic) logs a port, once, when the pipeline is traced; topic has no value then
  here     app.py:2:  log.info("about %s", topic)
  instead  apply(log.info, "about %s", topic)
""",
    ),
    Case(
        "lookup",
        """
def podcast(lang):
    return speak(VOICES[lang])
""",
        """
error: lang has no value while the pipeline is traced, but it was used as a key of VOICES
  here     app.py:2:  return speak(VOICES[lang])
  made at  app.py:1:  def podcast(lang):
  instead  switch(lang, VOICES)
""",
    ),
    Case(
        "lookup in a list",
        """
def podcast(number):
    return speak(NAMES[number])
""",
        """
error: number has no value while the pipeline is traced, but it was used as a key of NAMES
  here     app.py:2:  return speak(NAMES[number])
  made at  app.py:1:  def podcast(number):
  instead  apply(lambda number: NAMES[number], number)
""",
    ),
    Case(
        "get",
        """
def podcast(lang):
    return speak(VOICES.get(lang, "c.wav"))
""",
        """
error: lang has no value while the pipeline is traced, but it was used as a key of VOICES
  here     app.py:2:  return speak(VOICES.get(lang, "c.wav"))
  made at  app.py:1:  def podcast(lang):
  instead  switch(lang, VOICES, default="c.wav")
""",
    ),
    Case(
        "in",
        """
def podcast(lang):
    if lang in {"fr", "de"}:
        return speak("a")
    return speak("b")
""",
        """
error: lang has no value while the pipeline is traced, but `if` needs it
  here     app.py:2:  if lang in {"fr", "de"}:
  made at  app.py:1:  def podcast(lang):
  instead  return when(apply(lambda lang: lang in {"fr", "de"}, lang), speak("a"), speak("b"))
""",
    ),
    Case(
        "port as a key",
        """
def podcast(lang):
    return speak({lang: 1})
""",
        """
error: lang has no value while the pipeline is traced, but it was used as a key of a dict or in a set
  here     app.py:2:  return speak({lang: 1})
  made at  app.py:1:  def podcast(lang):
  instead  a list, or a dict whose keys are plain values: {...: lang}
""",
    ),
    Case(
        "method of a text",
        """
def podcast(topic):
    return speak(f"About {topic}".lower())
""",
        """
error: f"About {topic}" has no value while the pipeline is traced, but .lower() was called on the text
  here     app.py:2:  return speak(f"About {topic}".lower())
  made at  app.py:1:  def podcast(topic):
  instead  apply(str.lower, f"About {topic}")
""",
    ),
    Case(
        "strip that misses the value",
        """
def podcast(topic):
    return speak(f"{topic} ".strip())
""",
        """
error: f"{topic} " has no value while the pipeline is traced, but .strip() was called on the text
  here     app.py:2:  return speak(f"{topic} ".strip())
  made at  app.py:1:  def podcast(topic):
  instead  apply(str.strip, f"{topic} ")
""",
    ),
    Case(
        "slice of a text",
        """
def podcast(topic):
    return speak(f"About {topic}"[:200])
""",
        """
error: f"About {topic}" has no value while the pipeline is traced, but a part of the text was taken
  here     app.py:2:  return speak(f"About {topic}"[:200])
  made at  app.py:1:  def podcast(topic):
  instead  apply(lambda text: text[:200], f"About {topic}")
""",
    ),
    Case(
        "len of a text",
        """
def podcast(topic):
    return speak(len(f"About {topic}"))
""",
        """
error: f"About {topic}" has no value while the pipeline is traced, but len() was asked of it
  here     app.py:2:  return speak(len(f"About {topic}"))
  made at  app.py:1:  def podcast(topic):
  instead  apply(len, f"About {topic}")
""",
    ),
    Case(
        "in a text",
        """
def podcast(topic):
    return speak("cat" in f"About {topic}")
""",
        """
error: f"About {topic}" has no value while the pipeline is traced, but `in` was asked of it
  here     app.py:2:  return speak("cat" in f"About {topic}")
  made at  app.py:1:  def podcast(topic):
  instead  apply(lambda text: "cat" in text, f"About {topic}")
""",
    ),
    Case(
        "comparison of a text",
        """
def podcast(topic):
    text = str(topic)
    return speak(text == "cats")
""",
        """
error: text has no value while the pipeline is traced, but it was compared
  here     app.py:3:  return speak(text == "cats")
  made at  app.py:1:  def podcast(topic):
  instead  apply(lambda text: text == "cats", text)
""",
    ),
]
