"""What a run's configuration says of an input of an op: whether it fits, and the value of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import msgspec

from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.op_ports import OpInput
from assetbook.errors import ConfigError, did_you_mean
from assetbook.types.loader import ValueTypeLoader
from assetbook.types.resolution import annotated_type, loader_of
from assetbook.types.value_type import TypeCheckContext


def refuse_unfit_input(source: Unfed, path: str, port: OpInput, given: Any) -> None:
    """Raises ConfigError if what is configured for an input does not fit its type's loader, or
    without a loader its type. A type that asks for resources is left to the step."""
    loader, where = loader_of(port.dagster_type), _where(source, path)
    if loader is not None:
        from assetbook.definitions.loader_config import check_loader_config

        check_loader_config(loader.config_schema, source.input, given, where=where)
        return
    wanted = annotated_type(port.dagster_type)
    if wanted is None or wanted.required_resource_keys:
        return
    found = wanted.type_check(TypeCheckContext(), _plain_value(given))
    if not found.success:
        said = f": {found.description}" if found.description else ""
        raise ConfigError(
            where, f"`{source.input}` is not as its type asks{said}", f"Give {wanted.name}."
        )


def made_of(
    given: Any, source: Unfed, path: str, port: OpInput, resources: Mapping[str, Any]
) -> Any:
    """The value that a part of the configuration stands for."""
    loader = loader_of(port.dagster_type)
    if loader is not None:
        from assetbook.definitions.loader_config import loader_config

        where = _where(source, path)
        config = loader_config(loader.config_schema, source.input, given, where=where)
        return loader.construct_from_config_value(_loader_context(loader, port, resources), config)
    return _plain_value(given)


def _plain_value(given: Any) -> Any:
    """What is configured where no loader reads it: it may be written as ``{"value": it}``."""
    if isinstance(given, Mapping) and given.keys() == {"value"}:
        return given["value"]
    return given


class _LoaderContext(msgspec.Struct, frozen=True):
    """What a loader is told."""

    resources: SimpleNamespace


def _loader_context(
    loader: ValueTypeLoader, port: OpInput, resources: Mapping[str, Any]
) -> _LoaderContext:
    """Only what the loader requires is set up."""
    asked = sorted(loader.required_resource_keys)
    for name in asked:
        if name not in resources:
            raise ConfigError(
                f"the resource `{name}` of the loader of `{port.name}`",
                "nothing is given under that name",
                did_you_mean(name, resources) or f"Give resources={{{name!r}: ...}}.",
            )
    return _LoaderContext(SimpleNamespace(**{name: resources[name] for name in asked}))


def _where(source: Unfed, path: str) -> str:
    """The place in the configuration, for an error."""
    return f"the configured inputs of `{source.path or path}`"
