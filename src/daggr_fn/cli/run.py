"""`daggr-fn run app.py --prompt "..."`: a pipeline as a command, with its inputs as options."""

from __future__ import annotations

import inspect
import json
import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from daggr_fn.cli.answering import Words, nobody_here
from daggr_fn.cli.asking import ask_here, asks_people
from daggr_fn.cli.bars import Bars
from daggr_fn.cli.consoles import console, only_results, say
from daggr_fn.cli.failures import FAILED, INTERRUPTED, readable
from daggr_fn.cli.inputs import InputOption, given_inputs, input_options
from daggr_fn.cli.lines import Lines
from daggr_fn.cli.loading import Target, chosen, load, target_of
from daggr_fn.cli.reports import show, show_failures
from daggr_fn.cli.secrets import refuse_on_command_line, secret_values, variable_of
from daggr_fn.cli.watching import watched
from daggr_fn.errors import InvalidInputError, WiringError
from daggr_fn.execution.unfinished import UnfinishedRun, begin, resume
from daggr_fn.plan import Plan
from daggr_fn.runners import read_runner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.pipelines import Pipeline
    from daggr_fn.runners import Runner

_KEYWORD = inspect.Parameter.KEYWORD_ONLY

# The words after the file belong to the pipeline's own command, which is made when the file is known.
PASS_ON: dict[str, Any] = {"allow_extra_args": True, "allow_interspersed_args": False}


@dataclass(frozen=True)
class RunOptions:
    """The options that every pipeline's command has, beside the pipeline's inputs."""

    json: Annotated[bool, typer.Option("--json", help="Write only the run, as JSON, to standard output.")] = False
    plan: Annotated[bool, typer.Option("--plan", help="Say what would run, and why; run nothing.")] = False
    fresh: Annotated[bool, typer.Option("--fresh", help="Run every step anew.")] = False
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the last run that failed stopped.")] = False
    resume_run: Annotated[
        Optional[str],  # noqa: UP045  # typer on 3.10
        typer.Option("--resume-run", metavar="id", help="Go on with this unfinished run, of several."),
    ] = None
    only: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--only", metavar="step", help="'+step' to a step, 'step+' from it on, 'step' alone."),
    ] = None
    given: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--given", metavar="step=value", help="A value (JSON or text) for a step that then does not run."),
    ] = None
    choose: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--choose", metavar="choice=variant", help="Pick a variant; the first is the default."),
    ] = None
    answer: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--answer", metavar="step=value", help="What a person says to a step that asks."),
    ] = None
    runner: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--runner", metavar="where", help="Call functions here ('thread'), in a 'process', or on tcp://..."
        ),
    ] = None
    rows: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--rows", metavar="file", help="Run once per row of a CSV or JSONL file of inputs."),
    ] = None
    out: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--out", metavar="file", help="Write a line of JSON for each row here; else to standard output."),
    ] = None
    limit: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--limit", metavar="int", min=1, help="How many rows go on at once.", show_default=False),
    ] = None
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Go on with other rows when one has failed.")] = False
    traceback: Annotated[bool, typer.Option("--traceback", help="Show whole tracebacks.")] = False

    @property
    def resumes(self) -> bool:
        """Whether an earlier run goes on."""
        return self.resume or self.resume_run is not None

    @classmethod
    def parameters(cls, before: Mapping[str, Any]) -> list[inspect.Parameter]:
        """The parameters of a command's function, with what was said before the file as defaults."""
        fields = cls.__dataclass_fields__
        return [
            inspect.Parameter(name, _KEYWORD, default=before.get(name, fields[name].default), annotation=hint)
            for name, hint in inspect.get_annotations(cls, eval_str=True).items()
        ]

    @classmethod
    def names(cls) -> set[str]:
        """The words that are taken on the command line."""
        return {*(name.replace("_", "-") for name in cls.__dataclass_fields__), "help"}


@dataclass(frozen=True)
class _Session:
    """What the command of a pipeline needs to know of the program around it.

    Attributes:
        scope: The file and the pipeline, under which an unfinished run is kept.
        again: The command line that would do the same.
        write: Writes what other programs read.
    """

    target: Target
    scope: str
    again: tuple[str, ...]
    write: Callable[[str], Any]


