"""`daggr-fn demo`: two apps, real pictures, and the second time nothing is paid again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.commands import daggr_fn


@pytest.mark.timeout(300)
def test_the_demo_makes_real_pictures_and_the_next_demo_reuses_them(tmp_path, home):
    first = daggr_fn("demo", cwd=tmp_path)
    files = [Path(line) for line in first.stdout.splitlines()]
    assert len(files) == 5
    for cut_out in files[:-1]:
        with Image.open(cut_out) as picture:
            low, high = picture.getchannel("A").getextrema()
            assert (low, high) == (0, 255)
    with Image.open(files[-1]) as poster:
        assert poster.width > poster.height
    assert all(file.is_relative_to(home) for file in files)
    assert len(re.findall(r"http://127.0.0.1:\d+/", first.stderr)) == 2
    assert first.stderr.count("4 done") == 2
    assert first.stderr.count("4 reused") == 2
    assert "8 calls of the apps were reused" in first.stderr
    assert not re.search("Traceback|Warning|Error", first.stderr)
    second = daggr_fn("demo", cwd=tmp_path)
    assert second.stdout == first.stdout
    assert second.stderr.count("4 reused") == 4
    assert list(tmp_path.iterdir()) == [home]
