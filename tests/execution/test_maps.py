"""Maps at run time: zipped, crossed, nested, gathered, with items that fail, and without a barrier between stages."""

from __future__ import annotations

import itertools
import threading
from typing import Any, NamedTuple

import pytest

from daggr_fn import Failed, InvalidInputError, StepFailed, apply, each, events, gather, node, pipeline, product


@node
def double(x):
    return 2 * x


@node
def pair(a, b):
    return (a, b)


@node
def words(text: str) -> list[str]:
    return text.split()


@node
def letters(word: str) -> list[str]:
    return list(word)


@node
def join(parts: list[Any]) -> str:
    return "".join(map(str, parts))


@node
def total(numbers: list[int]) -> int:
    return sum(numbers)


@node
def only_even(x: int) -> int:
    if x % 2:
        raise ValueError(f"{x} is odd")
    return x


def test_items_come_back_in_order_whatever_order_they_end_in():
    ended = [threading.Event() for _ in range(4)]

    @node
    def wait_for_the_next(i: int) -> int:
        if i < 3:
            assert ended[i + 1].wait(10)
        ended[i].set()
        return i

    @pipeline
    def p(xs: list[int]):
        return gather(wait_for_the_next(each(xs)))

    assert p([0, 1, 2, 3]) == [0, 1, 2, 3]


def test_an_items_second_stage_runs_while_another_items_first_still_goes_on():
    first_item_is_through = threading.Event()

    @node
    def first(i: int) -> int:
        if i == 1:
            assert first_item_is_through.wait(10), "the second stage waits for all of the first: a barrier"
        return i

    @node
    def second(i: int) -> int:
        if i == 0:
            first_item_is_through.set()
        return i * 10

    @pipeline
    def p(xs: list[int]):
        return gather(second(first(each(xs))))

    assert p([0, 1]) == [0, 10]


def test_two_lists_of_one_length_are_zipped():
    @pipeline
    def p(xs: list[int], ys: list[str]):
        return gather(pair(each(xs), each(ys)))

    assert p([1, 2, 3], ["a", "b", "c"]) == [(1, "a"), (2, "b"), (3, "c")]


def test_lists_of_different_lengths_are_an_error_that_names_both():
    @pipeline
    def p(xs: list[int], ys: list[str]):
        return gather(pair(each(xs), each(ys)))

    with pytest.raises(StepFailed) as error:
        p([1, 2, 3], ["a", "b"])
    assert isinstance(error.value.__cause__, InvalidInputError)
    assert str(error.value.__cause__) == (
        "pair maps over lists of different lengths together: each(xs) with 3 items and each(ys) with 2 items; "
        "product(...) would cross them"
    )


def test_maps_over_lists_of_different_lengths_do_not_meet_by_chance_later_either():
    @pipeline
    def p(xs: list[int], ys: list[int]):
        return gather(pair(double(each(xs)), double(each(ys))))

    with pytest.raises(StepFailed, match=r"each\(xs\) with 1 items and each\(ys\) with 2 items"):
        p([1], [1, 2])


def test_a_product_is_in_the_order_of_itertools():
    @pipeline
    def p(xs: list[int], ys: list[str], zs: list[bool]):
        x, y, z = product(xs, ys, zs)
        return gather(apply(lambda a, b, c: (a, b, c), x, y, z))

    assert p([1, 2], ["a", "b"], [True]) == list(itertools.product([1, 2], ["a", "b"], [True]))


def test_a_product_with_an_empty_list_has_no_items():
    @pipeline
    def p(xs: list[int], ys: list[str]):
        x, y = product(xs, ys)
        return gather(pair(x, y))

    assert p([1, 2], []) == []


def test_other_arguments_are_the_same_for_each_item():
    @pipeline
    def p(xs: list[int], suffix: str):
        return gather(pair(each(xs), suffix)), gather(pair(each(xs), "fixed"))

    assert p([1, 2], "!") == ([(1, "!"), (2, "!")], [(1, "fixed"), (2, "fixed")])


