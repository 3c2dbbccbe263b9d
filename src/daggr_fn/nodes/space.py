"""The kind of node that calls a Gradio app: a Space on the Hub, an app at an address, an app object."""

from __future__ import annotations

import keyword
import re
import tempfile
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

import anyio.to_thread

from daggr_fn.errors import (
    MissingParameterError,
    OutputError,
    UnknownParameterError,
    WiringError,
    did_you_mean,
    listed,
    shorten,
)
from daggr_fn.gradio_http.changes import still_fits
from daggr_fn.gradio_http.checks import check_value
from daggr_fn.gradio_http.connection import client_for
from daggr_fn.gradio_http.description import holds_files, is_file_schema, type_of
from daggr_fn.gradio_http.errors import SpaceNotFoundError, SpaceUnreachableError
from daggr_fn.gradio_http.json_types import is_mapping, is_sequence
from daggr_fn.gradio_http.queue import Listener, Submission, submit
from daggr_fn.gradio_http.records import port_names, record_class, slug
from daggr_fn.gradio_http.remote import remote_app
from daggr_fn.gradio_http.transfer import Transfer
from daggr_fn.gradio_http.wire import from_wire, from_wire_unfetched, to_wire
from daggr_fn.kinds import MISSING, Identity, NodeSpec, OutputPort, Parameter
from daggr_fn.nodes.local_app import LocalApp, is_app, local_app

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.gradio_http.description import ApiParameter, ApiReturn, Endpoint
    from daggr_fn.gradio_http.remote import Known
    from daggr_fn.kinds import Call

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_HUB_PAGE = re.compile(r"(?:https://(?:www\.)?huggingface\.co/)?spaces/([\w.-]+/[\w.-]+)/?(?:tree/main/?)?")
_GENERIC_ENDPOINTS = frozenset(
    {"predict", "run", "infer", "inference", "generate", "process", "submit", "call", "main"}
)
_NOT_TAKEN = (SpaceUnreachableError, SpaceNotFoundError)
_TYPES: dict[Any, Any] = {"string": str, "boolean": bool, "integer": int, "number": float}


class App(Protocol):
    """What the kind asks of an app, remote or local."""

    space: str

    @property
    def link(self) -> str: ...

    def known(self, say: Callable[[str], None] | None = None) -> Known: ...

    def live(self, say: Callable[[str], None], stop: Event, older_than: float | None = None) -> Known: ...

    def peek(self) -> Known | None: ...


