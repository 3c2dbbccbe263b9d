"""Conditions and backups inside of a map: each item keeps its place, and says which side it took."""

from __future__ import annotations

from daggr_fn.live import Desk
from tests.live.conftest import Watcher
from tests.sided import backed, sided


def letters(page, step):
    return page.shown["cards"][step]["items"]["states"]


def test_items_that_were_skipped_keep_their_places_when_the_run_is_over(watch):
    page = watch(sided)
    page.run()
    assert (letters(page, "keep"), letters(page, "shorten")) == ("dsd", "sds")
    assert [page.sheet.about_item("is_long", (i,)) for i in range(3)] == ["otherwise", "then", "otherwise"]
    assert page.sheet.about_item("keep", (1,)) == "when(is_long) took another side than otherwise"
    assert page.sheet.about_item("keep", (0,)) is None
    page.sheet.set_input("text", "tiger ox")
    page.run()
    assert (letters(page, "keep"), letters(page, "shorten")) == ("su", "us")


def test_a_sheet_that_is_opened_again_has_them_in_their_places_too(watch, store):
    watch(sided).run()
    later = Desk(store)
    page = Watcher(later.open(sided))
    assert (letters(page, "keep"), letters(page, "shorten")) == ("dsd", "sds")
    assert page.sheet.value("keep", "output", (2,)) == "<ox>"
    later.close()


def test_a_backup_of_one_item_keeps_its_result_when_the_run_is_over(watch):
    page = watch(backed)
    page.run()
    assert (letters(page, "first"), letters(page, "second")) == ("dfd", "sds")
    assert page.sheet.value("second", "output", (1,)) == "second tiger"


def test_a_plan_says_that_the_items_decide_whether_their_backup_is_needed(watch):
    page = watch(backed)
    page.run()
    marks = {row["step"]: row["mark"] for row in page.sheet.plan()["steps"]}
    assert marks["first"] == "run"
    assert marks["second"] == "depends"
