"""Conditions and backups inside of a map: told item by item."""

from __future__ import annotations

from playwright.sync_api import expect


def test_each_item_says_which_side_it_took_and_what_was_skipped_for_it(canvas):
    c = canvas("from tests.sided import sided", "sided")
    c.run_all()
    c.wait_until_over()
    decided = c.card("is_long").locator(".items .item")
    for place, side in enumerate(("otherwise", "then", "otherwise")):
        expect(decided.nth(place)).to_contain_text(side)
    kept = c.card("keep").locator(".items .item")
    expect(kept.nth(0)).to_contain_text("<cat>")
    expect(kept.nth(1)).to_have_attribute("data-state", "skipped")
    kept.nth(1).get_by_role("button").click()
    expect(c.card("keep").locator(".item.opened")).to_contain_text("took another side than otherwise")


def test_each_item_shows_what_answered_for_it(canvas):
    c = canvas("from tests.sided import backed", "backed")
    c.run_all()
    c.shows("join", "first cat, second tiger, first ox")
    c.wait_until_over()
    items = c.card("first").locator(".items .item")
    expect(items).to_have_count(3)
    for place, text in enumerate(("first cat", "second tiger", "first ox")):
        expect(items.nth(place)).to_have_attribute("data-state", "done")
        expect(items.nth(place)).to_contain_text(text)
    items.nth(1).get_by_role("button").click()
    opened = c.card("first").locator(".item.opened")
    expect(opened).to_contain_text("Backup that answered")
    expect(opened).to_contain_text("second")
    items.nth(1).get_by_role("button").click()
    items.nth(2).get_by_role("button").click()
    expect(opened).not_to_contain_text("Backup that answered")
