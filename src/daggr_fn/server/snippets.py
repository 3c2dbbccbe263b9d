"""The code that calls a pipeline with the inputs of a sheet: Python for a program, curl for anything else."""

from __future__ import annotations

import enum
import json
import re
import secrets
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from daggr_fn.errors import shorten
from daggr_fn.values import class_of, is_mapping, is_named_tuple, is_sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daggr_fn.canvas.said import Call
    from daggr_fn.pipelines import Pipeline

_SHELL_MARK = secrets.token_hex(16)
"""What no value of an input has in it."""

_SHELL_VARIABLE = re.compile(_SHELL_MARK + r"([A-Z0-9_]+?)" + _SHELL_MARK)

_PLAIN = (str, int, float, bool, type(None))


def python_code(pipeline: Pipeline[Any, Any], call: Call) -> str:
    """A program that calls the pipeline.

    The values of secrets are left out: the program reads them from its environment. A list that was edited and that no
    literal says is left out too: a comment says so.
    """
    name = _variable(pipeline)
    written = {port: _python(pipeline, port, value) for port, value in call.inputs.items()}
    given = {step: value for step, value in call.given.items() if _is_plain(value)}
    notes = [
        f"# {port}: a {class_of(call.inputs[port]).__name__}, which is yours to make"
        for port, code in written.items()
        if code == "..."
    ]
    notes += _made_anew(call.given.keys() - given.keys())
    imports = [f"from {Path(pipeline._place.file).stem} import {name}"]
    options = _options(call, given)
    text = ", ".join([options, *written.values()])
    if "Path(" in text:
        imports.insert(0, "from pathlib import Path\n")
    if "os.environ" in text:
        imports.insert(0, "import os" + ("" if "Path(" in text else "\n"))
    made = f"{name}{options}({', '.join(f'{port}={value}' for port, value in written.items())})"
    if len(made) > 100:
        lines = "".join(f"    {port}={value},\n" for port, value in written.items())
        made = f"{name}{options}(\n{lines})"
    return "\n".join([*imports, "", *notes, f"result = {made}"]) + "\n"


def _options(call: Call, given: Mapping[str, Any]) -> str:
    written = [f"choose={dict(call.choose)!r}"] if call.choose else []
    for option, values in (("answers", call.answers), ("given", given)):
        if values:
            by_step = ", ".join(f"{step!r}: {_literal(value)}" for step, value in values.items())
            written.append(f"{option}={{{by_step}}}")
    return f".options({', '.join(written)})" if written else ""


def _made_anew(steps: Iterable[str]) -> list[str]:
    return [f"# {step}: its list was edited, and here it is made anew" for step in sorted(steps)]


def curl_code(pipeline: Pipeline[Any, Any], call: Call, base: str) -> str:
    """Commands of a shell that run the pipeline on this server.

    The values of secrets are left out: the shell has them in its environment. Answers that are files are left out. A
    run by the API makes each list itself: a comment says which were edited.

    Args:
        pipeline: The pipeline.
        call: What it is called with.
        base: The address of the canvas: `http://127.0.0.1:7860/`.
    """
    uploads: list[str] = []
    body: dict[str, Any] = {"inputs": {}}
    for name, value in call.inputs.items():
        body["inputs"][name] = _curl_value(pipeline, name, value, base, uploads)
    if call.choose:
        body["choose"] = dict(call.choose)
    said = {step: value for step, value in call.answers.items() if _is_plain(value)}
    if said:
        body["answers"] = said
    data = shlex.quote(json.dumps(body, ensure_ascii=False, default=shorten))
    data = _SHELL_VARIABLE.sub(r"""'"$\1"'""", data)  # out of the single quotes, for the shell to fill in
    run = f"curl -s {shlex.quote(base + 'api/run')} -H 'Content-Type: application/json' -d {data}\n"
    notes = [f"{note}\n" for note in _made_anew(call.given)]
    return "".join([*notes, *uploads, run])


def _curl_value(pipeline: Pipeline[Any, Any], name: str, value: Any, base: str, uploads: list[str]) -> Any:
    variable = re.sub(r"\W", "_", name).upper()
    if _is_secret(pipeline, name):
        return _SHELL_MARK + variable + _SHELL_MARK
    if isinstance(value, Path):
        address = shlex.quote(f"{base}uploads?name={quote(value.name)}")
        uploads.append(f"{variable}=$(curl -s {address} --data-binary @{shlex.quote(str(value))} | jq -r .id)\n")
        return {"upload": _SHELL_MARK + variable + _SHELL_MARK}
    if isinstance(value, enum.Enum):
        return value.value
    return value


def _python(pipeline: Pipeline[Any, Any], name: str, value: Any) -> str:
    if _is_secret(pipeline, name):
        return f'os.environ["{name.upper()}"]'
    return _literal(value)


def _literal(value: Any) -> str:
    if isinstance(value, Path):
        return f"Path({str(value)!r})"
    if isinstance(value, enum.Enum):
        return repr(value.value)
    return repr(value) if _is_plain(value) else "..."


def _is_plain(value: Any) -> bool:
    if isinstance(value, _PLAIN):
        return True
    if is_mapping(value):
        return all(_is_plain(key) and _is_plain(item) for key, item in value.items())
    return is_sequence(value) and not is_named_tuple(value) and all(_is_plain(item) for item in value)


def _is_secret(pipeline: Pipeline[Any, Any], name: str) -> bool:
    port = pipeline.inputs.get(name)
    return port is not None and port.secret


def _variable(pipeline: Pipeline[Any, Any]) -> str:
    if pipeline._body is not None:
        return pipeline._body.__name__
    return re.sub(r"\W+", "_", pipeline.name).strip("_").lower() or "pipeline"
