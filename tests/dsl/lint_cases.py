"""Bodies of pipelines: wrong ones with what the user reads, and right ones."""

from __future__ import annotations

from dataclasses import dataclass

# ruff: noqa: E501  # a message is compared as it is read


@dataclass(frozen=True)
class Case:
    """A body, and all that is said about it."""

    name: str
    body: str
    message: str = ""


WRONG = [
    Case(
        "for over a port",
        """
def podcast(topic):
    clips = []
    script = write_script(topic)
    for line in script.lines:
        clip = speak(text=line["text"], voice=line["voice"])
        clips.append(clip)
    return join(clips)
""",
        """
error: script.lines has no value while the pipeline is traced, but a `for` loop went over it
  here     app.py:4:  for line in script.lines:
  made at  app.py:3:  script = write_script(topic)
  instead  line = each(script.lines)
           clip = speak(text=line["text"], voice=line["voice"])
           clips = gather(clip)
""",
    ),
    Case(
        "for with enumerate over a port",
        """
def podcast(names):
    for number, name in enumerate(names):
        speak(name, number)
    return draw("x")
""",
        """
error: names has no value while the pipeline is traced, but a `for` loop went over it
  here     app.py:2:  for number, name in enumerate(names):
  made at  app.py:1:  def podcast(names):
  instead  item = each(apply(lambda names: list(enumerate(names)), names))
           number = item[0]
           name = item[1]
           speak(name, number)
""",
    ),
    Case(
        "for with zip over two ports",
        """
def podcast(names, voices):
    for name, voice in zip(names, voices):
        draw(name, voice)
    return draw("x")
""",
        """
error: names has no value while the pipeline is traced, but a `for` loop went over it
  here     app.py:2:  for name, voice in zip(names, voices):
  made at  app.py:1:  def podcast(names, voices):
  instead  name = each(names)
           voice = each(voices)
           draw(name, voice)
""",
    ),
    Case(
        "for with range of a port",
        """
def podcast(count):
    for number in range(count):
        draw(number)
    return draw("x")
""",
        """
error: count has no value while the pipeline is traced, but a `for` loop went over it
  here     app.py:2:  for number in range(count):
  made at  app.py:1:  def podcast(count):
  instead  number = each(apply(lambda count: list(range(count)), count))
           draw(number)
""",
    ),
    Case(
        "comprehension over a port",
        """
def podcast(topic):
    script = write_script(topic)
    clips = [speak(line["text"]) for line in script.lines]
    return join(clips)
""",
        """
error: script.lines has no value while the pipeline is traced, but a comprehension went over it
  here     app.py:3:  clips = [speak(line["text"]) for line in script.lines]
  made at  app.py:2:  script = write_script(topic)
  instead  line = each(script.lines)
           clips = gather(speak(line["text"]))
""",
    ),
    Case(
        "comprehension with a filter over a port",
        """
def podcast(topic):
    script = write_script(topic)
    return join([speak(line) for line in script.lines if line])
""",
        """
error: script.lines has no value while the pipeline is traced, but a comprehension went over it
  here     app.py:3:  return join([speak(line) for line in script.lines if line])
  made at  app.py:2:  script = write_script(topic)
  instead  line = each(apply(lambda lines: [line for line in lines if line], script.lines))
           return join(gather(speak(line)))
""",
    ),
    Case(
        "comprehension without nodes",
        """
def podcast(topic, greeting):
    texts = [f"{greeting} {name}" for name in topic]
    return join(texts)
""",
        """
error: topic has no value while the pipeline is traced, but a comprehension went over it
  here     app.py:2:  texts = [f"{greeting} {name}" for name in topic]
  made at  app.py:1:  def podcast(topic, greeting):
  instead  texts = apply(lambda greeting, topic: [f"{greeting} {name}" for name in topic], greeting, topic)
""",
    ),
    Case(
        "sum over a port",
        """
def podcast(scores):
    total = sum(score * 2 for score in scores)
    return draw(total)
""",
        """
error: scores has no value while the pipeline is traced, but a comprehension went over it
  here     app.py:2:  total = sum(score * 2 for score in scores)
  made at  app.py:1:  def podcast(scores):
  instead  total = apply(lambda scores: sum((score * 2 for score in scores)), scores)
""",
    ),
    Case(
        "accumulator",
        """
def podcast(scores):
    total = 0
    for score in scores:
        total += score
    return draw(total)
""",
        """
error: scores has no value while the pipeline is traced, but a `for` loop went over it
  here     app.py:3:  for score in scores:
  made at  app.py:1:  def podcast(scores):
  instead  @node
           def step(total, score):
               return total + score
           total = accumulate(step, scores, total)
""",
    ),
    Case(
        "accumulator by a node",
        """
def podcast(scores):
    total = 0
    for score in scores:
        total = add(total, score)
    return draw(total)
""",
        """
error: scores has no value while the pipeline is traced, but a `for` loop went over it
  here     app.py:3:  for score in scores:
  made at  app.py:1:  def podcast(scores):
  instead  total = accumulate(add, scores, total)
""",
    ),
    Case(
        "if with two sides",
        """
def podcast(topic):
    if topic:
        voice = speak(topic)
    else:
        voice = speak("nothing")
    return join([voice])
""",
        """
error: topic has no value while the pipeline is traced, but `if` needs it
  here     app.py:2:  if topic:
  made at  app.py:1:  def podcast(topic):
  instead  voice = when(topic, speak(topic), speak("nothing"))
""",
    ),
    Case(
        "if that returns early",
        """
def podcast(score):
    if score > 0.8:
        return speak("good")
    return speak("bad")
""",
        """
error: score has no value while the pipeline is traced, but `if` needs it
  here     app.py:2:  if score > 0.8:
  made at  app.py:1:  def podcast(score):
  instead  return when(apply(lambda score: score > 0.8, score), speak("good"), speak("bad"))
""",
    ),
    Case(
        "if elif over constants",
        """
def podcast(lang):
    if lang == "fr":
        voice = speak("oui")
    elif lang == "de":
        voice = speak("ja")
    else:
        voice = speak("yes")
    return join([voice])
""",
        """
error: lang has no value while the pipeline is traced, but `if` needs it
  here     app.py:2:  if lang == "fr":
  made at  app.py:1:  def podcast(lang):
  instead  voice = switch(lang, {"fr": speak("oui"), "de": speak("ja")}, default=speak("yes"))
""",
    ),
    Case(
        "is None",
        """
def podcast(topic=None):
    if topic is None:
        topic = "cats"
    return speak(topic)
""",
        """
error: topic has no value while the pipeline is traced, but `if` needs it
  here     app.py:2:  if topic is None:
  made at  app.py:1:  def podcast(topic=None):
  instead  topic = when(apply(lambda topic: topic is None, topic), "cats", topic)
""",
    ),
    Case(
        "isinstance",
        """
def podcast(topic):
    if isinstance(topic, str):
        topic = speak(topic)
    return join([topic])
""",
        """
error: topic has no value while the pipeline is traced, but `if` needs it
  here     app.py:2:  if isinstance(topic, str):
  made at  app.py:1:  def podcast(topic):
  instead  topic = when(apply(isinstance, topic, str), speak(topic), topic)
""",
    ),
    Case(
        "ternary",
        """
def podcast(topic):
    return speak("a") if topic else speak("b")
""",
        """
error: topic has no value while the pipeline is traced, but a ternary needs it
  here     app.py:2:  return speak("a") if topic else speak("b")
  made at  app.py:1:  def podcast(topic):
  instead  when(topic, speak("a"), speak("b"))
""",
    ),
    Case(
        "or",
        """
def podcast(feedback):
    return speak(feedback or "x")
""",
        """
error: feedback has no value while the pipeline is traced, but `or` needs it
  here     app.py:2:  return speak(feedback or "x")
  made at  app.py:1:  def podcast(feedback):
  instead  when(feedback, feedback, "x")
""",
    ),
    Case(
        "and",
        """
def podcast(score, other):
    return speak(score > 1 and other < 2)
""",
        """
error: score has no value while the pipeline is traced, but `and` needs it
  here     app.py:2:  return speak(score > 1 and other < 2)
  made at  app.py:1:  def podcast(score, other):
  instead  apply(lambda score, other: score > 1 and other < 2, score, other)
""",
    ),
    Case(
        "not",
        """
def podcast(topic):
    return speak(not topic)
""",
        """
error: topic has no value while the pipeline is traced, but `not` needs it
  here     app.py:2:  return speak(not topic)
  made at  app.py:1:  def podcast(topic):
  instead  apply(lambda topic: not topic, topic)
""",
    ),
    Case(
        "comparison",
        """
def podcast(topic):
    return speak(topic == "cats")
""",
        """
error: topic has no value while the pipeline is traced, but it was compared
  here     app.py:2:  return speak(topic == "cats")
  made at  app.py:1:  def podcast(topic):
  instead  apply(lambda topic: topic == "cats", topic)
""",
    ),
    Case(
        "arithmetic",
        """
def podcast(count):
    return speak(count + 1)
""",
        """
error: count has no value while the pipeline is traced, but arithmetic was done with it
  here     app.py:2:  return speak(count + 1)
  made at  app.py:1:  def podcast(count):
  instead  apply(lambda count: count + 1, count)
""",
    ),
    Case(
        "text added to a port",
        """
def podcast(animal):
    return draw("A " + animal)
""",
        """
error: animal has no value while the pipeline is traced, but arithmetic was done with it
  here     app.py:2:  return draw("A " + animal)
  made at  app.py:1:  def podcast(animal):
  instead  f"A {animal}"
""",
    ),
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
    Case(
        "repr in a text",
        """
def podcast(topic):
    return speak(f"{topic!r}!")
""",
        """
error: topic has no value while the pipeline is traced, but !r asks for its repr
  here     app.py:2:  return speak(f"{topic!r}!")
  made at  app.py:1:  def podcast(topic):
  instead  f"{topic}!"
""",
    ),
    Case(
        "join",
        """
def podcast(topic, lang):
    return speak(" ".join([topic, lang]))
""",
        """
error: topic has no value while the pipeline is traced, but join() needs strings
  here     app.py:2:  return speak(" ".join([topic, lang]))
  made at  app.py:1:  def podcast(topic, lang):
  instead  apply(" ".join, [topic, lang])
""",
    ),
    Case(
        "json",
        """
def podcast(topic):
    return speak(json.dumps({"about": topic}))
""",
        """
error: topic has no value while the pipeline is traced, but json.dumps() was asked of it
  here     app.py:2:  return speak(json.dumps({"about": topic}))
  made at  app.py:1:  def podcast(topic):
  instead  apply(json.dumps, {"about": topic})
""",
    ),
    Case(
        "len",
        """
def podcast(topic):
    script = write_script(topic)
    return speak(len(script.lines))
""",
        """
error: script.lines has no value while the pipeline is traced, but len() was asked of it
  here     app.py:3:  return speak(len(script.lines))
  made at  app.py:2:  script = write_script(topic)
  instead  apply(len, script.lines)
""",
    ),
    Case(
        "int",
        """
def podcast(count):
    return draw("x", seed=int(count))
""",
        """
error: count has no value while the pipeline is traced, but int() was asked of it
  here     app.py:2:  return draw("x", seed=int(count))
  made at  app.py:1:  def podcast(count):
  instead  apply(int, count)
""",
    ),
    Case(
        "max of ports",
        """
def podcast(a, b):
    return draw(max([a, b]))
""",
        """
error: a has no value while the pipeline is traced, but max() was asked of it
  here     app.py:2:  return draw(max([a, b]))
  made at  app.py:1:  def podcast(a, b):
  instead  apply(max, [a, b])
""",
    ),
    Case(
        "sorted",
        """
def podcast(names):
    return draw(sorted(names))
""",
        """
error: names has no value while the pipeline is traced, but sorted() was asked of it
  here     app.py:2:  return draw(sorted(names))
  made at  app.py:1:  def podcast(names):
  instead  apply(sorted, names)
""",
    ),
    Case(
        "map",
        """
def podcast(names):
    return join(list(map(speak, names)))
""",
        """
error: names has no value while the pipeline is traced, but map() was asked of it
  here     app.py:2:  return join(list(map(speak, names)))
  made at  app.py:1:  def podcast(names):
  instead  gather(speak(each(names)))
""",
    ),
    Case(
        "Path",
        """
def podcast(name):
    return draw(Path(name))
""",
        """
error: name has no value while the pipeline is traced, but Path() was asked of it
  here     app.py:2:  return draw(Path(name))
  made at  app.py:1:  def podcast(name):
  instead  apply(Path, name)
""",
    ),
    Case(
        "random into a step",
        """
def podcast(topic):
    return draw(prompt=topic, seed=random.random())
""",
        """
error: random.random() runs once, when the pipeline is traced, and every run gets the value it gave then
  or       a Space takes the function as it is: seed=random.random
  here     app.py:2:  return draw(prompt=topic, seed=random.random())
  instead  draw(prompt=topic, seed=every_run(random.random))
""",
    ),
    Case(
        "random through a name",
        """
def podcast(topic):
    seed = random.randint(1, 9)
    return draw(topic, seed)
""",
        """
error: random.randint(1, 9) runs once, when the pipeline is traced, and every run gets the value it gave then
  here     app.py:2:  seed = random.randint(1, 9)
  instead  draw(topic, every_run(lambda: random.randint(1, 9)))
""",
    ),
    Case(
        "now in a text",
        """
def podcast(topic):
    return speak(f"{topic} at {datetime.now()}")
""",
        """
error: datetime.now() runs once, when the pipeline is traced, and every run gets the value it gave then
  or       a Space takes the function as it is: seed=datetime.now
  here     app.py:2:  return speak(f"{topic} at {datetime.now()}")
  instead  speak(f"{topic} at {apply(datetime.now)}")
""",
    ),
    Case(
        "uuid as text",
        """
def podcast(topic):
    return draw(topic, str(uuid.uuid4()))
""",
        """
error: uuid.uuid4() runs once, when the pipeline is traced, and every run gets the value it gave then
  here     app.py:2:  return draw(topic, str(uuid.uuid4()))
  instead  draw(topic, every_run(lambda: str(uuid.uuid4())))
""",
    ),
    Case(
        "time for its own sake",
        """
def podcast(topic):
    start = time.time()
    return draw(topic)
""",
        """
warning: time.time() runs once, when the pipeline is traced, and every run gets the value it gave then
  or       a Space takes the function as it is: seed=time.time
  here     app.py:2:  start = time.time()
  instead  every_run(time.time)
""",
    ),
    Case(
        "environment",
        """
def podcast(topic):
    return draw(topic, os.environ["STYLE"], os.getenv("MOOD"))
""",
        """
warning: os.environ["STYLE"] reads the environment once, when the pipeline is traced, and every run gets what it read then
  here     app.py:2:  return draw(topic, os.environ["STYLE"], os.getenv("MOOD"))
  instead  @node
           def read():
               return os.environ["STYLE"]
warning: os.getenv("MOOD") reads the environment once, when the pipeline is traced, and every run gets what it read then
  here     app.py:2:  return draw(topic, os.environ["STYLE"], os.getenv("MOOD"))
  instead  @node
           def read():
               return os.getenv("MOOD")
""",
    ),
    Case(
        "a step named like its node",
        """
def podcast(topic):
    script = script(topic)
    return script.html
""",
        """
error: script is a node here and a step there, and has no value at this line: name the step differently
  here     app.py:2:  script = script(topic)
  instead  script_result = script(topic)
""",
    ),
    Case(
        "node as an argument",
        """
def podcast(topic):
    return speak(write_script)
""",
        """
error: write_script is a node, not a step of it: it was not called
  here     app.py:2:  return speak(write_script)
  instead  write_script(...)
""",
    ),
    Case(
        "node returned",
        """
def podcast(topic):
    voice = speak(topic)
    return voice, join
""",
        """
error: join is a node, not a step of it: it was not called
  here     app.py:3:  return voice, join
  instead  join(...)
""",
    ),
    Case(
        "pipeline as an argument",
        """
def podcast(topic):
    return speak(teaser)
""",
        """
error: teaser is a pipeline, not a step of it: it was not called
  here     app.py:2:  return speak(teaser)
  instead  teaser(...)
""",
    ),
    Case(
        "recursion",
        """
def podcast(topic):
    return podcast(speak(topic))
""",
        """
error: podcast calls itself, and a pipeline has no end of that
  here     app.py:2:  return podcast(speak(topic))
  instead  repeat(step, until=lambda result: ..., max_turns=10)(...)
""",
    ),
    Case(
        "lambda over a port",
        """
def podcast(topic, limit):
    return apply(lambda score: score > limit, topic)
""",
        """
error: limit has no value while the pipeline is traced, but a lambda keeps it
  here     app.py:2:  return apply(lambda score: score > limit, topic)
  made at  app.py:1:  def podcast(topic, limit):
  instead  apply(lambda score, limit: score > limit, topic, limit)
""",
    ),
    Case(
        "local function over a port",
        """
def podcast(topic, limit):
    def good(score):
        return score > limit
    return apply(good, topic)
""",
        """
error: limit has no value while the pipeline is traced, but good() keeps it
  here     app.py:4:  return apply(good, topic)
  made at  app.py:1:  def podcast(topic, limit):
  instead  def good(score, limit): ...
""",
    ),
    Case(
        "async",
        """
async def podcast(topic):
    return await speak(topic)
""",
        """
error: podcast is an `async def`, and the body is traced, not run. Its nodes may be async, or yield
  here     app.py:1:  async def podcast(topic):
  instead  def podcast(...): with no await
""",
    ),
    Case(
        "yield",
        """
def podcast(topic):
    yield speak(topic)
""",
        """
error: podcast yields, and the body is traced, not run. Its nodes may be async, or yield
  here     app.py:1:  def podcast(topic):
  instead  return ... with all outputs
""",
    ),
    Case(
        "double star",
        """
def podcast(line):
    return speak(**line)
""",
        """
error: line has no value while the pipeline is traced, but it was unpacked with **
  here     app.py:2:  return speak(**line)
  made at  app.py:1:  def podcast(line):
  instead  speak(name=line["name"], ...), each argument by its name
""",
    ),
    Case(
        "double star in a dict",
        """
def podcast(line):
    return speak({**line, "x": 1})
""",
        """
error: line has no value while the pipeline is traced, but it was unpacked with **
  here     app.py:2:  return speak({**line, "x": 1})
  made at  app.py:1:  def podcast(line):
  instead  {"key": line["key"]}, each key by its name
""",
    ),
    Case(
        "star",
        """
def podcast(line):
    return speak(*line)
""",
        """
error: line has no value while the pipeline is traced, but it was unpacked with *
  here     app.py:2:  return speak(*line)
  made at  app.py:1:  def podcast(line):
  instead  line whole, or by parts: line[0], line[1]
""",
    ),
    Case(
        "no return",
        """
def podcast(topic):
    voice = speak(topic)
    join([voice])
""",
        """
error: podcast returns nothing. Its last step is join: return it, or annotate -> None
  here     app.py:3:  join([voice])
  instead  return join([voice])
""",
    ),
    Case(
        "no order",
        """
def podcast(topic) -> None:
    upload(topic)
    notify()
""",
        """
warning: upload and notify have no order: neither takes a result of the other, and the second may run first
  here     app.py:3:  notify()
  instead  done = upload(topic)
           notify.options(after=done)()
""",
    ),
    Case(
        "a step that nobody uses",
        """
def podcast(topic):
    image = draw(topic)
    return speak(topic)
""",
        """
warning: nobody uses image: the step draw runs, and its result goes nowhere
  here     app.py:2:  image = draw(topic)
  instead  return it as well, or leave the name out: draw(topic)
""",
    ),
    Case(
        "helper",
        """
def podcast(topic):
    return speak(shout(topic))
""",
        """
error: text has no value while the pipeline is traced, but a ternary needs it
  here     app.py:-10:  return text.upper() if text else ""
  made at  app.py:1:  def podcast(topic):
  instead  when(text, text.upper(), "")
""",
    ),
    Case(
        "helper in the body",
        """
def podcast(topic):
    def say(text):
        return speak(text if text else "nothing")
    return say(topic)
""",
        """
error: text has no value while the pipeline is traced, but a ternary needs it
  here     app.py:3:  return speak(text if text else "nothing")
  made at  app.py:1:  def podcast(topic):
  instead  when(text, text, "nothing")
""",
    ),
    Case(
        "over several lines",
        """
def podcast(topic):
    return speak(
        text="a",
        voice=(
            topic
            or "b"
        ),
    )
""",
        """
error: topic has no value while the pipeline is traced, but `or` needs it
  here     app.py:5:  topic
  made at  app.py:1:  def podcast(topic):
  instead  when(topic, topic, "b")
""",
    ),
    Case(
        "comprehension over a port with a name of its own",
        """
def podcast(names):
    return join([f"{names} {names}" for names in names])
""",
        """
error: names has no value while the pipeline is traced, but a comprehension went over it
  here     app.py:2:  return join([f"{names} {names}" for names in names])
  made at  app.py:1:  def podcast(names):
  instead  return join(apply(lambda names: [f"{names} {names}" for names in names], names))
""",
    ),
    Case(
        "nested comprehension",
        """
def podcast(xs, ys):
    return join([draw(x, seed=y) for x in xs for y in ys])
""",
        """
error: xs has no value while the pipeline is traced, but a comprehension went over it
  here     app.py:2:  return join([draw(x, seed=y) for x in xs for y in ys])
  made at  app.py:1:  def podcast(xs, ys):
  instead  x, y = product(xs, ys)
           return join(gather(draw(x, seed=y)))
""",
    ),
    Case(
        "elif with another test",
        """
def podcast(score):
    if score > 3:
        mood = "good"
    elif score > 1:
        mood = "fair"
    else:
        mood = "bad"
    return speak(mood)
""",
        """
error: score has no value while the pipeline is traced, but `if` needs it
  here     app.py:2:  if score > 3:
  made at  app.py:1:  def podcast(score):
  instead  mood = when(apply(lambda score: score > 3, score), "good", when(apply(lambda score: score > 1, score), "fair", "bad"))
""",
    ),
    Case(
        "json of a port",
        """
def podcast(image):
    import_me = json.loads(image)
    return draw(import_me)
""",
        """
error: image has no value while the pipeline is traced, but json.loads() was asked of it
  here     app.py:2:  import_me = json.loads(image)
  made at  app.py:1:  def podcast(image):
  instead  apply(json.loads, image)
""",
    ),
    Case(
        "now in a text through a name",
        """
def podcast(topic):
    now = datetime.now()
    return speak(f"{topic} {now}")
""",
        """
error: datetime.now() runs once, when the pipeline is traced, and every run gets the value it gave then
  or       a Space takes the function as it is: seed=datetime.now
  here     app.py:2:  now = datetime.now()
  instead  speak(f"{topic} {apply(datetime.now)}")
""",
    ),
    Case(
        "a condition in a static loop",
        """
def podcast(topic, limit):
    for voice in NAMES:
        if limit and voice:
            topic = speak(topic, voice)
    return topic
""",
        """
error: limit has no value while the pipeline is traced, but `if` needs it
  here     app.py:3:  if limit and voice:
  made at  app.py:1:  def podcast(topic, limit):
  instead  topic = when(apply(lambda limit: limit and voice, limit), speak(topic, voice), topic)
""",
    ),
    Case(
        "a condition of two parts",
        """
def podcast(topic):
    image = draw(topic)
    if image.score > 3 and not image.bad:
        image = improve(image)
    return image
""",
        """
error: image.score has no value while the pipeline is traced, but `if` needs it
  here     app.py:3:  if image.score > 3 and not image.bad:
  made at  app.py:2:  image = draw(topic)
  instead  image = when(apply(lambda score, bad: score > 3 and (not bad), image.score, image.bad), improve(image), image)
""",
    ),
    Case(
        "comprehension over items of items",
        """
def podcast(topic):
    script = write_script(topic)
    return join([speak(word) for line in script.lines for word in line["words"]])
""",
        """
error: script.lines has no value while the pipeline is traced, but a comprehension went over it
  here     app.py:3:  return join([speak(word) for line in script.lines for word in line["words"]])
  made at  app.py:2:  script = write_script(topic)
  instead  line = each(script.lines)
           word = each(line["words"])
           return join(gather(speak(word), flatten=True))
""",
    ),
    Case(
        "a condition below an import in the body",
        """
def podcast(topic):
    import os.path
    if topic:
        return speak(topic)
    return speak("b")
""",
        """
error: topic has no value while the pipeline is traced, but `if` needs it
  here     app.py:3:  if topic:
  made at  app.py:1:  def podcast(topic):
  instead  return when(topic, speak(topic), speak("b"))
""",
    ),
    Case(
        "a loop over a step of one output",
        """
def podcast(topic):
    for line in speak(topic):
        improve(line)
    return draw(topic)
""",
        """
error: speak(topic) has no value while the pipeline is traced, but a `for` loop went over it
  here     app.py:2:  for line in speak(topic):
  instead  line = each(speak(topic))
           improve(line)
""",
    ),
]