def test_an_item_that_is_a_list_can_be_mapped_again():
    @pipeline
    def p(text: str):
        letter = each(letters(each(words(text))))
        nested = gather(gather(double(letter)))
        return nested, gather(double(letter), flatten=True), gather(join(gather(letter)))

    assert p("ab c") == ([["aa", "bb"], ["cc"]], ["aa", "bb", "cc"], ["ab", "c"])


def test_an_outer_item_goes_with_each_of_its_inner_items():
    @pipeline
    def p(text: str):
        word = each(words(text))
        return gather(pair(word, each(letters(word))), flatten=True)

    assert p("ab c") == [("ab", "a"), ("ab", "b"), ("c", "c")]


def test_a_map_may_follow_a_gather():
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(gather(double(each(xs))))))

    assert p([1, 2]) == [4, 8]


def test_an_empty_list_gathers_to_an_empty_list_and_what_follows_runs():
    @pipeline
    def p(xs: list[int]):
        return total(gather(double(each(xs)))), gather(double(double(each(xs))))

    assert p([]) == (0, [])


def test_inner_lists_may_be_empty():
    @pipeline
    def p(rows: list[list[int]]):
        return gather(gather(double(each(each(rows))))), gather(total(gather(double(each(each(rows))))))

    assert p([[], [1], []]) == ([[], [2], []], [0, 2, 0])
    assert p([]) == ([], [])


def test_a_fixed_list_can_be_mapped():
    @pipeline
    def p(x: int):
        return gather(pair(each([1, 2]), x))

    assert p(5) == [(1, 5), (2, 5)]


def test_the_parts_of_an_item_and_of_a_mapped_record_are_mapped_too():
    class Sizes(NamedTuple):
        width: int
        height: int

    @node
    def measure(name: str) -> Sizes:
        return Sizes(len(name), 1)

    @pipeline
    def p(people: list[dict[str, str]]):
        sizes = measure(each(people)["name"])
        return gather(sizes.width), gather(sizes), gather(f"{sizes.width}x{sizes.height}")

    people = [{"name": "ada"}, {"name": "bo"}]
    assert p(people) == ([3, 2], [Sizes(3, 1), Sizes(2, 1)], ["3x1", "2x1"])


def test_a_tuple_can_be_mapped_and_a_text_or_a_dict_can_not():
    @pipeline
    def p(xs: Any):
        return gather(double(each(xs)))

    assert p((1, 2)) == [2, 4]
    for value, kind in (("ab", "str"), ({"a": 1}, "dict"), (3, "int")):
        with pytest.raises(StepFailed, match=rf"each\(xs\) needs a list, and got the {kind} "):
            p(value)


def test_daggrs_own_words_for_maps_are_understood():
    @pipeline
    def p(people: Any):
        return double(people.each["age"]).all()

    assert p([{"age": 1}, {"age": 2}]) == [2, 4]


def test_a_group_is_mapped_like_a_node():
    @pipeline
    def inner(x: int):
        return double(double(x))

    @pipeline
    def p(xs: list[int]):
        return gather(inner(each(xs)))

    assert p([1, 2]) == [4, 8]


# ---- items that fail


def test_one_failed_item_fails_the_gathered_list_and_all_other_items_finish(run_pipeline):
    @pipeline
    def p(xs: list[int]):
        return total(gather(double(only_even(each(xs)))))

    run = run_pipeline(p, [0, 1, 2, 3])
    assert [failure.name for failure in run.failures] == ["only_even[1]", "only_even[3]"]
    assert [item.status for item in run.steps["double"].items.values()] == ["done", "skipped", "done", "skipped"]
    assert run.steps["total"].status == "skipped"
    with pytest.raises(StepFailed, match=r"step 'only_even\[1\]' failed: ValueError: 1 is odd"):
        _ = run.value


