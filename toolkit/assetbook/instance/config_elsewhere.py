"""A run's configuration as plain values, for another process that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.definitions.env_var import EnvVar, IntEnvVar
from assetbook.definitions.run_config import RunConfig
from assetbook.instance.launching import GivenConfig
from assetbook.instance.run_requests import env_var_kept, restored_value


def config_to_send(given: GivenConfig) -> Any:
    """``given`` without the classes of this process: a RunConfig as its sections, and instances of
    a Config as their fields. Environment variables stay names; None for none."""
    return _plain(given.to_dict() if isinstance(given, RunConfig) else given)


def config_received(sent: Any) -> GivenConfig:
    """What ``config_to_send`` gave, with its environment variables."""
    found: GivenConfig = restored_value(sent)
    return found


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is EnvVar or kind is IntEnvVar:
        return env_var_kept(value)
    if hasattr(kind, "__pydantic_fields__"):
        from assetbook.definitions.config import raw_values  # loads pydantic

        return {name: _plain(each) for name, each in raw_values(value).items()}
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
