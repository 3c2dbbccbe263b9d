"""The kind of node that calls a model which an inference provider hosts."""

from __future__ import annotations

import hashlib
import json
import keyword
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
from daggr_fn.gradio_http.json_types import is_mapping, is_sequence
from daggr_fn.gradio_http.records import slug
from daggr_fn.gradio_http.tokens import fingerprint
from daggr_fn.inference import chat
from daggr_fn.inference.answers import form_of_outputs, parsed, response_format
from daggr_fn.inference.catalog import HubModel, hub_model
from daggr_fn.inference.client import opened, token_for
from daggr_fn.inference.files import sendable
from daggr_fn.inference.parameters import EXTRA, check_input, client_method, parameters_of
from daggr_fn.inference.routes import Name, Route, route
from daggr_fn.inference.sorting import Where
from daggr_fn.inference.tasks import CHAT
from daggr_fn.kinds import Identity, NodeKind, NodeSpec, OutputPort, Parameter
from daggr_fn.nodes.function import FunctionKind, anything
from daggr_fn.values import record_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.kinds import Call


class ModelKind:
    """A hosted model as a node.

    The network is asked when the node is first described or wired, and not when it is made.

    Args:
        model: `owner/name` or `owner/name:provider` on the Hub, or the address of an inference server.
        task: The task, where the provider's own word for it is not the one wanted.
        outputs: A name for the output, with its component, a type, or `None` for one that is not shown; several names
            for the fields of a record; or, for a chat, a pydantic model or JSON schema that the answer must have.
        name: The name of steps of this node.

    Raises:
        WiringError: `model` is no name of a model, or an output's name is none in Python.
    """

    label = "model"
    is_async = True
    remembers = True
    calls_sources = True
    takes_form = True

    def __init__(self, model: str, task: str | None = None, *, outputs: Any = None, name: str | None = None) -> None:
        self._given = (model, task)
        self._model = Name.parse(model)
        self._hub: HubModel | None = None if self._model.is_url else hub_model(self._model.model)
        self._task = task
        self._form = form_of_outputs(outputs)
        self._outputs: dict[str, Any] | None = dict(outputs) if outputs is not None and self._form is None else None
        self._name = name or _default_name(self._model)
        self._route: Route | None = None
        self._spec: NodeSpec | None = None
        for port in self._outputs or {}:
            if not port.isidentifier() or keyword.iskeyword(port) or port.startswith("_"):
                raise WiringError(
                    f"{model}: an output can't be named {port!r}: it is no name for an attribute",
                    instead=f"outputs={{{slug(port) or 'output'!r}: ...}}",
                )

    @property
    def name(self) -> str:
        """The name of its steps: the model's, without its owner."""
        return self._name

    def spec(self) -> NodeSpec:
        """The parameters of the task, and the outputs.

        Raises:
            ModelNotFoundError: The Hub knows no such model.
            ModelTaskError: Nobody serves it for the task.
            ModelError: The Hub can't be asked, and was never asked before.
        """
        if self._spec is None:
            way = self._way()
            parameters = parameters_of(way.task)
            if self._form is not None:
                if way.task.name != CHAT:
                    raise WiringError(f"{self._model.model} is called for {way.task.name}: only a chat has a form")
                parameters.pop("response_format", None)
            self._spec = self._described(way, parameters)
        return self._spec

    def _described(self, way: Route, parameters: dict[str, Parameter]) -> NodeSpec:
        doc, link = f"{way.task.name} by {self._model.model}", self._hub.link if self._hub is not None else ""
        if self._form is not None:
            form = self._form
            return NodeSpec(self._name, parameters, form.ports(), form.record, form.returns, doc, link)
        returns = way.task.returns
        if self._outputs is None or not self._outputs:
            outputs = {"output": OutputPort("output", returns)}
        elif len(self._outputs) == 1:
            outputs = {name: _port(name, returns, shown) for name, shown in self._outputs.items()}
        else:
            outputs = {name: _port(name, Any, shown) for name, shown in self._outputs.items()}
        record: Any = "attribute" if len(outputs) > 1 else ""
        return NodeSpec(self._name, parameters, outputs, record, doc=doc, link=link)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by parameter name.

        Raises:
            UnknownParameterError: The task has no such parameter.
            MissingParameterError: One that is needed is not given.
        """
        parameters = self.spec().parameters
        names = list(parameters)
        if len(args) > len(names):
            raise UnknownParameterError(
                f"{self._where} takes {len(names)} arguments, and {len(args)} were given",
                notes={"valid": listed(names)},
            )
        bound = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            self._parameter(name)
            if name in bound:
                raise UnknownParameterError(f"{self._where} got two values for {name!r}, by position and by name")
            bound[name] = value
        self._require(bound)
        return bound

    def check(self, parameter: str, value: Any) -> None:
        """Look at a value before it is sent.

        Raises:
            WiringError: It has the wrong type, is no choice, or names a file that is not there.
        """
        check_input(str(self._where), self._parameter(parameter), value)

    def identity(self) -> Identity:
        """The model, its revision, the provider, the task, the form of the answer; and who calls."""
        way, token = self._way(), token_for(self._model.model)
        revision = self._hub.known().sha if self._hub is not None else ""
        form = "" if self._form is None else _digest(self._form.schema)
        ports = ",".join(self._outputs or ())
        what = ("model", self._model.model, self._model.provider, way.task.name, revision, form, ports)
        return Identity(what, user=fingerprint(token) if token else "")

    async def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Call the model and wait for its result; a chat's text is told as it grows.

        Raises:
            WiringError: A value is one that the model is bound to refuse; nothing was sent.
            ModelError: The provider, or the way to it, failed.
        """
        way = self._route if self._route is not None else await anyio.to_thread.run_sync(self._way)
        self._require(inputs)
        for name, value in inputs.items():
            check_input(str(self._where), self._parameter(name), value)
        value = await (self._chat(way, inputs, call) if way.task.name == CHAT else self._ask(way, inputs, call))
        return self._as_declared(call.postprocessed(value))

    async def _ask(self, way: Route, inputs: dict[str, Any], call: Call) -> Any:
        where = self._where
        arguments = {name: value for name, value in inputs.items() if value is not None}
        arguments = await sendable(arguments, self.spec().parameters, call.new_file, where)
        method, spread = client_method(way.task.name, way.task.method)
        if spread:
            arguments |= arguments.pop(EXTRA, {})
        async with opened(way, where) as client:
            answer = await method(client, **arguments)
            return await anyio.to_thread.run_sync(way.task.unwrap, answer, call.new_file)

    async def _chat(self, way: Route, inputs: dict[str, Any], call: Call) -> Any:
        arguments = await chat.arguments_of(inputs, call.new_file)
        if self._form is not None:
            arguments["response_format"] = response_format(self._form)
        async with opened(way, self._where) as client:
            answer = await chat.stream(client, arguments, self._where, call.partial)
        if self._form is not None:
            return parsed(self._form, answer, self._where)
        return answer.tool_calls() if answer.calls and not answer.text else answer.text

    @property
    def work(self) -> Any:
        """See `stand_ins.work_of`."""
        return "model", *self._given

    def unasked(self) -> NodeKind:
        """The node as far as it is known without asking the Hub: of one never asked the outputs that the user named."""
        if self._spec is not None:
            return self
        if self._form is not None:
            outputs = {name: port.annotation for name, port in self._form.ports().items()}
            return FunctionKind(anything, outputs, self._name)
        return FunctionKind(anything, self._outputs or None, self._name)

    def with_outputs(self, outputs: Any) -> ModelKind:
        """The same model with other outputs."""
        return ModelKind(self._given[0], self._given[1], outputs=outputs, name=self._name)

    @property
    def _where(self) -> Where:
        way = self._route
        provider = self._model.provider if way is None or way.provider is None else way.provider
        return Where(self._model.model, "" if self._model.is_url or provider == "auto" else provider)

    def _way(self) -> Route:
        """How the model is called; the Hub is asked for the first time."""
        if self._route is None:
            known = self._hub.known() if self._hub is not None else None
            self._route = route(self._model, self._task, known)
        return self._route

    def _parameter(self, name: str) -> Parameter:
        parameters = self.spec().parameters
        if name not in parameters:
            near = did_you_mean(name, parameters)
            raise UnknownParameterError(
                f"{self._where} has no parameter {name!r}{near}", notes={"valid": listed(parameters)}
            )
        return parameters[name]

    def _require(self, given: Mapping[str, Any]) -> None:
        missing = [name for name, one in self.spec().parameters.items() if one.required and name not in given]
        if missing:
            raise MissingParameterError(
                f"{self._where} needs {listed(missing)}",
                notes={"given": listed(given), "valid": listed(self.spec().parameters)},
            )
        said = ("prompt", "messages", "image", "images")
        if self._way().task.name == CHAT and all(given.get(name) is None for name in said):
            raise MissingParameterError(
                f"{self._where} has nothing to answer", notes={"needs": f"one of {listed(said)}"}
            )

    def _as_declared(self, value: Any) -> Any:
        """The value as the outputs that are named.

        Raises:
            OutputError: It is no record with these fields.
        """
        names = tuple(self._outputs or ())
        if len(names) < 2:
            return value
        if is_mapping(value) and set(names) <= set(value):
            return record_type(names)(*(value[name] for name in names))
        if is_sequence(value) and len(value) == len(names):
            return record_type(names)(*value)
        raise OutputError(f"{self._where} made {shorten(value)}, and its outputs are {listed(names)}")


def _default_name(name: Name) -> str:
    text = "model" if name.is_url else name.model.rpartition("/")[2]
    found = slug(text.replace(".", "_").replace("-", "_"))
    return found or "model"


def _port(name: str, annotation: Any, shown: Any) -> OutputPort:
    if shown is None:
        return OutputPort(name, annotation, shown=False)
    if isinstance(shown, type) or hasattr(shown, "__origin__"):
        return OutputPort(name, shown)
    return OutputPort(name, annotation, component=shown)


def _digest(schema: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(schema, sort_keys=True, default=str).encode()).hexdigest()[:16]
