"""Event loops for async steps: the caller's own in `acall`, a thread of the process for everybody else.

A run's async steps live in one anyio task group, so that cancelling the run cancels them.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

import anyio

from daggr_fn.forks import forget_in_child

Job = tuple[Callable[[], Coroutine[Any, Any, None]], Context]


class Host:
    """The task group in which the async steps of one run live.

    `send` may be called from any thread; the loop is woken at most once until it has taken what was sent.
    """

    def __init__(self) -> None:
        self._sent: deque[Job] = deque()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None
        self._woken = False
        self._closed = False
        self._scope: anyio.CancelScope | None = None
        self.started = False
        self.ended = threading.Event()

    def send(self, job: Job) -> None:
        """Have an async function awaited in the task group."""
        self._sent.append(job)
        self._poke()

    def close(self) -> None:
        """Nothing more will be sent: the task group may end."""
        self._closed = True
        self._poke()

    def cancel(self) -> None:
        """Cancel what goes on in the task group."""
        with self._lock:
            loop, scope, self._closed = self._loop, self._scope, True
        if loop is not None and scope is not None:
            call_soon(loop, scope.cancel)
        self._poke()

    def call(self, function: Callable[[], Any]) -> None:
        """Have a function called on the loop, while there is one."""
        with self._lock:
            loop = self._loop
        if loop is not None:
            call_soon(loop, function)

    def _poke(self) -> None:
        with self._lock:
            if self._loop is None or self._woken or self._wake is None:
                return
            self._woken = True
            loop, wake = self._loop, self._wake
        call_soon(loop, wake.set)

    async def serve(self) -> None:
        """Run the task group until it is closed and everything in it has ended."""
        try:
            await self._serve()
        finally:
            with self._lock:
                self._loop = None
            self.ended.set()

    async def _serve(self) -> None:
        wake = asyncio.Event()
        async with anyio.create_task_group() as group:
            with self._lock:
                self._loop, self._wake, self._scope = asyncio.get_running_loop(), wake, group.cancel_scope
            while True:
                with self._lock:
                    self._woken = False
                wake.clear()
                while self._sent:
                    function, context = self._sent.popleft()
                    context.run(group.start_soon, function)
                if self._closed:
                    break
                await wake.wait()


def call_soon(loop: asyncio.AbstractEventLoop, function: Callable[[], Any]) -> None:
    """Have a function called on a loop, from any thread; a loop that is closed has nothing to hear any more."""
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:  # the loop was closed under the run; its tasks are gone with it
        return


class LoopThread:
    """A daemon thread with an event loop, made on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, host: Host) -> None:
        """Serve a host on this thread's loop."""
        with self._lock:
            if self._loop is None:
                ready = threading.Event()
                threading.Thread(target=self._run, args=(ready,), daemon=True, name="daggr_fn loop").start()
                ready.wait()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._serve, host)

    def _run(self, ready: threading.Event) -> None:
        async def live() -> None:
            self._loop = asyncio.get_running_loop()
            ready.set()
            await asyncio.Event().wait()

        anyio.run(live)

    def _serve(self, host: Host) -> None:
        task = asyncio.ensure_future(host.serve())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_threads: list[LoopThread] = []
_threads_lock = threading.Lock()


def loop_thread(depth: int) -> LoopThread:
    """The process's loop thread for a depth: how many loops below it are blocked by a call that waits for it."""
    with _threads_lock:
        while len(_threads) <= depth:
            _threads.append(LoopThread())
        return _threads[depth]


def in_running_loop() -> bool:
    """Whether the caller runs inside an event loop, which it blocks while it waits."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def is_cancelled() -> bool:
    """Whether a cancel scope around the code that asks was cancelled."""
    return anyio.current_effective_deadline() == -math.inf


LOOK_SECONDS = 0.1


def wait_in_task(done: threading.Event) -> None:
    """Block the running event loop until something is done, or its task is cancelled.

    Since Python 3.11 `asyncio.run` answers the first Ctrl-C by cancelling its task, and raises nothing.

    Raises:
        asyncio.CancelledError: The task was cancelled.
    """
    task = asyncio.current_task()
    cancelling: Callable[[], int] = getattr(task, "cancelling", lambda: 0)
    before = cancelling()
    while not done.wait(LOOK_SECONDS):
        if cancelling() > before:
            raise asyncio.CancelledError


def _forget_threads() -> None:
    """A forked child has none of its parent's threads, and these hold no lock there."""
    global _threads_lock  # noqa: PLW0603  # one lock for the process
    _threads_lock = threading.Lock()
    _threads.clear()


forget_in_child(_forget_threads)
