"""The digest of code changes when what a function does can have changed, and only then."""

from __future__ import annotations

import functools
import importlib
import itertools
import os
import subprocess
import sys
import textwrap
from types import SimpleNamespace
from typing import Any

import pytest

from daggr_fn.errors import NotReusable
from daggr_fn.execution.memo import Memo
from daggr_fn.kinds import Identity, Options

numbers = itertools.count()


def code(function: Any, **options: Any) -> str:
    return Memo().code(Identity(("function",), (function,)), Options(**options), "step")[1]


@pytest.fixture
def source(tmp_path, monkeypatch):
    """Loads text as a new module (named anew each time, unless a name is given), and gives the module."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(tmp_path)
    loaded = []

    def load(text: str, name: str = ""):
        name = name or f"module_{next(numbers)}"
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
        importlib.invalidate_caches()
        known = sys.modules.get(name)
        if known is not None:
            return importlib.reload(known)
        loaded.append(name)
        return importlib.import_module(name)

    yield load
    for name in loaded:
        sys.modules.pop(name, None)


BASE = """
    LIMIT = 3
    def helper(x):
        return x + LIMIT
    def f(x, y=1):
        try:
            z = helper(x)
        except ValueError:
            return None
        return [z * i for i in range(y)]
"""

SAME = {
    "a comment": BASE.replace("z = helper(x)", "z = helper(x)  # why"),
    "a docstring": BASE.replace("        try:", '        """What it does."""\n        try:'),
    "a docstring of a helper": BASE.replace("        return x + LIMIT", '        "Adds."\n        return x + LIMIT'),
    "a docstring and one of the module": '"""Words."""\n' + textwrap.dedent(BASE),
    "blank lines": BASE.replace("        try:", "\n\n        try:"),
    "formatting": BASE.replace("helper(x)\n", "helper(\n                x\n            )\n", 1).replace(
        "x + LIMIT", "(x\n            + LIMIT)"
    ),
    "annotations": BASE.replace("f(x, y=1)", "f(x: int, y: int = 1) -> list"),
    "another constant beside": "OTHER = 4\n" + textwrap.dedent(BASE),
    "another name of a helper": BASE.replace("helper", "add_limit"),
    "another name of a constant": BASE.replace("LIMIT = 3", "LIMIT = 3").replace("x + LIMIT", "x + (LIMIT)"),
    "another name of the function": textwrap.dedent(BASE.replace("def f(", "def g(")) + "f = g\n",
}
OTHER = {
    "the body": BASE.replace("z * i", "z + i"),
    "a constant in it": BASE.replace("return None", "return 0"),
    "a default": BASE.replace("y=1", "y=2"),
    "the type of a default": BASE.replace("y=1", "y=1.0"),
    "a helper": BASE.replace("x + LIMIT", "x - LIMIT"),
    "a global": BASE.replace("LIMIT = 3", "LIMIT = 4"),
    "the type of a global": BASE.replace("LIMIT = 3", "LIMIT = 3.0"),
    "a global that is changed in place": textwrap.dedent(BASE) + "LIMIT += 1\n",
    "a parameter's name": BASE.replace("f(x, y=1)", "f(v, y=1)").replace("helper(x)\n", "helper(v)\n"),
    "which lines are guarded": BASE.replace(
        "        try:\n            z = helper(x)", "        z = helper(x)\n        try:\n            pass"
    ),
    "the guarded error": BASE.replace("ValueError", "KeyError"),
    "a function that says global": textwrap.dedent(BASE) + "def more():\n    global LIMIT\n    LIMIT = 9\n",
}


@pytest.mark.parametrize("what", SAME)
def test_what_does_nothing_leaves_the_digest_as_it_is(source, what):
    assert code(source(BASE).f) == code(source(SAME[what]).f)


@pytest.mark.parametrize("what", OTHER)
def test_what_can_change_a_result_changes_the_digest(source, what):
    assert code(source(BASE).f) != code(source(OTHER[what]).f)


def test_two_lambdas_on_one_line_differ():
    one, two = (lambda x: x + 1), (lambda x: x + 2)
    assert code(one) != code(two)


def test_closures_differ_by_what_they_hold_now():
    def make(n):
        def inner(x):
            return x + n

        def more():
            nonlocal n
            n += 1

        return inner, more

    one, more = make(1)
    other, _ = make(100)
    before = code(one)
    assert before == code(one) == code(make(1)[0]) != code(other)
    more()
    assert code(one) != before
    assert code(one) == code(make(2)[0])


def test_a_list_in_a_closure_counts_as_it_is_now():
    seen = [1]

    def f(x):
        return x in seen

    before = code(f)
    seen.append(2)
    assert code(f) != before
    seen.pop()
    assert code(f) == before


def test_a_mutable_default_counts_as_it_is_now():
    def f(x, into=[]):  # noqa: B006
        into.append(x)
        return into

    def g(x, *, into={}):  # noqa: B006
        into[x] = 1
        return into

    for function in (f, g):
        before = code(function)
        function(1)
        assert code(function) != before


def test_functions_in_closures_and_containers_count_by_their_code(source):
    text = "def make(fns):\n    def f(x):\n        return [g(x) for g in fns]\n    return f\n{0}\nf = make([a, b])\n"
    one = source(text.format("def a(x): return x\ndef b(x): return -x"))
    two = source(text.format("def a(x): return x\ndef b(x): return +x"))
    same = source(text.format("# why\ndef a(x): return x\ndef b(x):\n    'doc'\n    return -x"))
    assert code(one.f) == code(same.f) != code(two.f)


def test_a_list_that_a_function_appends_to_does_not_make_it_new(source):
    module = source(
        "CALLS = []\nCOUNT = 0\ndef f(x):\n    global COUNT\n    COUNT += 1\n    CALLS.append(x)\n    return x\n"
    )
    before = code(module.f)
    module.f(1)
    assert code(module.f) == before


@pytest.mark.parametrize(
    "change",
    [
        "VOICES['b'] = 2",
        "VOICES.update(b=2)",
        "VOICES.setdefault('b', []).append(2)",
        "for k in 'xy':\n    VOICES[k] = 2",
        "if True:\n    VOICES = {}",
        "def change():\n    global VOICES\n    VOICES = 1",
    ],
)
def test_statements_that_change_a_global_in_place_count(source, change):
    base = "VOICES = {'a': 1}\ndef f(x):\n    return VOICES[x]\n"
    assert code(source(base).f) != code(source(base + change + "\n").f)


def test_what_a_global_is_made_of_counts(source):
    base = "import re\nWORD = 'a'\ndef make(w):\n    return re.compile(w)\nPATTERN = make(WORD + '+')\n"
    base += "def f(x):\n    return PATTERN.match(x)\n"
    digests = {
        code(source(text).f)
        for text in (base, base.replace("'a'", "'b'"), base.replace("compile(w)", "compile(w, re.I)"))
    }
    assert len(digests) == 3


@pytest.mark.parametrize(
    "head",
    [
        "from {m} import clean, CONF\ndef f(x):\n    return clean(x, CONF)\n",
        "import {m}\ndef f(x):\n    return {m}.clean(x, {m}.CONF)\n",
        "import {m} as h\ndef f(x):\n    return h.clean(x, h.CONF)\n",
        "from {m} import *\ndef f(x):\n    return clean(x, CONF)\n",
        "def f(x):\n    import {m}\n    return {m}.clean(x, {m}.CONF)\n",
        "def f(x):\n    from {m} import clean, CONF\n    return clean(x, CONF)\n",
        "import {m}\ndef f(x):\n    return getattr({m}, 'clean')(x, vars({m})['CONF'])\n",
    ],
)
def test_helpers_and_constants_of_other_modules_count_however_they_are_imported(source, head):
    text = "CONF = {{'a': {0}}}\ndef clean(x, c):\n    return x{1}c\n"
    found = []
    for constant, operator in ((1, "+"), (2, "+"), (1, "-"), (1, "+ ")):
        name = f"helpers_{next(numbers)}"
        source(text.format(constant, operator), name)
        digest = code(source(head.format(m=name)).f)
        found.append(digest.replace(name, ""))
    if "{m}." not in head:
        assert found[0] == found[3]
    assert len(set(found[:3])) == 3


def test_a_reloaded_helper_is_never_stale(source):
    helpers = source("K = 1\ndef clean(x):\n    return x + K\n", "helpers_again")
    app = source("import helpers_again\ndef f(x):\n    return helpers_again.clean(x)\n")
    seen = {code(app.f)}
    for text in ("K = 2\ndef clean(x):\n    return x + K\n", "K = 2\ndef clean(x):\n    return x * K\n"):
        source(text, "helpers_again")
        assert code(app.f) not in seen
        seen.add(code(app.f))
    helpers.clean = lambda x: 0
    assert code(app.f) not in seen


def test_a_constant_of_before_a_reload_counts_by_its_value(source):
    source("K = 1\n", "constants_again")
    app = source("from constants_again import K\ndef f(x):\n    return x + K\n")
    code(app.f)
    source("K = 2\n", "constants_again")
    still_one = code(app.f)
    importlib.reload(app)
    assert code(app.f) != still_one


CLASSES = """
    from dataclasses import dataclass, field
    class Base:
        unit = 2
        def scale(self, x):
            return x * self.unit
    @dataclass
    class Tool(Base):
        size: int = 1
        parts: list = field(default_factory=list)
        @property
        def double(self):
            return self.size * 2
        @staticmethod
        def half(x):
            return x / 2
        def __call__(self, x):
            return self.half(self.scale(x)) + self.double
    tool = Tool()
    def f(x):
        return Tool(3)(x)
    def g(x):
        return tool(x)
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unit = 2", "unit = 3"),
        ("x * self.unit", "x + self.unit"),
        ("size: int = 1", "size: int = 2"),
        ("default_factory=list", "default_factory=set"),
        ("self.size * 2", "self.size * 3"),
        ("x / 2", "x / 3"),
        ("+ self.double", "- self.double"),
        ("Tool(Base)", "Tool"),
        ("@staticmethod", "@classmethod"),
    ],
)
@pytest.mark.parametrize("name", ["f", "g"])
def test_classes_count_with_methods_properties_bases_and_defaults(source, name, old, new):
    one, two = source(CLASSES), source(CLASSES.replace(old, new))
    assert code(getattr(one, name)) != code(getattr(two, name))


