"""From `owner/name` to the address where the Space runs, through the Hub's API; and is it awake?"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import did_you_mean
from daggr_fn.gradio_http.errors import (
    SpaceAsleepError,
    SpaceAuthError,
    SpaceBrokenError,
    SpaceBuildingError,
    SpaceNotFoundError,
    SpaceProtocolError,
    SpaceUnreachableError,
    status_error,
)
from daggr_fn.gradio_http.hosts import Address, is_hugging_face
from daggr_fn.gradio_http.tokens import hub_endpoint, user_token

if TYPE_CHECKING:
    from collections.abc import Callable

    import huggingface_hub

logger = logging.getLogger("daggr_fn")

HUB_SECONDS = 15.0
WAKE_SECONDS = 300.0
POLL_SECONDS = 2.0

_BROKEN = {
    "NO_APP_FILE": "has no app file",
    "CONFIG_ERROR": "has an error in its configuration",
    "BUILD_ERROR": "failed to build",
    "RUNTIME_ERROR": "crashed when it started",
    "DELETING": "is being deleted",
}
_STOPPED = {"PAUSED", "STOPPED"}
_ON_ITS_WAY = {
    "BUILDING": "is being built",
    "APP_STARTING": "is starting",
    "SLEEPING": "was asleep and wakes up",
}


@dataclass(frozen=True)
class HubSpace:
    """A Space as the Hub knows it now.

    Attributes:
        sha: The commit that it runs.
        stage: The Hub's word for what it does: `RUNNING`, `SLEEPING`, `BUILD_ERROR`.
        private: Whether it needs a token.
    """

    id: str
    url: str
    sha: str
    stage: str
    private: bool

    @property
    def address(self) -> Address:
        moved = not is_hugging_face(hub_endpoint())
        plain = Address.parse(self.url)
        return Address(self.id, plain.url, None, vouched=moved and not is_hugging_face(self.url))


def ask_hub(space: str) -> HubSpace:
    """Ask the Hub about a Space. Blocks; at most some seconds.

    Raises:
        SpaceNotFoundError: There is none of that name; says which of its owner's is meant, perhaps.
        SpaceAuthError: It is private or gated, and the token (or its absence) does not open it.
        SpaceUnreachableError: The Hub can't be reached.
    """
    import huggingface_hub
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    api = huggingface_hub.HfApi(endpoint=hub_endpoint(), token=user_token() or False)
    try:
        info = api.space_info(space, timeout=HUB_SECONDS)
    except GatedRepoError as error:
        raise SpaceAuthError(f"the Space {space} is gated: ask for access at {page_of(space)}", space=space) from error
    except RepositoryNotFoundError as error:
        raise _not_found(api, space) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        said, headers = str(error.server_message or ""), error.response.headers
        raise status_error(status, said, space=space, headers=headers) from error
    except (OSError, RuntimeError) as error:
        raise SpaceUnreachableError(f"the Hub can't be asked about {space}: {error}", space=space) from error
    except Exception as error:
        # huggingface_hub lets through the errors of whichever HTTP library its version uses.
        if not _is_transport_error(error):
            raise
        raise SpaceUnreachableError(f"the Hub can't be asked about {space}: {error}", space=space) from error
    return _as_hub_space(space, info)


def awake(space: str, say: Callable[[str], None], stop: Event | None = None, *, wait: float | None = None) -> HubSpace:
    """The Space, running: wakes it up and waits for it where that helps. Blocks.

    Args:
        space: `owner/name`.
        say: Told what is waited for.
        stop: Set when nobody waits any more.
        wait: How long to wait at most, in seconds; by default `WAKE_SECONDS`.

    Raises:
        SpaceAsleepError: It is paused: only its owner can start it.
        SpaceBuildingError: It did not get ready in time.
        SpaceBrokenError: It can't start.
    """
    stop = stop or Event()
    wait = WAKE_SECONDS if wait is None else wait
    ends = time.monotonic() + wait
    while True:
        found = ask_hub(space)
        if found.stage in _STOPPED:
            raise SpaceAsleepError(
                f"the Space {space} is {found.stage.lower()}: its owner can restart it at {page_of(space)}; "
                "or duplicate it there",
                space=space,
            )
        if found.stage in _BROKEN:
            raise SpaceBrokenError(
                f"the Space {space} {_BROKEN[found.stage]} ({found.stage}): see {page_of(space)}", space=space
            )
        if found.stage not in _ON_ITS_WAY:
            return found
        text = f"the Space {space} {_ON_ITS_WAY[found.stage]}"
        if time.monotonic() >= ends or stop.is_set():
            raise SpaceBuildingError(f"{text}, and did not get ready within {wait:.0f} s", space=space)
        say(text)
        if found.stage == "SLEEPING":
            _knock(found)
        stop.wait(POLL_SECONDS)


def page_of(space: str) -> str:
    """The page of a Space where people read about it."""
    return f"{hub_endpoint()}/spaces/{space}"


def _knock(found: HubSpace) -> None:
    """A request wakes a sleeping Space; its answer does not matter."""
    import httpx

    from daggr_fn.gradio_http.connection import sync_client

    try:
        with sync_client(found.address) as client:
            client.get(found.address.url, timeout=5)
    except httpx.HTTPError as error:
        logger.debug("%s does not answer yet: %s", found.id, error)


def _as_hub_space(space: str, info: huggingface_hub.SpaceInfo) -> HubSpace:
    raw: Any = info.runtime
    stage = str(getattr(raw.stage, "value", raw.stage)) if raw is not None else "RUNNING"
    if info.sdk is not None and info.sdk not in {"gradio", "docker"}:
        raise SpaceProtocolError(f"the Space {space} is made with {info.sdk} and not with Gradio", space=space)
    host = info.host or f"https://{(info.subdomain or space.replace('/', '-')).lower()}.hf.space"
    return HubSpace(space, host, str(info.sha or ""), stage, bool(info.private))


def _not_found(api: huggingface_hub.HfApi, space: str) -> SpaceNotFoundError:
    """The Hub answers 404 (and 401 to strangers) for private Spaces too, to tell nobody that they exist."""
    owner, _, name = space.partition("/")
    names: list[str] = []
    try:
        names = [found.id for found in api.list_spaces(author=owner, search=name[:4], limit=20)]
    except Exception as error:  # noqa: BLE001  # only a better message is lost
        logger.debug("the Spaces of %s could not be listed: %s", owner, error)
    hint = "" if user_token() else "; a private one needs a token (`hf auth login`, or HF_TOKEN)"
    return SpaceNotFoundError(f"there is no Space {space} on the Hub{did_you_mean(space, names)}{hint}", space=space)


def _is_transport_error(error: Exception) -> bool:
    return any(base.__name__ in {"TransportError", "HTTPError"} for base in type(error).__mro__)
