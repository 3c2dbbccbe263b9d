"""`daggr-fn check app.py`: what is wrong with the pipelines of a file, found without running anything."""

from __future__ import annotations

import json
import traceback
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daggr_fn.cli.consoles import only_results, say
from daggr_fn.cli.failures import FAILED, FileFailed, file_failure_text, full_text
from daggr_fn.cli.loading import Target, chosen, load, pipelines_of, target_of
from daggr_fn.dsl.body import collected_mistakes
from daggr_fn.errors import WiringError
from daggr_fn.places import Place, is_users

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import ModuleType

    from daggr_fn.pipelines import Pipeline


@dataclass
class Finding:
    """What was found of one pipeline, or of the file when `pipeline` is `None`."""

    pipeline: str | None
    errors: list[BaseException] = field(default_factory=list[BaseException])
    warned: list[warnings.WarningMessage] = field(default_factory=list[warnings.WarningMessage])

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings are none."""
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain data."""
        errors = [_described(error) for error in self.errors]
        return {
            "pipeline": self.pipeline,
            "ok": self.ok,
            "error": errors[0] if errors else None,
            "errors": errors,
            "warnings": [{"what": str(one.message), "file": one.filename, "line": one.lineno} for one in self.warned],
        }


def check(
    file: Annotated[str, typer.Argument(metavar="FILE[:PIPELINE]", help="The Python file, and the pipeline in it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write what was found as JSON to standard output.")] = False,
    whole: Annotated[bool, typer.Option("--traceback", help="Show whole tracebacks.")] = False,
) -> None:
    """Trace every pipeline of a file, and say what is wrong. Nothing runs; exit code 1 if anything is wrong."""
    target = target_of(file)
    with only_results(as_json) as results:
        findings = _findings(target)
        if as_json:
            results.write(json.dumps([finding.to_dict() for finding in findings], indent=2) + "\n")
        else:
            for finding in findings:
                _say(finding, whole=whole)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILED)


def _findings(target: Target) -> list[Finding]:
    of_file = Finding(None)
    module: ModuleType | None = None
    with collected_mistakes() as mistakes, _warned(of_file):
        try:
            module = load(target.file)
        except FileFailed as failed:
            of_file.errors.append(failed.cause)
    findings = [of_file] if of_file.errors else []
    if module is not None:
        traced = _traced(target, module, mistakes)
        findings += traced
        _hand_out(of_file, module, traced)
        if of_file.warned and not of_file.errors:
            findings.insert(0, of_file)
    else:
        findings += [Finding(name, list[BaseException](found)) for name, found in _by_name(mistakes).items()]
    return findings


def _traced(target: Target, module: ModuleType, mistakes: list[tuple[str, WiringError]]) -> list[Finding]:
    named = dict([chosen(target, module)]) if target.pipeline else pipelines_of(module)
    if not named:
        raise typer.BadParameter(f"{target.file.name} has no pipeline: put @pipeline over a function in it")
    read = _by_name(mistakes)
    findings: list[Finding] = []
    for pipeline in named.values():
        finding = Finding(pipeline.name, list[BaseException](read.pop(pipeline.name, [])))
        findings.append(finding)
        if finding.ok:
            _trace(pipeline, finding)
    if not target.pipeline:  # bodies that no variable holds any more
        findings += [Finding(name, list[BaseException](found)) for name, found in read.items()]
    return findings


def _trace(pipeline: Pipeline[Any, Any], finding: Finding) -> None:
    with _warned(finding):
        try:
            pipeline.check()
        except Exception as error:  # noqa: BLE001  # a body is the user's code: whatever it raises is what is wrong with it
            finding.errors.append(error)


@contextmanager
def _warned(finding: Finding) -> Generator[None, None, None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.filterwarnings("always", category=UserWarning)
        yield
    finding.warned += [one for one in caught if is_users(one.filename)]


def _hand_out(of_file: Finding, module: ModuleType, traced: list[Finding]) -> None:
    """Give the warnings that came while the file was loaded to the pipelines in whose bodies their lines are."""
    bodies = {one.name: one._body.__code__ for one in pipelines_of(module).values() if one._body is not None}
    by_name = {finding.pipeline: finding for finding in traced}
    for warned in list(of_file.warned):
        for name, code in bodies.items():
            lines = [line for _, _, line in code.co_lines() if line is not None]
            if name in by_name and code.co_filename == warned.filename and min(lines) <= warned.lineno <= max(lines):
                by_name[name].warned.append(warned)
                of_file.warned.remove(warned)
                break


def _by_name(mistakes: list[tuple[str, WiringError]]) -> dict[str, list[WiringError]]:
    found: dict[str, list[WiringError]] = {}
    for name, error in mistakes:
        found.setdefault(name, []).append(error)
    return found


def _described(error: BaseException) -> dict[str, Any]:
    place = _place_of(error)
    described: dict[str, Any] = {
        "type": type(error).__name__,
        "what": error.what if isinstance(error, WiringError) else str(error) or type(error).__name__,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "source": place.source if place else None,
    }
    if isinstance(error, WiringError):
        made = error.made_at
        described["made_at"] = {"file": made.file, "line": made.line} if made else None
        described["instead"] = error.instead
        described["notes"] = error.notes
    return described


def _place_of(error: BaseException) -> Place | None:
    """The user's line that an error is about."""
    if isinstance(error, WiringError) and error.here is not None:
        return error.here
    if isinstance(error, SyntaxError) and error.filename:
        return Place(error.filename, error.lineno or 1)
    users = [frame for frame in traceback.extract_tb(error.__traceback__) if is_users(frame.filename)]
    return Place(users[-1].filename, users[-1].lineno or 1) if users else None


def _say(finding: Finding, *, whole: bool) -> None:
    name = finding.pipeline or "the file"
    if finding.ok:
        say(f"{name}: ok" + (f", {len(finding.warned)} warnings" if finding.warned else ""))
    for error in finding.errors:
        say(f"{name}: {full_text(error) if whole else file_failure_text(error)}")
    for warned in finding.warned:
        say(f"  warning  {Place(warned.filename, warned.lineno)}: {warned.message}")
