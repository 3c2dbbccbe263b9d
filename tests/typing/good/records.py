"""Outputs as a NamedTuple, a dataclass and a TypedDict; unpacked, by name, whole."""

from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from daggr_fn import node, pipeline


class Split(NamedTuple):
    head: str
    size: int


@dataclass
class Report:
    title: str
    pages: int


class Facts(TypedDict):
    name: str
    year: int


@node
def split(text: str) -> Split:
    return Split(text[:1], len(text))


@node
def report(title: str) -> Report:
    return Report(title, 3)


@node
def facts(title: str) -> Facts:
    return {"name": title, "year": 1999}


@node
def describe(name: str, number: int) -> str:
    return f"{name}: {number}"


@node
def archive(report: Report, facts: Facts) -> str:
    return report.title + facts["name"]


@pipeline
def records(text: str) -> tuple[str, str, str]:
    head, size = split(text)
    made = report(head)
    known = facts(made.title)
    return describe(head, size), describe(known["name"], made.pages), archive(made, known)


first: str = records(text="abc")[0]
