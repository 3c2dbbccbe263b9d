"""`runner="process"`: worker processes of this process, each with a connection and a thread of its own.

The pools of the standard library and of loky are broken as a whole when one of their processes dies, and can't stop a
call that has begun. Here a process that dies costs the one call that it made, and cancelling a call ends its process.
A worker is a fresh interpreter that never imports the program, so a script needs no main guard.
"""

from __future__ import annotations

import atexit
import functools
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import RunnerError, WorkerLost
from daggr_fn.execution.runners.errands import MOST_LOSSES, Errand, lost
from daggr_fn.execution.runners.outcomes import value_or_raise
from daggr_fn.execution.runners.pickles import dumps, loads
from daggr_fn.execution.runners.worker import MESSAGE
from daggr_fn.forks import forget_in_child
from daggr_fn.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("daggr_fn")

IDLE_SECONDS = 60.0
_SECONDS_TO_END = 5.0
_START = (
    "import json, sys; a = json.loads(sys.argv[1]); sys.path[:] = a['path']; sys.argv[:] = a['argv']; "
    "from daggr_fn.execution.runners.worker import main; main(a['handle'])"
)


def allowed_processes() -> int:
    """How many worker processes there may be: `DAGGR_FN_PROCESSES`, by default one for each core."""
    text = os.environ.get("DAGGR_FN_PROCESSES", "")
    if not text:
        count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return count or 1
    if not text.isdecimal() or int(text) < 1:
        raise RunnerError(f"DAGGR_FN_PROCESSES is a whole number of at least 1, not {text!r}")
    return int(text)


def _value(outcome: bytes) -> Any:
    return value_or_raise(loads(outcome))


class WorkerProcess:
    """A process that makes calls, and the connection to it."""

    def __init__(self) -> None:
        if os.name != "posix":
            raise RunnerError(
                "runner='process' needs a POSIX system; give an executor: concurrent.futures.ProcessPoolExecutor()"
            )
        ours, theirs = Pipe()
        told = {"handle": theirs.fileno(), "path": sys.path, "argv": sys.argv}
        command = [sys.executable, "-c", _START, json.dumps(told)]
        # A session of its own: Ctrl-C is for the caller, and a call that is cancelled ends with all that it started.
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True
        )
        theirs.close()
        self.connection: Connection[bytes, bytes] = ours

    def kill(self) -> None:
        """End it now, with the processes that it started."""
        if self._process.returncode is not None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self._process.kill()

    def close(self) -> str:
        """Have it end, and wait for that; how it ended. Only for the thread that reads from it."""
        self.connection.close()
        return self.wait()

    def wait(self) -> str:
        """Wait for its end; how it ended."""
        try:
            code = self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        return _ending(code)


def _ending(code: int) -> str:
    if code >= 0:
        return f"it exited with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    more = ", as the system does when memory runs out" if -code == signal.SIGKILL else ""
    return f"it was killed by {name}{more}"


class Sent:
    """An errand on its way through a worker process."""

    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.cancelled = False
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None

    def cancel(self) -> None:
        """End the call now, or never begin it."""
        with self._lock:
            self.cancelled = True
            if self._worker is not None:
                self._worker.kill()

    def go_to(self, worker: WorkerProcess | None) -> bool:
        """The call is made by a worker, or by none any more; false when it was cancelled."""
        with self._lock:
            self._worker = worker
            return not self.cancelled


class Processes:
    """The worker processes of this process: made when there is work, ended when there was none for a while."""

    name = "process"

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._queue: deque[Sent] = deque()
        self._threads = 0
        self._idle = 0
        self._workers: set[WorkerProcess] = set()
        self._limit: Limit | None = None
        self._closed = False

    @property
    def limit(self) -> Limit:
        """A place for each process."""
        with self._changed:
            if self._limit is None:
                self._limit = Limit(allowed_processes(), name="the processes")
            return self._limit

    def send(self, errand: Errand) -> Callable[[], None]:
        """See `Backend`."""
        sent = Sent(errand)
        with self._changed:
            self._queue.append(sent)
            if self._idle >= len(self._queue):
                self._changed.notify()
            else:
                self._threads += 1
                threading.Thread(target=self._serve, daemon=True, name="daggr_fn process").start()
        return sent.cancel

    def _next(self) -> Sent | None:
        with self._changed:
            while not self._queue:
                self._idle += 1
                woken = self._changed.wait(IDLE_SECONDS)
                self._idle -= 1
                if self._closed or (not woken and not self._queue):
                    self._threads -= 1
                    return None
            return self._queue.popleft()

    def _serve(self) -> None:
        """The life of one thread, and of the worker process that it has."""
        worker: WorkerProcess | None = None
        try:
            while (sent := self._next()) is not None:
                worker = self._carry_out(sent, worker)
                sent = None  # an idle thread keeps no run and none of its values
        finally:
            if worker is not None:
                self._end(worker)

    def _carry_out(self, sent: Sent, worker: WorkerProcess | None) -> WorkerProcess | None:
        """Have a call made; the worker for the next one."""
        try:
            data = dumps(sent.errand.packed(self.name))
        except Exception as error:  # noqa: BLE001  # whatever can't be pickled, it is the step's failure
            sent.errand.failed(error)
            return worker
        how = ""
        for attempt in range(MOST_LOSSES):
            if attempt:
                logger.warning("%s; the call is made again", lost(sent.errand.step, self.name, how))
                sent.errand.tell(("progress", None, "its worker was lost; called again"))
            try:
                worker = worker or self._begin()
            except (OSError, RunnerError) as error:
                sent.errand.failed(error)
                return None
            outcome = self._exchange(sent, worker, data)
            if outcome is not None:
                sent.errand.ended(functools.partial(_value, outcome))
                return worker
            how, worker = self._end(worker), None
            if sent.cancelled or self._closed:
                sent.errand.failed(RunnerError(f"{sent.errand.step} was cancelled"))
                return None
        sent.errand.failed(WorkerLost(f"{lost(sent.errand.step, self.name, how)}, {MOST_LOSSES} times"))
        return None

    def _exchange(self, sent: Sent, worker: WorkerProcess, data: bytes) -> bytes | None:
        """Send a call, and hear its messages to the end; the outcome, or `None` when the worker is gone."""
        try:
            if not sent.go_to(worker):
                return None
            worker.connection.send_bytes(data)
            while True:
                heard = worker.connection.recv_bytes()
                if not heard.startswith(MESSAGE):
                    return heard if sent.go_to(None) else None
                sent.errand.tell(loads(heard[len(MESSAGE) :]))
        except (EOFError, OSError):
            return None
        finally:
            sent.go_to(None)

    def _begin(self) -> WorkerProcess:
        worker = WorkerProcess()
        with self._changed:
            self._workers.add(worker)
        return worker

    def _end(self, worker: WorkerProcess) -> str:
        with self._changed:
            self._workers.discard(worker)
        return worker.close()

    def close(self) -> None:
        """End all workers, at the end of the program."""
        with self._changed:
            self._closed = True
            workers, self._workers = self._workers, set()
            self._changed.notify_all()
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.wait()

    def forget(self) -> None:
        """A forked child has its parent's ends of the connections, and no right to them."""
        for worker in self._workers:
            worker.connection.close()
        self.__init__()  # type: ignore[misc]


PROCESSES = Processes()
atexit.register(PROCESSES.close)

forget_in_child(PROCESSES.forget)


def worker_pids() -> list[int]:
    """The ids of the worker processes there are now."""
    return [worker._process.pid for worker in PROCESSES._workers]
