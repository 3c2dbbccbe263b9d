"""Calls of builtins over ports, and what is frozen when the body is traced."""

from __future__ import annotations

from tests.dsl.lint_cases.case import Case

# ruff: noqa: E501  # a message is compared as it is read

CALLS = [
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
        "repr given to a step",
        """
def podcast(topic):
    return speak(repr(topic))
""",
        """
error: topic has no value while the pipeline is traced, but repr() was asked of it
  here     app.py:2:  return speak(repr(topic))
  made at  app.py:1:  def podcast(topic):
  instead  f"{topic}"
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
]
