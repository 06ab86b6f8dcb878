"""JSON from and to types: dataclasses, TypedDict, Enum, Literal, Union, list, tuple, dict and the plain ones."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import inspect
import json
import types
import typing
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union

from .failures import Failure

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_TEXT = {datetime.datetime: "date-time", datetime.date: "date", uuid.UUID: "uuid"}
_LISTS = (list, Sequence, set, frozenset)
_DICTS = (dict, Mapping)


class Mismatch(Exception):
    """A value that does not fit its type: where, and what was expected there."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(why)
        self.path = path
        self.why = why


def read(what: str, text: str, kind: Any = Any) -> Any:
    """Reads JSON text as a type, or fails for good with `invalid_<what>`, the path and what was expected there."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Failure.permanent(f"invalid_{what}", f"the {what} is no JSON: {error}") from None
    try:
        return fit(kind, value, "")
    except Mismatch as wrong:
        at = f" at `{wrong.path}`" if wrong.path else ""
        raise Failure.permanent(f"invalid_{what}", f"the {what} is wrong{at}: {wrong.why}") from None


def write(what: str, value: Any) -> str:
    """Writes a value as JSON text, or fails for good with `invalid_<what>`."""
    try:
        return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise Failure.permanent(f"invalid_{what}", f"the {what} cannot be written as JSON: {error}") from None


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} is no value of JSON")


@functools.lru_cache(maxsize=None)
def _hints(kind: Any) -> dict[str, Any]:
    """The types of members. They are evaluated once, when the component is built: see `prepare`."""
    return typing.get_type_hints(kind, include_extras=True)


def _bare(kind: Any) -> Any:
    """The type without what only checkers of types want to know."""
    while True:
        origin = typing.get_origin(kind)
        if origin in (typing.Annotated, typing.Required, typing.NotRequired, getattr(typing, "ReadOnly", None)) and origin:
            kind = typing.get_args(kind)[0]
        elif isinstance(kind, typing.NewType):
            kind = kind.__supertype__
        elif hasattr(kind, "__value__"):
            kind = kind.__value__
        else:
            return kind


def _is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (Union, types.UnionType)


def _is_a(kind: Any, parent: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, parent)


# From JSON


def fit(kind: Any, value: Any, path: str) -> Any:
    """The value as its type has it."""
    kind = _bare(kind)
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any or kind is object or isinstance(kind, typing.TypeVar):
        return value
    if kind is None:
        kind = type(None)
    if kind in _PLAIN:
        return _fit_plain(kind, value, path)
    if kind in _TEXT:
        return _fit_text(kind, value, path)
    if origin is Literal:
        return _fit_literal(args, value, path)
    if _is_union(kind):
        return _fit_union(args, value, path)
    if dataclasses.is_dataclass(kind) or typing.is_typeddict(kind):
        return _fit_members(kind, value, path)
    if _is_a(kind, enum.Enum):
        return _fit_enum(kind, value, path)
    if (origin or kind) in _LISTS:
        items = [fit(args[0] if args else Any, item, f"{path}[{at}]") for at, item in enumerate(_typed(list, value, path))]
        return items if (origin or kind) in (list, Sequence) else (origin or kind)(items)
    if (origin or kind) is tuple:
        return _fit_tuple(args, _typed(list, value, path), path)
    if (origin or kind) in _DICTS:
        of = args[1] if args else Any
        return {name: fit(of, item, _below(path, name)) for name, item in _typed(dict, value, path).items()}
    raise TypeError(f"{kind!r} is no type of JSON; use a dataclass, TypedDict, Enum, Literal, list, dict or a plain type")


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _name(kind: Any) -> str:
    kind = _bare(kind)
    names = {list: "an array", dict: "an object", str: "a string", int: "an integer", float: "a number", bool: "a boolean"}
    if kind in (None, type(None)):
        return "null"
    if typing.get_origin(kind) is Literal:
        return " or ".join(json.dumps(one) for one in typing.get_args(kind))
    return names.get(typing.get_origin(kind) or kind) or getattr(kind, "__name__", str(kind))


def _shown(value: Any) -> str:
    kind = _name(float if isinstance(value, float) else type(value))
    if value is None or isinstance(value, (list, dict)):
        return kind
    text = json.dumps(value, ensure_ascii=False)
    return kind if len(text) > 40 else f"{kind} ({text})"


def _typed(kind: type, value: Any, path: str) -> Any:
    if not isinstance(value, kind):
        raise Mismatch(path, f"expected {_name(kind)}, found {_shown(value)}")
    return value


def _fit_plain(kind: Any, value: Any, path: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) <= 1 << 53 else value
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    is_other = isinstance(value, bool) and kind is not bool
    if is_other or not isinstance(value, kind):
        raise Mismatch(path, f"expected {_name(kind)}, found {_shown(value)}")
    return value


def _fit_text(kind: Any, value: Any, path: str) -> Any:
    text = _typed(str, value, path)
    try:
        if kind is uuid.UUID:
            return uuid.UUID(text)
        return kind.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        raise Mismatch(path, f"expected a {_TEXT[kind]}, found {_shown(value)}") from None


def _fit_literal(allowed: tuple[Any, ...], value: Any, path: str) -> Any:
    for one in allowed:
        if type(one) is type(value) and one == value:
            return value
    raise Mismatch(path, f"expected {' or '.join(json.dumps(one) for one in allowed)}, found {_shown(value)}")


def _fit_enum(kind: Any, value: Any, path: str) -> Any:
    for one in kind:
        if type(one.value) is type(value) and one.value == value:
            return one
    raise Mismatch(path, f"expected {' or '.join(json.dumps(one.value) for one in kind)}, found {_shown(value)}")


def _fit_union(kinds: tuple[Any, ...], value: Any, path: str) -> Any:
    furthest: Mismatch | None = None
    for kind in kinds:
        try:
            return fit(kind, value, path)
        except Mismatch as wrong:
            # The alternative that was followed furthest is the one that was meant.
            if furthest is None or len(wrong.path) > len(furthest.path):
                furthest = wrong
    if furthest is not None and len(furthest.path) > len(path):
        raise furthest
    raise Mismatch(path, f"expected {' or '.join(_name(kind) for kind in kinds)}, found {_shown(value)}")


def _fit_tuple(kinds: tuple[Any, ...], value: list[Any], path: str) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(fit(kinds[0], item, f"{path}[{at}]") for at, item in enumerate(value))
    if kinds and len(kinds) != len(value):
        raise Mismatch(path, f"expected {len(kinds)} items, found {len(value)}")
    of = kinds or (Any,) * len(value)
    return tuple(fit(kind, item, f"{path}[{at}]") for at, (kind, item) in enumerate(zip(of, value)))


def _fit_members(kind: Any, value: Any, path: str) -> Any:
    given = _typed(dict, value, path)
    required, hints = _required(kind), _hints(kind)
    for name in required:
        if name not in given:
            raise Mismatch(path, f"`{name}` is missing")
    members = {name: fit(of, given[name], _below(path, name)) for name, of in hints.items() if name in given}
    return members if typing.is_typeddict(kind) else kind(**members)


def _required(kind: Any) -> list[str]:
    if typing.is_typeddict(kind):
        return [name for name in _hints(kind) if name in kind.__required_keys__]
    absent = dataclasses.MISSING
    return [field.name for field in dataclasses.fields(kind) if field.init and field.default is absent and field.default_factory is absent]


# To schemas


def schema_of(kind: Any) -> Any:
    """The JSON Schema of a type, with the types that hold themselves or occur again below `$defs`."""
    definitions: dict[str, Any] = {}
    schema = _schema(kind, definitions)
    name = getattr(_bare(kind), "__name__", "")
    if isinstance(schema, dict) and schema.get("$ref") == f"#/$defs/{name}":
        used = json.dumps([each for other, each in definitions.items()])
        if f'"#/$defs/{name}"' not in used:
            schema = definitions.pop(name)
    if definitions:
        schema = {**schema, "$defs": definitions}
    return schema


def _schema(kind: Any, definitions: dict[str, Any]) -> Any:
    kind = _bare(kind)
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any or kind is object or isinstance(kind, typing.TypeVar):
        return True
    if kind is None:
        kind = type(None)
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if kind in _TEXT:
        return {"type": "string", "format": _TEXT[kind]}
    if origin is Literal:
        return {"enum": list(args)}
    if _is_union(kind):
        return _union_schema(args, definitions)
    if dataclasses.is_dataclass(kind) or typing.is_typeddict(kind):
        return _members_schema(kind, definitions)
    if _is_a(kind, enum.Enum):
        return {"enum": [one.value for one in kind]}
    if (origin or kind) in _LISTS:
        return {"type": "array", "items": _schema(args[0] if args else Any, definitions)}
    if (origin or kind) is tuple:
        return _tuple_schema(args, definitions)
    if (origin or kind) in _DICTS:
        return {"type": "object", "additionalProperties": _schema(args[1] if args else Any, definitions)}
    raise TypeError(f"{kind!r} is no type of JSON; use a dataclass, TypedDict, Enum, Literal, list, dict or a plain type")


def _union_schema(kinds: tuple[Any, ...], definitions: dict[str, Any]) -> Any:
    schemas = [_schema(kind, definitions) for kind in kinds]
    if True in [schema for schema in schemas if isinstance(schema, bool)]:
        return True
    if len(schemas) == 1:
        return schemas[0]
    if all(set(schema) == {"type"} for schema in schemas):
        return {"type": [schema["type"] for schema in schemas]}
    return {"anyOf": schemas}


def _tuple_schema(kinds: tuple[Any, ...], definitions: dict[str, Any]) -> Any:
    if not kinds:
        return {"type": "array"}
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return {"type": "array", "items": _schema(kinds[0], definitions)}
    items = [_schema(kind, definitions) for kind in kinds]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _members_schema(kind: Any, definitions: dict[str, Any]) -> Any:
    name = kind.__name__
    reference = {"$ref": f"#/$defs/{name}"}
    if name in definitions:
        return reference
    definitions[name] = {}
    schema: dict[str, Any] = {"type": "object"}
    description = _doc(kind)
    if description:
        schema["description"] = description
    properties = {member: _schema(of, definitions) for member, of in _hints(kind).items()}
    for field in dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ():
        said = field.metadata.get("description")
        if said and isinstance(properties[field.name], dict):
            properties[field.name] = {**properties[field.name], "description": said}
    schema["properties"] = properties
    required = _required(kind)
    if required:
        schema["required"] = required
    definitions[name] = schema
    return reference


def _doc(kind: Any) -> str | None:
    """The docstring, if somebody wrote one."""
    doc = inspect.cleandoc(kind.__doc__) if kind.__doc__ else None
    return None if doc is None or doc.startswith(f"{kind.__name__}(") or doc == dict.__doc__ else doc
