"""Newcomers' mistakes 1 to 17, about values that a port does not have yet, with what they read."""

from __future__ import annotations

from tests.dsl.lint_cases import Case

# a message is compared as it is read

CASES = [
    Case(
        "01 no return",
        """
@pipeline
def podcast(topic: str):
    script = write_script(topic)
    join([speak(script.html)])
""",
        """
WiringError: podcast returns nothing. Its last step is join: return it, or annotate -> None
  here     app.py:4:  join([speak(script.html)])
  instead  return join([speak(script.html)])
""",
    ),
    Case(
        "01b no return but annotated",
        """
@pipeline
def podcast(topic: str) -> None:
    speak(topic)
""",
        """

""",
    ),
    Case(
        "02 print",
        """
@pipeline
def podcast(topic: str):
    print(topic)
    return speak(topic)
""",
        """
warning: print(topic) prints a port, once, when the pipeline is traced; topic has no value then
  here     app.py:3:  print(topic)
  instead  apply(print, topic)
""",
    ),
    Case(
        "03 list changed later",
        """
@pipeline
def podcast(topic: str):
    parts = ["a"]
    x = anything(parts)
    parts.append("b")
    return x
def then(): return podcast("x")
""",
        """
RAN ['a']
""",
    ),
    Case(
        "06 accumulator",
        """
@pipeline
def podcast(topic: str):
    total = ""
    for line in write_script(topic).lines:
        total = total + line["text"]
    return speak(total)
""",
        """
LazyValueError: write_script(topic).lines has no value while the pipeline is traced, but a `for` loop went over it
  here     app.py:4:  for line in write_script(topic).lines:
  instead  @node
           def step(total, line):
               return total + line["text"]
           total = accumulate(step, write_script(topic).lines, total)
""",
    ),
    Case(
        "07 if",
        """
@pipeline
def podcast(topic: str):
    if topic:
        return speak(topic)
""",
        """
LazyValueError: topic has no value while the pipeline is traced, but `if` needs it
  here     app.py:3:  if topic:
  made at  app.py:2:  def podcast(topic: str):
  instead  return when(topic, speak(topic), None)
""",
    ),
    Case(
        "07b or, in a helper",
        """
def pick(x): return x or "a"
@pipeline
def podcast(topic: str):
    return speak(pick(topic))
""",
        """
LazyValueError: x has no value while the pipeline is traced, but `or` needs it
  here     app.py:1:  def pick(x): return x or "a"
  made at  app.py:3:  def podcast(topic: str):
  instead  when(x, x, "a")
""",
    ),
    Case(
        "08 VOICES[lang]",
        """
@pipeline
def podcast(lang: str):
    return speak(VOICES[lang])
""",
        """
LazyValueError: lang has no value while the pipeline is traced, but it was used as a key of VOICES
  here     app.py:3:  return speak(VOICES[lang])
  made at  app.py:2:  def podcast(lang: str):
  instead  switch(lang, VOICES)
""",
    ),
    Case(
        "08b get via helper",
        """
def get(x): return VOICES.get(x, "d")
@pipeline
def podcast(lang: str):
    return speak(get(lang))
""",
        """
LazyValueError: x has no value while the pipeline is traced, but it was used as a key of VOICES
  here     app.py:1:  def get(x): return VOICES.get(x, "d")
  made at  app.py:3:  def podcast(lang: str):
  instead  switch(x, VOICES, default="d")
""",
    ),
    Case(
        "10 lower",
        """
low = str.lower
@pipeline
def podcast(topic: str):
    return speak(low(f"Say {topic}!"))
""",
        """
WiringError: a string with a port in it was cut or changed while the pipeline is traced: 'say  {topic} !'
  here     app.py:4:  return speak(low(f"Say {topic}!"))
  instead  change the value and not the string: apply(str.upper, f"...")
""",
    ),
    Case(
        "10b slice via helper",
        """
def cut(x): return x[:3]
@pipeline
def podcast(topic: str):
    return speak(cut(f"Say {topic}!"))
""",
        """
LazyValueError: x has no value while the pipeline is traced, but a part of the text was taken
  here     app.py:1:  def cut(x): return x[:3]
  made at  app.py:3:  def podcast(topic: str):
  instead  apply(lambda text: text[:3], x)
""",
    ),
    Case(
        "10c compare in helper",
        """
def same(x): return "yes" if x == "a" else "no"
@pipeline
def podcast(topic: str):
    return speak(same(f"Say {topic}!"))
""",
        """
LazyValueError: x has no value while the pipeline is traced, but a ternary needs it
  here     app.py:1:  def same(x): return "yes" if x == "a" else "no"
  made at  app.py:3:  def podcast(topic: str):
  instead  when(apply(lambda text: text == "a", x), "yes", "no")
""",
    ),
    Case(
        "11 repr",
        """
def rep(x): return f"{x!r}"
@pipeline
def podcast(topic: str):
    return speak(rep(topic))
""",
        """
LazyValueError: x has no value while the pipeline is traced, but !r asks for its repr
  here     app.py:1:  def rep(x): return f"{x!r}"
  made at  app.py:3:  def podcast(topic: str):
  instead  f"{x}"
""",
    ),
    Case(
        "11b str and percent work",
        """
@pipeline
def podcast(topic: str):
    return anything([str(topic), "%s!" % topic, "{:>5}".format(topic)])
def then(): return podcast("x")
""",
        """
RAN ['x', 'x!', '    x']
""",
    ),
    Case(
        "12 join in helper",
        """
def com(a, b): return " ".join([a, b])
@pipeline
def podcast(a: str, b: str):
    return speak(com(a, b))
""",
        """
LazyValueError: a has no value while the pipeline is traced, but join() needs strings
  here     app.py:1:  def com(a, b): return " ".join([a, b])
  made at  app.py:3:  def podcast(a: str, b: str):
  instead  apply(" ".join, [a, b])
""",
    ),
    Case(
        "12b json in helper",
        """
def js(a): return json.dumps({"a": a})
@pipeline
def podcast(a: str):
    return speak(js(a))
""",
        """
LazyValueError: a has no value while the pipeline is traced, but json.dumps() was asked of it
  here     app.py:1:  def js(a): return json.dumps({"a": a})
  made at  app.py:3:  def podcast(a: str):
  instead  apply(json.dumps, {"a": a})
""",
    ),
    Case(
        "13 np array",
        """
import numpy as np
arr = np.array
@pipeline
def podcast(a: str):
    return anything(arr([a]))
""",
        """
LazyValueError: a has no value while the pipeline is traced, but arr() was asked of it
  here     app.py:5:  return anything(arr([a]))
  made at  app.py:4:  def podcast(a: str):
  instead  apply(arr, [a])
""",
    ),
    Case(
        "13b DataFrame",
        """
import pandas as pd
@pipeline
def podcast(a: str):
    return anything(pd.DataFrame({"x": [a]}))
""",
        """
LazyValueError: a has no value while the pipeline is traced, but pd.DataFrame() was asked of it
  here     app.py:4:  return anything(pd.DataFrame({"x": [a]}))
  made at  app.py:3:  def podcast(a: str):
  instead  apply(pd.DataFrame, {"x": [a]})
""",
    ),
    Case(
        "13c object array by hand",
        """
import numpy as np
def fill(a):
    x = np.empty(1, dtype=object); x[0] = a; return x
@pipeline
def podcast(a: str):
    return anything(fill(a))
""",
        """
LazyValueError: a has no value while the pipeline is traced, but it was put in an array
  here     app.py:6:  return anything(fill(a))
  made at  app.py:5:  def podcast(a: str):
  instead  apply(numpy.array, [a])
""",
    ),
    Case(
        "14 ** in helper",
        """
def mix(p): return {**p}
@pipeline
def podcast(topic: str):
    return anything(mix(write_script(topic)))
""",
        """
LazyValueError: p has no value while the pipeline is traced, but it was unpacked with **
  here     app.py:1:  def mix(p): return {**p}
  made at  app.py:4:  return anything(mix(write_script(topic)))
  instead  {"key": p["key"]}, each key by its name
""",
    ),
    Case(
        "14b f(**p)",
        """
def call(p): return speak(**p)
@pipeline
def podcast(topic: str):
    return call(topic)
""",
        """
LazyValueError: p has no value while the pipeline is traced, but it was unpacked with **
  here     app.py:1:  def call(p): return speak(**p)
  made at  app.py:3:  def podcast(topic: str):
  instead  speak(name=p["name"], ...), each argument by its name
""",
    ),
    Case(
        "17 random",
        """
@pipeline
def podcast(topic: str):
    return anything(random.random())
""",
        """
WiringError: random.random() runs once, when the pipeline is traced, and every run gets the value it gave then
  or       a Space takes the function as it is: seed=random.random
  here     app.py:3:  return anything(random.random())
  instead  anything(every_run(random.random))
""",
    ),
]
