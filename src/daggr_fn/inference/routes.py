"""Which task, which provider: decided from what the user wrote and what the Hub knows, before anything is sent.

The Hub's provider mapping says what a model is served for; its card (`pipeline_tag`) only what it was made for. A model
that is mapped as `conversational` can't be called for text generation, so the mapping decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daggr_fn.errors import WiringError, did_you_mean, listed
from daggr_fn.inference.errors import ModelTaskError
from daggr_fn.inference.tasks import CHAT, TASKS, Task, find_task, task_named

if TYPE_CHECKING:
    from daggr_fn.inference.catalog import Known, Offer

AUTO = "auto"
HF_INFERENCE = "hf-inference"
POLICIES = frozenset({"fastest", "cheapest", "preferred"})
"""How Hugging Face's router may choose a provider for a chat."""

_URL = re.compile(r"https?://.+")
_PAGE = re.compile(r"(?:https://(?:www\.)?huggingface\.co/|models/)([\w.-]+/[\w.-]+)/?")
_ID = re.compile(r"([\w.-]+(?:/[\w.-]+)?)(?::([\w.-]+))?")
_CHAT_URL = re.compile(r"/v1/?$|/chat/completions/?$")


@dataclass(frozen=True)
class Name:
    """What a user calls a model.

    Attributes:
        model: `owner/name`, or an address.
        provider: What stands after the colon; `auto` without one, and "" for an address.
    """

    model: str
    provider: str

    @property
    def is_url(self) -> bool:
        return not self.provider

    @classmethod
    def parse(cls, text: str) -> Name:
        """Take `owner/name:provider` apart.

        Raises:
            WiringError: It names no model, or there is no such provider.
        """
        page = _PAGE.fullmatch(text.strip())
        text = page.group(1) if page else text.strip()
        if _URL.fullmatch(text):
            if "@" in text.partition("://")[2].partition("/")[0]:
                raise WiringError("the address of a model can't hold a user name and password")
            return cls(text, "")
        found = _ID.fullmatch(text)
        if found is None:
            raise WiringError(
                f"{text!r} names no model: give 'owner/name', 'owner/name:provider', or an address",
                instead='model("black-forest-labs/FLUX.1-schnell:together")',
            )
        return cls(found.group(1), found.group(2) or AUTO)


@dataclass(frozen=True)
class Route:
    """How a model is called.

    Attributes:
        provider: The provider that the client is to use; `None` leaves it to Hugging Face's router.
        model: What the client is to call the model.
    """

    task: Task
    provider: str | None
    model: str


def route(name: Name, task: str | None, known: Known | None) -> Route:
    """The task and the provider for a model.

    Args:
        name: The model, and what the user said of the provider.
        task: The task that the user asks for, which wins.
        known: What the Hub knows of the model; `None` for an address.

    Raises:
        ModelTaskError: Nobody serves the model so; says who serves it for what.
        WiringError: There is no such provider.
    """
    asked = None if task is None else task_named(task, name.model)
    if known is None:
        found = Route(asked or _task_of_address(name.model), HF_INFERENCE, name.model)
    else:
        check_provider(name.provider)
        if name.provider == AUTO or name.provider in POLICIES:
            found = _chosen(name, asked, known)
        else:
            found = Route(_task_at(name, asked, known), name.provider, name.model)
    _check_askable(found)
    return found


def _check_askable(found: Route) -> None:
    """Raise when huggingface_hub can't ask the provider for the task, though it has a method for it."""
    able = providers().get(found.provider or "")
    if able is not None and found.task.name not in able:
        import huggingface_hub

        raise ModelTaskError(
            f"huggingface_hub {huggingface_hub.__version__} can't ask {found.provider} for {found.task.name}",
            model=found.model,
            provider=found.provider or "",
            notes={"valid": listed(able)},
        )


