"""Loops and conditions over ports, with what the user reads."""

from __future__ import annotations

from tests.dsl.lint_cases.case import Case

# a message is compared as it is read

LOOPS = [
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
]
