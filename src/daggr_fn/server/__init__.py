"""The server of canvases: one engine in a process, a site for each pipeline, files, uploads, the API."""

from __future__ import annotations

from daggr_fn.server.handle import Handle
from daggr_fn.server.making import SiteOptions
from daggr_fn.server.showing import mount, show
from daggr_fn.server.visits import PageContext, Visit

__all__ = ["Handle", "PageContext", "SiteOptions", "Visit", "mount", "show"]
