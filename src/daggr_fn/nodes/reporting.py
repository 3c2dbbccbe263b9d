"""Progress that a function reports in its own ways: `gr.Progress` and `tqdm` bars become progress of the step."""

from __future__ import annotations

import functools
import importlib.util
import sys
from typing import Any

from daggr_fn.kinds import CURRENT_CALL, Call
from daggr_fn.loaded import class_if_loaded
from daggr_fn.values import is_sequence


def progress_parameter(default: Any) -> bool:
    """Whether a parameter's default is a `gr.Progress`."""
    progress = class_if_loaded("gradio.helpers", "Progress")
    return progress is not None and isinstance(default, progress)


def tell_gradio_progress(call: Call) -> Any:
    """A `gr.Progress` that tells the run."""
    return _progress_class()(call)


@functools.cache
def _progress_class() -> Any:
    import gradio

    class StepProgress(gradio.Progress):
        """Gradio's progress, telling the run in place of the queue."""

        def __init__(self, call: Call) -> None:
            super().__init__()
            self._call = call

        def __call__(self, progress: Any, desc: str | None = None, total: Any = None, *args: Any, **kwargs: Any) -> Any:
            fraction = progress
            if is_sequence(progress):
                done, total = progress
                fraction = done / total if total else None
            elif total and isinstance(progress, int):
                fraction = progress / total
            self._call.progress(fraction, desc or "")
            return progress

        def tqdm(self, iterable: Any, desc: str | None = None, total: Any = None, *args: Any, **kwargs: Any) -> Any:
            size = total or (len(iterable) if hasattr(iterable, "__len__") else None)
            for done, item in enumerate(iterable):
                self._call.progress(done / size if size else None, desc or "")
                yield item
            self._call.progress(1.0, desc or "")

    return StepProgress


def mentions_tqdm(function: Any) -> bool:
    """Whether a function's own code names tqdm, which it may import only when it is called."""
    code = getattr(function, "__code__", None)
    return code is not None and "tqdm" in code.co_names


def watch_tqdm(*, imported_later: bool = False) -> None:
    """Let `tqdm` bars tell the step in which they run. Cheap when done before, or when nobody imported tqdm.

    Args:
        imported_later: The function that is about to run imports tqdm itself.
    """
    if imported_later and "tqdm.std" not in sys.modules and importlib.util.find_spec("tqdm") is not None:
        importlib.import_module("tqdm.std")
    bar = class_if_loaded("tqdm.std", "tqdm")
    if bar is not None and not hasattr(bar, "_daggr_fn_watched"):
        _watch(bar)


def _watch(bar_class: Any) -> None:
    update, close, iterate = bar_class.update, bar_class.close, bar_class.__iter__

    @functools.wraps(update)
    def watched_update(self: Any, n: float | None = 1) -> Any:
        result = update(self, n)
        _tell(self, self.n + (n or 0) if getattr(self, "disable", False) else self.n)
        return result

    @functools.wraps(close)
    def watched_close(self: Any) -> None:
        if not getattr(self, "disable", False):
            _tell(self, self.n)
        close(self)

    @functools.wraps(iterate)
    def watched_iterate(self: Any) -> Any:
        if CURRENT_CALL.get() is None:
            yield from iterate(self)
            return
        for done, item in enumerate(iterate(self), start=1):
            yield item
            _tell(self, done)

    bar_class.update, bar_class.close, bar_class.__iter__ = watched_update, watched_close, watched_iterate
    bar_class._daggr_fn_watched = True


def _tell(bar: Any, done: float) -> None:
    call = CURRENT_CALL.get()
    if call is not None:
        total = getattr(bar, "total", None)
        call.progress(min(1.0, done / total) if total else None, (getattr(bar, "desc", "") or "").rstrip(": "))
