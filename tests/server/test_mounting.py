"""`mount()`: the canvas in a web app of one's own, at any path, also behind a proxy that shows it elsewhere."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from websockets.asyncio.client import connect

from daggr_fn.errors import DaggrError
from tests.server.pages import contexts, shout, whisper
from tests.server.wire import page_of, socket


@contextmanager
def running(app):
    """An app on a server and an event loop of its own, as its author runs it."""
    config = uvicorn.Config(app, port=0, log_config=None, ws="websockets-sansio", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    ready = threading.Event()

    async def run():
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        ready.set()
        await serving

    thread = threading.Thread(target=asyncio.run, args=[run()])
    thread.start()
    assert ready.wait(30)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def app():
    app = FastAPI()

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    return app


def works(page, url, name="shout"):
    page.goto(url)
    page.get_by_text(f"{name} for browser-").wait_for()
    page.get_by_text("press", exact=True).click()
    page.get_by_text("pressed 1").wait_for()


def test_the_canvas_is_a_part_of_the_app(app, mounted, page):
    mounted(shout, app, "/tools/podcast")
    with running(app) as url:
        works(page, url + "/tools/podcast/")
        assert httpx.get(url + "/hello").json() == "hello"
        assert httpx.get(url + "/nothing").json() == {"detail": "Not Found"}
        answer = httpx.post(url + "/tools/podcast/api/run", json={"inputs": {"text": "ho"}})
        assert answer.json()["outputs"] == {"upper": "HO"}
        page.close()  # before its server, here and below: a lost connection would be a complaint
    assert contexts[0].address == url + "/tools/podcast/"


def test_the_address_without_its_slash_leads_there(app, mounted, page):
    mounted(shout, app, "tools/podcast/")
    with running(app) as url:
        answer = httpx.get(url + "/tools/podcast?view=app")
        assert (answer.status_code, answer.headers["location"]) == (307, "podcast/?view=app")
        works(page, url + "/tools/podcast?view=app")
        assert page.url == url + "/tools/podcast/?view=app"
        page.close()


def test_several_pipelines_and_a_canvas_of_its_own_in_one_process(app, mounted, serve, page):
    mounted(shout, app, "/shout")
    mounted(whisper, app, "/whisper")
    own = serve(shout, users="browser").url
    with running(app) as url:
        works(page, url + "/shout/")
        works(page, url + "/whisper/", "Whisper it")
        works(page, own)
        page.close()


def test_the_canvas_can_be_the_whole_app(mounted, page):
    async def hello(_request):
        return PlainTextResponse("hello")

    app = Starlette()
    app.add_route("/hello", hello)
    mounted(shout, app, "/")
    with running(app) as url:
        works(page, url + "/")
        assert httpx.get(url + "/hello").text == "hello"
        page.close()


def test_the_app_can_be_started_again(app, mounted, page):
    mounted(shout, app, "/shout")
    for _ in range(2):
        with running(app) as url:
            works(page, url + "/shout/")
            page.goto("about:blank")


def test_an_app_of_another_kind_is_refused(mounted):
    with pytest.raises(DaggrError, match="takes a FastAPI or Starlette app, and got dict"):
        mounted(shout, {}, "/x")


def test_another_origin_gets_no_socket_of_a_mounted_canvas(app, mounted):
    mounted(shout, app, "/shout")
    with running(app) as url:
        headers = {"cookie": httpx.get(url + "/shout/").headers["set-cookie"].partition(";")[0]}
        client_id, _ = page_of(url + "/shout/", headers=headers)
        with (
            pytest.raises(Exception, match="403"),
            socket(url + "/shout/", client_id, {**headers, "Origin": "http://evil"}),
        ):
            pass
        with socket(url + "/shout/", client_id, headers) as own:
            assert own.until("40", "44").startswith("40")
        with socket(url + "/shout/", client_id) as stranger:  # without the cookie
            assert stranger.until("40", "44").startswith("44")


class Proxy:
    """A reverse proxy that shows a server under a path, which it takes off before it passes a request on."""

    def __init__(self, target: str, prefix: str, *, tells: bool) -> None:
        self._target, self._prefix, self._tells = target, prefix, tells

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return
        if not scope["path"].startswith(self._prefix + "/"):
            await PlainTextResponse("not ours", 404)(scope, receive, send)
            return
        path = scope["path"].removeprefix(self._prefix)
        if scope["query_string"]:
            path += "?" + scope["query_string"].decode()
        headers = [(k.decode(), v.decode("latin-1")) for k, v in scope["headers"]]
        if self._tells:
            headers.append(("X-Forwarded-Prefix", self._prefix))
        await (self._http if scope["type"] == "http" else self._socket)(scope, receive, send, path, headers)

    async def _http(self, scope, receive, send, path, headers):
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        async with httpx.AsyncClient(timeout=60) as client:
            request = client.build_request(scope["method"], self._target + path, headers=headers, content=body)
            answer = await client.send(request, stream=True)
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
            await answer.aclose()
        await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.headers.raw})
        await send({"type": "http.response.body", "body": raw})

    async def _socket(self, scope, receive, send, path, headers):
        await receive()
        passed = [(k, v) for k, v in headers if k in ("cookie", "origin", "X-Forwarded-Prefix")]
        own = dict(headers)["host"]
        address = self._target.replace("http", "ws") + path
        async with connect(address, additional_headers=[*passed, ("X-Forwarded-Host", own)], proxy=None) as other:
            await send({"type": "websocket.accept"})

            async def back():
                async for text in other:
                    await send({"type": "websocket.send", "text": text})

            task = asyncio.create_task(back())
            while (message := await receive())["type"] == "websocket.receive":
                await other.send(message["text"])
            task.cancel()


@pytest.mark.parametrize("tells", [True, False], ids=["and says so", "and says nothing"])
def test_a_proxy_shows_a_server_under_a_path(serve, page, tells):
    handle = serve(shout, users="browser", root_path="" if tells else "/demo/podcast")
    target = handle.url.rstrip("/").removesuffix("/demo/podcast")
    with running(Proxy(target, "/demo/podcast", tells=tells)) as url:
        works(page, url + "/demo/podcast/")
        assert httpx.get(url + "/demo/podcast/api/schema").json()["title"] == "shout"
        page.close()


def test_a_proxy_shows_an_app_with_a_canvas_under_a_path(app, mounted, page):
    mounted(shout, app, "/shout")
    with running(app) as inner, running(Proxy(inner, "/demo", tells=True)) as url:
        works(page, url + "/demo/shout/")
        assert httpx.get(url + "/demo/shout").headers["location"] == "shout/"
        page.close()


def test_a_made_up_prefix_does_nothing(serve):
    url = serve(shout).url
    for prefix in ('"><script>alert(1)</script>', "//evil.example", "/a b", "javascript:x", "/a/../b\\"):
        answer = httpx.get(url, headers={"x-forwarded-prefix": prefix})
        assert answer.status_code == 200
        assert "evil" not in answer.text
        assert "alert(1)" not in answer.text
