"""What a form asks for that configures something: the fields of a Config class as plain data.

A form is read where the class is not: from snapshots, by a page that runs no code. It says of each
field how it is given and what may be given; values that are secret are never in it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

from assetbook.definitions.env_var import is_env_var, looks_secret
from assetbook.definitions.provenance import shown_field
from assetbook.definitions.secret import MASK, Secret
from assetbook.definitions.secret_literals import masked
from assetbook.types.resolution import type_name

FieldForm: TypeAlias = dict[str, Any]
"""One field: ``name``, ``kind`` (``text``, ``int``, ``number``, ``flag``, ``choice``, ``date``,
``group``, ``list`` or ``json``) and ``type`` as its author wrote it; and where they say anything
``required``, ``default`` (``{"env": NAME}`` for a variable), ``hidden`` for one that is secret,
``nullable``, ``choices``, ``fields``, ``item``, ``secret``, ``about`` and the limits ``ge``,
``gt``, ``le``, ``lt``, ``min_length``, ``max_length``."""
Form: TypeAlias = tuple[FieldForm, ...]

_SCALARS: Final[Mapping[object, str]] = {
    bool: "flag",
    int: "int",
    float: "number",
    str: "text",
    date: "date",
}
_SECRETS: Final = frozenset({"SecretStr", "SecretBytes"})
_LISTS: Final = (list, tuple, set, frozenset, Sequence, Set)
_LIMITS: Final = ("ge", "gt", "le", "lt", "min_length", "max_length")
_DEEPEST: Final = 6  # a class may have fields of its own kind
_NOTHING: Final = object()


def config_form(config_type: type | None, own: object | None = None) -> Form:
    """The fields of a Config class, with the defaults of the class, or those of ``own``, an
    instance that the author gives in their place; none for None."""
    return _fields(config_type, own, 0)


def with_values(form: Iterable[FieldForm], values: Mapping[str, Any]) -> Form:
    """The form with ``values``, as :func:`plain_values` gives them, as what is given already; of
    one that is secret it says only that there is one (``hidden``)."""
    return tuple(
        _given(each, values[each["name"]]) if each["name"] in values else each for each in form
    )


def plain_values(given: object) -> dict[str, Any]:
    """An instance of a Config, or a dict of fields, as plain data in which secrets are masked."""
    held = given if isinstance(given, Mapping) else vars(given) if given is not None else {}
    return {str(name): _plain(each, str(name)) for name, each in held.items()}


def _given(field: FieldForm, value: Any) -> FieldForm:
    if field["kind"] == "group" and isinstance(value, Mapping):
        return {**field, "fields": list(with_values(field["fields"], value))}
    plain = {name: each for name, each in field.items() if name not in ("required", "default")}
    is_env = isinstance(value, Mapping) and list(value) == ["env"]
    if (field.get("secret") and not is_env) or MASK in str(value):
        return {**plain, "hidden": True}
    return {**plain, "default": value, "given": True}


def _fields(config_type: type | None, own: object | None, depth: int) -> Form:
    declared: Mapping[str, Any] = getattr(config_type, "__pydantic_fields__", {})
    held = vars(own) if own is not None else {}
    return tuple(
        _field(name, info, held.get(name, _NOTHING), depth) for name, info in declared.items()
    )


def _field(name: str, info: Any, own: object, depth: int) -> FieldForm:
    value = own if own is not _NOTHING else _default_of(info)
    found: FieldForm = {"name": name, "type": type_name(info.annotation)}
    nested = value if hasattr(type(value), "__pydantic_fields__") else None
    found |= _kind(info.annotation, nested, depth)
    if found["kind"] == "text" and looks_secret(name):
        found["secret"] = True
    if own is _NOTHING and info.is_required():
        found["required"] = True
    elif value is not _NOTHING and found["kind"] != "group":
        found |= _default(name, value, secret=bool(found.get("secret")))
    for each in info.metadata:
        found |= {
            limit: bound for limit in _LIMITS if _is_plain(bound := getattr(each, limit, None))
        }
    if info.description:
        found["about"] = masked(info.description)
    return found


def _is_plain(bound: object) -> bool:
    return isinstance(bound, int | float)


def _default_of(info: Any) -> object:
    """What the field is where nobody gives it; ``_NOTHING`` where only the author's code tells."""
    if info.is_required():
        return _NOTHING
    if info.default_factory is None:
        return info.default
    return info.default_factory() if info.default_factory in (list, dict, set, tuple) else _NOTHING


def _default(name: str, value: object, *, secret: bool) -> FieldForm:
    found = _plain(value, name)
    if secret and value is not None and not is_env_var(value):
        return {}
    return {"hidden": True} if MASK in str(found) else {"default": found}


def _plain(value: Any, name: str) -> Any:
    """A value as JSON has it, secrets masked, environment variables by name."""
    if is_env_var(value):
        return {"env": value.env_var_name}
    if isinstance(value, enum.Enum):
        return _plain(value.value, name)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each, name) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(each, str(key)) for key, each in value.items()}
    if hasattr(type(value), "__pydantic_fields__"):
        return plain_values(value)
    shown = shown_field(value)
    return masked(shown, name) if isinstance(shown, str) else shown


def _kind(annotation: Any, own: object | None, depth: int) -> FieldForm:
    """How a value of that type is given."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0], own, depth)
    if origin in (Union, UnionType):
        return _of_union(get_args(annotation), own, depth)
    if origin is Literal:
        return _choice(get_args(annotation))
    if origin in _LISTS or annotation in _LISTS:
        items = [each for each in get_args(annotation) if each is not ...]
        one = _kind(items[0], None, depth + 1) if len(set(items)) == 1 else {"kind": "json"}
        return {"kind": "list", "item": {"type": type_name(items[0]) if items else "", **one}}
    if isinstance(annotation, type):
        return _of_class(annotation, own, depth)
    return {"kind": "json"}


def _of_union(members: tuple[Any, ...], own: object | None, depth: int) -> FieldForm:
    some = [each for each in members if each is not NoneType]
    found = _kind(some[0], own, depth) if len(some) == 1 else {"kind": "json"}
    return {**found, "nullable": True} if len(some) < len(members) else found


def _of_class(kind: type, own: object | None, depth: int) -> FieldForm:
    if kind in _SCALARS:
        return {"kind": _SCALARS[kind]}
    if issubclass(kind, enum.Enum):
        return _choice(tuple(each.value for each in kind))
    if issubclass(kind, Secret) or kind.__name__ in _SECRETS:
        return {"kind": "text", "secret": True}
    if hasattr(kind, "__pydantic_fields__"):
        if depth >= _DEEPEST:
            return {"kind": "json"}
        return {"kind": "group", "fields": list(_fields(kind, own, depth + 1))}
    return {"kind": "json" if issubclass(kind, dict) else "text"}


def _choice(values: tuple[Any, ...]) -> FieldForm:
    if all(isinstance(each, str | int | float | bool) for each in values):
        return {"kind": "choice", "choices": list(values)}
    return {"kind": "json"}
