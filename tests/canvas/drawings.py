"""Cards, wires and whole drawings of known shape, and what must hold of every layout."""

from __future__ import annotations

import itertools
import random
from typing import Any

from daggr_fn.canvas.cards.shapes import blank
from daggr_fn.canvas.layout.shapes import ROW_GAP, Rect

Drawing = tuple[list[Any], list[Any]]


def card(name: str, ins: int = 2, outs: int = 2, *, parent=None, width=240, height=200, kind="fn") -> Any:
    made = blank(name, kind, name, parent)
    made |= {"width": width, "height": height}
    made["ins"] = [{"name": f"i{n}", "list": False, "y": 70 + 24 * n} for n in range(ins)]
    made["outs"] = [
        {"name": f"o{n}", "label": "", "list": False, "shown": True, "view": "text", "y": 70 + 24 * n}
        for n in range(outs)
    ]
    return made


def wire(start: str, out: str, end: str, into: str) -> Any:
    name = f"{start}.{out} > {end}.{into}"
    return {"id": name, "from": (start, out), "to": (end, into), "each": False, "thin": False, "of": (start, out)}


def chain(count: int) -> Drawing:
    return [card(f"c{n}") for n in range(count)], [wire(f"c{n}", "o0", f"c{n + 1}", "i0") for n in range(count - 1)]


def fan_out(count: int) -> Drawing:
    return [card(f"c{n}") for n in range(count + 1)], [wire("c0", "o0", f"c{n + 1}", "i0") for n in range(count)]


def fan_in(count: int) -> Drawing:
    return [card(f"c{n}") for n in range(count + 1)], [wire(f"c{n}", "o0", f"c{count}", "i0") for n in range(count)]


def diamond() -> Drawing:
    wires = [
        wire("a", "o0", "b", "i0"),
        wire("a", "o1", "c", "i0"),
        wire("b", "o0", "d", "i0"),
        wire("c", "o0", "d", "i1"),
        wire("a", "o0", "e", "i1"),
        wire("d", "o0", "e", "i0"),
    ]
    return [card(name, height=height) for name, height in zip("abcde", (200, 320, 120, 480, 120), strict=True)], wires


def grid(side: int) -> Drawing:
    cells = [(row, column) for row in range(side) for column in range(side)]
    wires = [wire(f"{r} {c}", "o0", f"{r} {c + 1}", "i0") for r, c in cells if c + 1 < side]
    wires += [wire(f"{r} {c}", "o1", f"{r + 1} {c}", "i1") for r, c in cells if r + 1 < side]
    return [card(f"{r} {c}") for r, c in cells], wires


def tree(count: int) -> Drawing:
    cards = [card(f"c{n}", outs=3) for n in range(count)]
    return cards, [wire(f"c{(n - 1) // 3}", f"o{(n - 1) % 3}", f"c{n}", "i0") for n in range(1, count)]


def two_parts() -> Drawing:
    cards, wires = diamond()
    more, theirs = chain(3)
    return [*cards, *more, card("alone"), card("alone too")], [*wires, *theirs]


def nested_groups() -> Drawing:
    """A group in a group, with cards around and beside each."""
    outer = card("g", 2, 1, kind="group")
    inner = card("g/h", 1, 1, parent="g", kind="group")
    inside = [
        card("g/a", parent="g"),
        card("g/b", parent="g", height=400),
        card("g/h/c", parent="g/h"),
        card("g/h/d", parent="g/h"),
    ]
    wires = [
        wire("start", "o0", "g", "i0"),
        wire("start", "o1", "g", "i1"),
        wire("g", "i0", "g/a", "i0"),
        wire("g", "i1", "g/b", "i0"),
        wire("g/a", "o0", "g/h", "i0"),
        wire("g/h", "i0", "g/h/c", "i0"),
        wire("g/h/c", "o0", "g/h/d", "i0"),
        wire("g/h/d", "o0", "g/h", "o0"),
        wire("g/h", "o0", "g", "o0"),
        wire("g", "o0", "end", "i0"),
        wire("start", "o0", "beside", "i0"),
        wire("beside", "o0", "end", "i1"),
    ]
    return [card("start"), *inside, card("beside"), card("end"), outer, inner], wires


