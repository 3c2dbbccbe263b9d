"""What a Gradio app says of itself: endpoints, parameters, returns, with the bounds and choices of its components.

Sources: `GET /config` (components, dependencies) and `GET {api_prefix}/info?serialize=False` (named endpoints), see
`gradio/routes.py` and `gradio_client/client.py`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.gradio_http.json_types import is_mapping, is_sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROPS = (
    "minimum",
    "maximum",
    "step",
    "precision",
    "choices",
    "multiselect",
    "allow_custom_value",
    "max_choices",
    "max_length",
    "file_count",
    "headers",
)
_UNLABELLED = re.compile(r"(parameter|value)_\d+")


@dataclass(frozen=True)
class ApiParameter:
    """One parameter of an endpoint.

    Attributes:
        schema: The JSON schema of its values.
        component: The component's type in the app's configuration: `slider`, `image`.
        props: The component's settings that limit its values.
    """

    name: str
    label: str
    schema: Mapping[str, Any]
    component: str
    props: Mapping[str, Any]
    has_default: bool
    default: Any

    @property
    def takes_files(self) -> bool:
        """Whether a value is a file, or a list of files."""
        return is_file_schema(self.schema) or holds_files(self.schema)


@dataclass(frozen=True)
class ApiReturn:
    """One return of an endpoint."""

    label: str
    schema: Mapping[str, Any]
    component: str


@dataclass(frozen=True)
class Unasked:
    """An input that is no parameter: a session's state, a button."""

    value: Any


@dataclass(frozen=True)
class Endpoint:
    """One named endpoint.

    Attributes:
        inputs: What the app expects, in order: the name of a parameter, or a hidden input's value.
        outputs: For each value that the app sends, whether it is a return (a state isn't).
    """

    name: str
    fn_index: int
    doc: str
    parameters: tuple[ApiParameter, ...]
    returns: tuple[ApiReturn, ...]
    inputs: tuple[str | Unasked, ...]
    outputs: tuple[bool, ...]

    @property
    def digest(self) -> str:
        """A digest of what a caller can see; the same in each process that the app runs in."""
        seen = {
            "parameters": [
                (p.name, p.schema, p.component, dict(p.props), p.has_default, _without_urls(p.default))
                for p in self.parameters
            ],
            "returns": [(r.schema, r.component) for r in self.returns],
        }
        return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()[:32]

    def parameter(self, name: str) -> ApiParameter | None:
        return next((p for p in self.parameters if p.name == name), None)


@dataclass(frozen=True)
class AppDescription:
    """One app.

    Attributes:
        version: The version of Gradio that it runs.
        protocol: How its queue talks: `sse_v3`.
        api_prefix: The path before its API's routes: `/gradio_api`, "" for Gradio 4.
        max_file_size: In bytes, `None` without a limit.
    """

    version: str
    protocol: str
    api_prefix: str
    max_file_size: int | None
    endpoints: Mapping[str, Endpoint]

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AppDescription:
        endpoints = {name: _endpoint_from_json(item) for name, item in data["endpoints"].items()}
        return cls(data["version"], data["protocol"], data["api_prefix"], data["max_file_size"], endpoints)


def describe(config: Mapping[str, Any], info: Mapping[str, Any]) -> AppDescription:
    """Make a description out of an app's `/config` and `/info`."""
    components = {component["id"]: component for component in config["components"]}
    documented: Mapping[str, Any] = info.get("named_endpoints", {})
    endpoints: dict[str, Endpoint] = {}
    for position, dependency in enumerate(config["dependencies"]):
        name = f"/{dependency.get('api_name')}"
        if isinstance(dependency.get("api_name"), str) and name in documented and name not in endpoints:
            index = int(dependency.get("id", position))
            endpoints[name] = _endpoint(name, index, dependency, documented[name], components)
    return AppDescription(
        version=str(config.get("version", "")),
        protocol=str(config.get("protocol", "ws")),
        api_prefix=str(config.get("api_prefix") or "").rstrip("/"),
        max_file_size=config.get("max_file_size"),
        endpoints=endpoints,
    )


