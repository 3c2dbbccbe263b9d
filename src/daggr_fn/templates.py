"""Ports in strings: `f"A {animal} in the savanna"` becomes a template.

`format(port)` and `str(port)` put a token into the string. It stands between two characters of a private use area that
no icon font uses, has upper and lower case and spaces at its ends, so that string methods which would work on the
token in place of the value damage it. When the string arrives in an argument, the tokens are found and a `Template`
takes its place; a token that was damaged or never arrives is an error.
"""

from __future__ import annotations

import itertools
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import WiringError
from daggr_fn.expressions import Built, Expression
from daggr_fn.places import Place, calling_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daggr_fn.ports import Port

OPEN, CLOSE = "\U0010fff0", "\U0010fff1"
_TOKEN = re.compile(f" {OPEN}pP(\\d+);((?:[^{OPEN}{CLOSE}]|{OPEN}[^{CLOSE}]*{CLOSE})*){CLOSE} ")


class Templates:
    """The tokens that were made, and which of them have arrived."""

    def __init__(self) -> None:
        self.made: dict[int, tuple[Port, Place]] = {}
        self.arrived: set[int] = set()

    def token(self, port: Port, spec: str) -> str:
        """The text that stands for a port in a string."""
        number = next(_numbers)
        self.made[number] = (port, calling_place())
        return f" {OPEN}pP{number};{spec}{CLOSE} "

    def lost(self) -> list[tuple[Port, Place]]:
        """Ports whose tokens were made and arrived nowhere, with the lines that made them."""
        return [made for number, made in self.made.items() if number not in self.arrived]

    def expression(self, text: str) -> Expression:
        """The template that a string with tokens stands for.

        Raises:
            WiringError: A token was damaged, or is from another pipeline.
        """
        texts: list[str] = []
        values: list[Expression] = []
        specs: list[str | Expression] = []
        end = 0
        for match in _TOKEN.finditer(text):
            texts.append(text[end : match.start()])
            values.append(self._port(int(match[1]))._expression)  # ports have no public names
            specs.append(self.expression(match[2]) if holds_token(match[2]) else match[2])
            end = match.end()
        texts.append(text[end:])
        if any(holds_token(part) for part in texts):
            raise self._damaged(text)
        return _template(texts, values, specs)

    def _damaged(self, text: str) -> WiringError:
        """The error for a string in which a token was cut or changed."""

        def label(match: re.Match[str]) -> str:
            made = self.made.get(int(match[1]))
            return made[0]._label if made is not None else match[0]  # ports have no public names

        readable = _LEFT_OF_TOKEN.sub(label, text).replace(OPEN, "{").replace(CLOSE, "}")
        return WiringError(
            f"a string with a port in it was cut or changed while the pipeline is traced: {readable!r}",
            here=calling_place(),
            instead='change the value and not the string: apply(str.upper, f"...")',
        )

    def _port(self, number: int) -> Port:
        if number not in self.made:
            raise WiringError(
                "a string holds a port of another pipeline",
                here=calling_place(),
                instead="a parameter of this pipeline",
            )
        self.arrived.add(number)
        return self.made[number][0]


_LEFT_OF_TOKEN = re.compile(r"pP(\d+);", re.IGNORECASE)
_numbers = itertools.count(1)
_of_modules = Templates()
CURRENT: ContextVar[Templates] = ContextVar("daggr_fn_templates", default=_of_modules)
"""The tokens of the pipeline that is being traced; of all modules' wiring where none is."""


def holds_token(text: str) -> bool:
    """Whether a string holds a token, or what is left of one."""
    return OPEN in text or CLOSE in text


def _template(texts: Sequence[str], values: Sequence[Expression], specs: Sequence[str | Expression]) -> Expression:
    lazy_specs = [spec for spec in specs if isinstance(spec, Expression)]

    def build(found: Sequence[Any]) -> str:
        drawn = iter(found[len(values) :])
        written = [texts[0]]
        for value, spec, text in zip(found, specs, texts[1:], strict=False):
            written.append(format(value, next(drawn) if isinstance(spec, Expression) else spec))
            written.append(text)
        return "".join(written)

    shape = ("template", *texts, *(spec for spec in specs if isinstance(spec, str)))
    words = "".join(text + f"{{{value.label}}}" for text, value in zip(texts, values, strict=False)) + texts[-1]
    return Built([*values, *lazy_specs], build, shape, str, f'f"{words}"')
