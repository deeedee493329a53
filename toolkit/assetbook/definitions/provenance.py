"""What of configuration and resources counts for freshness, as canonical text.

Two values have the same text only if they are of one type and equal in it; secrets and the values
of environment variables count by a keyed hash. The other form is for people: secrets are ``***``.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import enum
import hashlib
import json
import pathlib
import uuid
from collections.abc import Mapping
from typing import Any

from assetbook.definitions.env_var import EnvVar, IntEnvVar
from assetbook.definitions.parameters import CONFIG_MARK, RESOURCE_MARK
from assetbook.definitions.secret import MASK, Secret, keyed_hash
from assetbook.errors import ConfigError, with_article

_TAG = "$"
_BY_TEXT = (
    pathlib.PurePath,
    dt.datetime,
    dt.date,
    dt.time,
    dt.timedelta,
    decimal.Decimal,
    uuid.UUID,
    complex,
)


def config_json(config: object, key: bytes) -> tuple[str, str]:
    """Two JSON texts of a Config: one to make digests of, and one for people; None is ``{}``.

    In the first, ``{"day":"2026-11-24","n":3}``, secrets and the values of variables are hashes
    by ``key``, the store's; the second is ``shown_config``. Give the Config as it was made, not
    as resolved for a step. Raises ConfigError for a value of a type without canonical form.
    """
    fields = {} if config is None else _fields(config, key)
    return _dumps(fields), json.dumps(shown_config(config), ensure_ascii=False)


def shown_config(config: object) -> dict[str, Any]:
    """The fields of a Config as JSON for people: secrets are ``***``, variables their names."""
    return {} if config is None else {n: shown_field(v) for n, v in sorted(_held(config).items())}


def resource_token(name: str, resource: object, key: bytes) -> tuple[str | None, str | None]:
    """A digest of a resource's class name and configuration, and None; or None and the reason.

    Only a ConfigurableResource tells its configuration. ``key`` is the store's.
    """
    if not hasattr(type(resource), RESOURCE_MARK):
        kind = type(resource).__qualname__
        return None, (
            f"resource `{name}` is a plain {kind}, whose configuration cannot be known: "
            "make it a ConfigurableResource"
        )
    try:
        fields = _fields(resource, key)
    except ConfigError as error:
        return None, f"resource `{name}`: {error.found}"
    text = _dumps([_class_name(type(resource)), fields])
    return hashlib.sha256(text.encode()).hexdigest()[:32], None


TEXT_MARK = "__assetbook_by_text__"
"""Marks classes whose values are what their text says."""


def settings_classes(value: object) -> tuple[type[Any], ...]:
    """The classes of a Config or resource and of those in its fields, whose methods count."""
    found: dict[type[Any], None] = {}
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list | tuple | set | frozenset):
            waiting += each
        elif hasattr(type(each), "__pydantic_fields__"):
            found[type(each)] = None
            waiting += reversed(_held(each).values())
    return tuple(found)


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _held(model: object) -> dict[str, Any]:
    extra: Mapping[str, Any] = getattr(model, "__pydantic_extra__", None) or {}
    declared = type(model).__pydantic_fields__  # type: ignore[attr-defined]
    held = {name: value for name, value in vars(model).items() if name in declared}
    return {**held, **extra}


def _fields(model: object, key: bytes) -> dict[str, Any]:
    return {name: _canonical(value, key, name) for name, value in sorted(_held(model).items())}


def _canonical(value: Any, key: bytes, where: str) -> Any:
    """A JSON value that is equal for equal values of one type only; dict order counts."""
    kind = type(value)
    if value is None or kind in (str, int, bool, float):
        return value
    if kind is EnvVar or kind is IntEnvVar:
        return {_TAG: ["env", value.env_var_name, _hash_of_variable(value, key)]}
    if isinstance(value, Secret):
        return {_TAG: ["secret", keyed_hash(value, key)]}
    if kind is list:
        return [_canonical(each, key, f"{where}[{i}]") for i, each in enumerate(value)]
    if kind is tuple:
        return {_TAG: ["tuple", [_canonical(each, key, where) for each in value]]}
    if kind is dict:
        return _canonical_dict(value, key, where)
    if isinstance(value, set | frozenset):
        return {_TAG: ["set", sorted(_dumps(_canonical(each, key, where)) for each in value)]}
    if hasattr(kind, CONFIG_MARK) or hasattr(kind, "__pydantic_fields__"):
        return {_TAG: ["model", _class_name(kind), _fields(value, key)]}
    if isinstance(value, enum.Enum):
        return {_TAG: ["enum", _class_name(kind), value.name]}
    if kind is bytes:
        return {_TAG: ["bytes", base64.b64encode(value).decode()]}
    if isinstance(value, type):
        return {_TAG: ["type", _class_name(value)]}
    if isinstance(value, _BY_TEXT) or hasattr(kind, TEXT_MARK):
        return {_TAG: [_class_name(kind), str(value)]}
    raise ConfigError(
        f"the configuration `{where}`",
        f"the field `{where}` holds {with_article(kind.__qualname__)}, "
        "whose content cannot be compared",
        "Use text, numbers, dates, paths, enums, lists, dicts or Configs.",
    )


def _canonical_dict(value: dict[Any, Any], key: bytes, where: str) -> Any:
    if all(type(name) is str for name in value) and _TAG not in value:
        return {name: _canonical(each, key, f"{where}.{name}") for name, each in value.items()}
    pairs = [[_canonical(n, key, where), _canonical(v, key, where)] for n, v in value.items()]
    return {_TAG: ["dict", pairs]}


def _hash_of_variable(variable: EnvVar | IntEnvVar, key: bytes) -> str | None:
    text = EnvVar(variable.env_var_name).get_value()
    return None if text is None else keyed_hash(text, key)


def _class_name(kind: type[Any]) -> str:
    return (
        kind.__qualname__
        if kind.__module__ == "__main__"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def shown_field(value: Any) -> Any:
    """A value of a Config as JSON for people: secrets are ``***``, variables their names."""
    kind = type(value)
    if value is None or kind in (str, int, bool, float):
        return value
    if isinstance(value, Secret):
        return MASK
    if kind is EnvVar or kind is IntEnvVar:
        return repr(value)
    if isinstance(value, list | tuple):
        return [shown_field(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((shown_field(each) for each in value), key=repr)
    if isinstance(value, dict):
        return {
            name if isinstance(name, str) else repr(name): shown_field(v)
            for name, v in value.items()
        }
    if hasattr(kind, "__pydantic_fields__"):
        return shown_config(value)
    if isinstance(value, enum.Enum):
        return value.name
    return str(value)
