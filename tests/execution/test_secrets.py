"""Secrets are used, and never told: in events, errors, logs, keys or on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated
from urllib.parse import quote_plus

import pytest

from daggr_fn import Secret, node, pipeline, repeat


@node
def plus(x: int, y: int = 1) -> int:
    return x + y


def test_a_secret_is_never_in_events_errors_json_or_on_disk(home):
    @node(cache=True)
    def ask(key: str, text: str) -> str:
        if text == "boom":
            raise ValueError("refused")
        return text

    @pipeline
    def p(key: Annotated[str, Secret], text: str = "hi"):
        return ask(key, text), ask.named("templated")(f"Bearer {key}", text)

    told = []
    secret = "s3cr3t-t0k3n"
    for text in ("hi", "boom"):
        run = p.run(secret, text)
        told += [repr(run), str(run), run.to_json(), repr(run.steps)]
        told += [repr(event) + json.dumps(event.to_dict()) for event in run.events]
        told += [str(failure) + repr(failure.inputs) for failure in run.failures]
        told += [str(p.plan(secret, text)), p.plan(secret, text).to_json(), p.plan(secret, text).explain("ask")]
    assert len(told) > 10
    assert not [text for text in told if secret in text]
    kept = [path for path in Path(home).rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if secret.encode() in path.read_bytes() or secret in path.name]


ASKED: list[str] = []


@node(cache=True)
def ask(key: str) -> str:
    ASKED.append(key)
    return "answer"


def test_a_secret_that_an_error_quotes_is_not_told(caplog):
    secret = "s3cr3t/t0k3n"

    @node(retries=1)
    def fetch(headers: str) -> str:
        raise ValueError(f"401 for https://api.example.com/?key={quote_plus(secret)}, {headers!r}")

    @pipeline
    def p(key: Annotated[str, Secret]):
        return fetch(key), fetch.named("templated")(f"Bearer {key}"), repeat(fetch, until=bool, max_turns=1)(key)

    with caplog.at_level("DEBUG", "daggr_fn"):
        run = p.run(secret)
    told = [caplog.text, str(run), run.to_json(), *map(str, run.failures)]
    told += [json.dumps(event.to_dict()) for event in run.events]
    assert "attempt 1 of step fetch failed" in caplog.text
    assert len(run.failures) == 3
    assert not [text for text in told if secret in text or quote_plus(secret) in text]
    assert run.failures[0].why == "ValueError: 401 for https://api.example.com/?key=<secret>, '<secret>'"


def test_a_secret_is_no_part_of_the_key():
    ASKED.clear()

    @pipeline
    def p(key: Annotated[str, Secret]):
        return ask(key)

    assert p("one") == p("another") == "answer"
    assert ASKED == ["one"]


def test_a_wrong_secret_is_not_told():
    @pipeline
    def p(key: Annotated[int, Secret]):
        return plus(key)

    with pytest.raises(ValueError, match="p") as error:
        p("s3cr3t")
    assert "s3cr3t" not in str(error.value)
