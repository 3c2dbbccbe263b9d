"""Chats: what is asked, what is answered, as it is written."""

from __future__ import annotations

import base64
import json

import anyio
import pytest

from daggr_fn.errors import MissingParameterError, WiringError
from daggr_fn.inference.errors import ModelTaskError
from daggr_fn.kinds import Call
from daggr_fn.nodes.model import ModelKind
from tests.models.answers import picture
from tests.models.server import Reply, delta


def test_a_prompt_is_answered_and_its_text_grows(ask, world):
    heard = ask("meta/talker", "Hi", system="Be brief", max_tokens=9)
    assert heard.value == "Hello!"
    assert heard.partial == ["Hel", "Hello", "Hello!"]
    (sent,) = world.asked("router.huggingface.co/v1/chat/completions")
    assert sent.json["messages"] == [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": "Hi"},
    ]
    assert sent.json["max_tokens"] == 9
    assert sent.json["model"] == "meta/talker"


@pytest.mark.parametrize(
    ("name", "path", "sent_as"),
    [
        ("meta/talker", "router.huggingface.co/v1/chat/completions", "meta/talker"),
        ("meta/talker:fastest", "router.huggingface.co/v1/chat/completions", "meta/talker:fastest"),
        ("meta/talker:groq", "router.huggingface.co/groq/openai/v1/chat/completions", "at-groq/meta/talker"),
        ("meta/talker:together", "router.huggingface.co/together/v1/chat/completions", "at-together/meta/talker"),
        ("meta/unmapped", "router.huggingface.co/v1/chat/completions", "meta/unmapped"),
        (
            "meta/talker-2:hf-inference",
            "router.huggingface.co/hf-inference/models/meta/talker-2/v1/chat/completions",
            "meta/talker-2",
        ),
    ],
)
def test_the_provider_after_the_colon_is_asked(ask, world, name, path, sent_as):
    assert ask(name, "Hi").value == "Hello!"
    (sent,) = world.asked("chat/completions")
    assert sent.host + sent.path == path
    assert sent.json["model"] == sent_as


def test_a_server_of_ones_own_is_asked_at_its_address(ask, world):
    assert ask(f"{world.url}/v1", "Hi", extra_body={"model": "llama3"}).value == "Hello!"
    (sent,) = world.requests
    assert sent.path == "/v1/chat/completions"
    assert sent.json["model"] == "llama3"
    assert "authorization" not in sent.headers


def test_pictures_go_with_the_prompt(ask, world, tmp_path):
    (tmp_path / "in.jpg").write_bytes(picture("JPEG"))
    ask("meta/looker", "What is this?", image=tmp_path / "in.jpg", images=["https://cats.test/1.png"])
    (message,) = world.requests[-1].json["messages"]
    text, first, second = message["content"]
    assert text == {"type": "text", "text": "What is this?"}
    head, _, data = first["image_url"]["url"].partition(",")
    assert head == "data:image/jpeg;base64"
    assert base64.b64decode(data) == picture("JPEG")
    assert second["image_url"]["url"] == "https://cats.test/1.png"


def test_one_picture_is_several_pictures_too(ask, world, tmp_path):
    (tmp_path / "in.png").write_bytes(picture())
    ask("meta/looker", "What is this?", images=str(tmp_path / "in.png"))
    (message,) = world.requests[-1].json["messages"]
    assert [part["type"] for part in message["content"]] == ["text", "image_url"]


def test_messages_go_before_the_prompt_and_may_hold_pictures(ask, world, tmp_path):
    (tmp_path / "in.png").write_bytes(picture())
    earlier = [
        {"role": "user", "content": ["Look:", tmp_path / "in.png"]},
        {"role": "assistant", "content": "A square."},
    ]
    ask("meta/looker", "Which colour?", messages=earlier)
    first, second, third = world.requests[-1].json["messages"]
    assert [part["type"] for part in first["content"]] == ["text", "image_url"]
    assert second == {"role": "assistant", "content": "A square."}
    assert third == {"role": "user", "content": "Which colour?"}


def test_the_tools_that_a_model_wants_called_are_its_answer(ask, world):
    pieces = [
        {"index": 0, "id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"ci'}},
        {"index": 0, "function": {"arguments": 'ty": "Rome"}'}},
        {"index": 1, "id": "2", "type": "function", "function": {"name": "now", "arguments": ""}},
    ]
    stream = [delta({"tool_calls": [piece]}) for piece in pieces]
    world.chat = lambda _: Reply([*stream, delta({}, "tool_calls"), b"data: [DONE]\n\n"])
    tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
    assert ask("meta/talker", "Rain?", tools=tools).value == [
        {"name": "weather", "arguments": {"city": "Rome"}},
        {"name": "now", "arguments": {}},
    ]


def test_a_chat_without_anything_to_answer_is_refused(world):
    with pytest.raises(MissingParameterError, match="meta/talker has nothing to answer"):
        ModelKind("meta/talker").bind((), {"system": "Be brief"})
    with pytest.raises(WiringError, match="is no list of messages"):
        ModelKind("meta/talker").check("messages", ["Hi"])


def test_a_chat_model_is_never_called_for_text_generation(world):
    assert ModelKind("meta/talker").spec().doc == "conversational by meta/talker"
    with pytest.raises(ModelTaskError, match=r"serves meta/talker .*for text-generation") as caught:
        ModelKind("meta/talker", "text-generation").spec()
    assert "together (conversational)" in str(caught.value)


def test_a_chat_that_nobody_waits_for_is_hung_up(world):
    kind = ModelKind("meta/talker")
    world.finish.clear()
    world.chat = lambda _: Reply([delta({"content": "Hel"})])

    async def hang_up():
        async with anyio.create_task_group() as group:
            call = Call("step", on_partial=lambda *_: group.cancel_scope.cancel())
            group.start_soon(kind.call, {"prompt": "Hi"}, call)

    anyio.run(hang_up)
    assert world.began.is_set()


def test_many_chats_at_once_share_connections(world):
    kind = ModelKind("meta/talker")
    values = []

    async def one(number: int):
        values.append(await kind.call({"prompt": f"Hi {number}"}, Call("step")))

    async def many():
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(one, number)

    anyio.run(many)
    assert values == ["Hello!"] * 50
    assert len({json.dumps(seen.json["messages"]) for seen in world.asked("chat/completions")}) == 50


def test_chats_that_were_hung_up_leave_their_connections_to_others(world):
    kind = ModelKind("meta/talker")

    async def hang_up():
        with anyio.CancelScope() as scope:
            await kind.call({"prompt": "Hi"}, Call("step", on_partial=lambda *_: scope.cancel()))
        assert scope.cancelled_caught

    async def many():
        usual, world.chat = world.chat, lambda _: Reply([delta({"content": "Hel"})])
        world.finish.clear()
        async with anyio.create_task_group() as group:
            for _ in range(120):  # more than the connections that a client opens
                group.start_soon(hang_up)
        world.chat = usual
        world.finish.set()
        with anyio.fail_after(30):
            return await kind.call({"prompt": "Hi"}, Call("step"))

    assert anyio.run(many) == "Hello!"