def run(ctx: typer.Context, **own: Any) -> None:
    """Run a pipeline: daggr-fn run app.py --prompt "a cat".

    With several pipelines in the file, name one: app.py:podcast. For its inputs: daggr-fn run app.py --help
    """
    words, again = list(ctx.args), tuple(sys.argv[1:])
    with readable(full=own["traceback"] or "--traceback" in words):
        target = target_of(own.pop("file"))
        rows = own["rows"] is not None or _says_rows(words)
        with only_results(own["json"] or rows or "--json" in words) as results:
            name, pipeline = chosen(target, load(target.file))
            refuse_on_command_line(pipeline.inputs.values(), words)
            session = _Session(target, f"{target.file}:{name}", again, results.write)
            command = _command(session, pipeline, own, by_rows=rows)
            code = command(args=words, prog_name=f"{ctx.command_path} {target}", standalone_mode=False)
    if code:
        raise typer.Exit(code)


_FILE = inspect.Parameter(
    "file",
    _KEYWORD,
    annotation=Annotated[str, typer.Argument(metavar="FILE[:PIPELINE]", help="The file, and the pipeline in it.")],
)
_CONTEXT = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)


def _with_signature(function: Callable[..., None], parameters: list[inspect.Parameter]) -> None:
    """Let typer see these parameters."""
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


_with_signature(run, [_CONTEXT, _FILE, *RunOptions.parameters({})])


def _says_rows(words: list[str]) -> bool:
    return any(word == "--rows" or word.startswith("--rows=") for word in words)


def _command(
    session: _Session, pipeline: Pipeline[Any, Any], before: Mapping[str, Any], *, by_rows: bool
) -> typer.Typer:
    """The command of one pipeline, made from its inputs; a table of rows may give those that have no default."""
    options = input_options(pipeline.inputs.values(), RunOptions.names())

    def command(**parsed: Any) -> None:
        own = RunOptions(**{name: parsed[name] for name in RunOptions.__dataclass_fields__})
        with readable(full=own.traceback):  # here too: typer would end at Ctrl-C without a word
            _refuse_wrong_rows(own)
            if own.rows is not None:
                _run_rows(session, pipeline, options, own, parsed)
                return
            _run(session, _planned(pipeline, options, own, parsed), own)

    _with_signature(
        command, [*(option.parameter(required=not by_rows) for option in options), *RunOptions.parameters(before)]
    )
    made = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    made.command(help=_help(pipeline), context_settings={"help_option_names": ["-h", "--help"]})(command)
    return made


def _help(pipeline: Pipeline[Any, Any]) -> str:
    secrets = [f"{port.name} (set {variable_of(port)})" for port in pipeline.inputs.values() if port.secret]
    asked = f"\n\nSecrets, from the environment or asked for: {', '.join(secrets)}." if secrets else ""
    return f"{pipeline._doc or pipeline.name}{asked}"


def _planned(
    pipeline: Pipeline[Any, Any], options: list[InputOption], own: RunOptions, parsed: Mapping[str, Any]
) -> Plan:
    """The plan for what was said; a wrong input, step or value is wrong usage."""
    if own.plan and own.resumes:
        raise typer.BadParameter("--plan says what a new run would do; it knows nothing of --resume")
    inputs = {**given_inputs(options, parsed), **secret_values(pipeline.inputs.values())}
    try:
        return _configured(pipeline, own).plan(**inputs)
    except (InvalidInputError, WiringError) as error:
        raise typer.BadParameter(str(error)) from error


def _configured(pipeline: Pipeline[Any, Any], own: RunOptions) -> Pipeline[Any, Any]:
    said = pipeline.settings  # what the file says holds where the command line says nothing
    answers = {name: Words(text) for name, text in _texts_by_name(own.answer, "--answer", "step=value").items()}
    at_terminal = not own.json and own.rows is None and sys.stdin.isatty()
    configured = pipeline.options(
        given={**said.given, **_by_name(own.given, "--given", "step=value")},
        only=tuple(own.only or said.only),
        choose={**said.choose, **_texts_by_name(own.choose, "--choose", "choice=variant")},
        answers={**said.answers, **answers},
        on_ask=said.on_ask or (ask_here if at_terminal else nobody_here),
    )
    if own.runner is not None:
        configured = configured.options(runner=_runner(pipeline, own.runner))
    return configured.options(fresh=True) if own.fresh else configured


