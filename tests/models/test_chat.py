"""Chats: what is asked, what is answered, as it is written."""

from __future__ import annotations


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
