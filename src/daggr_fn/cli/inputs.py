"""The inputs of a pipeline as options of a command: named, typed, with defaults and choices in the help."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from daggr_fn.annotations import describe
from daggr_fn.cli import texts
from daggr_fn.errors import shorten
from daggr_fn.kinds import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daggr_fn.expressions import InputPort


@dataclass(frozen=True)
class InputOption:
    """One input as an option.

    Attributes:
        variable: The name under which the parsed value arrives.
        flag: What is written on the command line.
    """

    port: InputPort
    variable: str
    flag: str

    def parameter(self) -> inspect.Parameter:
        """The parameter of the command's function, with what typer is to know of it."""
        annotation = _known_annotation(self.port)
        option: dict[str, Any] = {"help": _help(self.port), "show_default": False}
        if texts.is_flag(annotation):
            wanted: Any = Optional[bool]  # noqa: UP045  # typer on 3.10
            names = (f"--{self.flag}/--no-{self.flag}",)
        else:
            item = texts.item_of(annotation) if texts.is_list(annotation) else annotation
            parse, metavar = texts.parser_of(item, _component_choices(self.port))
            option |= {"parser": parse, "metavar": metavar}
            wanted = list[str] if texts.is_list(annotation) else Optional[str]  # noqa: UP045  # typer on 3.10
            names = (f"--{self.flag}",)
        hint = Annotated[wanted, typer.Option(*names, **option)]
        default = inspect.Parameter.empty if self.port.default is MISSING else None
        return inspect.Parameter(self.variable, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)

    def value(self, parsed: Any) -> Any:
        """The input's value from what typer parsed; `MISSING` when the option was not given."""
        annotation = _known_annotation(self.port)
        if parsed is None or (texts.is_list(annotation) and not parsed):
            return MISSING
        return texts.collection_of(annotation)(parsed) if texts.is_list(annotation) else parsed


def input_options(ports: Iterable[InputPort], taken: Iterable[str]) -> list[InputOption]:
    """The options of inputs that are no secrets. One whose name is an option of the command is `--input-NAME`."""
    own = set(taken)
    options: list[InputOption] = []
    for port in ports:
        if not port.secret:
            name = port.name.replace("_", "-")
            flag = f"input-{name}" if name in own or f"no-{name}" in own else name
            options.append(InputOption(port, f"input_{port.name}", flag))
    return options


def given_inputs(options: Iterable[InputOption], parsed: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the inputs that were given."""
    values = {option.port.name: option.value(parsed[option.variable]) for option in options}
    return {name: value for name, value in values.items() if value is not MISSING}


_TOLD_BY_DEFAULT: tuple[Any, ...] = (bool, int, float, str, list, dict)
_COMPONENT_TYPES: dict[str, Any] = {"number": float, "integer": int, "boolean": bool}


def _known_annotation(port: InputPort) -> Any:
    """The annotation, or what the default or the component tells where there is none."""
    if port.annotation is not Any and port.annotation is not inspect.Parameter.empty:
        return port.annotation
    default: object = port.default
    if type(default) in _TOLD_BY_DEFAULT:
        return type(default)
    if port.component is None:
        return Any
    return _COMPONENT_TYPES.get(str(port.component.api_info().get("type")), Any)


def _component_choices(port: InputPort) -> dict[str, Any] | None:
    """The choices of a dropdown or radio, where nothing else may be given."""
    choices = getattr(port.component, "choices", None)
    if not choices or getattr(port.component, "allow_custom_value", False):
        return None
    pairs: list[tuple[Any, Any]] = [one if type(one) in (tuple, list) else (one, one) for one in choices]
    return {str(value): value for _, value in pairs}


def _help(port: InputPort) -> str:
    said = [getattr(port.component, "label", None), getattr(port.component, "info", None)]
    words = [str(word) for word in said if word]
    low, high = getattr(port.component, "minimum", None), getattr(port.component, "maximum", None)
    if low is not None and high is not None:
        words.append(f"from {low} to {high}")
    if texts.is_list(port.annotation):
        words.append("may be given again for each item")
    if port.default is MISSING:
        words.append("[required]")
    elif port.default is not None:
        words.append(f"[default: {_shown(port.default)}]")
    text = "; ".join(word for word in words if not word.startswith("["))
    tail = next((word for word in words if word.startswith("[")), "")
    return f"{text or describe(port.annotation)} {tail}".strip()


def _shown(default: Any) -> str:
    value = getattr(default, "value", default)
    return value if isinstance(value, str) and value else shorten(value, 60)
