"""`apply`: a step of any function, on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from daggr_fn.dsl.node import Node
from daggr_fn.kinds import Options
from daggr_fn.nodes.function import FunctionKind

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


@overload
def apply(function: Callable[[A], R], a: A, /) -> R: ...
@overload
def apply(function: Callable[[A, B], R], a: A, b: B, /) -> R: ...
@overload
def apply(function: Callable[[A, B, C], R], a: A, b: B, c: C, /) -> R: ...
@overload
def apply(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
def apply(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Make a step of a function: `apply(len, lines)`, `apply(lambda score: score > 0.8, score)`.

    Args:
        function: Any function, builtin or lambda. A node is called as it is.
        args: Its arguments, ports among them.
        kwargs: Its arguments by name.
    """
    if getattr(function, "_is_daggr_fn_node", False):
        return function(*args, **kwargs)
    return Node[..., Any](FunctionKind(function), Options())(*args, **kwargs)
