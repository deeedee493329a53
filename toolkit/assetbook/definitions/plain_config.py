"""A configuration as plain values, as ``op_config`` gives it."""

from __future__ import annotations

import enum
from typing import Any


def plain_config(config: Any) -> Any:
    """The fields of a Config by name, with dicts for the Configs in them and the values of enums;
    what is no Config as it is."""
    declared = getattr(type(config), "__pydantic_fields__", None)
    if declared is not None:
        extra = getattr(config, "__pydantic_extra__", None) or {}
        return {name: plain_config(getattr(config, name)) for name in (*declared, *extra)}
    if isinstance(config, enum.Enum):
        return config.value
    if isinstance(config, dict):
        return {name: plain_config(each) for name, each in config.items()}
    if isinstance(config, list):
        return [plain_config(each) for each in config]
    return config
