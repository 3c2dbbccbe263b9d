"""Other libraries on the same work, where they are installed. A peer is a module with a `SHAPES` of its own."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from measure import Prepare

_MODULES = {
    "daggr": "peers.daggr_graph",
    "pipefunc": "peers.pipefunc_map",
    "Hamilton": "peers.hamilton_driver",
    "dask": "peers.dask_threads",
}


def found_peers() -> dict[str, Mapping[str, Prepare]]:
    """The peers that can be imported, with the shapes that each can do."""
    found: dict[str, Mapping[str, Prepare]] = {}
    for name, module in _MODULES.items():
        try:
            found[name] = importlib.import_module(module).SHAPES
        except ImportError:
            continue
    return found
