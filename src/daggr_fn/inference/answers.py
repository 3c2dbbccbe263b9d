"""Structured answers: what a model is asked to answer in, and what its text then is.

The form is a pydantic model or a JSON schema; it goes to the provider as `response_format`, as in OpenAI's API. What
comes back is checked here, since not every provider holds its models to it.
"""

from __future__ import annotations

import importlib
import json
import re
from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn.errors import WiringError, shorten
from daggr_fn.gradio_http.json_types import is_mapping
from daggr_fn.inference.errors import ModelAnswerError
from daggr_fn.kinds import OutputPort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.inference.chat import Answer
    from daggr_fn.inference.sorting import Where

_FENCE = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)
_TYPES: dict[Any, Any] = {"string": str, "integer": int, "number": float, "boolean": bool}


class Form(Protocol):
    """The form of a structured answer."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema."""
        ...

    @property
    def record(self) -> Any:
        """How its fields are read: see `NodeSpec.record`."""
        ...

    @property
    def returns(self) -> Any:
        """The type of the value."""
        ...

    def ports(self) -> dict[str, OutputPort]:
        """Its fields."""
        ...

    def parse(self, text: str) -> Any:
        """The value. Raises a `ValueError` when the text has another form."""
        ...


def form_of_outputs(outputs: Any) -> Form | None:
    """The form that `outputs=` asks for, or `None` when it names ports."""
    if isinstance(outputs, type) and hasattr(outputs, "model_json_schema"):
        return ModelForm(outputs)
    if is_mapping(outputs) and ("$schema" in outputs or isinstance(outputs.get("type"), str)):
        return SchemaForm(dict(outputs))
    if outputs is not None and not is_mapping(outputs):
        raise WiringError(
            f"outputs={shorten(outputs)} is neither names of outputs, nor a pydantic model, nor a JSON schema",
            instead='outputs={"image": gr.Image()}',
        )
    return None


class ModelForm:
    """A pydantic model; the value is an instance."""

    record = "attribute"

    def __init__(self, model: Any) -> None:
        self.returns = model

    @property
    def schema(self) -> dict[str, Any]:
        return dict(self.returns.model_json_schema())

    def ports(self) -> dict[str, OutputPort]:
        return {name: OutputPort(name, field.annotation) for name, field in self.returns.model_fields.items()}

    def parse(self, text: str) -> Any:
        return self.returns.model_validate_json(_unfenced(text))


class SchemaForm:
    """A JSON schema; the value is what `json.loads` makes."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.is_object = schema.get("type") == "object" and bool(schema.get("properties"))
        self.record = "key" if self.is_object else ""
        self.returns: Any = dict[str, Any] if self.is_object else Any
        library: Any = importlib.import_module("fastjsonschema")
        self._refused = library.JsonSchemaValueException
        try:
            self._validate = library.compile(schema)
        except (library.JsonSchemaDefinitionException, ValueError, TypeError, AttributeError) as error:
            raise WiringError(f"outputs={shorten(schema)} is no JSON schema: {error}") from error

    def ports(self) -> dict[str, OutputPort]:
        if not self.is_object:
            return {"output": OutputPort("output")}
        properties: Mapping[str, Any] = self.schema["properties"]
        return {name: OutputPort(name, _type_of(schema)) for name, schema in properties.items()}

    def parse(self, text: str) -> Any:
        try:
            return self._validate(json.loads(_unfenced(text)))
        except self._refused as error:
            raise ValueError(str(error)) from error


def parsed(form: Form, answer: Answer, where: Where) -> Any:
    """The value of a structured answer.

    Raises:
        ModelAnswerError: It has another form, or was cut off.
    """
    if answer.finished == "length":
        raise ModelAnswerError(
            f"the answer of {where} was cut off at max_tokens; allow more", answer=answer.text, **where.names
        )
    try:
        return form.parse(answer.text)
    except ValueError as error:
        raise ModelAnswerError(
            f"{where} answered in another form than outputs= asks for: {error}\n  answer   {shorten(answer.text, 200)}",
            answer=answer.text,
            **where.names,
        ) from error


def response_format(form: Form) -> dict[str, Any]:
    """What tells a provider the form of the answer."""
    name = re.sub(r"\W+", "_", str(form.schema.get("title") or "answer"))
    return {"type": "json_schema", "json_schema": {"name": name, "schema": form.schema}}


def _unfenced(text: str) -> str:
    """The JSON in a block of Markdown, where some models put it."""
    found = _FENCE.fullmatch(text)
    return found.group(1) if found else text


def _type_of(schema: Any) -> Any:
    return _TYPES.get(schema.get("type"), Any) if is_mapping(schema) else Any
