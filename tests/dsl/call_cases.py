"""What looks like a mistake and is none, or shows only when it is called: with what the call returns."""

from __future__ import annotations

from tests.dsl.lint_cases import Case

# bodies hold text in triple quotes

CASES = [
    Case(
        "a string joined",
        """
def inner(x): return ", ".join(x)
def outer(x): return inner(x)
@pipeline
def podcast(a: str, b: str):
    return anything(outer([f"{a}", str(b)]))
def then(): return podcast("x", "y")
""",
        """
RAN 'x, y'
""",
    ),
    Case(
        "dedent of an fstring",
        r'''
import textwrap
@pipeline
def podcast(a: str):
    return anything(textwrap.dedent(f"""
        Say {a}
          twice"""))
def then(): return podcast("x  y")
''',
        r"""
RAN '\nSay x  y\n  twice'
""",
    ),
    Case(
        "a string replaced around a port",
        """
def inner(x): return x.replace("Say", "Tell")
@pipeline
def podcast(a: str):
    def outer(x): return inner(x)
    return anything(outer(f"Say {a}"))
def then(): return podcast("x")
""",
        """
RAN 'Tell x'
""",
    ),
    Case(
        "each after each of the same list twice",
        """
@pipeline
def podcast(topic: str):
    x = tags(topic)
    return gather(apply(lambda a, b: a + b, each(x), each(x)))
def then(): return podcast("a b")
""",
        """
RAN ['aa', 'bb']
""",
    ),
    Case(
        "a step and a parameter of one name",
        """
@pipeline
def podcast(speak_: str):
    return speak.named("speak_")(speak_)
def then(): return podcast("a")
""",
        """
RAN PosixPath('a')
""",
    ),
    Case(
        "tuple out unpacked",
        """
@node
def two() -> tuple[int, str]: return 1, "a"
@pipeline
def podcast():
    a, b = two()
    return b, a
def then(): return podcast()
""",
        """
RAN ('a', 1)
""",
    ),
    Case(
        "two inputs from components of one name",
        """
import gradio as gr
@pipeline
def podcast(text: str):
    return speak(gr.Textbox()), speak(gr.Textbox())
def then(): return list(podcast.inputs)
""",
        """
RAN ['text', 'speak_text', 'speak_2_text']
""",
    ),
    Case(
        "keyword only, var args, var kwargs",
        """
@node
def many(*xs, k=1, **kw): return xs, k, kw
@pipeline
def podcast(a: str, b: str):
    return many(a, 1, b, k=a, z=[b])
def then(): return podcast("a", "b")
""",
        """
RAN (('a', 1, 'b'), 'a', {'z': ['b']})
""",
    ),
    Case(
        "positional only",
        """
@node
def pos(a, /, b): return a, b
@pipeline
def podcast(a: str):
    return pos(a, b=2)
def then(): return podcast("a")
""",
        """
RAN ('a', 2)
""",
    ),
    Case(
        "dict keys unaffected",
        """
@pipeline
def podcast(a: str):
    return anything({"x": [a, {"y": (a, 1)}]})
def then(): return podcast("a")
""",
        """
RAN {'x': ['a', {'y': ('a', 1)}]}
""",
    ),
    Case(
        "dataclass with ports",
        """
@dataclass
class Box:
    a: str
    n: int = 2
@pipeline
def podcast(a: str):
    return anything([Box(a)])
def then(): return podcast("a")
""",
        """
RAN [Box(a='a', n=2)]
""",
    ),
    Case(
        "a namedtuple of ports",
        """
@pipeline
def podcast(a: str):
    return anything(Script([a], a))
def then(): return podcast("a")
""",
        """
RAN Script(lines=['a'], html='a')
""",
    ),
    Case(
        "plain value returned",
        """
@pipeline
def podcast(a: str):
    return a, 1, None, {"k": a}
def then(): return podcast("x")
""",
        """
RAN ('x', 1, None, {'k': 'x'})
""",
    ),
    Case(
        "nothing at all",
        """
@pipeline
def podcast(a: str):
    return None
def then(): return podcast("x")
""",
        """
RAN None
""",
    ),
    Case(
        "only a constant",
        """
@pipeline
def podcast():
    return 5
def then(): return podcast()
""",
        """
RAN 5
""",
    ),
    Case(
        "wrong name in only",
        """
@pipeline
def podcast(a: str): return speak(a)
def then(): return podcast.options(only="+spaek")("x")
""",
        """
WiringError: podcast has no step 'spaek'; did you mean 'speak'?
  valid    'speak'
""",
    ),
    Case(
        "input missing",
        """
@pipeline
def podcast(a: str): return speak(a)
def then(): return podcast()
""",
        """
InvalidInputError: podcast needs 'a'
  valid    'a'
""",
    ),
    Case(
        "input unknown",
        """
@pipeline
def podcast(topic: str): return speak(topic)
def then(): return podcast(topik="x")
""",
        """
InvalidInputError: podcast has no input 'topik'; did you mean 'topic'?
  valid    'topic'
""",
    ),
    Case(
        "input of the wrong type",
        """
@pipeline
def podcast(n: int): return anything(n)
def then(): return podcast("x")
""",
        """
InvalidInputError: podcast(n: int) was given 'x'
""",
    ),
    Case(
        "literal input",
        """
@pipeline
def podcast(m: Literal["fast", "slow"] = "fast"): return anything(m)
def then(): return podcast("fats")
""",
        """
InvalidInputError: podcast(m) can't be 'fats'; did you mean 'fast'?
  valid    'fast', 'slow'
""",
    ),
    Case(
        "too many inputs",
        """
@pipeline
def podcast(n: int): return anything(n)
def then(): return podcast(1, 2)
""",
        """
InvalidInputError: podcast has 1 inputs and was given 2: 'n'
""",
    ),
]
