"""The exceptions, by the phase in which they are raised, and the "did you mean" that they share.

Wiring errors are raised while a pipeline is traced and are `ValueError`s (or `TypeError`s where a port is used as a
value); run errors are raised by a run. Each says what went wrong, where, and what would be valid.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, ClassVar

from daggr_fn.concealing import concealed, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from daggr_fn.places import Place
    from daggr_fn.runs import Run


class DaggrError(Exception):
    """The base of every exception that daggr_fn raises on purpose."""


class WiringError(DaggrError, ValueError):
    """A pipeline is wired wrongly: found while it is traced, before anything runs.

    Attributes:
        retryable: False: the same call is refused again.

    Args:
        what: What is wrong, in one sentence that names the step and the port.
        here: The user's line that did it.
        made_at: The user's line that made the port concerned.
        instead: What to write instead, as code to paste.
        notes: More lines, each "label: text" (valid names, for example).
    """

    retryable: ClassVar[bool] = False

    def __init__(
        self,
        what: str,
        *,
        here: Place | None = None,
        made_at: Place | None = None,
        instead: str | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.here = here
        self.made_at = made_at
        self.instead = instead
        self.notes = dict(notes or {})

    def __str__(self) -> str:
        rows = dict(self.notes)
        if self.here is not None:
            rows["here"] = self.here.quoted()
        if self.made_at is not None:
            rows["made at"] = self.made_at.quoted()
        if self.instead:
            rows["instead"] = self.instead.replace("\n", "\n" + " " * 11)
        return "\n".join([self.what, *(f"  {label:<8} {text}" for label, text in rows.items())])


class LazyValueError(WiringError, TypeError):
    """A port was used as if it had a value, while the pipeline is traced."""


class UnknownOutputError(WiringError, AttributeError):
    """A step has no output of that name, or a value no part of that name."""


class UnknownParameterError(WiringError):
    """A node has no parameter of that name."""


class MissingParameterError(WiringError):
    """A node was called without an argument that it needs."""


class TypeMismatchError(WiringError):
    """A port's type can never match the parameter that it is wired to."""


class InvalidInputError(DaggrError, ValueError):
    """A pipeline was called with an input it does not have, without one it needs, or with a value it can't take."""

    retryable: ClassVar[bool] = False


class NotReusable(DaggrError):
    """A step has no key, or a result can't be stored: it runs anew. The message says why."""


class RunCancelled(DaggrError):
    """The run was cancelled before it had a result."""


class StepStopped(RunCancelled):
    """Somebody stopped this one step while its run went on: what needs it is skipped, and no backup stands in."""


class StepTimeout(DaggrError, TimeoutError):
    """A step took longer than its `timeout`."""


class RunnerError(DaggrError):
    """A step can't go where its `runner=` says, or its result can't come back. The message says what is in the way."""

    retryable: ClassVar[bool] = False


class WorkerLost(RunnerError):
    """The worker that a step ran in was gone before the step had ended, again and again."""

    retryable: ClassVar[bool] = True


class RemoteTraceback(Exception):  # no error of its own: it shows where the one that it is the cause of was raised
    """The traceback of an error that was raised in another process, as the `__cause__` of that error."""

    def __str__(self) -> str:
        return f"in another process:\n{self.args[0].rstrip()}"


class NoValue(DaggrError):
    """A run ended well and has no value: what the pipeline returns was skipped. The message says why."""


class Unanswered(DaggrError):
    """A step waits for a person, and nobody is there to answer. The message says how to give the answer."""


class StepSkipped(DaggrError):
    """Raised by a node to end its step without a value: it is skipped, and so is what depends on it."""


class OutputError(DaggrError, ValueError):
    """A node returned something else than the outputs it declares."""


