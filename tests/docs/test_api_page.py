"""Everything that `from daggr_fn import ...` gives has its place on the API page."""

from __future__ import annotations

import re
from pathlib import Path

import daggr_fn

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_every_public_name_is_on_the_page():
    shown = set(re.findall(r"^::: (\S+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE))

    def is_shown(name: str) -> bool:
        thing = getattr(daggr_fn, name)
        return f"daggr_fn.{name}" in shown or getattr(thing, "__module__", "") in shown

    missing = [name for name in daggr_fn.__all__ if not is_shown(name)]
    assert not missing, f"docs/api.md lacks {', '.join(missing)}"
