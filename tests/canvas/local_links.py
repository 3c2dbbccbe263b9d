"""Links to a folder: files are copied there, and texts are written when they are asked for."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path


class LocalLinks:
    """What the server does for a page, for a page that lies in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts = {}

    def file(self, path, name=None):
        if not path.is_file():
            raise LookupError(f"{path.name} is no file")
        number = hashlib.sha256(str(path).encode()).hexdigest()[:12]
        target = self.folder / "files" / number / Path(name or path.name).name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copyfile(path, target)
        return target.relative_to(self.folder).as_posix()

    def text(self, make, name, media_type):
        address = f"texts/{len(self.texts)}/{name}"
        self.texts[address] = make
        return address

    def write_texts(self):
        """Make all the texts, as if each had been asked for."""
        for address, make in self.texts.items():
            target = self.folder / address
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(make(), encoding="utf-8")
