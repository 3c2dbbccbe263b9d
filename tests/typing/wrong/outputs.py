"""What steps return."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from daggr_fn import node, pipeline


class Script(NamedTuple):
    lines: list[str]
    html: str


@dataclass
class Report:
    title: str


class Facts(TypedDict):
    name: str


@node
def write(topic: str) -> Script:
    return Script([topic], topic)


@node
def report(topic: str) -> Report:
    return Report(topic)


@node
def facts(topic: str) -> Facts:
    return {"name": topic}


@node
async def fetch(topic: str) -> bytes:
    return topic.encode()


@node
def refine(topic: str) -> Iterator[str]:
    yield topic


@node
def publish(html: str) -> str:
    return html


@pipeline
def body(topic: str) -> str:
    script = write(topic)
    publish(script.htlm)  # error: no such output
    publish(script.lines)  # error: the wrong output
    publish(script)  # error: all outputs for one
    lines, html, more = script  # error: too many names
    publish(report(topic).titel)  # error: no such field
    publish(facts(topic)["nmae"])  # error: no such key
    publish(fetch(topic))  # error: what an async node returns
    refine(topic).send(None)  # error: a generator node returns its last value
    return write(topic).lines  # error: not what the body says that it returns
