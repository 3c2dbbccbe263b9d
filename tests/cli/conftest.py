"""A real browser, for the command that shows a page."""

from __future__ import annotations

from tests.chromium import browser, context, faults, page  # noqa: F401  # fixtures
