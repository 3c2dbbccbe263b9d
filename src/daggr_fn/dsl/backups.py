"""`a.or_else(b)`: a backup that runs when the first failed for good."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, Union

from daggr_fn.dsl.choosing import known_arguments, parameter_names
from daggr_fn.dsl.conditions import fallback_port
from daggr_fn.errors import WiringError
from daggr_fn.places import calling_place
from daggr_fn.tracing import TRACE

if TYPE_CHECKING:
    from typing_extensions import Self

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

When = Union[  # noqa: UP007  # `|` of classes is no type on Python 3.10
    type[BaseException], tuple[type[BaseException], ...], Callable[[BaseException], bool], None
]
"""Which failures a backup is for: classes of errors, a function of the error, or all of them."""


class WithBackup(Generic[P, R_co]):
    """A node with a backup; called like the node."""

    _is_daggr_fn_node = True

    def __init__(self, first: Any, backup: Any, when: When) -> None:
        if not getattr(backup, "_is_daggr_fn_node", False):
            what = f"{first.name}.or_else({backup!r}): the backup is neither a node nor a pipeline"
            raise WiringError(what, here=calling_place(), instead='model("org/model"), space("owner/name") or a @node')
        self.first = first
        self.backup = backup
        self._when = when

    @property
    def name(self) -> str:
        """The first node's name."""
        return str(self.first.name)

    @property
    def parameters(self) -> list[str]:
        """The names of what it is called with."""
        return parameter_names(self.first)

    def __repr__(self) -> str:
        return f"<{self.first!r} or else {self.backup!r}>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Make a step of each, of which the second runs when the first failed; outside of a pipeline, do that now.

        The backup takes the arguments that it knows.
        """
        if TRACE.get() is not None:
            first = self.first(*args, **kwargs)
            return fallback_port(first, self.backup(*args, **known_arguments(self.backup, kwargs)), self._handles)  # type: ignore[return-value]
        try:
            return self.first(*args, **kwargs)  # type: ignore[no-any-return]
        except Exception as error:  # which errors the backup is for is the user's word
            if not self._handles(error):
                raise
            return self.backup(*args, **known_arguments(self.backup, kwargs))  # type: ignore[no-any-return]

    def _handles(self, error: BaseException) -> bool:
        when = self._when
        if when is None:
            return isinstance(error, Exception)
        if isinstance(when, (type, tuple)):
            return isinstance(error, when)
        return bool(when(error))

    def or_else(self, backup: Any, /, *, when: When = None) -> WithBackup[P, Any]:
        """A second backup, for when the first one failed too."""
        return WithBackup(self, backup, when)

    def named(self, name: str, /) -> Self:
        """A copy whose first node has another name."""
        return self.options(name=name)

    def options(self, **options: Any) -> Self:
        """A copy with options for the first node; the backup has its own."""
        changed = copy.copy(self)
        changed.first = self.first.options(**options)
        return changed
