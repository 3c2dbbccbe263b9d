"""What the Hub says of a model: asked once in a while, remembered on disk for tracing without a network."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import did_you_mean
from daggr_fn.files.notes import Note
from daggr_fn.gradio_http.tokens import hub_endpoint, user_token
from daggr_fn.inference.errors import (
    ModelAuthError,
    ModelBusyError,
    ModelError,
    ModelLoadingError,
    ModelNotFoundError,
    ModelServerError,
    ModelStreamError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from daggr_fn.inference.sorting import Where, sorted_errors

if TYPE_CHECKING:
    import huggingface_hub

logger = logging.getLogger("daggr_fn")

HUB_SECONDS = 15.0
FRESH_SECONDS = 300.0
"""How long an answer is used without asking again."""
OFFLINE_SECONDS = 20.0
"""How long the Hub is not asked after it did not answer."""

_SCHEMA = 1
_PASSING = (
    ModelUnreachableError,
    ModelTimeoutError,
    ModelStreamError,
    ModelServerError,
    ModelBusyError,
    ModelLoadingError,
)


@dataclass(frozen=True)
class Offer:
    """A provider that serves a model.

    Attributes:
        status: `live`, `staging` or `error`, by the Hub's own checks.
    """

    provider: str
    task: str
    status: str = "live"


@dataclass(frozen=True)
class Known:
    """What is known of a model.

    Attributes:
        sha: The commit of its repository.
        pipeline_tag: Its task, as its card says; "" for none.
        offers: Who serves it, in the user's own order; `None` when the Hub didn't say.
    """

    sha: str
    pipeline_tag: str
    tags: tuple[str, ...]
    offers: tuple[Offer, ...] | None

    @classmethod
    def from_json(cls, data: Any) -> Known:
        """What `dataclasses.asdict` made of one."""
        offers = data["offers"]
        made = None if offers is None else tuple(Offer(**offer) for offer in offers)
        return cls(data["sha"], data["pipeline_tag"], tuple(data["tags"]), made)


class HubModel:
    """A model on the Hub.

    Args:
        model: Its id: `owner/name`.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self._lock = Lock()
        self._known: Known | None = None
        self._fresh_until = 0.0

    @property
    def link(self) -> str:
        """Where a person can read about it."""
        return f"{hub_endpoint()}/{self.model}"

    def known(self) -> Known:
        """What is known of the model: asked now and then, and from disk when the Hub can't be asked. Blocks.

        Raises:
            ModelNotFoundError: There is none of that name.
            ModelError: The Hub can't be asked, and was never asked before.
        """
        with self._lock:
            if self._known is not None and time.monotonic() < self._fresh_until:
                return self._known
            try:
                found = ask_hub(self.model)
            except _PASSING as error:
                return self._offline(error)
            if found != self._known:
                self._store(found)
            self._known, self._fresh_until = found, time.monotonic() + FRESH_SECONDS
            return found

    def _offline(self, error: ModelError) -> Known:
        known = self._known or self._stored()
        if known is None:
            raise error
        logger.warning("%s can't be asked about now (%s): what the Hub said before is used", self.model, error)
        self._known, self._fresh_until = known, time.monotonic() + OFFLINE_SECONDS
        return known

    @property
    def _note(self) -> Note:
        return Note("models", self.model, _SCHEMA)

    def _store(self, known: Known) -> None:
        self._note.write({"known": asdict(known)})

    def _stored(self) -> Known | None:
        return self._note.read(lambda data: Known.from_json(data["known"]))


_models: dict[str, HubModel] = {}
_models_lock = Lock()


def hub_model(model: str) -> HubModel:
    """The model of an id; all nodes of it share what is known."""
    with _models_lock:
        return _models.setdefault(model, HubModel(model))


def ask_hub(model: str) -> Known:
    """Ask the Hub about a model. Blocks; at most some seconds.

    Raises:
        ModelNotFoundError: There is none of that name; says which is meant, perhaps.
        ModelError: The Hub can't be asked.
    """
    import huggingface_hub
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    api = huggingface_hub.HfApi(endpoint=hub_endpoint(), token=user_token() or False)
    with sorted_errors(Where(model, "the Hub")):
        try:
            info = api.model_info(
                model, expand=["inferenceProviderMapping", "pipeline_tag", "sha", "tags"], timeout=HUB_SECONDS
            )
        except GatedRepoError as error:
            page = f"{hub_endpoint()}/{model}"
            raise ModelAuthError(f"the model {model} is gated: ask for access at {page}", model=model) from error
        except RepositoryNotFoundError as error:
            raise _not_found(api, model) from error
    mapping: Any = info.inference_provider_mapping
    offers = None if mapping is None else tuple(Offer(one.provider, one.task, str(one.status)) for one in mapping)
    return Known(str(info.sha or ""), info.pipeline_tag or "", tuple(info.tags or ()), offers)


def _not_found(api: huggingface_hub.HfApi, model: str) -> ModelNotFoundError:
    """The Hub answers 404 (and 401 to strangers) for private models too, to tell nobody that they exist."""
    hint = "" if user_token() else "; a private one needs a token (`hf auth login`, or HF_TOKEN)"
    near = _suggestion(api, model)
    return ModelNotFoundError(f"there is no model {model} on the Hub{near}{hint}", model=model)


def _suggestion(api: huggingface_hub.HfApi, model: str) -> str:
    """`; did you mean ...?` out of the Hub's own lists, or an empty text: only a better message is lost."""
    owner, _, name = model.rpartition("/")
    searches: tuple[dict[str, Any], ...] = (
        {"author": owner, "search": name[:4]},
        {"author": owner, "sort": "downloads"},
        {"search": name},
    )
    found: list[str] = []

    def ask() -> None:
        try:
            for search in searches:
                if not found:
                    names = [one.id for one in api.list_models(**search, limit=100)]
                    found.extend(filter(None, [did_you_mean(model, names)]))
        except Exception as error:  # noqa: BLE001  # only a better message is lost
            logger.debug("the models of %s could not be listed: %s", owner, error)

    # The Hub's lists are asked for without a timeout, and can't be given one.
    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(HUB_SECONDS)
    return found[0] if found else ""
