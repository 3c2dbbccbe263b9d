"""What annotations say: resolved one by one, taken apart, compared.

`typing.get_type_hints` gives up on all annotations when one does not resolve; here each stands for itself.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import functools
import inspect
import logging
import sys
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from daggr_fn.loaded import class_if_loaded

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logger = logging.getLogger("daggr_fn")

_UNIONS: tuple[Any, ...] = (Union, types.UnionType)
_CALLABLE: Any = collections.abc.Callable
_NUMBERS: dict[Any, tuple[type, ...]] = {float: (int, bool), complex: (float, int, bool), int: (bool,)}


class Field(NamedTuple):
    """One field of a record type."""

    annotation: Any
    metadata: tuple[Any, ...]


def resolve(owner: Any, scope: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The annotations of a function or class with strings evaluated, `Annotated` kept; `Any` where one can't be.

    Args:
        owner: A function or a class.
        scope: More names to look in: the locals of the code that decorates the function.
    """
    raw: dict[str, Any] = {}
    if isinstance(owner, type):
        for base in reversed(owner.__mro__):
            raw.update({name: (value, base) for name, value in _own_annotations(base).items()})
    else:
        raw = {name: (value, owner) for name, value in _own_annotations(owner).items()}
    return {name: _evaluate(value, where, name, scope or {}) for name, (value, where) in raw.items()}


def _own_annotations(owner: Any) -> Mapping[str, Any]:
    try:
        return inspect.get_annotations(inspect.unwrap(owner) if callable(owner) else owner)
    except (NameError, TypeError):
        return {}


def _evaluate(value: Any, owner: Any, name: str, scope: Mapping[str, Any]) -> Any:
    if isinstance(value, typing.ForwardRef):
        value = value.__forward_arg__
    if not isinstance(value, str):
        return value
    owner = inspect.unwrap(owner) if not isinstance(owner, type) else owner
    module = sys.modules.get(getattr(owner, "__module__", ""), None)
    names: dict[str, Any] = dict(getattr(owner, "__globals__", None) or vars(module or types.SimpleNamespace()))
    closure: Mapping[str, Any] = (
        inspect.getclosurevars(owner).nonlocals if isinstance(owner, types.FunctionType) else {}
    )
    try:
        return eval(value, names, {**scope, **closure})  # noqa: S307  # an annotation of the user's own program
    except Exception as error:  # noqa: BLE001  # whatever an annotation raises, it is only unknown
        logger.warning("the annotation %r of %s in %s is unknown: %s", value, name, owner.__qualname__, error)
        return Any


def bare(annotation: Any) -> Any:
    """An annotation without `Annotated`."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def metadata(annotation: Any) -> tuple[Any, ...]:
    """What `Annotated` carries; empty when the annotation is none."""
    return tuple(annotation.__metadata__) if get_origin(annotation) is Annotated else ()


def is_component(value: Any) -> bool:
    """Whether a value is a Gradio component (gradio is never imported to find out)."""
    component = class_if_loaded("gradio.components.base", "Component")
    return component is not None and isinstance(value, component)


def record_fields(annotation: Any) -> tuple[str, dict[str, Field]] | None:
    """How a record type is read and its fields, in order.

    Returns:
        `("attribute", fields)` for a NamedTuple or dataclass, `("key", fields)` for a TypedDict, else `None`.
    """
    annotation = bare(annotation)
    cls = get_origin(annotation) or annotation
    if not is_class(cls):
        return None
    names: list[str]
    if _is_named_tuple(cls):
        names, how = list(cls._fields), "attribute"
    elif dataclasses.is_dataclass(cls):
        names, how = [field.name for field in dataclasses.fields(cls)], "attribute"
    elif typing.is_typeddict(cls):
        names, how = list(cls.__annotations__), "key"
    else:
        return None
    hints = resolve(cls)
    return how, {name: Field(bare(_plain(hints.get(name, Any))), metadata(hints.get(name, Any))) for name in names}


def declared_parts(annotation: Any) -> tuple[str, dict[str, Field]] | None:
    """The same of what has parts with declared names: a record, or a pydantic model, which is one output as a value."""
    cls = bare(annotation)
    model = class_if_loaded("pydantic.main", "BaseModel")
    if model is None or not is_class(cls) or not issubclass(cls, model):
        return record_fields(annotation)
    fields: dict[str, Any] = getattr(cls, "model_fields", {})
    return "attribute", {name: Field(bare(one.annotation), ()) for name, one in fields.items()}


def _is_named_tuple(cls: Any) -> bool:
    return hasattr(cls, "_fields") and issubclass(cls, tuple)


def _plain(annotation: Any) -> Any:
    """An annotation without the TypedDict markers `Required` and `NotRequired`."""
    if str(get_origin(annotation)).rpartition(".")[2] in {"Required", "NotRequired", "ReadOnly"}:
        return get_args(annotation)[0]
    return annotation


def part_annotation(annotation: Any, key: Any) -> Any:
    """The annotation of `value[key]` or `value.key`; `Any` where it can't be known."""
    record = record_fields(annotation)
    if record is not None and isinstance(key, str):
        return record[1][key].annotation if key in record[1] else Any
    origin, args = get_origin(bare(annotation)), get_args(bare(annotation))
    if origin is tuple and isinstance(key, int) and args and args[-1] is not Ellipsis:
        return args[key] if -len(args) <= key < len(args) else Any
    if isinstance(origin, type) and issubclass(origin, collections.abc.Mapping) and len(args) == 2:
        return args[1]
    return item_annotation(annotation)


