"""`show()`: where it listens, what it returns, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import httpx
import pytest

from daggr_fn import node, pipeline
from daggr_fn.errors import DaggrError
from tests.server.pages import contexts, shout, whisper

ROOT = Path(__file__).parents[2]


def taken_port():
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    return sock, sock.getsockname()[1]


def test_a_pipeline_is_shown_on_this_machine_only_and_its_page_works(serve, page):
    handle = serve(shout)
    assert handle.url.startswith("http://127.0.0.1:")
    page.goto(handle.url)
    assert page.title() == "shout"
    page.get_by_text("press", exact=True).click()
    page.get_by_text("pressed 1").wait_for()
    assert page.get_by_text("shout for local").is_visible()


def test_several_pipelines_of_one_process_have_a_port_each(serve, page):
    first, second = serve(shout), serve(whisper)
    assert first.url != second.url
    for handle, name in ((first, "shout"), (second, "Whisper it"), (first, "shout")):
        page.goto(handle.url)
        page.get_by_text(f"{name} for local").wait_for()
        page.get_by_text("press", exact=True).click()
        page.get_by_text("pressed 1").wait_for()


def test_without_a_port_it_is_the_next_free_one_from_7860_on(serve):
    first, second = serve(shout, port=None), serve(whisper, port=None)
    ports = [int(handle.url.rstrip("/").rpartition(":")[2]) for handle in (first, second)]
    assert len(set(ports)) == 2
    assert all(7860 <= port < 8060 for port in ports)


def test_gradios_variables_say_where(serve, monkeypatch):
    sock, port = taken_port()
    sock.close()
    monkeypatch.setenv("GRADIO_SERVER_NAME", "localhost")
    monkeypatch.setenv("GRADIO_SERVER_PORT", str(port))
    assert serve(shout, port=None).url == f"http://localhost:{port}/"


def test_a_port_that_is_taken_is_an_error_that_says_so(serve):
    sock, port = taken_port()
    with sock, pytest.raises(DaggrError, match=rf"can't listen on 127\.0\.0\.1:{port}: .*in use"):
        serve(shout, port=port)


def test_a_closed_canvas_answers_no_more_and_its_port_is_free(serve):
    with serve(shout) as handle:
        assert httpx.get(handle.url).status_code == 200
        port = int(handle.url.rstrip("/").rpartition(":")[2])
    assert handle.closed
    assert "closed" in repr(handle)
    with pytest.raises(httpx.ConnectError):
        httpx.get(handle.url)
    assert httpx.get(serve(whisper, port=port).url).status_code == 200
    handle.close()  # again: nothing happens


def open_databases():
    """The databases of sheets that this process has open."""
    folder = Path("/proc/self/fd")
    return {place for entry in folder.iterdir() if (place := _target(entry)).endswith("sheets.db")}


def _target(entry):
    try:
        return os.readlink(entry)
    except OSError:  # closed in the meantime
        return ""


def test_the_last_canvas_that_is_closed_closes_the_database(serve, home):
    database = str(home / "sheets.db")
    first, second = serve(shout), serve(whisper)
    assert database in open_databases()
    first.close()
    assert database in open_databases()
    second.close()
    assert database not in open_databases()
    assert httpx.get(serve(shout).url).status_code == 200


def test_sheets_that_are_not_kept_are_gone_with_their_canvas(serve):
    before = open_databases()
    handle = serve(shout, persist=False)
    (scratch,) = open_databases() - before
    handle.close()
    assert not Path(scratch).parent.exists()


def test_a_run_goes_on_when_the_canvas_is_closed_and_the_next_one_shows_it(serve):
    walking, arrive = threading.Event(), threading.Event()

    @node
    def walk() -> str:
        walking.set()
        assert arrive.wait(60)
        return "there"

    @pipeline
    def stroll() -> str:
        return walk()

    handle = serve(shout)
    desk = handle._site.sheets.desk
    sheet = desk.open(stroll)
    sheet.run()
    assert walking.wait(60)
    handle.close()
    again = serve(whisper)
    assert again._site.sheets.desk is desk
    arrive.set()
    while sheet.going:
        time.sleep(0.01)
    assert sheet.value("walk") == "there"
    again.close()
    assert serve(shout)._site.sheets.desk is not desk


def test_what_several_threads_close_at_once_is_closed_once(serve):
    handle, other = serve(shout), serve(whisper)
    sheets = other._site.sheets
    ready = threading.Barrier(8)

    def close():
        ready.wait()
        handle.close()

    threads = [threading.Thread(target=close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert serve(shout)._site.sheets is sheets


def test_closing_ends_with_pages_open(serve, page, faults):
    faults.expect("WebSocket connection")
    faults.expect("ERR_CONNECTION_REFUSED")
    handle = serve(shout)
    page.goto(handle.url)
    page.get_by_text("press", exact=True).click()
    page.get_by_text("pressed 1").wait_for()
    handle.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(handle.url)


def test_a_notebook_shows_the_canvas_in_a_frame(serve):
    handle = serve(shout)
    assert f'<iframe src="{handle.url}"' in handle._repr_html_()
    handle.close()
    assert "<iframe" not in handle._repr_html_()


def test_the_address_says_the_view_and_show_the_theme(serve):
    handle = serve(shout, theme="dark")
    httpx.get(handle.url)
    httpx.get(handle.url + "?view=app")
    assert [(one.view, one.theme) for one in contexts] == [("canvas", "dark"), ("app", "dark")]
    assert contexts[0].address == handle.url


def test_a_wrong_option_says_what_there_is(serve):
    with pytest.raises(DaggrError, match=r"theme='drak' is none of 'light', 'dark', 'system'; did you mean 'dark'"):
        serve(shout, theme="drak")
    with pytest.raises(DaggrError, match=r"no option 'persists'; did you mean 'persist'"):
        serve(shout, persists=False)
    with pytest.raises(DaggrError, match="users='me' is none of"):
        serve(shout, users="me")


def test_only_the_pages_own_paths_exist(serve, client):
    url = serve(shout).url
    for path in ("nothing", "_nicegui/auto/static/etc", "_nicegui/client/x/upload/1", "docs", "openapi.json", "api"):
        answer = client.get(url + path)
        assert (answer.status_code, answer.text) == (404, "There is no such page.\n"), path
    assert client.post(url).status_code == 405
    assert client.get(url + "favicon.ico").headers["content-type"].startswith("image/svg")


def script(folder: Path, text: str) -> subprocess.Popen[str]:
    file = folder / "app.py"
    file.write_text(
        "from daggr_fn import node, pipeline\n\n@node\ndef upper(text: str) -> str:\n    return text.upper()\n\n"
        "@pipeline\ndef shout(text: str = 'hi') -> str:\n    return upper(text)\n\n" + textwrap.dedent(text)
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-W", "error", str(file)], env=environment, text=True, **pipes)


def test_a_script_waits_until_ctrl_c_and_then_goes_on(tmp_path):
    with script(tmp_path, "shout.show(port=0)\nprint('after')") as process:
        line = process.stderr.readline()
        assert line.startswith("shout is at http://127.0.0.1:")
        assert line.endswith("(Ctrl-C ends it)\n")
        url = line.split()[3]
        answer = httpx.post(url + "api/run", json={"inputs": {"text": "ho"}}, timeout=60)
        assert answer.json()["outputs"] == {"upper": "HO"}
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
    assert (out, error, process.returncode) == ("after\n", "", 0)


def test_a_script_that_does_not_wait_ends_cleanly_with_the_server_running(tmp_path):
    text = """
        import httpx
        handle = shout.show(port=0, block=False)
        print(httpx.get(handle.url + "api/schema", timeout=60).json()["title"])
    """
    with script(tmp_path, text) as process:
        out, error = process.communicate(timeout=60)
    assert (out, process.returncode) == ("shout\n", 0)
    assert len(error.splitlines()) == 1


def test_at_a_prompt_showing_again_takes_the_place_of_the_first(serve, monkeypatch):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    first = serve(shout, port=None)
    second = serve(shout, port=None)
    assert first.closed
    assert second.url == first.url
    assert httpx.get(second.url).status_code == 200


def test_the_first_page_is_prepared_while_a_browser_starts():
    code = """
        import sys, threading
        from tests.server.pages import shout

        handle = shout.show(port=0, block=False, open_browser=False, persist=False)
        warm = [one for one in threading.enumerate() if one.name == "daggr_fn first page"]
        for one in warm:
            one.join()
        print({"daggr_fn.canvas.page", "networkx"} <= set(sys.modules))
        handle.close()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "True\n", done.stderr
