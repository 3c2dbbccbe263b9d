"""More that is wired wrongly in bodies, with what the user reads."""

from __future__ import annotations

from tests.dsl.lint_cases import Case

# ruff: noqa: E501  # a message is compared as it is read

# a message is compared as it is read

CASES = [
    Case(
        "type mismatch",
        """
@pipeline
def podcast(n: int):
    return speak(n)
""",
        """
TypeMismatchError: n is int, and speak(text: str) wants str
  here     app.py:3:  return speak(n)
  instead  apply(..., n) to convert it
""",
    ),
    Case(
        "type mismatch default",
        """
@pipeline
def podcast(topic: str):
    return write_script(topic, words=topic)
""",
        """
TypeMismatchError: topic is str, and write_script(words: int) wants int
  here     app.py:3:  return write_script(topic, words=topic)
  instead  apply(..., topic) to convert it
""",
    ),
    Case(
        "list to str",
        """
@pipeline
def podcast(topic: str):
    return speak(tags(topic))
""",
        """
TypeMismatchError: tags is list[str], and speak(text: str) wants str
  here     app.py:3:  return speak(tags(topic))
  instead  each(tags(...)), to map speak over the list
""",
    ),
    Case(
        "record whole to str",
        """
@pipeline
def podcast(topic: str):
    return speak(write_script(topic))
""",
        """
TypeMismatchError: speak(text: str) got all outputs of write_script
  here     app.py:3:  return speak(write_script(topic))
  instead  one of write_script(...).lines, write_script(...).html
""",
    ),
    Case(
        "fixed wrong type",
        """
@pipeline
def podcast(topic: str):
    return speak(3)
""",
        """
TypeMismatchError: speak(text: str) was given 3
  here     app.py:3:  return speak(3)
""",
    ),
    Case(
        "unused assigned",
        """
@pipeline
def podcast(topic: str):
    a = speak(topic)
    b = tags(topic)
    return a
""",
        """
warning: nobody uses b: the step tags runs, and its result goes nowhere
  here     app.py:4:  b = tags(topic)
  instead  return it as well, or leave the name out: tags(topic)
""",
    ),
    Case(
        "other pipeline's port",
        """
kept = []
@pipeline
def other(topic: str):
    kept.append(speak(topic))
    return kept[0]
other.check()
@pipeline
def podcast(topic: str):
    return anything(kept[0])
""",
        """
WiringError: speak belongs to the pipeline 'other', and anything to 'podcast'
  here     app.py:9:  return anything(kept[0])
  made at  app.py:4:  kept.append(speak(topic))
  instead  make it a parameter of podcast
""",
    ),
    Case(
        "other pipeline's port in a list",
        """
kept = []
@pipeline
def other(topic: str):
    kept.append(speak(topic))
    return kept[0]
other.check()
@pipeline
def podcast(topic: str):
    return anything([kept[0]])
""",
        """
WiringError: speak belongs to the pipeline 'other', and anything to 'podcast'
  here     app.py:9:  return anything([kept[0]])
  made at  app.py:4:  kept.append(speak(topic))
  instead  make it a parameter of podcast
""",
    ),
    Case(
        "other pipeline's port returned",
        """
kept = []
@pipeline
def other(topic: str):
    kept.append(speak(topic))
    return kept[0]
other.check()
@pipeline
def podcast(topic: str):
    tags(topic)
    return kept[0]
""",
        """
WiringError: speak belongs to the pipeline 'other', and what is returned to 'podcast'
  made at  app.py:4:  kept.append(speak(topic))
  instead  make it a parameter of podcast
""",
    ),
    Case(
        "other pipeline's port in fstring",
        """
kept = []
@pipeline
def other(topic: str):
    kept.append(topic)
    return speak(topic)
other.check()
@pipeline
def podcast(topic: str):
    return speak(f"{kept[0]} x")
""",
        """
WiringError: topic belongs to no pipeline (module level), or another, and speak to 'podcast'
  here     app.py:9:  return speak(f"{kept[0]} x")
  instead  make it a parameter of podcast
""",
    ),
    Case(
        "unknown option",
        """
@pipeline
def podcast(topic: str):
    return speak.options(tiemout=3)(topic)
""",
        """
WiringError: there is no option 'tiemout'; did you mean 'timeout'?
  valid    'name', 'cache', 'version', 'retries', 'timeout', 'limit', 'rate', 'pool', 'runner', 'after', 'on_error', 'preprocess', 'postprocess'
  here     app.py:3:  return speak.options(tiemout=3)(topic)
  instead  inputs are given to the call: node(...)
""",
    ),
    Case(
        "unknown pipeline option",
        """
@pipeline
def podcast(topic: str):
    return speak(topic)
def then(): return podcast.options(frehs=True)
""",
        """
WiringError: there is no option 'frehs'; did you mean 'fresh'?
  valid    'name', 'cache', 'fresh', 'given', 'only', 'workers', 'timeout', 'runner', 'choose', 'answers', 'on_ask'
  here     app.py:4:  def then(): return podcast.options(frehs=True)
""",
    ),
    Case(
        "gather of unmapped",
        """
@pipeline
def podcast(topic: str):
    return gather(speak(topic))
""",
        """
LazyValueError: speak has no value while the pipeline is traced, but it was gathered, and it is not mapped
  here     app.py:3:  return gather(speak(topic))
  made at  app.py:3:  return gather(speak(topic))
  instead  speak(...), as it is
""",
    ),
    Case(
        "gather of value",
        """
@pipeline
def podcast(topic: str):
    return gather([1])
""",
        """
WiringError: gather(...) was given a value and not a mapped port
  here     app.py:3:  return gather([1])
  instead  the value
""",
    ),
    Case(
        "gather errors typo",
        """
@pipeline
def podcast(topic: str):
    return gather(speak(each(tags(topic))), errors="ignore")
""",
        """
WiringError: gather(errors='ignore')
  valid    'raise', 'keep', 'skip'
  here     app.py:3:  return gather(speak(each(tags(topic))), errors="ignore")
""",
    ),
    Case(
        "each of non list",
        """
@pipeline
def podcast(topic: str):
    return gather(speak(each(topic)))
""",
        """
TypeMismatchError: each(topic): topic is str, which is no list
  here     app.py:3:  return gather(speak(each(topic)))
  made at  app.py:2:  def podcast(topic: str):
  instead  each(...) of a list, or the port itself
""",
    ),
    Case(
        "each of record",
        """
@pipeline
def podcast(topic: str):
    return gather(speak(each(write_script(topic))))
""",
        """
TypeMismatchError: each(write_script): write_script has several outputs, and is no list
  here     app.py:3:  return gather(speak(each(write_script(topic))))
  made at  app.py:3:  return gather(speak(each(write_script(topic))))
  instead  each(write_script(...).lines) or each(write_script(...).html)
""",
    ),
    Case(
        "port as dict key",
        """
@pipeline
def podcast(topic: str):
    return anything({topic: 1})
""",
        """
LazyValueError: topic has no value while the pipeline is traced, but it was used as a key of a dict or in a set
  here     app.py:3:  return anything({topic: 1})
  made at  app.py:2:  def podcast(topic: str):
  instead  a list, or a dict whose keys are plain values: {...: topic}
""",
    ),
    Case(
        "token as dict key",
        """
def key(p): return {f"{p}": 1}
@pipeline
def podcast(topic: str):
    return anything(key(topic))
""",
        """
LazyValueError: f"{p}" has no value while the pipeline is traced, but it was used as a key of a dict or in a set
  here     app.py:1:  def key(p): return {f"{p}": 1}
  made at  app.py:3:  def podcast(topic: str):
  instead  a list, or a dict whose keys are plain values: {...: f"{p}"}
""",
    ),
    Case(
        "pipeline star args",
        """
@pipeline
def podcast(*topics: str):
    return anything(topics)
""",
        """
WiringError: the parameter 'topics' of podcast takes any number of values, and inputs are fixed
  here     app.py:2:  def podcast(*topics: str):
  instead  a list: topics: list[...]
""",
    ),
    Case(
        "bad after",
        """
@pipeline
def podcast(topic: str):
    return speak.options(after="tags")(topic)
""",
        """
WiringError: after='tags' is not a step
  here     app.py:3:  return speak.options(after="tags")(topic)
  instead  after=uploaded, what a node call returned
""",
    ),
    Case(
        "call a pipeline with wrong args",
        """
@pipeline
def inner(topic: str): return speak(topic)
@pipeline
def podcast(topic: str):
    return inner(topik=topic)
""",
        """
UnknownParameterError: inner has no input 'topik'; did you mean 'topic'?
  valid    'topic'
  here     app.py:5:  return inner(topik=topic)
""",
    ),
    Case(
        "set of ports",
        """
def st(p): return {p}
@pipeline
def podcast(topic: str):
    return anything(st(topic))
""",
        """
LazyValueError: p has no value while the pipeline is traced, but it was used as a key of a dict or in a set
  here     app.py:1:  def st(p): return {p}
  made at  app.py:3:  def podcast(topic: str):
  instead  a list, or a dict whose keys are plain values: {...: p}
""",
    ),
    Case(
        "ports in a set literal of a pydantic-like object",
        """
class Box:
    def __init__(self, x): self.x = x
@pipeline
def podcast(topic: str):
    return anything(Box(topic))
""",
        """
LazyValueError: topic has no value while the pipeline is traced, but it was put in a Box, as its 'x'
  here     app.py:5:  return anything(Box(topic))
  made at  app.py:4:  def podcast(topic: str):
  instead  apply(lambda x: Box(...), topic), or a dataclass, which is looked through
""",
    ),
]
