"""A repeated step on a sheet is one step with one result, whatever becomes of its turns on the way."""

from __future__ import annotations

from daggr_fn import Retry, each, gather, node, pipeline, repeat

calls = []


@node
def count(n: int) -> list[str]:
    return [str(i) for i in range(n)]


@node
def longer(text: str) -> str:
    calls.append(text)
    if text.startswith("1") or (calls.count("axx") == 1 and text == "axx"):
        raise ValueError(f"no {text} now")
    return text + "x"


def test_an_item_whose_turn_failed_is_one_item(watch):
    @pipeline
    def many(n: int = 2):
        return gather(repeat(longer, until=lambda x: False, max_turns=2)(each(count(n))), errors="skip")

    page = watch(many)
    page.run()
    assert page.shown["cards"]["longer"]["items"]["states"] == "df"


def test_a_step_that_was_called_again_after_a_turn_failed_has_not_failed(watch):
    calls.clear()

    @pipeline
    def written(text: str = "a"):
        again = repeat(longer, until=lambda x: False, max_turns=4).options(retries=Retry(1, wait=0))
        return again(text)

    page = watch(written)
    page.run()
    states = [patch["cards"].get("longer", {}).get("state") for patch in page.patches if "cards" in patch]
    assert not {"failed", "reused"} & set(states)
    assert page.sheet.versions("longer")[-1].status == "done"
    assert page.sheet.value("longer", "value") == "axxxx"