def test_comments_and_docstrings_in_classes_do_not_count(source):
    text = CLASSES.replace("unit = 2", "'''Doc.'''\n        unit = 2  # why").replace("x / 2", "(x\n            / 2)")
    for name in ("f", "g"):
        assert code(getattr(source(CLASSES), name)) == code(getattr(source(text), name))


def test_a_method_of_an_object_counts_with_the_object(source):
    text = "class Scorer:\n    def __init__(self, k):\n        self.k = k\n"
    text += "    def score(self, x):\n        return x * self.k\n"
    text += "f = Scorer({0}).score\n"
    assert code(source(text.format(1)).f) == code(source(text.format(1)).f) != code(source(text.format(2)).f)
    assert code(source(text.format(1)).f) != code(source(text.format(1).replace("x *", "x +")).f)


def test_partials_wrappers_and_caches_count_with_what_they_wrap(source):
    text = """
    import functools
    def loud(fn):
        @functools.wraps(fn)
        def wrapper(*args):
            return fn(*args) * 1
        return wrapper
    @loud
    def wrapped(x): return x + 1
    @functools.lru_cache
    def cached(x): return x + 1
    def two(a, b): return a + 1
    part = functools.partial(two, b=1)
    def f(x): return wrapped(x) * 5
    def g(x): return cached(x) * 5
    def h(x): return part(x) * 5
    """
    for name in ("wrapped", "cached", "part", "f", "g", "h"):
        one, same, other = source(text), source(text + "\n"), source(text.replace("+ 1", "+ 2"))
        assert code(getattr(one, name)) == code(getattr(same, name)) != code(getattr(other, name)), name
    for name in ("wrapped", "f"):
        assert code(getattr(source(text), name)) != code(getattr(source(text.replace("* 1", "* 2")), name))
    assert code(source(text).part) != code(source(text.replace("b=1)", "b=2)")).part)


