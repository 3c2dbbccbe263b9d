"""The real command in a process of its own, with or without a terminal around it."""

from __future__ import annotations

import os
import pty
import selectors
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from daggr_fn.cli import main; main()"]


def write(folder: Path, text: str, name: str = "app.py") -> Path:
    """A program of a user."""
    file = folder / name
    file.write_text(textwrap.dedent(text).lstrip())
    return file


def environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **more}


def daggr_fn(*words: str, cwd: Path, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `daggr-fn` with these words, and look at its exit code."""
    done = subprocess.run(
        [*COMMAND, *words], cwd=cwd, env=environment(**more), capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


class Terminal:
    """`daggr-fn` in a pseudo-terminal, as a person sees it."""

    def __init__(self, *words: str, cwd: Path, **more: str) -> None:
        self._ours, theirs = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen(
            [*COMMAND, *words], cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env=environment(TERM="xterm-256color", COLUMNS="120", LINES="40", **more),
            preexec_fn=_own_terminal,  # noqa: PLW1509  # nothing in it takes a lock
        )  # fmt: skip
        os.close(theirs)
        self._text = selectors.DefaultSelector()
        self._text.register(self._ours, selectors.EVENT_READ)

    def read(self) -> bool:
        """Wait for more text; false when there will be none."""
        assert self._text.select(60), f"silence after: {self.seen}"
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # what Linux says when the other end is closed
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)

    def until(self, text: str) -> None:
        """Wait until a text was shown."""
        while text not in self.seen:
            assert self.read(), f"{text!r} was not shown: {self.seen}"

    def press(self, key: bytes) -> None:
        """Press a key: b'\\x03' is Ctrl-C."""
        os.write(self._ours, key)

    def end(self) -> int:
        """Wait for the end; the exit code."""
        while self.read():
            pass
        return self.process.wait(60)

    def close(self) -> None:
        """Close the terminal, and end what still runs in it."""
        self.process.kill()
        self.process.wait()
        self._text.close()
        os.close(self._ours)


def _own_terminal() -> None:
    """Make the terminal the process's controlling one, so that Ctrl-C reaches it as a signal."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
