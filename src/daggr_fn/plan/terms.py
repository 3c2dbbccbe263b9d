"""The terms on which a step's calls are made, in words: tries, time, how many at once and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daggr_fn.kinds import Options
    from daggr_fn.limits import Limit
    from daggr_fn.rates import Rate


def terms_of(options: Options) -> str:
    """What a node's options say of its calls: `3 retries, at most 30 s each, 2 at once`; empty without any."""
    return ", ".join(_terms(options))


def _terms(options: Options) -> Iterator[str]:
    if options.retries is not None and options.retries.times:
        yield f"{options.retries.times} {'retry' if options.retries.times == 1 else 'retries'}"
    if options.timeout_seconds is not None:
        yield f"at most {options.timeout_seconds:g} s each"
    yield from _allowed(options.limit, options.rate)
    if options.pool is not None:
        allowed = ", ".join(_allowed(options.pool.limit, options.pool.rate))
        yield f"pool {options.pool.name} ({allowed})"


def _allowed(limit: Limit | None, rate: Rate | None) -> Iterator[str]:
    if limit is not None:
        yield f"{limit.size} at once"
    if rate is not None:
        yield rate.text
