"""The configuration of an input whose type has a loader, held against the loader's schema.

Loads pydantic; nothing that ``import assetbook`` needs may import this module.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import partial
from typing import Any

import pydantic

from assetbook.definitions.config import Config, make_config, resolve_config
from assetbook.errors import ConfigError


def check_loader_config(schema: object, name: str, given: object, *, where: str) -> None:
    """Raises ConfigError that begins with ``where`` if ``given`` is not what ``schema`` of the
    loader of the input ``name`` says; it lists all that is wrong, each with its path."""
    _checked(schema, name, given, where)


def loader_config(schema: object, name: str, given: object, *, where: str) -> Any:
    """``given`` as a loader takes it, with environment variables read: dicts where the schema has
    dicts, instances of Config classes where it has these. Raises ConfigError as above."""
    if schema is None:
        return given
    read = resolve_config(_checked(schema, name, given, where), where=where)
    return _plain(schema, getattr(read, name))


def _checked(schema: object, name: str, given: object, where: str) -> Config:
    model = _model("Input", {name: schema})
    try:
        return make_config(model, {name: given}, where=where)
    except ConfigError as error:
        raise ConfigError(where, error.found, f"`{name}` takes {_text(schema)}.") from None


def _model(title: str, fields: Mapping[str, object]) -> type[Config]:
    """A Config class with those fields."""
    declared: dict[str, Any] = {name: (_annotation(each), ...) for name, each in fields.items()}
    with warnings.catch_warnings():
        # a field may be called as some method of pydantic's is: nobody calls that one
        warnings.simplefilter("ignore", UserWarning)
        return pydantic.create_model(title, __base__=Config, **declared)


def _annotation(schema: object) -> Any:
    if isinstance(schema, Mapping):
        return _model("Fields", schema)
    if isinstance(schema, list):
        return list[_annotation(schema[0])]  # type: ignore[misc]
    return Any if schema is None else schema


def _plain(schema: object, value: Any) -> Any:
    """What was checked, without the Config classes that were made for it alone."""
    if isinstance(schema, Mapping):
        return {name: _plain(each, getattr(value, name)) for name, each in schema.items()}
    if isinstance(schema, list):
        return list(map(partial(_plain, schema[0]), value))
    return value


def _text(schema: object) -> str:
    """The schema for people: ``{start: int, days: [str]}``."""
    if isinstance(schema, Mapping):
        return "{" + ", ".join(f"{name}: {_text(each)}" for name, each in schema.items()) + "}"
    if isinstance(schema, list):
        return f"[{_text(schema[0])}]"
    fields = getattr(schema, "__pydantic_fields__", None)
    if fields is not None:
        return _text({name: each.annotation for name, each in fields.items()})
    return schema.__name__ if isinstance(schema, type) else str(schema).replace("typing.", "")