def scattered(count: int, seed: int = 7, reach: int = 40) -> Drawing:
    """A random DAG of cards of many sizes."""
    drawn = random.Random(seed)
    cards = [
        card(f"c{n}", width=drawn.choice([240, 280, 304, 480]), height=drawn.choice([120, 200, 333, 480]))
        for n in range(count)
    ]
    wires = [
        wire(f"c{drawn.randrange(max(0, n - reach), n)}", f"o{drawn.randrange(2)}", f"c{n}", f"i{port}")
        for n in range(1, count)
        for port in range(2)
    ]
    return cards, list({one["id"]: one for one in wires}.values())


def plain_order(part) -> list[list[int]]:
    """The columns of a part with their nodes in the order of the body."""
    return [sorted(column) for column in part.columns]


# ---- what must hold


def assert_nothing_overlaps(cards, layout, *, but=()) -> None:
    """No two cards of one level are nearer than the row gap, but pairs of those that people put there."""
    parents = {one["id"]: one["parent"] for one in cards}
    levels: dict[Any, list[tuple[str, Rect]]] = {}
    for name, rect in everything(layout).items():
        levels.setdefault(parents[name], []).append((name, rect))
    for boxes in levels.values():
        boxes.sort(key=lambda one: one[1].x)
        for number, (name, rect) in enumerate(boxes):
            for other, theirs in boxes[number + 1 :]:
                if theirs.x >= rect.right:
                    break
                assert (name in but and other in but) or not rect.overlaps(theirs, ROW_GAP - 1), (
                    name,
                    rect,
                    other,
                    theirs,
                )


def assert_left_to_right(cards, wires, layout) -> None:
    parents = {one["id"]: one["parent"] for one in cards}
    rects = everything(layout)
    for one in wires:
        (start, _), (end, _) = one["from"], one["to"]
        if start in rects and end in rects and parents[start] == parents[end]:
            assert rects[start].right <= rects[end].x, one["id"]


def assert_groups_together(cards, layout) -> None:
    """A frame holds the cards of its group, and touches no other card."""
    parents = {one["id"]: one["parent"] for one in cards}
    rects = everything(layout)
    for group, frame in layout.frames.items():
        for name, rect in rects.items():
            around = list(itertools.takewhile(bool, iterate(parents, name)))
            if group in around:
                assert frame.rect.x <= rect.x, name
                assert rect.right <= frame.rect.right, name
                assert frame.rect.y + 52 <= rect.y, name
                assert rect.bottom <= frame.rect.bottom, name
            elif name != group and name not in list(iterate(parents, group)):
                assert not frame.rect.overlaps(rect), name


def assert_wires_are_seen(cards, wires, layout) -> None:
    """No wire runs behind a card: straight pieces between cards, curves between columns."""
    rects = everything(layout)
    parents = {one["id"]: one["parent"] for one in cards}
    by_id = {one["id"]: one for one in cards}
    for one in wires:
        (start, out), (end, into) = one["from"], one["to"]
        if start not in rects or end not in rects:
            continue
        inside = parents[end] == start
        frame = layout.frames.get(start)
        first = (
            (rects[start].x, rects[start].y + frame.ins[out])
            if frame and inside
            else port(by_id, layout, start, out, "outs")
        )
        leaving = parents[start] == end
        frame = layout.frames.get(end)
        last = (
            (rects[end].right, rects[end].y + frame.outs[into])
            if frame and leaving
            else port(by_id, layout, end, into, "ins")
        )
        points = [first, *layout.wires.get(one["id"], []), last]
        for (x, y), (x2, y2) in itertools.pairwise(points):
            piece = Rect(x + 0.5, min(y, y2), x2 - x - 1, abs(y2 - y))
            hidden = [name for name, rect in layout.cards.items() if name not in {start, end} and piece.overlaps(rect)]
            assert not hidden, (one["id"], points, hidden)


def port(by_id, layout, name, wanted, side):
    rect = everything(layout)[name]
    if name in layout.frames:
        frame = layout.frames[name]
        y = (frame.ins if side == "ins" else frame.outs)[wanted]
    else:
        y = next((one["y"] for one in by_id[name][side] if one["name"] == wanted), 26)
    return (rect.right if side == "outs" else rect.x), rect.y + y


def everything(layout) -> dict[str, Rect]:
    return {**layout.cards, **{name: frame.rect for name, frame in layout.frames.items()}}


def iterate(parents, name):
    while parents.get(name):
        name = parents[name]
        yield name