def is_file_schema(schema: Mapping[str, Any]) -> bool:
    """Whether a JSON schema is that of a file as Gradio sends it."""
    properties = schema.get("properties")
    return is_mapping(properties) and "path" in properties and "meta" in properties


def holds_files(schema: Mapping[str, Any]) -> bool:
    """Whether a JSON schema is that of a list of files."""
    items = schema.get("items")
    if schema.get("type") != "array" or not is_mapping(items):
        return False
    reference = items.get("$ref")
    if isinstance(reference, str):
        definitions: Mapping[str, Any] = schema.get("$defs") or {}
        items = definitions.get(reference.rpartition("/")[2])
    return is_mapping(items) and is_file_schema(items)


def type_of(schema: Mapping[str, Any]) -> str:
    """The type that a JSON schema names: `string`; "" when it names none, or several."""
    named = schema.get("type")
    return named if isinstance(named, str) else ""


def _endpoint(
    name: str,
    index: int,
    dependency: Mapping[str, Any],
    documented: Mapping[str, Any],
    components: Mapping[int, Mapping[str, Any]],
) -> Endpoint:
    shown = [i for i in dependency["inputs"] if not _is_hidden(components.get(i, {}))]
    told = documented.get("parameters", [])
    parameters = tuple(_parameter(item, components.get(i, {})) for item, i in zip(told, shown, strict=False))
    names = iter([parameter.name for parameter in parameters])
    inputs: list[str | Unasked] = []
    for i in dependency["inputs"]:
        component = components.get(i, {})
        inputs.append(_hidden(component) if _is_hidden(component) else next(names, Unasked(None)))
    outputs = tuple(not _is_hidden(components.get(i, {})) for i in dependency["outputs"])
    visible = [components.get(i, {}) for i, seen in zip(dependency["outputs"], outputs, strict=True) if seen]
    returns = tuple(
        ApiReturn(_label(item), item.get("type") or {}, str(component.get("type", "")))
        for item, component in zip(documented.get("returns", []), visible, strict=False)
    )
    doc = str(documented.get("description") or "")
    return Endpoint(name, index, doc, parameters, returns, tuple(inputs), outputs)


def _parameter(item: Mapping[str, Any], component: Mapping[str, Any]) -> ApiParameter:
    props = _props(component)
    return ApiParameter(
        name=str(item.get("parameter_name") or item.get("label")),
        label=_label(item),
        schema=item.get("type") or {},
        component=str(component.get("type", "")),
        props={key: props[key] for key in _PROPS if props.get(key) is not None},
        has_default=bool(item.get("parameter_has_default")),
        default=item.get("parameter_default"),
    )


def _props(component: Mapping[str, Any]) -> Mapping[str, Any]:
    return component.get("props") or {}


def _is_hidden(component: Mapping[str, Any]) -> bool:
    return bool(component.get("skip_api", component.get("type") == "state"))


def _hidden(component: Mapping[str, Any]) -> Unasked:
    # A session's state is the app's own; other hidden inputs (a button) send what they show.
    return Unasked(None if component.get("type") == "state" else _props(component).get("value"))


def _label(item: Mapping[str, Any]) -> str:
    label = str(item.get("label") or "")
    return "" if _UNLABELLED.fullmatch(label) else label


def _without_urls(value: Any) -> Any:
    """A default without addresses: they hold the port that an app happened to get."""
    if is_mapping(value):
        return {key: _without_urls(part) for key, part in value.items() if key != "url"}
    if is_sequence(value):
        return [_without_urls(part) for part in value]
    return value


def _endpoint_from_json(data: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        name=data["name"],
        fn_index=data["fn_index"],
        doc=data["doc"],
        parameters=tuple(ApiParameter(**item) for item in data["parameters"]),
        returns=tuple(ApiReturn(**item) for item in data["returns"]),
        inputs=tuple(Unasked(**item) if is_mapping(item) else item for item in data["inputs"]),
        outputs=tuple(data["outputs"]),
    )
