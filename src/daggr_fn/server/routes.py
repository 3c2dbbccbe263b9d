"""What a site answers besides its page: files, uploads, and the API."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from anyio import to_thread
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from daggr_fn.live.export import write_zip
from daggr_fn.server.answers import not_found, refusal
from daggr_fn.server.api import answer_run, answer_schema
from daggr_fn.server.file_answers import shelf_answer
from daggr_fn.server.signing_in import answer_sign_in, answer_sign_out
from daggr_fn.server.uploads import UploadRefused, incoming

if TYPE_CHECKING:
    from starlette.requests import Request

    from daggr_fn.live import OpenSheet
    from daggr_fn.server.visits import Visit


def routes() -> Starlette:
    """The app of these routes, whose requests carry a visit."""
    return Starlette(
        routes=[
            Route("/favicon.ico", _icon),
            Route("/files/{number}", _file),
            Route("/uploads", _upload, methods=["POST"]),
            Route("/uploads/{sheet}", _upload, methods=["POST"]),
            Route("/results.zip", _results),
            Route("/sign-in", answer_sign_in, methods=["POST"]),
            Route("/sign-out", answer_sign_out, methods=["POST"]),
            Route("/api/run", answer_run, methods=["POST"]),
            Route("/api/schema", answer_schema),
        ],
        exception_handlers={404: _missing, 405: _other},
    )


async def _missing(_request: Request, _error: Exception) -> Response:
    return not_found("page")


async def _other(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = refusal(error.status_code, f"{request.method} is not what this address takes")
    answer.headers.update(error.headers or {})
    return answer


async def _icon(_request: Request) -> Response:
    from daggr_fn.server.pages import ICON

    return Response(ICON, media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


async def _file(request: Request) -> Response:
    visit: Visit = request.scope["daggr_fn"]
    shelved = visit.site.shelf.find(request.path_params["number"], visit.user)
    return not_found("file") if shelved is None else await shelf_answer(request, shelved)


async def _results(request: Request) -> Response:
    """All results of a sheet (`?sheet=`) as one file."""
    visit: Visit = request.scope["daggr_fn"]
    site, wanted = visit.site, request.query_params.get("sheet", "")
    if site.pipeline is None or not site.sheets.has(visit.user, site.key, wanted):
        return not_found("sheet")
    sheet = await to_thread.run_sync(partial(site.sheets.desk.open, site.pipeline, visit.user, wanted, key=site.key))
    folder = Path(tempfile.mkdtemp(dir=incoming()))  # where the next sweep finds it, if nobody waits for the end
    path = folder / "results.zip"
    await to_thread.run_sync(_write_zip, sheet, path)
    name = quote(f"{sheet.info.name}.zip", safe="")
    headers = {"content-disposition": f"attachment; filename*=utf-8''{name}", "cache-control": "no-store"}
    done = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(path, media_type="application/zip", headers=headers, background=done)


def _write_zip(sheet: OpenSheet, path: Path) -> None:
    with path.open("wb") as file:
        write_zip(sheet, file)


async def _upload(request: Request) -> Response:
    """Take a file in: its bytes are the body, its name is in the query (`?name=cat.png`)."""
    visit: Visit = request.scope["daggr_fn"]
    sheet = request.path_params.get("sheet", "")
    if sheet and not visit.site.sheets.has(visit.user, visit.site.key, sheet):
        return not_found("sheet")
    announced = request.headers.get("content-length", "")
    if announced and not announced.isascii() and not announced.isdigit():
        return refusal(400, "its Content-Length is no number")
    name = request.query_params.get("name", "") or "file"
    try:
        taken = await visit.site.uploads.take_in(request.stream(), name, visit.user, sheet, int(announced or 0))
    except UploadRefused as error:
        return refusal(error.status, str(error))
    except ClientDisconnect:
        return Response(status_code=400)
    return JSONResponse(taken)
