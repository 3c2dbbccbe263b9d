"""The kind of node that calls a Gradio app: a Space on the Hub, an app at an address, an app object."""

from __future__ import annotations

import keyword
import re
import tempfile
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

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
from daggr_fn.gradio_http.errors import SpaceNotFoundError, SpaceUnreachableError
from daggr_fn.gradio_http.json_types import is_mapping, is_sequence
from daggr_fn.gradio_http.queue import Listener, Submission, submit
from daggr_fn.gradio_http.records import record_class, slug
from daggr_fn.gradio_http.transfer import Transfer
from daggr_fn.gradio_http.wire import from_wire, from_wire_unfetched, to_wire
from daggr_fn.kinds import Identity, NodeKind, NodeSpec
from daggr_fn.nodes.apps import app_of, default_name
from daggr_fn.nodes.endpoint_ports import parameter_of, ports_of
from daggr_fn.nodes.function import FunctionKind, anything
from daggr_fn.nodes.local_app import LocalApp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.gradio_http.description import ApiParameter, Endpoint
    from daggr_fn.gradio_http.remote import Known
    from daggr_fn.kinds import Call

_NOT_TAKEN = (SpaceUnreachableError, SpaceNotFoundError)


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
        self._app, self._app_words = app_of(app)
        self._endpoint_name = None if endpoint is None else "/" + endpoint.lstrip("/")
        self._outputs = None if outputs is None else dict(outputs)
        self._name = name or default_name(self._app_words, self._endpoint_name)
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
            outputs = ports_of(endpoint, self._outputs, self._where)
            self._spec = NodeSpec(
                name=self._name,
                parameters={parameter.name: parameter_of(parameter) for parameter in endpoint.parameters},
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

    @property
    def work(self) -> Any:
        """See `stand_ins.work_of`."""
        app = self._given_app if isinstance(self._given_app, str) else id(self._given_app)
        return "space", app, self._endpoint_name

    def unasked(self) -> NodeKind:
        """The node as far as it is known without asking the app: of one never asked the outputs that the user named."""
        if self._spec is not None or isinstance(self._app, LocalApp):
            return self
        return FunctionKind(anything, self._outputs, self._name)

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


def _class_name(name: str) -> str:
    words = [word.capitalize() for word in re.split(r"\W+|_", name) if word]
    return ("".join(words) or "Space") + "Outputs"


def _returned(endpoint: Endpoint, data: list[Any]) -> list[Any]:
    """What an app sent without the states among it."""
    return [value for value, is_return in zip(data, endpoint.outputs, strict=False) if is_return]


def _download_folder(call: Call) -> Path:
    """A folder of its own for the downloads of a call, since items of a map may share the call's."""
    parent = call.scratch() if call.scratch is not None else None
    return Path(tempfile.mkdtemp(prefix="" if parent else "daggr_fn-", dir=parent))
