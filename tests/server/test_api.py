"""The API: a run as JSON, with errors that say what would be right."""

from __future__ import annotations

import base64
import threading

import httpx
import pytest

from daggr_fn import choice, node, pipeline
from daggr_fn.files import keep_bytes
from tests.server.pages import measure, shout, upper, whispered


@pytest.fixture
def run(serve, client):
    def post(pipeline, inputs, base=None, headers=None, **more):
        url = base or serve(pipeline).url
        post.url = url
        return client.post(url + "api/run", json={"inputs": inputs, **more}, headers=headers)

    return post


def message_of(answer):
    return answer.json()["error"]["message"]


def test_a_run_gives_the_outputs(run):
    answer = run(shout, {"text": "ho"})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["status"], told["outputs"]) == ("done", {"upper": "HO"})
    assert told["seconds"] >= 0
    assert run(shout, {}).json()["outputs"] == {"upper": "HI"}


def test_the_schema_says_what_it_takes_and_how(serve, client):
    url = serve(shout).url
    told = client.get(url + "api/schema").json()
    assert told["title"] == "shout"
    assert told["description"] == "Say it loudly."
    assert told["inputs"]["properties"] == {"text": {"type": "string", "default": "hi"}}
    assert (told["run"]["method"], told["run"]["url"]) == ("POST", url + "api/run")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"inputs": {"txt": "x"}}, 422, "has no input 'txt'; did you mean 'text'?"),
        ({"inputs": {"text": 7}}, 422, "shout(text: str) was given 7"),
        ({"inputs": []}, 400, '"inputs" is an object'),
        ({"input": {}}, 400, "there is no 'input'; did you mean 'inputs'?"),
        ({"inputs": {}, "given": {"upper": "/etc/passwd"}}, 400, "there is no 'given'"),
        ([], 400, "the body is an object"),
        ({"choose": {"host": "x"}}, 422, "no choice 'host'"),
        ({"answers": {"upper": "/etc/passwd"}}, 422, "is a path on the server"),
    ],
)
def test_a_wrong_request_says_what_would_be_right(serve, client, body, status, said):
    answer = client.post(serve(shout).url + "api/run", json=body)
    assert answer.status_code == status
    assert said in message_of(answer)


