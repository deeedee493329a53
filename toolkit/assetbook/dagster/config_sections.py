"""A run's configuration in Dagster's sections (ops, resources), as assetbook takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.run_config import RunConfig, sections
from assetbook.errors import ConfigError, did_you_mean
from assetbook.execution.configured_executor import configured_executor

_WHERE = "run_config"


@dataclass(frozen=True, slots=True)
class Sections:
    """What a run is given of configuration and resources."""

    config: Mapping[str, object] | None
    """By a definition's name."""
    resources: Mapping[str, object] | None
    """By name, with their part of the configuration."""
    loggers: Mapping[str, Any]
    """By name."""
    graphs: frozenset[str] = frozenset()
    """The definitions that graphs make, whose configuration is that of their ops."""

    @classmethod
    def of(
        cls, run_config: Any, definitions: Iterable[object], resources: Mapping[str, object] | None
    ) -> Sections:
        """The sections of ``run_config``: a RunConfig, a dict by section, or None.

        Raises ConfigError for sections, ops and resources that there are not.
        """
        found = sections(_WHERE, run_config)
        # it runs in this process whatever it says, as Dagster's does; what is no executor is told
        configured_executor(_WHERE, found.get("execution"), None)
        if found.get("inputs"):
            raise ConfigError(
                f"{_WHERE}['inputs']", "a run of assets takes none", 'Give "ops" and "resources".'
            )
        config = _by_definition(found.get("ops") or {}, definitions)
        configured = _configured(found.get("resources") or {}, dict(resources or {}), definitions)
        graphs = frozenset(each.name for each in _flat(definitions) if _is_graph(each))
        return cls(config or None, configured or None, found.get("loggers") or {}, graphs)

    @property
    def run_config(self) -> RunConfig | Mapping[str, object] | None:
        """The configuration and the loggers."""
        if not self.loggers:
            return self.config
        ops = {
            name: each if name in self.graphs else {"config": each}
            for name, each in (self.config or {}).items()
        }
        return RunConfig(ops=ops, loggers=self.loggers)


def _by_definition(ops: Mapping[str, Any], definitions: Iterable[object]) -> dict[str, object]:
    """The configuration of each op, by the name of the definition that it is."""
    names = {dagster: own for each in _flat(definitions) for dagster, own in _op_names(each)}
    graphs = {each.name for each in _flat(definitions) if _is_graph(each)}
    given = {}
    for op, said in ops.items():
        if op not in names:
            raise ConfigError(
                f"{_WHERE}['ops'][{op!r}]",
                "no asset or check is called so",
                did_you_mean(op, names) or f"There are: {', '.join(sorted(names))}.",
            )
        own = names[op]
        given[own] = said if own in graphs else _config_part(f"{_WHERE}['ops'][{op!r}]", said)
    return given


def _is_graph(definition: object) -> TypeGuard[AssetsDefinition]:
    return isinstance(definition, AssetsDefinition) and definition.graph is not None


def _op_names(definition: object) -> Iterable[tuple[str, str]]:
    """The names of a definition's op as Dagster writes it (``raw__orders``), and its own."""
    if isinstance(definition, AssetsDefinition):
        yield definition.name, definition.name
        if len(definition.outputs) == 1:
            yield "__".join(definition.key.parts), definition.name
    elif isinstance(definition, AssetChecksDefinition):
        yield f"{'__'.join(definition.key.asset_key.parts)}_{definition.name}", definition.name


def _config_part(where: str, said: Any) -> Any:
    """What stands under ``config``; an instance of a Config stands for itself."""
    if not isinstance(said, Mapping):
        return said
    if unknown := said.keys() - {"config"}:
        name = sorted(unknown)[0]
        raise ConfigError(
            where, f"`{name}` is not known there", 'Write {"config": {...}}, with the fields in it.'
        )
    return said.get("config") or {}


def _configured(
    said: Mapping[str, Any], given: dict[str, object], definitions: Iterable[object]
) -> dict[str, object]:
    bound = {name: one for each in _flat(definitions) for name, one in _resources(each).items()}
    for name, part in said.items():
        if not isinstance(part, Mapping):
            given[name] = part  # an instance, in the place of the one that was defined
            continue
        resource: Any = given.get(name, bound.get(name))
        if not hasattr(resource, "model_copy"):
            raise ConfigError(
                f"{_WHERE}['resources'][{name!r}]",
                "no resource of that name takes configuration",
                did_you_mean(name, {**bound, **given}) or "Give it in resources={...}.",
            )
        fields = _config_part(f"{_WHERE}['resources'][{name!r}]", part)
        given[name] = type(resource)(**{**resource.__dict__, **fields})
    return given


def _resources(definition: object) -> Mapping[str, object]:
    found: Mapping[str, object] = getattr(definition, "resources", {})
    return found


def _flat(definitions: Iterable[object]) -> Iterable[object]:
    for each in definitions:
        if isinstance(each, list | tuple):
            yield from _flat(each)
        else:
            yield each
