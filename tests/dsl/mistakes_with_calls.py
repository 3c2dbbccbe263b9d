"""Newcomers' mistakes 18 to 34, about calls of nodes and what they return, with what they read."""

from __future__ import annotations

from tests.dsl.lint_cases import Case

# a message is compared as it is read

CASES = [
    Case(
        "18 shadow",
        """
@pipeline
def podcast(topic: str):
    speak = speak(topic)
    return speak
""",
        """
WiringError: speak is a node here and a step there, and has no value at this line: name the step differently
  here     app.py:3:  speak = speak(topic)
  instead  speak_result = speak(topic)
""",
    ),
    Case(
        "19 lambda over a port",
        """
@pipeline
def podcast(topic: str):
    return apply(lambda: topic)
""",
        """
LazyValueError: topic has no value while the pipeline is traced, but a lambda keeps it
  here     app.py:3:  return apply(lambda: topic)
  made at  app.py:2:  def podcast(topic: str):
  instead  apply(lambda topic: topic, topic)
""",
    ),
    Case(
        "19b partial",
        """
@pipeline
def podcast(topic: str):
    return anything(partial(max, topic))
""",
        """
LazyValueError: topic is used inside the function (an argument of a partial), which would get the port and not its value
  here     app.py:3:  return anything(partial(max, topic))
  made at  app.py:2:  def podcast(topic: str):
  instead  make it a parameter of the function, and pass the port: apply(lambda x: ..., port)
""",
    ),
    Case(
        "19c default",
        """
def make(p):
    def f(x, y=p): return x
    return f
@pipeline
def podcast(topic: str):
    return anything(make(topic))
""",
        """
LazyValueError: topic is used inside f (a default), which would get the port and not its value
  here     app.py:6:  return anything(make(topic))
  made at  app.py:5:  def podcast(topic: str):
  instead  make it a parameter of the function, and pass the port: apply(lambda x: ..., port)
""",
    ),
    Case(
        "19d lambda in a list",
        """
def hide(p): return [lambda: p]
@pipeline
def podcast(topic: str):
    return anything(hide(topic))
""",
        """
LazyValueError: topic is used inside <lambda> (a variable of the body), which would get the port and not its value
  here     app.py:4:  return anything(hide(topic))
  made at  app.py:3:  def podcast(topic: str):
  instead  make it a parameter of the function, and pass the port: apply(lambda x: ..., port)
""",
    ),
    Case(
        "20 node for step",
        """
@pipeline
def podcast(topic: str):
    return speak(write_script)
""",
        """
WiringError: write_script is a node, not a step of it: it was not called
  here     app.py:3:  return speak(write_script)
  instead  write_script(...)
""",
    ),
    Case(
        "20b return join",
        """
@pipeline
def podcast(topic: str):
    speak(topic)
    return join
""",
        """
WiringError: join is a node, not a step of it: it was not called
  here     app.py:4:  return join
  instead  join(...)
""",
    ),
    Case(
        "20c node in a list",
        """
def lst(): return [join]
@pipeline
def podcast(topic: str):
    return anything(lst())
""",
        """
WiringError: join is a node, and not a step of one
  here     app.py:4:  return anything(lst())
  instead  join(...)
""",
    ),
    Case(
        "20d node positional via helper",
        """
def give(): return join
@pipeline
def podcast(topic: str):
    return anything(give())
""",
        """
WiringError: x=join: join is a node, and not a step of one
  here     app.py:4:  return anything(give())
  instead  join(...)
""",
    ),
    Case(
        "20e returned via helper",
        """
def give(): return join
@pipeline
def podcast(topic: str):
    speak(topic)
    return give()
""",
        """
WiringError: join is a node, and not a step of one
  here     app.py:3:  def podcast(topic: str):
  instead  join(...)
""",
    ),
    Case(
        "22 recursion",
        """
@pipeline
def podcast(topic: str):
    return podcast(topic)
""",
        """
WiringError: podcast calls itself, and a pipeline has no end of that
  here     app.py:3:  return podcast(topic)
  instead  repeat(step, until=lambda result: ..., max_turns=10)(...)
""",
    ),
    Case(
        "22b mutual",
        """
@pipeline
def podcast(topic: str):
    return other(topic)
@pipeline
def other(topic: str):
    return podcast(topic)
""",
        """
WiringError: podcast calls itself while it is traced, which would never end
  here     app.py:6:  return podcast(topic)
  instead  repeat(...), or a plain call of it inside a node
""",
    ),
    Case(
        "23 method",
        """
class A:
    @node
    def go(self, x: str) -> str: return x
""",
        """
WiringError: A.go is a method; a node is a function
  here     app.py:3:  def go(self, x: str) -> str: return x
  instead  a function outside of the class that takes what it needs
""",
    ),
    Case(
        "23b pipeline method",
        """
class A:
    @pipeline
    def podcast(self, x: str): return speak(x)
""",
        """
WiringError: A.podcast is a method, and a pipeline is a function: self would be one of its inputs
  here     app.py:3:  def podcast(self, x: str): return speak(x)
  instead  @staticmethod, or podcast outside of the class
""",
    ),
    Case(
        "24 async body",
        """
@pipeline
async def podcast(topic: str):
    return speak(topic)
""",
        """
WiringError: podcast is an `async def`, and the body is traced, not run. Its nodes may be async, or yield
  here     app.py:2:  async def podcast(topic: str):
  instead  def podcast(...): with no await
""",
    ),
    Case(
        "24b generator body",
        """
@pipeline
def podcast(topic: str):
    yield speak(topic)
""",
        """
WiringError: podcast yields, and the body is traced, not run. Its nodes may be async, or yield
  here     app.py:2:  def podcast(topic: str):
  instead  return ... with all outputs
""",
    ),
    Case(
        "25 result",
        """
@pipeline
def podcast(topic: str):
    return speak(topic).result()
""",
        """
UnknownOutputError: speak has no output 'result'
  type     Path
  here     app.py:3:  return speak(topic).result()
  made at  app.py:3:  return speak(topic).result()
  instead  pass it on as it is: there is nothing to wait for, the run does that
""",
    ),
    Case(
        "25b launch",
        """
@pipeline
def podcast(topic: str):
    return speak(topic).launch()
""",
        """
UnknownOutputError: speak has no output 'launch'
  type     Path
  here     app.py:3:  return speak(topic).launch()
  made at  app.py:3:  return speak(topic).launch()
  instead  call it on the pipeline, after its body: podcast.show()
""",
    ),
    Case(
        "26 typo param",
        """
@pipeline
def podcast(topic: str):
    return speak(txt=topic)
""",
        """
UnknownParameterError: speak has no parameter 'txt'; did you mean 'text'?
  valid    'text', 'voice'
  here     app.py:3:  return speak(txt=topic)
""",
    ),
    Case(
        "26b missing",
        """
@pipeline
def podcast(topic: str):
    return speak(voice=topic)
""",
        """
MissingParameterError: speak needs 'text', which it was not given
  valid    'text', 'voice'
  here     app.py:3:  return speak(voice=topic)
""",
    ),
    Case(
        "26c unknown output",
        """
@pipeline
def podcast(topic: str):
    return speak(write_script(topic).htm)
""",
        """
UnknownOutputError: write_script has no output 'htm'; did you mean 'html'?
  valid    'lines', 'html'
  here     app.py:3:  return speak(write_script(topic).htm)
  made at  app.py:3:  return speak(write_script(topic).htm)
""",
    ),
    Case(
        "26d too many",
        """
@pipeline
def podcast(topic: str):
    return speak(topic, topic, topic)
""",
        """
WiringError: speak: too many positional arguments
  valid    'text', 'voice'
  here     app.py:3:  return speak(topic, topic, topic)
""",
    ),
    Case(
        "26e twice",
        """
@pipeline
def podcast(topic: str):
    return speak(topic, text=topic)
""",
        """
WiringError: speak: multiple values for argument 'text'
  valid    'text', 'voice'
  here     app.py:3:  return speak(topic, text=topic)
""",
    ),
    Case(
        "27 each.text",
        """
@pipeline
def podcast(topic: str):
    return gather(speak(write_script(topic).lines.each.text))
""",
        """

""",
    ),
    Case(
        "27b each typo",
        """
@pipeline
def podcast(topic: str):
    return gather(speak(write_script(topic).lines.each["txt"]))
""",
        """
UnknownOutputError: each(write_script.lines) has no part 'txt'; did you mean 'text'?
  valid    'text', 'voice'
  here     app.py:3:  return gather(speak(write_script(topic).lines.each["txt"]))
  made at  app.py:3:  return gather(speak(write_script(topic).lines.each["txt"]))
""",
    ),
    Case(
        "28 forgot gather annotated",
        """
@pipeline
def podcast(topic: str):
    clip = speak(each(tags(topic)))
    return join(clip)
""",
        """
TypeMismatchError: join(clips: list[Path]) got one item of a map, a Path
  here     app.py:4:  return join(clip)
  instead  gather(clip)
""",
    ),
    Case(
        "28b forgot gather returned",
        """
@pipeline
def podcast(topic: str):
    return speak(each(tags(topic)))
""",
        """
WiringError: podcast returns speak, one item of a map: what would it be outside of it?
  here     app.py:3:  return speak(each(tags(topic)))
  instead  return gather(speak(...))
""",
    ),
    Case(
        "28c in dict",
        """
@pipeline
def podcast(topic: str):
    return {"clips": speak(each(tags(topic))), "n": 1}
""",
        """
WiringError: podcast returns speak, one item of a map: what would it be outside of it?
  here     app.py:3:  return {"clips": speak(each(tags(topic))), "n": 1}
  instead  return gather(speak(...))
""",
    ),
    Case(
        "29 callables",
        """
@pipeline
def podcast():
    return anything(len)
def then(): return podcast()
""",
        """
RAN <built-in function len>
""",
    ),
    Case(
        "30 names",
        """
@pipeline
def podcast(topic: str):
    a = speak.named("host")(topic)
    b = speak.named("host")(topic)
    return a, b
""",
        """
WiringError: two steps of podcast are named 'host'
  first at app.py:3:  a = speak.named("host")(topic)
  here     app.py:4:  b = speak.named("host")(topic)
""",
    ),
    Case(
        "31 order",
        """
@pipeline
def podcast(topic: str) -> None:
    speak(topic)
    tags(topic)
""",
        """
warning: speak and tags have no order: neither takes a result of the other, and the second may run first
  here     app.py:4:  tags(topic)
  instead  done = speak(topic)
           tags.options(after=done)(topic)
""",
    ),
    Case(
        "32 component as default of node",
        """
import gradio as gr
@node
def f(x: str = gr.Textbox(value="hey")) -> str: return x
@pipeline
def podcast():
    return f()
def then(): return podcast(), f()
""",
        """
RAN ('hey', 'hey')
""",
    ),
    Case(
        "33 or",
        """
@pipeline
def podcast(topic: str):
    return speak(topic) | tags(topic)
""",
        """
LazyValueError: speak has no value while the pipeline is traced, but it was combined with |
  here     app.py:3:  return speak(topic) | tags(topic)
  made at  app.py:3:  return speak(topic) | tags(topic)
  instead  cut_out(speak(...)), to chain steps: each call takes the port of the one before
""",
    ),
    Case(
        "34 mutable default",
        """
@node
def add(xs: list) -> list:
    xs.append(1); return xs
@pipeline
def podcast(xs: list = []):
    return add(xs)
def then(): return podcast(), podcast()
""",
        """
RAN ([1], [1])
""",
    ),
]
