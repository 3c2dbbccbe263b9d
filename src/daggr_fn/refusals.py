"""What a port refuses, in words: by Python's special method, and by the names that other libraries have for waiting."""

from __future__ import annotations

from typing import Final

_BRANCH = "when(PORT, then, otherwise)"
_COMPARE = "apply(lambda x: x > ..., PORT), and when(...) to branch on it"
_ARITHMETIC = "apply(lambda x: x + 1, PORT), or a node that does it"

REFUSED: Final[dict[str, tuple[str, str]]] = {
    "__bool__": ("its truth was asked for (if, while, and, or, not)", _BRANCH),
    "__len__": ("len() was asked of it", "apply(len, PORT)"),
    "__contains__": ("`in` was asked of it", "apply(lambda x: ... in x, PORT)"),
    "__call__": ("it was called", "pass it to a node; a step is made by calling its node"),
    "__int__": ("int() was asked of it", "apply(int, PORT)"),
    "__float__": ("float() was asked of it", "apply(float, PORT)"),
    "__complex__": ("complex() was asked of it", "apply(complex, PORT)"),
    "__index__": ("it was used as a whole number", "apply(...) with a function that takes the number"),
    "__bytes__": ("bytes() was asked of it", "apply(bytes, PORT)"),
    "__fspath__": ("it was used as a path", "pass it to a node that opens the file"),
    "__round__": ("round() was asked of it", "apply(round, PORT)"),
    "__reversed__": ("reversed() was asked of it", "apply(lambda x: x[::-1], PORT)"),
    "__array__": ("it was put in an array", "apply(numpy.array, [PORT])"),
    "__await__": ("it was awaited", "pass it on: there is nothing to wait for, the run does that"),
    "__enter__": ("it was used in a `with`", "a node that opens and closes it"),
    "__exit__": ("it was used in a `with`", "a node that opens and closes it"),
    "__setitem__": ("a part of it was set", "a node that returns the changed value"),
    "__delitem__": ("a part of it was deleted", "a node that returns the changed value"),
    **dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__"), ("it was compared", _COMPARE)),
    **{
        f"__{side}{name}__": ("arithmetic was done with it", _ARITHMETIC)
        for name in (
            *("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod"),
            *("pow", "matmul", "lshift", "rshift", "and", "xor"),
        )
        for side in ("", "r")
    },
    **dict.fromkeys(
        ("__or__", "__ror__"),
        ("it was combined with |", "cut_out(PORT), to chain steps: each call takes the port of the one before"),
    ),
    **{f"__{name}__": ("arithmetic was done with it", _ARITHMETIC) for name in ("neg", "pos", "abs", "invert")},
}

_NO_WAIT = "pass it on as it is: there is nothing to wait for, the run does that"
_ON_PIPELINE = "call it on the pipeline, after its body: podcast.{}()"

ELSEWHERE: Final[dict[str, str]] = {
    **dict.fromkeys(("result", "get", "value", "compute", "wait", "resolve", "collect", "fetch"), _NO_WAIT),
    "launch": _ON_PIPELINE.format("show"),
    "show": _ON_PIPELINE.format("show"),
    **{name: _ON_PIPELINE.format("run") for name in ("invoke", "run", "submit", "predict", "execute")},
    "named": "name the step where it is made: node.named('...')(...)",
    "options": "set options on the node, before it is called: node.options(...)(...)",
    "map": "node(each(port))",
}