class StepFailed(DaggrError):
    """A step of a run failed; the cause is chained (`__cause__`).

    Attributes:
        step: The name of the step.
        index: The indices of the item, outermost map first; empty for a step that is not mapped.
        inputs: What the step was called with.
        attempts: How many times it was tried.
        place: Where the user's code calls the node.
        run: The run, with what finished and every failure.
    """

    def __init__(
        self,
        step: str,
        cause: BaseException,
        *,
        index: tuple[int, ...] = (),
        inputs: Mapping[str, Any] | None = None,
        place: Place | None = None,
        reproduce: Callable[[], Any] | None = None,
        attempts: int = 1,
        secrets: Iterable[object] = (),
    ) -> None:
        super().__init__(step)
        self.step = step
        self.index = index
        self.inputs = dict(inputs or {})
        self.attempts = attempts
        self.place = place
        self.run: Run[Any] | None = None
        self._secrets = [*secrets, *secrets_of(self.inputs)]
        self._reproduce = reproduce
        self._resume: Callable[[Mapping[str, Any]], Any] | None = None
        self.__cause__ = cause

    @property
    def name(self) -> str:
        """The step with the item's index: `speak[3]`."""
        return self.step + "".join(f"[{i}]" for i in self.index)

    @property
    def why(self) -> str:
        """What the node raised, in words, with `<secret>` in the place of the run's secrets."""
        return in_words(self.__cause__, self._secrets)

    def __str__(self) -> str:
        tried = f" after {self.attempts} attempts" if self.attempts > 1 else ""
        lines = [f"step {self.name!r} failed{tried}: {self.why}"]
        if self.place is not None:
            lines.append(f"  here     {self.place.quoted()}")
        origin = user_line(self.__cause__)
        if origin:
            lines.append(f"  raised   {origin}")
        if self.inputs:
            shown = ", ".join(f"{name}={shorten(value)}" for name, value in self.inputs.items())
            lines.append(f"  inputs   {shown}")
        if self._reproduce is not None:
            lines.append("  again    error.reproduce() calls this step alone; error.resume() goes on from here")
        return "\n".join(lines)

    def __reduce__(self) -> Any:
        # What calls the step again stays in the process that has the run; the inputs go as they are shown.
        shown = {name: Shown(shorten(value)) for name, value in self.inputs.items()}
        return _step_failed, (self.step, self.__cause__, self.index, shown, self.place, self.attempts)

    def reproduce(self) -> Any:
        """Call the step again, alone and in this thread, with the very inputs it failed with.

        Raises:
            RuntimeError: The error came from a run in another process, whose inputs are gone.
        """
        if self._reproduce is None:
            raise RuntimeError(f"the inputs of {self.name!r} are not in this process any more")
        return self._reproduce()

    def resume(self, *, answers: Mapping[str, Any] | None = None) -> Any:
        """Run the pipeline again with the same inputs and options; what had finished is kept, and returns its value.

        Args:
            answers: What people say to the steps that asked them. Who refused may say otherwise now; what was given
                another answer keeps it, and what was made without a refused item stays as it is.

        Raises:
            StepFailed: A step fails again.
        """
        if self._resume is None:
            raise RuntimeError(f"the run of {self.name!r} is not in this process any more")
        return self._resume(answers or {})


def _step_failed(
    step: str, cause: BaseException, index: tuple[int, ...], inputs: dict[str, Any], place: Place | None, attempts: int
) -> StepFailed:
    return StepFailed(step, cause, index=index, inputs=inputs, place=place, attempts=attempts)


class Shown(str):
    """A value that stayed behind, as it was shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class RowFailed(DaggrError):
    """The run of a row of `p.map(rows)` failed, or was cancelled; the cause is chained (`__cause__`).

    Attributes:
        row: The row's number; the first is 1.
        runs: The runs of all rows that were begun, by number.
    """

    def __init__(self, where: str, row: int, runs: Mapping[int, Run[Any]], cause: BaseException) -> None:
        super().__init__(
            f"{where} failed, and no further row was begun: {cause}\n  instead  map(rows, on_error='keep') goes on"
        )
        self.row = row
        self.runs = dict(runs)
        self.__cause__ = cause
        self._where = where

    def __reduce__(self) -> Any:
        return RowFailed, (self._where, self.row, {}, self.__cause__)


RAISED_AT = "_daggr_fn_raised_at"
"""The attribute of an error from another process that says which of the user's lines raised it."""


def user_line(error: BaseException | None) -> str:
    """The innermost line of an error's traceback that is the user's own: `app.py:12:  return 1 / x`."""
    from daggr_fn.places import Place, is_users

    raised: Place | None = getattr(error, RAISED_AT, None)  # in another process, from which no traceback comes
    if raised is not None:
        return raised.quoted()
    found = ""
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if is_users(file):
            found = Place(file, trace.tb_lineno).quoted()
        trace = trace.tb_next
    return found


def in_words(error: BaseException | None, secrets: Iterable[object] = ()) -> str:
    """`ValueError: no such voice`, with `<secret>` in the place of secrets that it quotes."""
    return f"{type(error).__name__}: {message_of(error, secrets)}"


def message_of(error: BaseException | None, secrets: Iterable[object] = ()) -> str:
    """What an exception says, with `<secret>` in the place of secrets that it quotes."""
    try:
        text = str(error)
    except Exception as broken:  # noqa: BLE001  # a broken __str__ must not hide the error that is being told
        return f"<its message can't be made: {type(broken).__name__}>"
    return concealed(text, secrets)


def shorten(value: Any, width: int = 80) -> str:
    """A `repr` that fits in a message."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001  # a broken __repr__ must not hide the error that is being told
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    return text if len(text) <= width else f"{text[: width - 20]}… ({len(text)} characters)"


def did_you_mean(name: object, valid: Iterable[str]) -> str:
    """`; did you mean 'prompt'?` when a valid name is near, else an empty string."""
    near = difflib.get_close_matches(str(name), [str(v) for v in valid], n=1, cutoff=0.55)
    return f"; did you mean {near[0]!r}?" if near else ""


def listed(names: Iterable[object]) -> str:
    """Names for a message: `'a', 'b'`, or `none`."""
    return ", ".join(repr(str(name)) for name in names) or "none"
