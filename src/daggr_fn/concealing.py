"""Secrets: a value that does not tell, and texts that may quote one, as the message of an exception does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SHORTEST = 4  # shorter ones are in too many words to be told from them


class Hidden:
    """A secret value on its way to the node: its `repr` tells nothing."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> Any:
        raise TypeError("a secret is never stored")


def concealed(text: str, secrets: Iterable[object]) -> str:
    """A text with `<secret>` in the place of secrets, also where they are quoted as in an address or a `repr`.

    Args:
        text: The text.
        secrets: Values that are secret. Of those with parts, every string in them is one; those of under four
            characters are left.
    """
    forms = {form for secret in secrets for word in _words(secret) for form in _forms(word)}
    for form in sorted(forms, key=len, reverse=True):  # one may be a part of another
        text = text.replace(form, repr(Hidden(None)))
    return text


def secrets_of(inputs: Mapping[str, Any] | None) -> list[object]:
    """The secrets among what a step was called with."""
    return [value for value in (inputs or {}).values() if isinstance(value, Hidden)]


def _words(secret: object) -> Iterator[str]:
    if isinstance(secret, Hidden):
        yield from _words(secret.value)
    elif isinstance(secret, str):
        if len(secret) >= _SHORTEST:
            yield secret
    elif isinstance(secret, (dict, list, tuple, set, frozenset)):
        parts = cast("Iterable[object]", secret.values() if isinstance(secret, dict) else secret)
        for part in parts:
            yield from _words(part)
    elif isinstance(secret, (int, float)) and not isinstance(secret, bool):
        yield from _words(str(secret))


def _forms(word: str) -> set[str]:
    return {word, quote(word), quote(word, safe=""), quote_plus(word), repr(word)[1:-1]}
