"""The inputs of a pipeline as options of a command: named, typed, with defaults and choices in the help."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from daggr_fn import texts
from daggr_fn.annotations import describe
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

    def parameter(self, *, required: bool = True) -> inspect.Parameter:
        """The parameter of the command's function, with what typer is to know of it.

        Args:
            required: Whether an input without a default must be given here.
        """
        annotation = texts.known_annotation(self.port)
        option: dict[str, Any] = {"help": _help(self.port), "show_default": False}
        if texts.is_flag(annotation):
            wanted: Any = Optional[bool]  # noqa: UP045  # typer on 3.10
            names = (f"--{self.flag}/--no-{self.flag}",)
        else:
            item = texts.item_of(annotation) if texts.is_list(annotation) else annotation
            parse, metavar = texts.parser_of(item, texts.component_choices(self.port))
            option |= {"parser": _told(parse), "metavar": metavar}
            wanted = list[str] if texts.is_list(annotation) else Optional[str]  # noqa: UP045  # typer on 3.10
            names = (f"--{self.flag}",)
        hint = Annotated[wanted, typer.Option(*names, **option)]
        default = inspect.Parameter.empty if required and self.port.default is MISSING else None
        return inspect.Parameter(self.variable, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)

    def value(self, parsed: Any) -> Any:
        """The input's value from what typer parsed; `MISSING` when the option was not given."""
        annotation = texts.known_annotation(self.port)
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


def _told(parse: texts.Parse) -> texts.Parse:
    """The same parser, which tells typer why a word is none."""

    def parse_or_tell(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return parse_or_tell


def _help(port: InputPort) -> str:
    said = [getattr(port.component, "label", None), getattr(port.component, "info", None)]
    words = [str(word) for word in said if word]
    low, high = getattr(port.component, "minimum", None), getattr(port.component, "maximum", None)
    if low is not None and high is not None:
        words.append(f"from {low} to {high}")
    if texts.is_list(port.annotation):
        words.append("may be given again for each item")
    if port.default is not MISSING and port.default is not None:  # typer says [required] itself
        words.append(f"[default: {_shown(port.default)}]")
    text = "; ".join(word for word in words if not word.startswith("["))
    tail = next((word for word in words if word.startswith("[")), "")
    return f"{text or describe(port.annotation)} {tail}".strip()


def _shown(default: Any) -> str:
    value = getattr(default, "value", default)
    return value if isinstance(value, str) and value else shorten(value, 60)
