"""How what is shown on the page refers to what is too big to be sent with it: files, and whole values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Links(Protocol):
    """Gives addresses for the viewer's own results; the server implements it.

    All addresses are relative to the page, so that they hold behind any prefix.
    """

    def file(self, path: Path, name: str | None = None) -> str:
        """The address of a file.

        Args:
            path: The file, kept or not; it is read when it is asked for.
            name: What it is called when it is downloaded; by default as it is called now.

        Raises:
            LookupError: There is no such file, or it is not the viewer's.
        """
        ...

    def text(self, make: Callable[[], str], name: str, media_type: str) -> str:
        """The address of a text that is made when it is asked for: the whole of a value that is shown in part.

        Args:
            make: Makes the text, in any thread, as often as it is asked for.
            name: What it is called when it is downloaded.
            media_type: Such as `text/plain` or `application/json`.
        """
        ...
