"""More that is wired wrongly, in helpers that the syntax check does not look into and outside of bodies."""

from __future__ import annotations

from tests.dsl.lint_cases import Case

# ruff: noqa: E501  # a message is compared as it is read

CASES = [
    Case(
        "pickle",
        """
import pickle
def dump(p): return pickle.dumps(p)
@pipeline
def podcast(topic: str):
    return anything(dump(topic))
""",
        """
LazyValueError: topic has no value while the pipeline is traced, but it was pickled
  here     app.py:2:  def dump(p): return pickle.dumps(p)
  made at  app.py:4:  def podcast(topic: str):
  instead  pass it to a node
""",
    ),
    Case(
        "len in a helper of a helper",
        """
def inner(x): return len(x)
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    script = write_script(topic)
    return anything(outer(script.lines))
""",
        """
LazyValueError: write_script.lines has no value while the pipeline is traced, but len() was asked of it
  here     app.py:1:  def inner(x): return len(x)
  made at  app.py:6:  return anything(outer(script.lines))
  instead  apply(len, script.lines)
""",
    ),
    Case(
        "truth in a helper of a helper",
        """
def inner(x): return 1 if x else 2
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return anything(outer(topic))
""",
        """
LazyValueError: topic has no value while the pipeline is traced, but its truth was asked for (if, while, and, or, not)
  here     app.py:1:  def inner(x): return 1 if x else 2
  made at  app.py:4:  def podcast(topic: str):
  instead  when(topic, then, otherwise)
""",
    ),
    Case(
        "arithmetic in a helper of a helper",
        """
def inner(x): return x + 1
def outer(x): return inner(x)
@pipeline
def podcast(n: int):
    return anything(outer(n))
""",
        """
LazyValueError: n has no value while the pipeline is traced, but arithmetic was done with it
  here     app.py:1:  def inner(x): return x + 1
  made at  app.py:4:  def podcast(n: int):
  instead  apply(lambda x: x + 1, n), or a node that does it
""",
    ),
    Case(
        "comparison in a helper of a helper",
        """
def inner(x): return x > 1
def outer(x): return inner(x)
@pipeline
def podcast(n: int):
    return anything(outer(n))
""",
        """
LazyValueError: n has no value while the pipeline is traced, but it was compared
  here     app.py:1:  def inner(x): return x > 1
  made at  app.py:4:  def podcast(n: int):
  instead  apply(lambda x: x > ..., n), and when(...) to branch on it
""",
    ),
    Case(
        "equality in a helper of a helper",
        """
def inner(x): return x == 1
def outer(x): return inner(x)
@pipeline
def podcast(n: int):
    return anything(outer(n))
""",
        """
LazyValueError: n has no value while the pipeline is traced, but it was compared
  here     app.py:1:  def inner(x): return x == 1
  made at  app.py:4:  def podcast(n: int):
  instead  apply(lambda x: x == ..., n), and when(...) to branch on it
""",
    ),
    Case(
        "iteration in a helper of a helper",
        """
def inner(x): return [y for y in x]
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return anything(outer(tags(topic)))
""",
        """
LazyValueError: tags has no value while the pipeline is traced, but it was iterated or unpacked
  here     app.py:1:  def inner(x): return [y for y in x]
  made at  app.py:5:  return anything(outer(tags(topic)))
  instead  each(tags(...)), which maps the nodes that take it
""",
    ),
    Case(
        "membership in a helper of a helper",
        """
def inner(x): return "a" in x
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return anything(outer(topic))
""",
        """
LazyValueError: topic has no value while the pipeline is traced, but `in` was asked of it
  here     app.py:1:  def inner(x): return "a" in x
  made at  app.py:4:  def podcast(topic: str):
  instead  apply(lambda x: ... in x, topic)
""",
    ),
    Case(
        "dict lookup in a helper of a helper",
        """
def inner(x): return VOICES.get(x, "d")
def outer(x): return inner(x)
@pipeline
def podcast(lang: str):
    return anything(outer(lang))
""",
        """
LazyValueError: lang has no value while the pipeline is traced, but it was used as a key of a dict or in a set
  here     app.py:1:  def inner(x): return VOICES.get(x, "d")
  made at  app.py:4:  def podcast(lang: str):
  instead  switch(lang, {...})
""",
    ),
    Case(
        "int and float and range",
        """
def inner(x): return int(x)
def outer(x): return inner(x)
@pipeline
def podcast(n: str):
    return anything(outer(n))
""",
        """
LazyValueError: n has no value while the pipeline is traced, but int() was asked of it
  here     app.py:1:  def inner(x): return int(x)
  made at  app.py:4:  def podcast(n: str):
  instead  apply(int, n)
""",
    ),
    Case(
        "open a port",
        """
def inner(x): return open(x)
def outer(x): return inner(x)
@pipeline
def podcast(path: Path):
    return anything(outer(path))
""",
        """
LazyValueError: path has no value while the pipeline is traced, but it was used as a path
  here     app.py:1:  def inner(x): return open(x)
  made at  app.py:4:  def podcast(path: Path):
  instead  pass it to a node that opens the file
""",
    ),
    Case(
        "set an attribute",
        """
def inner(x): x.a = 1
def outer(x): inner(x)
@pipeline
def podcast(n: str):
    outer(n)
    return anything(n)
""",
        """
LazyValueError: n has no value while the pipeline is traced, but its 'a' was set
  here     app.py:1:  def inner(x): x.a = 1
  made at  app.py:4:  def podcast(n: str):
  instead  a node that returns the changed value
""",
    ),
    Case(
        "call a port",
        """
def inner(x): return x()
def outer(x): return inner(x)
@pipeline
def podcast(n: str):
    return anything(outer(n))
""",
        """
LazyValueError: n has no value while the pipeline is traced, but it was called
  here     app.py:1:  def inner(x): return x()
  made at  app.py:4:  def podcast(n: str):
  instead  pass it to a node; a step is made by calling its node
""",
    ),
    Case(
        "index with a port",
        """
def inner(x, i): return x[i]
def outer(x, i): return inner(x, i)
@pipeline
def podcast(topic: str, n: int):
    return anything(outer(tags(topic), n))
""",
        """
LazyValueError: tags has no value while the pipeline is traced, but it was indexed with a port
  here     app.py:1:  def inner(x, i): return x[i]
  made at  app.py:5:  return anything(outer(tags(topic), n))
  instead  apply(lambda x, i: x[i], tags(...), n)
""",
    ),
    Case(
        "list index with a port",
        """
def inner(i): return ["a", "b"][i]
def outer(i): return inner(i)
@pipeline
def podcast(n: int):
    return anything(outer(n))
""",
        """
LazyValueError: n has no value while the pipeline is traced, but it was used as a whole number
  here     app.py:1:  def inner(i): return ["a", "b"][i]
  made at  app.py:4:  def podcast(n: int):
  instead  apply(...) with a function that takes the number
""",
    ),
    Case(
        "string length in a helper of a helper",
        """
def inner(x): return "long" if len(x) > 9 else "short"
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return speak(outer(f"{topic}!"))
""",
        """
WiringError: a string with topic in it was made here and arrived in no argument; it was cut, compared, logged, measured or left
  here     app.py:5:  return speak(outer(f"{topic}!"))
  made at  app.py:4:  def podcast(topic: str):
  instead  pass the string on whole, and change it with a step: apply(str.lower, f"...")
""",
    ),
    Case(
        "a string compared in a helper of a helper",
        """
def inner(x): return x == "a!"
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return anything(outer(f"{topic}!"))
""",
        """
WiringError: a string with topic in it was made here and arrived in no argument; it was cut, compared, logged, measured or left
  here     app.py:5:  return anything(outer(f"{topic}!"))
  made at  app.py:4:  def podcast(topic: str):
  instead  pass the string on whole, and change it with a step: apply(str.lower, f"...")
""",
    ),
    Case(
        "a string cut in a helper of a helper",
        """
def inner(x): return x[:4]
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return speak(outer(f"{topic}!"))
""",
        """
WiringError: a string with a port in it was cut or changed while the pipeline is traced: ' {pP'
  here     app.py:5:  return speak(outer(f"{topic}!"))
  instead  change the value and not the string: apply(str.upper, f"...")
""",
    ),
    Case(
        "a string stripped in a helper of a helper",
        """
def inner(x): return x.strip()
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return speak(outer(f"{topic}"))
""",
        """
WiringError: a string with a port in it was cut or changed while the pipeline is traced: '{topic}'
  here     app.py:5:  return speak(outer(f"{topic}"))
  instead  change the value and not the string: apply(str.upper, f"...")
""",
    ),
    Case(
        "a string titled in a helper of a helper",
        """
def inner(x): return x.title()
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return speak(outer(f"{topic}"))
""",
        """
WiringError: a string with a port in it was cut or changed while the pipeline is traced: ' {topic} '
  here     app.py:5:  return speak(outer(f"{topic}"))
  instead  change the value and not the string: apply(str.upper, f"...")
""",
    ),
    Case(
        "a string split in a helper of a helper",
        """
def inner(x): return x.split()
def outer(x): return inner(x)
@pipeline
def podcast(topic: str):
    return anything(outer(f"a {topic} b"))
""",
        """
WiringError: a string with a port in it was cut or changed while the pipeline is traced: '{topic}'
  here     app.py:5:  return anything(outer(f"a {topic} b"))
  instead  change the value and not the string: apply(str.upper, f"...")
""",
    ),
    Case(
        "unknown node decorator option",
        """
@node(retires=3)
def f(x): return x
""",
        """
WiringError: there is no option 'retires'; did you mean 'retries'?
  valid    'name', 'cache', 'version', 'retries', 'timeout', 'limit', 'rate', 'pool', 'runner', 'after', 'on_error', 'preprocess', 'postprocess'
  here     app.py:1:  @node(retires=3)
  instead  inputs are given to the call: node(...)
""",
    ),
    Case(
        "node over a node",
        """
f = node(speak)
""",
        """
WiringError: speak is a node already
  here     app.py:1:  f = node(speak)
  instead  @node over a plain function
""",
    ),
    Case(
        "node over a number",
        """
f = node(3)
""",
        """
WiringError: 3 is no function
  here     app.py:1:  f = node(3)
  instead  @node over a plain function
""",
    ),
    Case(
        "pipeline over a number",
        """
f = pipeline(3)
""",
        """
WiringError: 3 is no function
  here     app.py:1:  f = pipeline(3)
  instead  @pipeline over a plain function
""",
    ),
    Case(
        "on_error unknown",
        """
f = node(lambda: 1, on_error="ignore")
""",
        """
WiringError: on_error='ignore'
  valid    'raise', 'keep', 'skip'
  here     app.py:1:  f = node(lambda: 1, on_error="ignore")
""",
    ),
    Case(
        "Literal wrong",
        """
@node
def mode(x: Literal["fast", "slow"]) -> str: return x
@pipeline
def podcast(topic: str):
    return mode("fats")
""",
        """
TypeMismatchError: mode(x: Literal['fast', 'slow']) was given 'fats'; did you mean 'fast'?
  here     app.py:5:  return mode("fats")
""",
    ),
    Case(
        "Any output unpacked",
        """
@pipeline
def podcast(topic):
    a, b = anything(topic)
    return a
""",
        """
LazyValueError: anything has no value while the pipeline is traced, but it was iterated or unpacked
  here     app.py:3:  a, b = anything(topic)
  made at  app.py:3:  a, b = anything(topic)
  instead  each(anything(...)), which maps the nodes that take it
""",
    ),
    Case(
        "unknown attribute of an untyped value",
        """
@pipeline
def podcast(topic):
    return anything(topic).name
""",
        """
UnknownOutputError: anything has no output 'name'
  type     Any
  here     app.py:3:  return anything(topic).name
  made at  app.py:3:  return anything(topic).name
  instead  anything(...)['name'] when it is a dict, or apply(lambda x: x.name, anything(...))
""",
    ),
    Case(
        "unknown key of a typed dict",
        """
@node
def line() -> Line: return {"text": "a", "voice": "b"}
@pipeline
def podcast():
    return line()["txt"]
""",
        """
UnknownOutputError: line has no output 'txt'; did you mean 'text'?
  valid    'text', 'voice'
  here     app.py:5:  return line()["txt"]
  made at  app.py:5:  return line()["txt"]
""",
    ),
    Case(
        "a module port used in a pipeline",
        """
mod = inputs("in", a="x").a
@pipeline
def podcast(text: str):
    return speak(mod)
""",
        """
WiringError: a belongs to no pipeline (module level), or another, and speak to 'podcast'
  here     app.py:4:  return speak(mod)
  instead  make it a parameter of podcast
""",
    ),
]
