"""Files that are remembered: by content, kept for good, and not to be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from daggr_fn import each, gather, new_file, node, pipeline

RAN: list[object] = []


@pytest.fixture(autouse=True)
def nothing_ran():
    RAN.clear()


@node(cache=True)
def double(x):
    RAN.append(x)
    return 2 * x


@node(cache=True)
def read(path: Path) -> str:
    RAN.append(path)
    return path.read_text(encoding="utf-8")


@node(cache=True)
def write(text: str) -> Path:
    RAN.append(text)
    path = new_file(".txt")
    path.write_text(text, encoding="utf-8")
    return path


@node
def spoil(path: Path) -> str:
    path.write_text("spoiled", encoding="utf-8")
    return "spoiled"


def test_a_file_rewritten_under_its_path_is_read_anew(tmp_path):
    @pipeline
    def p(path: Path):
        return read(path)

    file = tmp_path / "a.txt"
    for text in ("one", "two", "one"):
        file.write_text(text, encoding="utf-8")
        assert p(file) == p(str(file)) == text
    assert len(RAN) == 2


def test_a_file_that_a_node_made_is_there_long_after(tmp_path):
    @pipeline
    def p(text: str):
        return write(text)

    made = p("hello")
    assert made.read_text(encoding="utf-8") == "hello"
    again = p("hello")
    assert again.read_text(encoding="utf-8") == "hello"
    assert again.suffix == ".txt"
    assert RAN == ["hello"]


def test_a_file_in_a_temporary_folder_that_is_gone_is_still_there(tmp_path):
    import shutil
    import tempfile

    @pipeline
    def p(text: str):
        return node(_write_elsewhere, cache=True)(text, str(tmp_path))

    made = p("hello")
    folders = [path for path in tmp_path.iterdir() if path.name.startswith("made-")]
    for folder in folders:
        shutil.rmtree(folder)
    assert p("hello").read_text(encoding="utf-8") == "hello"
    assert len(RAN) == 1
    assert tempfile.gettempdir()
    assert made.name == "out.txt"


def _write_elsewhere(text: str, where: str) -> Path:
    import tempfile

    RAN.append(text)
    path = Path(tempfile.mkdtemp(dir=where, prefix="made-")) / "out.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_consumer_that_writes_to_its_input_file_damages_nothing():
    @pipeline
    def p(text: str):
        made = write(text)
        return read(made), spoil(made), made

    for _ in range(2):
        text, spoiled, made = p("hello")
        assert (text, spoiled, made.read_text(encoding="utf-8")) == ("hello", "spoiled", "hello")


def test_a_result_whose_file_somebody_damaged_is_made_anew():
    @pipeline
    def p(text: str):
        return write(text)

    made = p("hello")
    made.chmod(0o644)
    made.write_text("damaged", encoding="utf-8")
    assert p("hello").read_text(encoding="utf-8") == "hello"
    assert RAN == ["hello", "hello"]


def test_every_entry_on_disk_may_be_damaged_without_an_error(home):
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    expected = p([1, 2, 3])
    for path in sorted(home.rglob("*")):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] + b"\0junk")
    assert p([1, 2, 3]) == expected
    assert p([1, 2, 3]) == expected