def item_annotation(annotation: Any) -> Any:
    """The annotation of one element of a list; `Any` where it can't be known."""
    annotation = bare(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return args[0] if len(args) == 2 and args[1] is Ellipsis else Any
    if isinstance(origin, type) and issubclass(origin, collections.abc.Iterable) and len(args) == 1:
        return args[0]
    return Any


def is_listlike(annotation: Any) -> bool:
    """Whether values of this annotation can be mapped over; true when nothing is known."""
    annotation = bare(annotation)
    cls = get_origin(annotation) or annotation
    if _unknown(annotation) or not isinstance(cls, type) or cls in _UNIONS:
        return True
    return issubclass(cls, collections.abc.Iterable) and not issubclass(cls, (str, bytes, dict))


def is_plain(annotation: Any) -> bool:
    """Whether values are numbers, texts or the like, which have no parts of one's own."""
    return bare(annotation) in (str, int, float, bool, bytes, type(None))


def assignable(given: Any, wanted: Any) -> bool:
    """Whether a value of one annotation may be passed where another is wanted.

    Only provable mismatches are refused: `Any`, type variables, protocols and whatever is not understood pass.
    """
    given, wanted = bare(given), bare(wanted)
    if _unknown(given) or _unknown(wanted) or given == wanted:
        return True
    if get_origin(given) in _UNIONS:
        return any(assignable(one, wanted) for one in get_args(given))
    if get_origin(wanted) in _UNIONS:
        return any(assignable(given, one) for one in get_args(wanted))
    if get_origin(given) is Literal:
        return any(_literal_fits(value, wanted) for value in get_args(given))
    if get_origin(wanted) is Literal:
        return any(isinstance(value, _class(given)) for value in get_args(wanted))
    return _class_assignable(given, wanted)


def _literal_fits(value: Any, wanted: Any) -> bool:
    if get_origin(wanted) is Literal:
        return value in get_args(wanted)
    return assignable(type(value), wanted)


def _class_assignable(given: Any, wanted: Any) -> bool:
    source, target = _class(given), _class(wanted)
    if _interchangeable(source, target) or source in _NUMBERS.get(target, ()):
        return True
    try:
        if not issubclass(source, target):
            return False
    except TypeError:  # a protocol that is not runtime-checkable
        return True
    inner_given, inner_wanted = get_args(given), get_args(wanted)
    if not inner_given or not inner_wanted or not issubclass(target, collections.abc.Iterable):
        return True
    if issubclass(source, tuple) or len(inner_given) != len(inner_wanted):
        return True
    return all(assignable(a, b) for a, b in zip(inner_given, inner_wanted, strict=True))


def _class(annotation: Any) -> Any:
    if annotation is None:
        return type(None)
    return get_origin(annotation) or annotation


def _unknown(annotation: Any) -> bool:
    if annotation is Any or annotation is object or isinstance(annotation, (TypeVar, str)):
        return True
    cls = _class(annotation)
    if cls in _UNIONS or cls is Literal:
        return False
    return not is_class(cls) or cls is _CALLABLE or getattr(cls, "_is_protocol", False)


def _interchangeable(source: Any, target: Any) -> bool:
    """Media travel as files: a path, a picture, an array and bytes are converted into each other."""
    if _is_media(target):
        return _is_media(source) or source is str
    if source is Path or (is_class(source) and issubclass(source, Path)):
        return target is str
    return typing.is_typeddict(source) and target in (dict, collections.abc.Mapping)


def _is_media(cls: Any) -> bool:
    if not is_class(cls):
        return False
    return cls is bytes or issubclass(cls, Path) or media_name(cls) != ""


def is_class(value: Any) -> bool:
    """Whether a value is a class. As a function, so that it stays `Any` to type checkers."""
    return isinstance(value, type)


@functools.lru_cache(maxsize=1024)
def media_name(cls: type) -> str:
    """`"image"` for `PIL.Image.Image`, `"array"` for `numpy.ndarray`, else `""`; by name, to import neither."""
    for base in cls.__mro__:
        qualified = f"{base.__module__}.{base.__qualname__}"
        if qualified == "PIL.Image.Image":
            return "image"
        if qualified == "numpy.ndarray":
            return "array"
    return ""


def describe(annotation: Any) -> str:
    """An annotation as people write it: `list[str]`, `int | None`, `Path`."""
    annotation = bare(annotation)
    if annotation is None or annotation is type(None):
        return "None"
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in _UNIONS:
        return " | ".join(describe(one) for one in args)
    if origin is None and isinstance(annotation, type):
        return annotation.__qualname__.rpartition("<locals>.")[2]
    if args and isinstance(origin, type) and not any(isinstance(one, list) for one in args):  # not Callable[[...], ...]
        return f"{describe(origin)}[{', '.join('...' if one is Ellipsis else describe(one) for one in args)}]"
    text = str(annotation)
    for prefix in ("typing.", "collections.abc.", "pathlib.", "builtins."):
        text = text.replace(prefix, "")
    return text


def enum_values(annotation: Any) -> list[Any] | None:
    """The values of a `Literal` or `Enum`, else `None`."""
    annotation = bare(annotation)
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return [member.value for member in annotation]
    return None


def caller_scope(function: Callable[..., Any], depth: int = 2) -> Mapping[str, Any]:
    """The locals of the code that decorates a function made inside another; empty at module level."""
    if "<locals>" not in getattr(function, "__qualname__", ""):
        return {}
    frame: types.FrameType | None = sys._getframe(depth)
    while frame is not None and frame.f_globals is not getattr(function, "__globals__", None):
        frame = frame.f_back
    return dict(frame.f_locals) if frame is not None else {}