INNOCENT = [
    Case(
        "plain wiring",
        """
def podcast(topic, host="a"):
    script = write_script(topic, host)
    return script.html, speak(script.lines)
""",
    ),
    Case(
        "static loop",
        """
def podcast(topic):
    clips = []
    for voice in ["a", "b"]:
        if voice == "a":
            clips.append(speak(topic, voice))
        else:
            clips.append(speak(topic, voice=voice.upper()))
    if len(clips) > 1:
        return join(clips)
    return clips[0]
""",
    ),
    Case(
        "static comprehension",
        """
def podcast(topic):
    return join([speak(topic, voice) for voice in NAMES if voice != "bob"])
""",
    ),
    Case(
        "loop over ports in a list",
        """
def podcast(topic):
    clips = [speak(topic), speak("b")]
    louder = {i: improve(clip) for i, clip in enumerate(clips)}
    return join([louder[i] for i in sorted(louder)])
""",
    ),
    Case(
        "first is None",
        """
def podcast(topic):
    best = None
    for name in NAMES:
        if best is None:
            best = speak(topic, name)
        else:
            best = improve(best, name)
    return best
""",
    ),
    Case(
        "while over plain values",
        """
def podcast(topic):
    turns = 0
    while turns < 3:
        topic = improve(topic)
        turns += 1
    return topic
""",
    ),
    Case(
        "map",
        """
def podcast(topic):
    script = write_script(topic)
    line = each(script.lines)
    return join(gather(speak(text=line["text"], voice=line.voice)))
""",
    ),
    Case(
        "product",
        """
def podcast(xs, ys):
    x, y = product(xs, ys)
    return gather(draw(x, seed=y))
""",
    ),
    Case(
        "templates",
        '''
def podcast(topic):
    text = textwrap.dedent(f"""
        About {topic:>10}.
        Nicely.
    """) + f"And {topic}" + "."
    return speak(text), speak("%s!" % topic), speak("{}".format(topic)), speak(str(topic))
''',
    ),
    Case(
        "strip of a text with ends of its own",
        '''
def podcast(topic):
    return speak(textwrap.dedent(f"""
        About {topic}, please.
    """).strip())
''',
    ),
    Case(
        "text lists",
        """
def podcast(topic):
    return speak("\\n".join([f"About {topic}", "Nicely"]))
""",
    ),
    Case(
        "sources",
        """
def podcast(topic):
    return draw(topic, seed=random.random), draw(topic, every_run(random.random)), draw(topic, RNG.random())
""",
    ),
    Case(
        "conditions",
        """
def podcast(topic, lang):
    voice = switch(lang, VOICES, default="c.wav")
    loud = when(apply(lambda t: len(t) > 3, topic), speak(topic, voice), topic)
    return repeat(improve, until=lambda draft: draft.score > 3, max_turns=3)(loud)
""",
    ),
    Case(
        "fallback and choice",
        """
def podcast(topic):
    return (speak(topic) | draw(topic)), speak(topic).or_else(draw(topic))
""",
    ),
    Case(
        "options",
        """
def podcast(topic) -> None:
    uploaded = upload.options(retries=3)(topic)
    notify.options(after=uploaded)()
""",
    ),
    Case(
        "record steps unpack",
        """
def podcast(topic):
    lines, html, size = write_script(topic)
    for part in write_script(topic):
        speak(part)
    width, height = write_script("x").size
    return [draw(side) for side in write_script("x").size], lines, html, width, height
""",
    ),
    Case(
        "a name becomes plain",
        """
def podcast(topic):
    text = speak(topic)
    voice = join([text])
    text = "done"
    if text:
        print(text)
    return voice
""",
    ),
    Case(
        "a plain name in one branch",
        """
DEBUG = False
def podcast(topic):
    text = speak(topic)
    if DEBUG:
        text = None
    if text is not None:
        return join([text])
    return text
""",
    ),
    Case(
        "dict of ports",
        """
def podcast(topic):
    clips = {"a": speak(topic), "b": speak("b")}
    clips["c"] = speak("c")
    if "a" in clips and clips.get("d") is None:
        return join(list(clips.values()))
    return clips
""",
    ),
    Case(
        "shadowed builtins",
        """
def podcast(topic):
    def len(x):
        return speak(x)
    return len(topic)
""",
    ),
    Case(
        "names not defined yet",
        """
def podcast(topic):
    if later(topic):
        return later(topic)
    return unknown.thing(topic)[0]
""",
    ),
    Case(
        "helpers that wire",
        """
def podcast(topic):
    return both(topic), both(text=f"a {topic}")
""",
    ),
    Case(
        "closures that wire",
        """
def podcast(topic):
    def say(text, voice="a"):
        return speak(f"{topic}: {text}", voice)
    again = lambda text: say(text)
    return join([say("a"), say("b"), again("c")]), sorted(NAMES, key=lambda name: len(name))
""",
    ),
    Case(
        "try around plain code",
        """
def podcast(topic):
    try:
        voices = json.loads("[]")
    except ValueError:
        voices = []
    return [speak(topic, voice) for voice in voices]
""",
    ),
    Case(
        "nested pipeline",
        """
def podcast(topic):
    first, second = teaser(topic)
    for output in teaser(topic):
        speak(output)
    return first, second
""",
    ),
    Case(
        "dotted nodes",
        """
def podcast(topic):
    return nodes.speak(nodes.each(nodes.write_script(topic).lines))
""",
    ),
    Case(
        "a step for its effect",
        """
def podcast(topic) -> None:
    saved = upload(topic)
""",
    ),
    Case(
        "identity",
        """
def podcast(topic):
    a = speak(topic)
    b = a
    return join([a, b, a is b, a in [a, b]])
""",
    ),
    Case(
        "generator of plain values",
        """
def podcast(topic):
    total = sum(len(name) for name in NAMES)
    first, *others = NAMES
    return draw(topic, seed=total), [speak(o) for o in others], speak(*NAMES), speak(**{"text": topic})
""",
    ),
    Case(
        "lists that change",
        """
def podcast(topic):
    xs = [speak(topic)]
    xs.append("plain")
    return join([x for x in xs if x == "plain"])
""",
    ),
    Case(
        "a counter of an inner function",
        """
def podcast(topic):
    best = speak(topic)
    def reset():
        nonlocal best
        best = None
    reset()
    return speak("a") if best is None else best
""",
    ),
    Case(
        "a body with a decorator, a docstring at the margin and comments",
        '''
def plain(f):
    return f

@plain
def podcast(
    topic: str = "AI",  # what about
):
    """Talk.

At the margin.
    """
    # speak
    return speak(topic)
''',
    ),
    Case(
        "random that is seeded",
        """
def podcast(topic):
    random.seed(7)
    return draw(topic, random.random())
""",
    ),
    Case(
        "parameters that are tuples",
        """
def podcast(size: tuple[int, int], made: nodes.Script, other: "Script"):
    width, height = size
    return [draw(side) for side in size], width, height
""",
    ),
    Case(
        "a parameter that is a named tuple",
        """
def podcast(made: Script):
    return join([speak(part) for part in made])
""",
    ),
]