class SpaceKind:
    """An endpoint of a Gradio app as a node.

    The network is asked when the node is first described or wired, and not when it is made.

    Args:
        app: `owner/name` on the Hub; an address, with a user name and password in it where the app has
            `launch(auth=...)`; or an app object, which is served on this machine.
        endpoint: `"/generate_image"`; may be left out when the app has just one.
        outputs: Names for the app's returns, in order, each with a component, a type, an `ItemList`, or `None` for a
            return that is not shown. Further returns are dropped. Without it they are named by their labels.
        name: The name of steps of this node.

    Raises:
        WiringError: `app` is nothing of these, or an output's name is none in Python.
    """

    label = "space"
    is_async = True
    remembers = True
    calls_sources = True

    def __init__(
        self,
        app: Any,
        endpoint: str | None = None,
        *,
        outputs: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        self._given_app = app
        self._app, self._app_words = _app_of(app)
        self._endpoint_name = None if endpoint is None else "/" + endpoint.lstrip("/")
        self._outputs = None if outputs is None else dict(outputs)
        self._name = name or _default_name(self._app_words, self._endpoint_name)
        self._traced: Endpoint | None = None
        self._spec: NodeSpec | None = None
        for port in self._outputs or {}:
            if not port.isidentifier() or keyword.iskeyword(port) or port.startswith("_"):
                raise WiringError(
                    f"{self._app.space}: an output can't be named {port!r}: it is no name for an attribute",
                    instead=f"outputs={{{slug(port) or 'output'!r}: ...}}",
                )

    @property
    def name(self) -> str:
        """The name of its steps: the endpoint's, or the app's where that says nothing."""
        return self._name

    def spec(self) -> NodeSpec:
        """The parameters and outputs, as the app describes them.

        Raises:
            WiringError: The app has no such endpoint, or fewer returns than outputs are named.
            SpaceError: The app can't be asked, and was never asked before.
        """
        if self._spec is None:
            endpoint = self._endpoint()
            outputs = self._ports(endpoint)
            self._spec = NodeSpec(
                name=self._name,
                parameters={parameter.name: _parameter(parameter) for parameter in endpoint.parameters},
                outputs=outputs,
                record="attribute" if len(outputs) > 1 else "",
                doc=endpoint.doc,
                link=self._app.link,
            )
        return self._spec

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by parameter name.

        Raises:
            UnknownParameterError: The endpoint has no such parameter.
            MissingParameterError: One without a default is not given.
        """
        endpoint = self._endpoint()
        names = [parameter.name for parameter in endpoint.parameters]
        if len(args) > len(names):
            raise UnknownParameterError(
                f"{self._where} takes {len(names)} arguments, and {len(args)} were given",
                notes={"valid": listed(names)},
            )
        bound = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            self._known_parameter(endpoint, name)
            if name in bound:
                raise UnknownParameterError(f"{self._where} got two values for {name!r}, by position and by name")
            bound[name] = value
        self._require(endpoint, bound)
        return bound

    def check(self, parameter: str, value: Any) -> None:
        """Look at a value before it is sent.

        Raises:
            WiringError: The app is bound to refuse it.
        """
        check_value(self._where, self._known_parameter(self._endpoint(), parameter), value)

    def identity(self) -> Identity:
        """The app, the endpoint, its revision, the outputs that are used; and who the app takes the caller for."""
        endpoint, known = self._endpoint(), self._app.known()
        ports = ",".join(self.spec().outputs)
        if isinstance(self._app, LocalApp):
            code = self._app.functions(endpoint.fn_index)
            return Identity(("space", "local app", endpoint.name, endpoint.digest, ports), code)
        revision = known.sha or known.description.endpoints.get(endpoint.name, endpoint).digest
        return Identity(("space", self._app.space, endpoint.name, revision, ports), user=known.address.user)

    async def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Call the app and wait for its result.

        When the task that waits is cancelled, the app is told so. Partial values have the form of the result, with the
        addresses of files in place of the files, which are not fetched for them.

        Raises:
            WiringError: A value is one that the app is bound to refuse; nothing was sent.
            SpaceError: The app, or the way to it, failed.
        """
        known = self._app.peek() or await self._live(call)
        try:
            submission, transfer = await self._submit(known, inputs, call)
        except _NOT_TAKEN:
            # No connection, or no such route: surely not taken, so it may be sent where the app is now. Anything else
            # (a 500, a 503 of some proxy) leaves open whether the app has the call, and so is not tried again.
            known = await self._live(call, 0.0)
            submission, transfer = await self._submit(known, inputs, call)

        def on_partial(data: list[Any]) -> None:
            values = _returned(submission.endpoint, data)[: len(ports)]
            if len(values) == len(ports):
                call.partial(self._as_result([from_wire_unfetched(value, transfer) for value in values]))

        ports = self.spec().outputs
        listening = Listener(call.progress, on_partial if call.on_partial is not None else None)
        values = _returned(submission.endpoint, await submission.result(listening))
        if not submission.endpoint.returns:
            return None
        if len(values) < len(ports):
            raise OutputError(f"{self._where} sent {len(values)} values, and its outputs are {listed(ports)}")
        if call.postprocess is not None:
            return self._declared(call.postprocessed(tuple([await from_wire(value, transfer) for value in values])))
        return self._as_result([await from_wire(value, transfer) for value in values[: len(ports)]])

    def _declared(self, made: Any) -> Any:
        """What `postprocess` made, as the outputs.

        Raises:
            OutputError: It made another number of values.
        """
        names = tuple(self.spec().outputs)
        if len(names) == 1:
            return made
        values = [made[name] for name in names] if is_mapping(made) and set(made) == set(names) else made
        if not is_sequence(values) or len(values) != len(names):
            raise OutputError(f"{self._where}: postprocess made {shorten(made)}, and its outputs are {listed(names)}")
        return self._as_result(list(values))

    def reshaped(self) -> SpaceKind:
        """The same endpoint with a value that nothing is known of, as `postprocess` makes one."""
        return self if self._outputs is not None else self.with_outputs({"output": object})

    def with_outputs(self, outputs: Mapping[str, Any]) -> SpaceKind:
        """The same endpoint with other outputs."""
        return SpaceKind(self._given_app, self._endpoint_name, outputs=outputs, name=self._name)

    @property
    def _where(self) -> str:
        endpoint = self._traced.name if self._traced is not None else self._endpoint_name
        return f"{self._app.space} {endpoint or ''}".strip()

    def _endpoint(self) -> Endpoint:
        """The endpoint that the node was wired with; asked for the first time."""
        if self._traced is None:
            endpoints = self._app.known().description.endpoints
            if self._endpoint_name is None and len(endpoints) != 1:
                raise WiringError(
                    f"{self._app.space} has {len(endpoints)} endpoints: say which one",
                    notes={"valid": listed(endpoints)},
                )
            name = self._endpoint_name or next(iter(endpoints))
            if name not in endpoints:
                near = did_you_mean(name, endpoints)
                raise WiringError(
                    f"{self._app.space} has no endpoint {name!r}{near}", notes={"valid": listed(endpoints)}
                )
            self._traced = endpoints[name]
        return self._traced

    def _ports(self, endpoint: Endpoint) -> dict[str, OutputPort]:
        returns = endpoint.returns
        if self._outputs:
            if len(self._outputs) > len(returns):
                labels = [f"{item.label or 'output'} ({item.component})" for item in returns]
                raise WiringError(
                    f"{self._where} returns {len(returns)} values, and {len(self._outputs)} outputs are named",
                    notes={"outputs": listed(self._outputs), "returns": listed(labels)},
                )
            return {
                name: _port(name, item, shown)
                for (name, shown), item in zip(self._outputs.items(), returns, strict=False)
            }
        if len(returns) < 2:
            return {"output": _port("output", returns[0], MISSING) if returns else OutputPort("output", shown=False)}
        names = port_names(item.label for item in returns)
        return {name: _port(name, item, MISSING) for name, item in zip(names, returns, strict=True)}

    def _known_parameter(self, endpoint: Endpoint, name: str) -> ApiParameter:
        found = endpoint.parameter(name)
        if found is None:
            names = [parameter.name for parameter in endpoint.parameters]
            near = did_you_mean(name, names)
            raise UnknownParameterError(
                f"{self._where} has no parameter {name!r}{near}", notes={"valid": listed(names)}
            )
        return found

    def _require(self, endpoint: Endpoint, given: Mapping[str, Any]) -> None:
        missing = [p.name for p in endpoint.parameters if not p.has_default and p.name not in given]
        if missing:
            names = [parameter.name for parameter in endpoint.parameters]
            raise MissingParameterError(
                f"{self._where} needs {listed(missing)}", notes={"given": listed(given), "valid": listed(names)}
            )

    async def _live(self, call: Call, older_than: float | None = None) -> Known:
        stop = Event()

        def say(text: str) -> None:
            call.progress(None, text)

        try:
            return await anyio.to_thread.run_sync(self._app.live, say, stop, older_than, abandon_on_cancel=True)
        finally:
            stop.set()

    async def _submit(self, known: Known, inputs: dict[str, Any], call: Call) -> tuple[Submission, Transfer]:
        """Check the inputs against what the app is now, upload the files, join the queue."""
        traced = self._traced
        if traced is None:
            traced = await anyio.to_thread.run_sync(self._endpoint)
        endpoint = still_fits(self._app.space, traced, known.description, inputs, len(self._outputs or ()))
        self._require(endpoint, inputs)
        for name, value in inputs.items():
            check_value(self._where, self._known_parameter(endpoint, name), value)
        client = await client_for(known.address)
        transfer = Transfer(client, known, endpoint.name, lambda: _download_folder(call))
        data: list[Any] = []
        for slot in endpoint.inputs:
            if not isinstance(slot, str):
                data.append(slot.value)
            elif slot in inputs:
                parameter = self._known_parameter(endpoint, slot)
                data.append(await to_wire(parameter, inputs[slot], transfer, call.new_file))
            else:
                data.append(self._known_parameter(endpoint, slot).default)
        return await submit(client, known, endpoint, data), transfer

    def _as_result(self, values: list[Any]) -> Any:
        names = tuple(self.spec().outputs)
        return values[0] if len(names) == 1 else record_class(_class_name(self._name), names)(*values)


def _app_of(app: Any) -> tuple[App, str]:
    """The app, and words to name a node after it."""
    if is_app(app):
        found = local_app(app)
        return found, slug(str(getattr(app, "title", "") or "")) or "app"
    if isinstance(app, str):
        page = _HUB_PAGE.fullmatch(app)
        text = page.group(1) if page else app.strip()
        if text.startswith(("http://", "https://")):
            return _app_at(text), "app"
        if _HUB_ID.fullmatch(text):
            return remote_app(text), text.partition("/")[2]
    raise WiringError(
        f"{app!r} names no Gradio app: give 'owner/name', an address, or an app object (gr.Blocks, gr.Interface)",
        instead='space("hf-applications/Z-Image-Turbo", "/generate_image")',
    )


def _app_at(address: str) -> App:
    import httpx

    try:
        if httpx.URL(address).host:
            return remote_app(address)
    except httpx.InvalidURL:
        # httpx repeats parts of the address, and they may be a password: neither the message nor the cause may tell.
        raise WiringError("the address of a Gradio app is not valid") from None
    raise WiringError("the address of a Gradio app names no host")


def _default_name(app_words: str, endpoint: str | None) -> str:
    name = slug((endpoint or "").replace("/", " "))
    return name if name and name not in _GENERIC_ENDPOINTS else slug(app_words) or "space"


def _class_name(name: str) -> str:
    words = [word.capitalize() for word in re.split(r"\W+|_", name) if word]
    return ("".join(words) or "Space") + "Outputs"


def _parameter(parameter: ApiParameter) -> Parameter:
    annotation = Any if parameter.takes_files else _TYPES.get(type_of(parameter.schema), Any)
    if parameter.component == "datetime":
        annotation = Any
    default = parameter.default if parameter.has_default else MISSING
    return Parameter(parameter.name, annotation, default, is_file=parameter.takes_files)


def _port(name: str, item: ApiReturn, shown: Any) -> OutputPort:
    """An output; `shown` is what the user gave for it, `MISSING` for nothing."""
    annotation = _natural_type(item)
    if shown is MISSING:
        return OutputPort(name, annotation)
    if shown is None:
        return OutputPort(name, annotation, shown=False)
    if isinstance(shown, type) or hasattr(shown, "__origin__"):
        return OutputPort(name, shown)
    return OutputPort(name, annotation, component=shown)


def _natural_type(item: ApiReturn) -> Any:
    if is_file_schema(item.schema):
        return Path
    if holds_files(item.schema):
        return list[Path]
    return {"string": str, "boolean": bool}.get(type_of(item.schema), Any)


def _returned(endpoint: Endpoint, data: list[Any]) -> list[Any]:
    """What an app sent without the states among it."""
    return [value for value, is_return in zip(data, endpoint.outputs, strict=False) if is_return]


def _download_folder(call: Call) -> Path:
    """A folder of its own for the downloads of a call, since items of a map may share the call's."""
    parent = call.scratch() if call.scratch is not None else None
    return Path(tempfile.mkdtemp(prefix="" if parent else "daggr_fn-", dir=parent))