def test_recursion_ends_and_counts(source):
    text = "def even(n):\n    return n == 0 or odd(n - 1)\ndef odd(n):\n    return n != 0 and even(n - {0})\n"
    assert code(source(text.format(1)).even) == code(source(text.format(1)).even) != code(source(text.format(2)).even)


def test_nodes_that_a_function_uses_count_by_what_they_are(source):
    def app(fn, revision="1"):
        return SimpleNamespace(kind=Kind(fn, revision))

    class Kind:
        def __init__(self, fn, revision):
            self.fn, self.revision = fn, revision

        def identity(self):
            return Identity(("toy", self.revision), (self.fn,))

    module = source("def f(x):\n    return draw(x)\ndef a(x): return x\ndef b(x): return -x\n")
    seen = set()
    for node in (app(module.a), app(module.b), app(module.a, "2")):
        module.draw = node
        seen.add(code(module.f))
    assert len(seen) == 3
    node.kind.revision = "3"
    assert code(module.f) not in seen


def test_without_a_source_a_global_counts_by_its_value():
    space: dict[str, Any] = {}
    exec("K = [1]\ndef f(x):\n    return K", space)
    before = code(space["f"])
    space["K"] = [2]
    assert code(space["f"]) != before


def test_what_cannot_be_hashed_says_where():
    import threading

    lock = threading.Lock()

    def f(x):
        with lock:
            return x

    with pytest.raises(NotReusable, match=r"'lock'.*lock"):
        code(f)


