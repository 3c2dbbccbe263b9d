"""A step that gets another name keeps its history, its place and its edits."""

from __future__ import annotations

from daggr_fn import each, gather, node, pipeline


@node
def shout(text: str) -> str:
    return text.upper()


@node
def count(text: str) -> int:
    return len(text)


@node
def letters(text: str) -> list[str]:
    return list(text)


def talk(shouting, counting, *, spare=False):
    @pipeline(name="talk")
    def made(text: str = "hello"):
        loud = shout.named(shouting)(text)
        if spare:
            shout.named("spare")(text)
        letter = count.named(counting)(each(letters(text)))
        return loud, gather(letter)

    return made


def test_a_renamed_step_keeps_versions_and_place(desk, watch):
    page = watch(talk("loud", "lengths"))
    sheet = page.sheet
    for text in ("one", "two"):
        sheet.set_input("text", text)
        page.run()
    sheet.move({"loud": [12, 34]})
    again = desk.open(talk("louder", "sizes"), sheet=sheet.info.id)
    assert [one.number for one in again.versions("louder")] == [1, 2]
    assert again.value("louder") == "TWO"
    assert again.value("sizes") == [1, 1, 1]
    assert again.state_of("louder")["version"] == [2, 2]
    assert again.setting("positions") == {"louder": [12, 34]}


def test_with_two_that_it_could_be_the_history_stays_where_it_was(desk, watch):
    page = watch(talk("loud", "lengths"))
    sheet = page.sheet
    page.run()
    again = desk.open(talk("louder", "lengths", spare=True), sheet=sheet.info.id)
    assert again.versions("louder") == again.versions("spare") == []
    assert len(again.versions("lengths")) == 1
