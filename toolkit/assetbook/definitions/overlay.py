"""Configuration for one run, laid over that of the definition.

Loads pydantic; nothing that ``import assetbook`` needs may import this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_origin

from assetbook.definitions.config import ConfigT, SettingsModel, make_config, raw_values


def overlaid(cls: type[ConfigT], own: ConfigT | None, given: object, *, where: str) -> ConfigT:
    """The Config of a run: ``given`` fields, and those of ``own`` (the definition's) elsewhere.

    ``given`` is a dict of fields, in which a nested Config may be a dict of some of its fields;
    an instance of ``cls``, which then stands alone; or None for ``own``, or else the defaults.
    Raises ConfigError that begins with ``where`` and lists everything that is wrong.
    """
    if given is None:
        return make_config(cls, own, where=where)
    if own is None or not isinstance(given, Mapping):
        return make_config(cls, given, where=where)  # type: ignore[arg-type]
    return make_config(cls, _merged(own, given), where=where)


def _merged(own: SettingsModel, given: Mapping[str, Any]) -> dict[str, Any]:
    names = _names_by_alias(own)
    fields = raw_values(own)
    for said, value in given.items():
        name = names.get(said, said)
        held = fields.get(name)
        if (
            isinstance(held, SettingsModel)
            and isinstance(value, Mapping)
            and _of_its_kind(held, value)
        ):
            fields[name] = _merged(held, value)
        else:
            fields[name] = value
    return fields


def _names_by_alias(own: SettingsModel) -> dict[str, str]:
    """The names of the fields that may be given by another one: a field counts once."""
    declared = type(own).__pydantic_fields__
    return {field.alias: name for name, field in declared.items() if field.alias is not None}


def _of_its_kind(held: SettingsModel, value: Mapping[str, Any]) -> bool:
    """Whether ``value`` means some fields of ``held``, not another member of a union."""
    declared = type(held).__pydantic_fields__
    names = _names_by_alias(held)
    for said, each in value.items():
        name = names.get(said, said)
        if name not in declared:
            return False
        literal = get_origin(declared[name].annotation) is Literal
        if literal and each != raw_values(held).get(name):
            return False
    return True
