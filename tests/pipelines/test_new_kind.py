"""A new kind of node is one new class: the trace, the plan, the run and what is remembered take it as it is."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import anyio.lowlevel
import pytest

from daggr_fn import Node, UnknownParameterError, each, gather, node, pipeline
from daggr_fn.kinds import Call, Identity, NodeKind, NodeSpec, Options, OutputPort, Parameter

SOURCE = Path(__file__).parents[2] / "src" / "daggr_fn"


class EchoKind:
    """A toy: answers with its text, a number of times, from an event loop."""

    label = "echo"
    is_async = True
    remembers = True
    calls_sources = True
    name = "echo"
    called = 0

    def spec(self) -> NodeSpec:
        parameters = {"text": Parameter("text", str), "times": Parameter("times", int, 1)}
        outputs = {"said": OutputPort("said", str), "length": OutputPort("length", int)}
        return NodeSpec("echo", parameters, outputs, "key")

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        bound = {**dict(zip(("text", "times"), args, strict=False)), **kwargs}
        for name in bound.keys() - {"text", "times"}:
            raise UnknownParameterError(f"echo has no parameter {name!r}")
        return bound

    def check(self, parameter: str, value: Any) -> None:
        if parameter == "times" and value < 1:
            raise UnknownParameterError("echo(times) is at least 1")

    def identity(self) -> Identity:
        return Identity(("echo", "1"))

    async def call(self, inputs: dict[str, Any], call: Call) -> Any:
        type(self).called += 1
        call.progress(0.5, "half way")
        await anyio.lowlevel.checkpoint()
        said = inputs["text"] * inputs.get("times", 1)
        return call.postprocessed({"said": said, "length": len(said)})


@pytest.fixture
def echo():
    EchoKind.called = 0
    made: Node[..., Any] = Node(EchoKind(), Options())
    return made


@node
def total(lengths: list[int]) -> int:
    return sum(lengths)


def test_it_fulfils_the_protocol():
    assert isinstance(EchoKind(), NodeKind)


def test_it_is_traced_planned_mapped_and_remembered(echo):
    @pipeline
    def chorus(words: list[str]):
        answer = echo(each(words), times=2)
        return gather(answer.said), total(gather(answer.length))

    assert chorus(["a", "bc"]) == (["aa", "bcbc"], 6)
    assert chorus(["a", "bc"]) == (["aa", "bcbc"], 6)
    assert EchoKind.called == 2
    planned = chorus.plan(["a", "bc", "d"]).steps["echo"]
    assert (planned.kind, planned.mark, planned.reused_items) == ("echo", "run", 2)
    told = [event for event in chorus.options(fresh=True).stream(["a"]) if event.kind == "progress"]
    assert [event.text for event in told] == ["half way"]


def test_its_own_refusals_are_told_at_the_user_s_line(echo):
    @pipeline
    def silent(word: str):
        return echo(word, times=0)

    with pytest.raises(UnknownParameterError, match=r"at least 1[\s\S]*return echo\(word, times=0\)"):
        silent.check()


def test_it_runs_now_outside_of_a_pipeline(echo):
    assert echo("hi") == {"said": "hi", "length": 2}


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_nobody_asks_which_kind_a_node_is(path):
    """Outside of `nodes/`, where a kind may be made of another."""
    if "nodes" in path.relative_to(SOURCE).parts:
        return
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "isinstance":
            asked = ast.unparse(call.args[1])
            is_a_kind = asked.endswith("Kind") and asked != "NodeKind"
            assert not is_a_kind, f"{path.name}:{call.lineno} asks isinstance(..., {asked})"
