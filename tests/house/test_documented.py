"""Everything that users import says what it is for."""

from __future__ import annotations

import importlib
import inspect

import pytest

import daggr_fn

NAMES = sorted(getattr(daggr_fn, "__all__", []))


@pytest.mark.parametrize("name", NAMES)
def test_what_users_import_has_a_docstring(name: str):
    thing = getattr(daggr_fn, name)
    if not (inspect.isclass(thing) or inspect.isroutine(thing)):
        return  # a value, whose docstring stands below it in the source
    missing = [] if documented(thing) else [name]
    if inspect.isclass(thing) and thing.__module__.startswith("daggr_fn"):
        missing += [f"{name}.{method}" for method in public_methods(thing) if not documented(getattr(thing, method))]
    assert not missing, f"in {source_of(thing)}: say what {', '.join(missing)} is for"


def documented(thing: object) -> bool:
    text = inspect.getdoc(thing)
    return bool(text) and not text.startswith(f"{getattr(thing, '__name__', '')}(")  # as dataclasses write it


def public_methods(cls: type) -> list[str]:
    own = [base for base in cls.__mro__ if base.__module__.startswith("daggr_fn")]
    found = {name: value for base in own for name, value in vars(base).items() if not name.startswith("_")}
    return sorted(name for name, value in found.items() if inspect.isroutine(value) or isinstance(value, property))


def source_of(thing: object) -> str:
    return str(importlib.import_module(thing.__module__).__file__)