def check_provider(provider: str) -> None:
    """Raise a `WiringError` for a provider that huggingface_hub does not know."""
    known = providers()
    if known and provider not in {AUTO, *POLICIES, *known}:
        near = did_you_mean(provider, [*known, *POLICIES])
        raise WiringError(f"there is no inference provider {provider!r}{near}", notes={"valid": listed(known)})


def providers() -> dict[str, tuple[str, ...]]:
    """The providers that the installed huggingface_hub knows, and what it can ask them for; empty if it doesn't say."""
    try:
        from huggingface_hub.inference._providers import PROVIDERS
    except ImportError:
        return {}
    return {str(provider): tuple(tasks) for provider, tasks in PROVIDERS.items()}


def _chosen(name: Name, asked: Task | None, known: Known) -> Route:
    """The provider is left open."""
    if known.offers is None:
        task = asked or _task_of_card(name.model, known)
        return _routed(name) if task.name == CHAT else Route(task, HF_INFERENCE, name.model)
    served = [offer for offer in known.offers if offer.status != "error"] or list(known.offers)
    tasks = [offer.task for offer in served]
    if CHAT in tasks and (asked is None or asked.name == CHAT):
        return _routed(name)
    for offer in served:
        found = find_task(offer.task)
        known_there = providers().get(offer.provider, (offer.task,))
        if found is not None and asked in {None, found} and offer.task in known_there:
            return Route(found, offer.provider, name.model)
    if asked is not None and any(offer.provider == HF_INFERENCE for offer in served):
        return Route(asked, HF_INFERENCE, name.model)  # its own check knows that some tasks stand for each other
    what = "for any task that is known here" if asked is None else f"for {asked.name}"
    raise ModelTaskError(
        f"no inference provider serves {name.model} {what}", model=name.model, notes={"served": _offered(known.offers)}
    )


def _routed(name: Name) -> Route:
    model = f"{name.model}:{name.provider}" if name.provider in POLICIES else name.model
    return Route(TASKS[CHAT], None, model)


def _task_at(name: Name, asked: Task | None, known: Known) -> Task:
    """The task at the provider that the user names."""
    offer = next((one for one in known.offers or () if one.provider == name.provider), None)
    if name.provider == HF_INFERENCE or known.offers is None:
        # hf-inference also serves models that are not mapped to it, and some for more than one task.
        return asked or (find_task(offer.task) if offer is not None else None) or _task_of_card(name.model, known)
    if offer is None:
        raise ModelTaskError(
            f"{name.provider} does not serve {name.model}",
            model=name.model,
            provider=name.provider,
            notes={"served": _offered(known.offers)},
        )
    task = find_task(offer.task)
    if task is None or asked not in {None, task}:
        wanted = f"not for {asked.name}" if asked is not None else "which is not known here"
        raise ModelTaskError(
            f"{name.provider} serves {name.model} for {offer.task}, {wanted}",
            model=name.model,
            provider=name.provider,
            notes={"served": _offered(known.offers)},
        )
    return task


def _task_of_card(model: str, known: Known) -> Task:
    if "conversational" in known.tags or known.pipeline_tag == "image-text-to-text":
        return TASKS[CHAT]
    task = find_task(known.pipeline_tag)
    if task is None:
        tag = f"its card says {known.pipeline_tag!r}" if known.pipeline_tag else "its card names none"
        raise ModelTaskError(
            f"the task of {model} is not known ({tag}): say which with task=",
            model=model,
            notes={"valid": listed(TASKS)},
        )
    return task


def _task_of_address(url: str) -> Task:
    if _CHAT_URL.search(url):
        return TASKS[CHAT]
    raise ModelTaskError(
        f"the task of the model at {url} is not known", model=url, instead=f'model({url!r}, task="text-to-image")'
    )


def _offered(offers: tuple[Offer, ...]) -> str:
    return ", ".join(f"{offer.provider} ({offer.task})" for offer in offers) or "nobody"
