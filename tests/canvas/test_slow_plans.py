"""A page whose plan has to wait for a Space keeps nobody else waiting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from daggr_fn.live import current
from tests.chromium import SECONDS
from tests.sleeper import Sleeper


@pytest.fixture
def sleeper():
    made = Sleeper()
    yield made
    made.awake.set()


def test_the_server_answers_while_a_sheet_is_opened(show, sleeper, monkeypatch):
    monkeypatch.setattr(current, "FIRST_SECONDS", SECONDS, raising=False)
    url = show(sleeper.piped(), users="browser").url
    sleeper.sleep()
    with ThreadPoolExecutor(1) as others:
        pending = others.submit(httpx.get, url, timeout=2 * SECONDS)
        assert sleeper.asked.wait(SECONDS)
        assert httpx.get(f"{url}favicon.ico", timeout=SECONDS / 2).status_code == 200
        assert not pending.done()
        sleeper.awake.set()
        assert pending.result().status_code == 200
