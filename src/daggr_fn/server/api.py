"""The API of a site: what its pipeline takes, and a run of it, as JSON. Errors say what would be right."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.responses import JSONResponse, Response

from daggr_fn.errors import InvalidInputError, WiringError, did_you_mean, listed
from daggr_fn.execution.entries import run_of
from daggr_fn.execution.execution import Execution
from daggr_fn.execution.loops import call_soon
from daggr_fn.foreign_paths import Gate
from daggr_fn.server.answers import refusal
from daggr_fn.server.bodies import BodyRefused, json_object
from daggr_fn.server.jsonable import from_json, refuse_paths, to_json
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from daggr_fn.errors import StepFailed
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.plan import Plan
    from daggr_fn.runs import Run
    from daggr_fn.server.visits import Visit

logger = logging.getLogger("daggr_fn")

_MOST_BYTES = 32 << 20
_OPTIONS = ("choose", "answers", "fresh")


async def answer_schema(request: Request) -> Response:
    """`GET api/schema`: the inputs and outputs as JSON schemas, and how to run the pipeline."""
    visit: Visit = request.scope["daggr_fn"]
    try:
        pipeline = _pipeline(visit)
        schema = await to_thread.run_sync(pipeline.schema)
    except BodyRefused as error:
        return refusal(error.status, str(error))
    base = _base(request, visit)
    run = {
        "method": "POST",
        "url": f"{base}api/run",
        "body": {"inputs": "an object of the inputs"},
        "files": f'POST the bytes to {base}uploads?name=cat.png, and send {{"upload": id}} for the input',
    }
    return JSONResponse({**schema, "run": run})


def _base(request: Request, visit: Visit) -> str:
    """The site's address as the caller knows it."""
    return str(request.url.replace(path=visit.prefix + "/", query=""))


async def answer_run(request: Request) -> Response:
    """`POST api/run`: run the pipeline with `{"inputs": {...}}`, and give its outputs, with files as addresses.

    Who hangs up cancels the run.
    """
    visit: Visit = request.scope["daggr_fn"]
    try:
        pipeline, body = _pipeline(visit), await _body(request)
        with visit.site.sheets.desk.accounts.acting(visit.user):
            plan = await to_thread.run_sync(_plan, pipeline, body, visit)
            run = await _run(plan, request)
        answer = await to_thread.run_sync(_told, run, request, visit)
    except BodyRefused as error:
        return refusal(error.status, str(error))
    except (InvalidInputError, WiringError) as error:
        return refusal(422, str(error))
    except asyncio.CancelledError:
        return Response(status_code=499)
    return answer


def _pipeline(visit: Visit) -> Pipeline[Any, Any]:
    if visit.site.pipeline is None:
        raise BodyRefused(503, "the pipeline's file can't be loaded; the page says why")
    return visit.site.pipeline


async def _body(request: Request) -> dict[str, Any]:
    hint = ": send files to uploads?name=..."
    return _checked(await json_object(request, _MOST_BYTES, '{"inputs": {...}}', hint))


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    valid = ("inputs", *_OPTIONS)
    for name in body:
        if name not in valid:
            near = did_you_mean(name, valid)
            raise BodyRefused(
                400, f'there is no {name!r}{near}; the body is {{"inputs": {{...}}}}, and may have {listed(_OPTIONS)}'
            )
    if not isinstance(body.get("inputs", {}), dict):
        raise BodyRefused(400, '"inputs" is an object: {"inputs": {"topic": "AI"}}')
    return body


def _plan(pipeline: Pipeline[Any, Any], body: dict[str, Any], visit: Visit) -> Plan:
    ports = pipeline.inputs
    sent: dict[str, Any] = body.get("inputs", {})
    inputs = {name: from_json(ports[name], value, visit) if name in ports else value for name, value in sent.items()}
    gate = Gate(pipeline.dag, None)
    for name in sent.keys() & ports.keys():
        gate.check_input(name, inputs[name])
    answers: Any = body.get("answers")
    refuse_paths("answers", answers)
    for name, answer in answers.items() if is_mapping(answers) else ():
        gate.check_answer(name, answer)
    options: Any = {name: body[name] for name in _OPTIONS if name in body}
    changed: Pipeline[..., Any] = pipeline.options(**options)
    return changed.plan(**inputs)


async def _run(plan: Plan, request: Request) -> Run[Any]:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    execution = Execution(plan, keeps=False, when_over=lambda: call_soon(loop, ended.set))
    watching = asyncio.create_task(_hung_up(request))
    watching.add_done_callback(lambda _: ended.set())
    execution.start()
    try:
        while not execution.done.is_set():
            await ended.wait()
            if watching.done():
                raise asyncio.CancelledError
            ended.clear()
    finally:
        watching.cancel()
        execution.cancel()
    return run_of(execution)


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _told(run: Run[Any], request: Request, visit: Visit) -> Response:
    base = _base(request, visit)
    owner = visit.user if visit.known else None  # a program keeps no cookies: the id is all that it has

    def address(path: Path) -> str:
        return f"{base}files/{visit.site.shelf.add(path, None, owner)}"

    outputs = {name: to_json(value, address) for name, value in run.outputs.items()}
    data: dict[str, Any] = {"status": run.status, "seconds": round(run.seconds, 3), "outputs": outputs}
    if run.ok:
        return JSONResponse(data)
    data["error"] = _why(run)
    return JSONResponse(data, status_code=500)


def _why(run: Run[Any]) -> dict[str, Any]:
    if run.failures:
        return _failure(run.failures[0])
    if run.error is not None:
        return {"type": type(run.error).__name__, "message": run.why_no_result}
    return {"type": "Cancelled", "message": "it was cancelled"}


def _failure(error: StepFailed) -> dict[str, Any]:
    return {
        "type": type(error.__cause__).__name__,
        "step": error.name,
        "message": f"step {error.name!r} failed: {error.why}",
        "attempts": error.attempts,
    }
