"""The addresses of files for one viewer, as the canvas needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from daggr_fn.server.visits import Visit


class ServedLinks:
    """Gives a viewer addresses of files, relative to the page, that nobody else can open.

    Args:
        visit: Whose page it is.
    """

    def __init__(self, visit: Visit) -> None:
        self._shelf = visit.site.shelf
        self._user = visit.user

    def file(self, path: str | Path, name: str | None = None) -> str:
        """The address of a file.

        Args:
            path: A `Path`, or the text of the path of a kept file.
            name: What it is called when it is downloaded.

        Raises:
            LookupError: It is no file, or not one that may be shown.
        """
        return "files/" + self._shelf.add(path, name, self._user)

    def text(self, make: Callable[[], str], name: str, media_type: str) -> str:
        """The address of a text that is made when it is asked for: the whole of a value that is shown in part.

        Args:
            make: Makes the text, in any thread, as often as it is asked for.
            name: What it is called when it is downloaded.
            media_type: Such as `text/plain` or `application/json`.
        """
        return "files/" + self._shelf.add_text(make, name, media_type, self._user)