def test_components_as_defaults_count_by_their_type():
    import gradio as gr

    def f(x=gr.Textbox(label="a"), progress=gr.Progress()):  # noqa: B008
        return x

    assert code(f) == code(f)


def test_a_version_stands_for_the_code(source):
    one, two = (source(BASE.replace("LIMIT = 3", f"LIMIT = {n}")).f for n in (3, 4))
    memo = Memo()

    def both(function, version, name="step"):
        return memo.code(Identity(("function",), (function,)), Options(version=version), name)

    assert both(one, "1") == both(two, "1") != both(one, "2")
    assert both(one, "1") != both(one, "1", "other")


def test_pre_and_postprocess_count():
    def f(x):
        return x

    digests = {
        code(f),
        code(f, preprocess=lambda inputs: inputs),
        code(f, postprocess=lambda value: value),
        code(f, postprocess=lambda value: [value]),
    }
    assert len(digests) == 4


def test_two_users_never_share_and_other_nodes_neither():
    memo = Memo()
    nodes = [Identity(("space", "a"), user="ann"), Identity(("space", "a"), user="bob"), Identity(("space", "b"))]
    assert len({memo.code(one, Options(), "step")[0] for one in nodes}) == 3


SCRIPT = """
import functools
from dataclasses import dataclass
import other
CONF = {"a": 1}
@dataclass
class Line:
    text: str = "x"
def wrap(fn):
    return functools.wraps(fn)(lambda *a: fn(*a))
@wrap
def f(x):
    class Inner:
        def go(self): return {"b", "a", x}
    return other.clean(x), CONF, Line(), Inner(), __name__
if __name__ == "__main__":
    from daggr_fn.execution.memo import Memo
    from daggr_fn.kinds import Identity, Options
    print(Memo().code(Identity(("f",), (f,)), Options(), "f")[1])
"""


def run_script(folder, *command, seed="0"):
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.check_output([sys.executable, *command], cwd=folder, env=env, text=True)


def test_a_script_a_module_another_file_and_another_process_agree(tmp_path):
    (tmp_path / "other.py").write_text("def clean(x):\n    return x\n")
    ask = (
        "from daggr_fn.execution.memo import Memo; from daggr_fn.kinds import *; import {0} as m; "
        "print(Memo().code(Identity(('f',), (m.f,)), Options(), 'f')[1])"
    )
    for name in ("app", "moved"):
        (tmp_path / f"{name}.py").write_text(SCRIPT)
    found = {run_script(tmp_path, "app.py", seed=seed) for seed in "12"}
    found |= {run_script(tmp_path, "-c", ask.format(name)) for name in ("app", "moved")}
    assert len(found) == 1
    (tmp_path / "other.py").write_text("def clean(x):\n    return x * 2\n")
    assert run_script(tmp_path, "app.py") not in found


def test_asking_again_is_as_good_as_asking_the_first_time(source):
    module = source(BASE)
    cold = code(module.f)
    warm = code(module.f)
    module.f.__defaults__ = (2,)
    changed = code(module.f)
    module.f.__defaults__ = (1,)
    assert cold == warm == code(module.f) != changed


def test_a_library_function_counts_by_its_name():
    assert code(functools.reduce) != code(textwrap.dedent)
    assert code(textwrap.dedent) == code(textwrap.dedent)
