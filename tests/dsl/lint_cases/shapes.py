"""Nodes not called, closures, bodies of the wrong shape, helpers, and loops in odd places."""

from __future__ import annotations

from tests.dsl.lint_cases.case import Case

# ruff: noqa: E501  # a message is compared as it is read

SHAPES = [
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
