"""What a user sees of one call: its value, its progress, its partial values, its files."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from daggr_fn.gradio_http.errors import SpaceAppError, SpaceQuotaError
from daggr_fn.nodes.space import SpaceKind


def test_arguments_go_by_position_and_by_name_and_defaults_are_the_apps(behaviours_url, ask):
    assert ask(behaviours_url, "/add", 2, second=3).value == 5
    assert ask(behaviours_url, "/add", first=2).value == 3
    assert ask(behaviours_url, "add", 2).value == 3


def test_several_returns_are_a_record_named_by_their_labels(behaviours_url, ask):
    got = ask(behaviours_url, "/split", "a b").value
    assert got == ("A B", 3, ["a", "b"])
    assert (got.said, got.result, got.parts) == ("A B", 3, ["a", "b"])
    assert pickle.loads(pickle.dumps(got)) == got


def test_outputs_name_the_first_returns_and_drop_the_rest(behaviours_url, ask):
    got = ask(behaviours_url, "/split", "a b", outputs={"loud": None, "length": int}).value
    assert (got.loud, got.length) == ("A B", 3)
    assert ask(behaviours_url, "/split", "a b", outputs={"loud": None}).value == "A B"


def test_a_generator_gives_partial_values_and_its_last_one(behaviours_url, ask):
    heard = ask(behaviours_url, "/stream", "abc")
    assert heard.value == "abc"
    assert heard.partial[:3] == ["a", "ab", "abc"]


def test_partial_values_have_the_form_of_the_result_with_addresses_for_files(behaviours_url, ask):
    heard = ask(behaviours_url, "/stream_files", 2)
    assert heard.value.file.read_text() == "number 1"
    assert heard.partial[0].file.startswith(behaviours_url)
    assert heard.partial[0].said == "0"
    assert type(heard.partial[0]) is type(heard.value)


def test_progress_is_told_with_fractions_and_words(behaviours_url, ask):
    heard = ask(behaviours_url, "/with_progress", 4)
    assert heard.value == "finished"
    assert (1.0, "done") in heard.progress
    assert (None, "almost there") in heard.progress
    assert any(text.startswith("Queue 1 of 1") for _, text in heard.progress)
    assert (None, "Running") in heard.progress


def test_each_call_begins_with_a_fresh_state(behaviours_url, ask):
    assert [ask(behaviours_url, "/with_state", text).value for text in "ab"] == ["0:a", "0:b"]


def test_inputs_that_are_no_parameters_are_filled_in(behaviours_url, ask):
    assert ask(behaviours_url, "/with_button", "x").value == "hidden:x"


def test_updates_stand_for_their_values(behaviours_url, ask):
    assert ask(behaviours_url, "/updates", "x").value == ("x", "xx", None)


def test_an_endpoint_without_components_works(behaviours_url, ask):
    assert ask(behaviours_url, "/typed", "ab", loud=True).value == "ABAB"


def test_an_endpoint_outside_of_the_queue_works(behaviours_url, ask):
    assert ask(behaviours_url, "/no_queue", 1, 2).value == 3


def test_files_come_as_paths_with_the_names_that_the_app_gave(behaviours_url, ask, tmp_path):
    got = ask(behaviours_url, "/make_files", "content").value
    assert (got.file.name, got.other_file.name) == ("a report.txt", "ünïcode (1).txt")
    assert [path.name for path in got.files][:2] == ["a report.txt", "ünïcode (1).txt"]
    assert all(path.read_text() == "content" for path in [got.file, got.other_file, *got.files])
    assert all(tmp_path in path.parents for path in got.files)


def test_the_same_file_is_uploaded_once_per_call(behaviours_url, ask, tmp_path):
    file = tmp_path / "data.bin"
    file.write_bytes(bytes(1000))
    got = json.loads(ask(behaviours_url, "/file_sizes", [file, str(file)], None).value)
    assert got["files"] == [1000, 1000]
    assert got["names"] == ["data.bin", "data.bin"]


def test_awkward_file_names_arrive(behaviours_url, ask, tmp_path):
    file = tmp_path / 'we"ird ünï $name (1).txt'
    file.write_text("x")
    got = json.loads(ask(behaviours_url, "/file_sizes", [file], None).value)
    assert got["names"][0].endswith(".txt")


def test_a_file_is_sent_as_it_is_when_the_call_is_made(behaviours_url, ask, tmp_path):
    file = tmp_path / "data.bin"
    for size in (1, 2):
        file.write_bytes(bytes(size))
        assert json.loads(ask(behaviours_url, "/file_sizes", [file], None).value)["files"] == [size]


def test_what_the_app_says_went_wrong_is_the_error(behaviours_url, ask):
    with pytest.raises(SpaceAppError, match="No, not tea") as caught:
        ask(behaviours_url, "/fail_kindly", "tea")
    assert caught.value.title == "Refused"
    assert caught.value.endpoint == "/fail_kindly"
    assert caught.value.retryable


def test_an_app_that_keeps_its_error_to_itself_is_said_to_do_so(behaviours_url, ask):
    with pytest.raises(SpaceAppError, match="keeps its text to itself"):
        ask(behaviours_url, "/fail_badly", "x")


def test_a_stream_that_breaks_off_is_an_error_and_not_its_last_value(behaviours_url, ask):
    with pytest.raises(SpaceAppError, match="The stream broke off"):
        ask(behaviours_url, "/stream_then_fail", "x")


def test_a_used_up_quota_is_an_error_of_its_own(behaviours_url, ask):
    with pytest.raises(SpaceQuotaError, match="hf auth login"):
        ask(behaviours_url, "/out_of_quota", "x")


def test_two_apps_may_be_called_side_by_side(behaviours_url, components_url):
    import anyio

    from daggr_fn.kinds import Call

    results = {}

    async def one(kind, key, **inputs):
        results[key] = await kind.call(inputs, Call("step"))

    async def both():
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: one(SpaceKind(behaviours_url, "/add"), "add", first=1))
            group.start_soon(lambda: one(SpaceKind(components_url, "/textbox"), "text", value="hi"))

    anyio.run(both)
    assert results == {"add": 2, "text": "hi"}


def test_no_file_dict_reaches_the_user(behaviours_url, ask):
    def paths(value):
        if isinstance(value, (list, tuple)):
            return all(paths(part) for part in value)
        return isinstance(value, Path)

    assert paths(ask(behaviours_url, "/make_files", "x").value)
