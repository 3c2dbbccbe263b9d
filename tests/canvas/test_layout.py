"""Cards lie in columns, never over each other, and wires run to the right between them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from daggr_fn.canvas.layout import Arrangement, Size
from daggr_fn.canvas.layout.levels import levels_of
from daggr_fn.canvas.layout.order import count_crossings
from tests.canvas import drawings
from tests.canvas.drawings import card, wire

SHAPES = {
    "chain": drawings.chain(12),
    "fan-out": drawings.fan_out(9),
    "fan-in": drawings.fan_in(9),
    "diamond": drawings.diamond(),
    "grid": drawings.grid(30),
    "tree": drawings.tree(40),
    "two parts": drawings.two_parts(),
    "nested groups": drawings.nested_groups(),
    "long wires": (
        drawings.chain(60)[0],
        [*drawings.chain(60)[1], *(wire(f"c{n}", "o1", f"c{n + 29}", "i1") for n in range(30))],
    ),
    "random": drawings.scattered(300),
}

shapes = pytest.mark.parametrize("drawing", SHAPES.values(), ids=SHAPES.keys())


def assert_fine(cards, wires, layout):
    drawings.assert_nothing_overlaps(cards, layout)
    drawings.assert_left_to_right(cards, wires, layout)
    drawings.assert_groups_together(cards, layout)
    drawings.assert_wires_are_seen(cards, wires, layout)


@shapes
def test_cards_never_overlap_and_wires_run_to_the_right_between_them(drawing):
    assert_fine(*drawing, Arrangement(*drawing).place())


@shapes
def test_the_same_graph_is_laid_out_the_same(drawing):
    assert Arrangement(*drawing).place() == Arrangement(*drawing).place()


@shapes
def test_real_sizes_move_cards_up_and_down_only(drawing):
    cards, wires = drawing
    arrangement = Arrangement(cards, wires)
    before = arrangement.place()
    sizes = {
        one["id"]: Size(one["width"], one["height"] * (1 + n % 3))
        for n, one in enumerate(cards)
        if one["kind"] != "group"
    }
    after = arrangement.place(sizes)
    assert {name: rect.x for name, rect in before.cards.items()} == {name: rect.x for name, rect in after.cards.items()}
    assert {name: rect.height for name, rect in after.cards.items()} == {
        name: size.height for name, size in sizes.items()
    }
    assert_fine(cards, wires, after)


BOUNDS = {"grid": 1.0, "random": 0.5, "tree": 0.0, "long wires": 0.5}


@shapes
def test_wires_cross_less_than_in_the_order_of_the_body(drawing):
    cards, wires = drawing
    name = next(name for name, one in SHAPES.items() if one is drawing)
    by_id = {one["id"]: one for one in cards}
    levels = levels_of(by_id, wires, {one["id"] for one in cards if one["kind"] == "group"})
    for part in (part for level in levels.values() for part in level.parts):
        pieces = [part._ranked(segment) for segment in part.segments]
        plain = count_crossings(drawings.plain_order(part), pieces)
        assert count_crossings(part.columns, pieces) <= plain * BOUNDS.get(name, 1.0)


@some.composite
def graphs(draw):
    """Cards of any size, some in groups, in a DAG: a wire goes from an earlier card to a later one."""
    count = draw(some.integers(1, 14))
    groups = draw(some.integers(0, 2))
    cards, wires = [], []
    sizes = some.sampled_from([(240, 100), (280, 240), (304, 411.5), (480, 620)])
    for number in range(count):
        width, height = draw(sizes)
        parent = draw(some.sampled_from([None, *(f"g{n}" for n in range(groups))]))
        cards.append(card(f"c{number}", parent=parent, width=width, height=height))
    used = {one["parent"] for one in cards if one["parent"]}
    cards += [card(name, 1, 1, kind="group") for name in sorted(used)]
    parents = {one["id"]: one["parent"] for one in cards}
    pairs = draw(some.lists(some.tuples(some.integers(0, count - 1), some.integers(0, count - 1)), max_size=24))
    for number, (a, b) in enumerate(pairs):
        start, end = f"c{min(a, b)}", f"c{max(a, b)}"
        if start == end:
            continue
        out, into = f"o{number % 2}", f"i{number // 2 % 2}"
        if parents[start] == parents[end]:
            wires.append(wire(start, out, end, into))
            continue
        ends = [(start, out)]
        ends += [(parents[start], "o0")] if parents[start] else []
        ends += [(parents[end], "i0")] if parents[end] else []
        ends.append((end, into))
        wires += [wire(*one, *other) for one, other in itertools.pairwise(ends)]
    return cards, list({one["id"]: one for one in wires}.values())


def leads_back(cards, wires):
    """Whether groups give to each other in a circle, where some wire has to run back."""
    level = {one["id"]: one["parent"] for one in cards}
    after = {}
    for one in wires:
        (start, _), (end, _) = one["from"], one["to"]
        if level[start] is None and level[end] is None:
            after.setdefault(start, set()).add(end)
    reached = {name: set(ends) for name, ends in after.items()}
    for _ in reached:
        for ends in reached.values():
            ends |= {far for near in ends for far in reached.get(near, ())}
    return any(name in ends for name, ends in reached.items())


quickly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quickly
@given(graphs())
def test_any_graph_is_laid_out_without_overlaps(drawing):
    cards, wires = drawing
    layout = Arrangement(cards, wires).place()
    drawings.assert_nothing_overlaps(cards, layout)
    drawings.assert_groups_together(cards, layout)
    if not leads_back(cards, wires):
        assert_fine(cards, wires, layout)
    assert layout == Arrangement(cards, wires).place()
    assert {*layout.cards, *layout.frames} == {one["id"] for one in cards}


@quickly
@given(graphs(), some.data())
def test_a_moved_card_stays_and_no_other_is_over_it(drawing, data):
    cards, wires = drawing
    names = [one["id"] for one in cards]
    chosen = data.draw(some.lists(some.sampled_from(names), unique=True, max_size=4))
    places = some.tuples(some.integers(-400, 2000), some.integers(-400, 2000))
    moved = {name: data.draw(places) for name in chosen}
    layout = Arrangement(cards, wires).place(moved=moved)
    for name, place in moved.items():
        if next(one["parent"] for one in cards if one["id"] == name) is None:
            rect = drawings.everything(layout)[name]
            assert (rect.x, rect.y) == place
    drawings.assert_nothing_overlaps(cards, layout, but=moved)
    inner = [one for one in cards if one["kind"] != "group"]
    if not any(name.startswith("g") for name in moved) and not any(one["parent"] for one in inner):
        drawings.assert_groups_together(cards, layout)


@quickly
@given(graphs())
def test_the_map_of_tiles_has_no_two_in_one_place_and_runs_to_the_right(drawing):
    cards, wires = drawing
    tiles = Arrangement(cards, wires).place().tiles
    assert set(tiles) == {one["id"] for one in cards if one["kind"] != "group"}
    for name, tile in tiles.items():
        near = [other for other, one in tiles.items() if abs(one.x - tile.x) < 44 and abs(one.y - tile.y) < 56]
        assert near == [name]


def test_neighbours_in_a_row_are_joined_by_straight_wires():
    layout = Arrangement(*drawings.chain(5)).place()
    assert {rect.y for rect in layout.cards.values()} == {0}


def test_a_moved_card_moves_no_card_that_it_does_not_touch():
    drawing = drawings.scattered(40)
    arrangement = Arrangement(*drawing)
    before, after = arrangement.place().cards, arrangement.place(moved={"c3": (-900, -900)}).cards
    assert [name for name in before if before[name] != after[name]] == ["c3"]


def test_a_wire_over_several_columns_runs_straight_in_a_lane():
    cards, wires = drawings.diamond()
    layout = Arrangement(cards, wires).place()
    lane = layout.wires["a.o0 > e.i1"]
    assert len(lane) == 2
    assert lane[0][1] == lane[1][1]
    assert lane[0][0] <= layout.cards["b"].x
    assert lane[1][0] >= layout.cards["d"].right


def test_a_lane_on_which_a_card_was_put_is_no_longer_used():
    arrangement = Arrangement(*drawings.diamond())
    lane = arrangement.place().wires["a.o0 > e.i1"]
    onto = {"c": (lane[0][0] + 20, lane[0][1] - 40)}
    assert "a.o0 > e.i1" not in arrangement.place(moved=onto).wires


def test_a_wire_of_a_moved_card_is_a_plain_curve():
    arrangement = Arrangement(*drawings.diamond())
    assert "a.o0 > e.i1" not in arrangement.place(moved={"e": (5000, 0)}).wires


def test_the_map_has_a_column_of_tiles_for_each_column_centred_on_each_other():
    tiles = Arrangement(*drawings.fan_out(3)).place().tiles
    assert tiles == {"c0": (0, 104), "c1": (76, 0), "c2": (76, 104), "c3": (76, 208)}


def test_a_folded_group_is_a_card_and_hides_what_is_in_it():
    cards, wires = drawings.nested_groups()
    layout = Arrangement(cards, wires, folded=["g"]).place()
    assert set(layout.cards) == {"start", "g", "beside", "end"}
    assert not layout.frames
    assert_fine(cards, wires, layout)


def test_a_group_in_an_open_group_folds_by_itself():
    cards, wires = drawings.nested_groups()
    layout = Arrangement(cards, wires, folded=["g/h"]).place()
    assert set(layout.frames) == {"g"}
    assert "g/h" in layout.cards
    assert_fine(cards, wires, layout)


def test_a_card_moved_in_a_group_makes_its_frame_larger():
    cards, wires = drawings.nested_groups()
    arrangement = Arrangement(cards, wires)
    layout = arrangement.place(moved={"g/b": (700, 900)})
    frame = layout.frames["g"].rect
    assert (layout.cards["g/b"].x, layout.cards["g/b"].y) == (frame.x + 700, frame.y + 900)
    assert frame.bottom > arrangement.place().frames["g"].rect.bottom
    drawings.assert_nothing_overlaps(cards, layout)
    drawings.assert_groups_together(cards, layout)


def test_single_cards_stand_side_by_side_and_parts_below_each_other():
    cards, wires = drawings.two_parts()
    rects = Arrangement(cards, wires).place().cards
    assert rects["c0"].y > max(rects[name].bottom for name in "abcde")
    assert rects["alone"].y == rects["alone too"].y > rects["c0"].bottom


def test_the_columns_of_many_long_wires_stay_near_each_other():
    cards, wires = drawings.chain(500)
    wires += [wire(f"c{n}", "o1", f"c{n + 250}", "i1") for n in range(250)]
    arrangement = Arrangement(cards, wires)
    layout = arrangement.place()
    assert layout.cards["c499"].right < 500 * (240 + 240)
    assert_fine(cards, wires, layout)


def test_an_empty_canvas_has_a_layout():
    assert Arrangement([], []).place().to_json() == {"cards": {}, "frames": {}, "wires": {}, "tiles": {}}


def test_a_layout_is_plain_data():
    layout = Arrangement(*drawings.nested_groups()).place().to_json()
    assert layout["cards"]["start"] == [0, layout["cards"]["start"][1], 240, 200]
    assert layout["frames"]["g"]["ins"].keys() == {"i0", "i1"}