@pytest.mark.parametrize("content", ["{", "[" * 100_000, "\xff", "NaN{"])
def test_what_is_no_json_is_refused(serve, client, content):
    answer = client.post(
        serve(shout).url + "api/run", content=content.encode("latin-1"), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert "no JSON" in message_of(answer)


def test_a_form_of_a_page_is_refused(serve, client):
    answer = client.post(serve(shout).url + "api/run", data={"inputs": "x"})
    assert answer.status_code == 415


def test_a_very_large_body_is_refused(serve, client):
    answer = client.post(serve(shout).url + "api/run", json={"inputs": {"text": "x" * (33 << 20)}})
    assert answer.status_code == 413


def test_a_step_that_failed_is_named(run):
    answer = run(shout, {"text": "fail"})
    assert answer.status_code == 500
    told = answer.json()
    assert told["status"] == "failed"
    assert (told["error"]["type"], told["error"]["step"]) == ("ValueError", "upper")
    assert told["error"]["message"] == "step 'upper' failed: ValueError: no shouting"


def test_a_file_is_uploaded_and_comes_back_as_an_address(run, serve, client):
    url = serve(measure).url
    number = client.post(url + "uploads?name=cat.bin", content=b"12345").json()["id"]
    told = run(measure, {"file": {"upload": number}}, url).json()
    assert told["outputs"]["size"] == 5
    twice = told["outputs"]["twice"]
    assert twice["name"] == "twice.bin"
    assert client.get(twice["url"]).content == b"1234512345"
    again = run(measure, {"file": twice["url"]}, url).json()  # what came out goes in
    assert again["outputs"]["size"] == 10
    assert run(measure, {"file": twice}, url).json()["outputs"]["size"] == 10


def test_a_file_can_be_sent_as_a_data_url(run):
    data = "data:application/octet-stream;base64," + base64.b64encode(b"123").decode()
    assert run(measure, {"file": data}).json()["outputs"]["size"] == 3
    for wrong in ("data:text/plain,hello", "data:;base64,###", "data:"):
        assert run(measure, {"file": wrong}).status_code == 422


def test_a_file_of_the_servers_is_never_read(run, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    kept = keep_bytes(b"of somebody", "x.txt")
    for value in (
        str(secret),
        "/etc/passwd",
        "pyproject.toml",
        {"path": str(secret)},
        {"url": f"file://{secret}"},
        {"url": "http://127.0.0.1:1/x"},
        str(kept),
        [str(secret)],
        {"upload": str(secret)},
    ):
        answer = run(measure, {"file": value})
        assert answer.status_code == 422, value
        assert "secret" not in answer.text.replace(str(secret), "").replace("secret.txt", "")


def test_words_may_be_those_of_a_path(run):
    assert run(shout, {"text": "/etc/passwd"}).json()["outputs"] == {"upper": "/ETC/PASSWD"}


@node
def read(thing):
    return open(thing["path"]).read() if isinstance(thing, dict) else str(thing)


@pipeline
def untyped(thing):
    return read(thing)


def test_an_input_of_no_type_takes_no_path_either(run):
    assert run(untyped, {"thing": "words"}).json()["outputs"] == {"read": "words"}
    for value in ("/etc/hostname", {"path": "/etc/hostname"}, ["/etc/hostname"]):
        answer = run(untyped, {"thing": value})
        assert answer.status_code == 422
        assert "is a path on the server" in message_of(answer)


@node
def everything() -> dict:
    import datetime
    import enum

    import numpy
    import pandas
    from PIL import Image

    color = enum.Enum("Color", {"RED": "red"})
    return {
        "nan": float("nan"),
        "set": {1},
        "bytes": b"\x89PNG\r\n\x1a\nx",
        "image": Image.new("RGB", (2, 2)),
        "array": numpy.arange(3),
        "number": numpy.float32(1.5),
        "table": pandas.DataFrame({"a": [1, 2]}),
        "day": datetime.date(2026, 1, 2),
        "enum": color.RED,
        "object": object(),
        7: None,
    }


@pipeline
def varied():
    return everything()


def test_any_value_becomes_json(run, client):
    told = run(varied, {}).json()["outputs"]["everything"]
    assert told["nan"] is None
    assert told["set"] == [1]
    assert client.get(told["bytes"]["url"]).content.startswith(b"\x89PNG")
    assert client.get(told["image"]["url"]).headers["content-type"] == "image/png"
    assert told["array"] == [0, 1, 2]
    assert told["number"] == 1.5
    assert told["table"]["data"] == [[1], [2]]
    assert (told["day"], told["enum"], told["7"]) == ("2026-01-02", "red", None)
    assert told["object"].startswith("<object object")


@pipeline
def either(text: str):
    return {"said": choice(upper.named("loud"), whispered.named("low"), name="voice")(text)}


def test_a_choice_is_made(run):
    assert run(either, {"text": "Hi"}, choose={"voice": "low"}).json()["outputs"] == {"said": "hi"}
    assert "did you mean 'low'" in message_of(run(either, {"text": "Hi"}, choose={"voice": "lo"}))


def test_who_keeps_no_cookies_can_fetch_the_files_of_the_run_all_the_same(serve):
    url = serve(measure, users="browser").url
    data = "data:;base64," + base64.b64encode(b"123").decode()
    told = httpx.post(url + "api/run", json={"inputs": {"file": data}}).json()
    assert httpx.get(told["outputs"]["twice"]["url"]).content == b"123123"


begun, ended = threading.Event(), threading.Event()


@node
async def wait() -> None:
    import asyncio

    begun.set()
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        ended.set()
        raise


@pipeline
def waiting():
    return wait()


def test_who_hangs_up_cancels_the_run(serve):
    url = serve(waiting).url
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(url + "api/run", json={}, timeout=httpx.Timeout(30, read=5))
    assert begun.is_set()
    assert ended.wait(30)
