"""The program of a worker process: it makes the calls that come through its connection, one after the other."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import threading
from multiprocessing.connection import Connection
from typing import Any

from daggr_fn.execution.runners.outcomes import packed
from daggr_fn.execution.runners.parcels import Message, Parcel, carry_out
from daggr_fn.execution.runners.pickles import CantTravel, dumps

MESSAGE = b"daggr_fn message "
"""What begins the bytes of a message; all others are an outcome."""

_role = {"worker": False}


def in_worker() -> bool:
    """Whether this process is a worker: what it runs itself in processes runs in threads, or there would be no end."""
    return _role["worker"]


def main(handle: int) -> None:
    """Work until the other end of the connection is closed.

    Args:
        handle: The connection's file descriptor.
    """
    _role["worker"] = True
    connection: Connection[bytes, bytes] = Connection(handle)
    parcels: queue.SimpleQueue[Parcel] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, parcels), daemon=True, name="daggr_fn receiver").start()
    sending = threading.Lock()

    def send(data: bytes) -> None:
        with sending:
            connection.send_bytes(data)

    def tell(message: Message) -> None:
        with contextlib.suppress(CantTravel):  # a partial value that can't travel is not shown
            send(MESSAGE + dumps(message))

    while True:
        parcel = parcels.get()
        outcome: Any = carry_out(parcel, tell)
        data = packed(outcome, parcel.step)
        outcome = None  # an idle worker keeps no value
        send(data)


def _receive(connection: Connection[bytes, bytes], parcels: queue.SimpleQueue[Parcel]) -> None:
    """Take parcels in while the main thread works, so that the end of the caller ends the work too."""
    while True:
        try:
            parcels.put(pickle.loads(connection.recv_bytes()))
        except (EOFError, OSError):
            _end()


def _end() -> None:
    """End at once, with all processes that a step has started."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)