def _runner(pipeline: Pipeline[Any, Any], said: str) -> Runner:
    """Where functions are called. The user's file is no module that other processes could import."""
    try:
        runner = read_runner(said)
    except WiringError as error:
        raise typer.BadParameter(str(error), param_hint="--runner") from error
    module = sys.modules.get(getattr(pipeline, "__module__", ""))
    if module is not None:
        import cloudpickle

        of_no_types: Any = cloudpickle
        of_no_types.register_pickle_by_value(module)
    return runner


def _refuse_wrong_rows(own: RunOptions) -> None:
    if own.rows is None and (own.out is not None or own.limit is not None or own.keep_going):
        raise typer.BadParameter("--out, --limit and --keep-going are about the rows of --rows")
    if own.rows is not None and own.resume_run is not None:
        raise typer.BadParameter("--resume-run is about one run; with --rows say --resume")
    if own.rows is not None and (own.plan or own.json):
        raise typer.BadParameter("--plan and --json are about one run; --rows writes a line of JSON for each")


def _run_rows(
    session: _Session,
    pipeline: Pipeline[Any, Any],
    options: list[InputOption],
    own: RunOptions,
    parsed: Mapping[str, Any],
) -> None:
    from daggr_fn.cli.rows import RowsJob, run_rows

    job = RowsJob(
        own.rows or "",
        own.out,
        own.limit,
        own.keep_going,
        own.resume,
        f"{session.scope}#rows",
        given_inputs(options, parsed),
        secret_values(pipeline.inputs.values()),
        _resume_command(session),
    )
    run_rows(_configured(pipeline, own), job, session.write)


def _by_name(words: list[str] | None, option: str, form: str) -> dict[str, Any]:
    """What an option of the form `name=value` said; a value is JSON, or a text."""
    said: dict[str, Any] = {}
    for name, text in _texts_by_name(words, option, form).items():
        try:
            said[name] = json.loads(text)
        except ValueError:
            said[name] = text
    return said


def _texts_by_name(words: list[str] | None, option: str, form: str) -> dict[str, str]:
    """What an option of the form `name=value` said."""
    said: dict[str, str] = {}
    for word in words or ():
        name, equals, text = word.partition("=")
        if not equals:
            raise typer.BadParameter(f"{word!r} is no {form}", param_hint=option)
        said[name] = text
    return said


def _run(session: _Session, plan: Plan, own: RunOptions) -> None:
    if own.plan:
        if own.json:
            session.write(plan.to_json() + "\n")
        else:
            console(results=True).print(plan)
        return
    try:
        unfinished = resume(session.scope, own.resume_run) if own.resumes else begin(session.scope)
    except InvalidInputError as error:
        raise typer.BadParameter(str(error), param_hint="--resume-run") from error
    settings = plan.settings.changed(keep=unfinished.scope, resume=own.resumes)
    _carry_out(session, Plan(plan.graph, plan.inputs, settings, plan.memory), own, unfinished)


def _carry_out(session: _Session, plan: Plan, own: RunOptions, unfinished: UnfinishedRun) -> None:
    try:
        # Bars and questions would write over each other.
        bars = sys.stderr.isatty() and not asks_people(plan)
        shown = Bars(plan.graph) if bars else Lines(plan.graph)
        run = watched(plan, [] if own.json else [shown], keeps=own.json)
    except KeyboardInterrupt:
        unfinished.failed()
        say(f"\nInterrupted. What finished is kept. Go on from here:  {_resume_command(session, unfinished)}")
        raise typer.Exit(INTERRUPTED) from None
    if own.json:
        session.write(run.to_json() + "\n")
    else:
        show(run)
    if run.ok:
        unfinished.succeeded()
        return
    unfinished.failed()
    show_failures(run, full=own.traceback, resume=_resume_command(session, unfinished))
    raise typer.Exit(FAILED)


def _resume_command(session: _Session, unfinished: UnfinishedRun | None = None) -> str:
    words = [word for word in session.again if word != "--resume"]
    if unfinished is None or not unfinished.has_others:
        return shlex.join(["daggr-fn", *_without(words, "--resume-run"), "--resume"])
    return shlex.join(["daggr-fn", *_without(words, "--resume-run"), "--resume-run", unfinished.name])


def _without(words: list[str], option: str) -> list[str]:
    """The words of a command line without an option and its value."""
    kept: list[str] = []
    skips = False
    for word in words:
        if not skips and word != option and not word.startswith(f"{option}="):
            kept.append(word)
        skips = word == option
    return kept
