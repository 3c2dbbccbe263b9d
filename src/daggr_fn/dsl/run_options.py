"""The options of a pipeline and of a run, looked at where they are said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from daggr_fn.dsl.node import NodeOptions
from daggr_fn.errors import WiringError, did_you_mean, listed, shorten
from daggr_fn.places import calling_place
from daggr_fn.runners import read_runner
from daggr_fn.values import is_mapping, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from daggr_fn.plan import Settings


def changed_settings(
    settings: Settings, options: Mapping[str, Any], valid: Collection[str], *, decorated: bool = False
) -> Settings:
    """Settings with options.

    Args:
        settings: What was said before.
        options: What is said now.
        valid: The names of the options that there are.
        decorated: Whether they are the pipeline's own, over which those of a run win.

    Raises:
        WiringError: There is no such option, or a value is not one of its values.
    """
    changes: dict[str, Any] = {}
    for name, value in options.items():
        if name not in valid:
            raise _unknown(name, valid)
        if name != "name":
            read = _READ.get(name)
            own = decorated or name not in _OF_A_RUN
            changes[name if own else f"run_{name}"] = value if read is None else read(name, value)
    return settings.changed(**changes)


_OF_A_RUN = frozenset(("cache", "runner"))


def _unknown(name: str, valid: Collection[str]) -> WiringError:
    if name in NodeOptions.__annotations__:
        what = f"{name}= is an option of nodes, and this is a pipeline"
        instead = f"node.options({name}=...), or @node({name}=...)"
        return WiringError(what, here=calling_place(), notes={"valid": listed(valid)}, instead=instead)
    what = f"there is no option {name!r}{did_you_mean(name, valid)}"
    return WiringError(what, here=calling_place(), notes={"valid": listed(valid)})


def _wrong(name: str, value: Any, valid: str) -> WiringError:
    return WiringError(f"{name}={shorten(value)}", notes={"valid": valid}, here=calling_place())


def _seconds(name: str, value: Any) -> float | None:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if seconds is None or (isinstance(seconds, (int, float)) and seconds > 0):
        return seconds
    raise _wrong(name, value, "seconds, more than 0, or a timedelta")


def _number(name: str, value: Any) -> int | None:
    if value is None or (type(value) is int and value > 0):
        return value
    raise _wrong(name, value, "1, 2, ...")


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if is_mapping(value):
        return value  # type: ignore[no-any-return]  # by name
    raise _wrong(name, value, f"a dict: {name}={{'{'choice' if name == 'choose' else 'step'}': ...}}")


def _function(name: str, value: Any) -> Callable[..., Any] | None:
    if value is None or callable(value):
        return value  # type: ignore[no-any-return]  # of a question
    raise _wrong(name, value, "a function of the question")


def _duration(name: str, value: Any) -> bool | timedelta | None:
    if value is None or isinstance(value, (bool, timedelta)):
        return value
    raise _wrong(name, value, "True, False, a timedelta")


def _names(name: str, value: Any) -> bool | tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if name == "fresh" and type(value) is bool:
        return value
    if is_sequence(value):
        return tuple(map(str, value))
    raise _wrong(name, value, "a step's name, or a list of them" + (", True" if name == "fresh" else ""))


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "timeout": _seconds,
    "workers": _number,
    "given": _mapping,
    "choose": _mapping,
    "answers": _mapping,
    "on_ask": _function,
    "cache": _duration,
    "fresh": _names,
    "only": _names,
    "runner": lambda _, value: None if value is None else read_runner(value, calling_place()),
}