def test_failed_items_are_left_out_or_kept_where_the_map_ends():
    @pipeline
    def p(xs: list[int]):
        even = double(only_even(each(xs)))
        return gather(even, errors="skip"), gather(even, errors="keep")

    skipped, kept = p([0, 1, 2])
    assert skipped == [0, 4]
    assert [kept[0], kept[2]] == [0, 4]
    assert isinstance(kept[1], Failed)
    assert repr(kept[1]) == "Failed(only_even: ValueError: 1 is odd)"
    assert kept[1].index == (1,)


def test_an_item_that_failed_is_missing_everywhere_at_once():
    @pipeline
    def p(xs: list[int], ys: list[str]):
        x = each(xs)
        return gather(pair(only_even(x), each(ys)), errors="skip")

    assert p([0, 1, 2], ["a", "b", "c"]) == [(0, "a"), (2, "c")]


def test_a_gather_that_forgives_does_not_forgive_for_one_that_does_not(run_pipeline):
    @pipeline
    def p(xs: list[int]):
        even = only_even(each(xs))
        return gather(even, errors="skip"), gather(even)

    run = run_pipeline(p, [0, 1])
    assert run.status == "failed"
    assert [failure.name for failure in run.failures] == ["only_even[1]"]


def test_what_a_node_says_about_failed_items_holds_where_gather_says_nothing():
    @pipeline
    def p(xs: list[int]):
        even = only_even.options(on_error="skip")(each(xs))
        return gather(even), gather(even, errors="keep")

    left, kept = p([1, 2])
    assert left == [2]
    assert [type(one).__name__ for one in kept] == ["Failed", "int"]


def test_who_takes_failures_gets_them_as_values():
    @node
    def count_failed(found: list[int | Failed]) -> int:
        return sum(isinstance(one, Failed) for one in found)

    @pipeline
    def p(xs: list[int]):
        return count_failed(gather(only_even(each(xs)), errors="keep"))

    assert p([0, 1, 3]) == 2


def test_all_items_may_fail_and_be_forgiven():
    @pipeline
    def p(xs: list[int]):
        return total(gather(only_even(each(xs)), errors="skip"))

    assert p([1, 3]) == 0


def test_a_failed_item_of_an_inner_map_is_missing_in_its_own_list_only():
    @pipeline
    def p(rows: list[list[int]]):
        return gather(gather(only_even(each(each(rows))), errors="skip"))

    assert p([[0, 1], [2], [3]]) == [[0], [2], []]


def test_a_failed_outer_item_takes_its_inner_list_with_it():
    @node
    def spread(n: int) -> list[int]:
        if n < 0:
            raise ValueError("negative")
        return list(range(n))

    @pipeline
    def p(xs: list[int]):
        inner = double(each(spread(each(xs))))
        return gather(gather(inner), errors="skip"), gather(inner, errors="skip", flatten=True)

    assert p([2, -1, 1]) == ([[0, 2], [0]], [0, 2, 0])


def test_the_events_of_a_map_tell_its_size_and_each_item(run_pipeline):
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    said = run_pipeline(p, [1, 2]).events
    assert [(e.kind, e.step, e.index, e.items) for e in said if isinstance(e, events.MapStarted)] == [
        ("map-started", "double", (), 2)
    ]
    assert sorted(e.index for e in said if isinstance(e, events.StepFinished)) == [(0,), (1,)]
    assert [e.index for e in said if isinstance(e, events.MapFinished)] == [()]


def test_a_node_that_changes_the_list_it_is_given_changes_it_for_nobody_else():
    @node
    def make() -> list[int]:
        return [1, 2]

    @node
    def spoil(xs: list[int]) -> int:
        xs.append(9)
        return len(xs)

    @pipeline
    def two_takers():
        made = make()
        return spoil(made), spoil.named("other")(made), made

    @pipeline
    def one_taker_that_is_mapped(count: list[int]):
        return gather(apply(lambda xs, _: (xs.append(9), len(xs))[1], make(), each(count)))

    assert two_takers() == (3, 3, [1, 2])
    assert one_taker_that_is_mapped([0, 0, 0]) == [3, 3, 3]
