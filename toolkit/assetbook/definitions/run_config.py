"""The configuration of a run, by op and resource; and which parts of it belong to which op."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.errors import AssetbookError, ConfigError, did_you_mean, with_article
from assetbook.named_arguments import named_arguments

_SECTIONS = ("ops", "resources", "loggers", "execution", "inputs")


@named_arguments
@dataclass(frozen=True, slots=True)
class RunConfig:
    """The configuration of a run: by op, resource and logger an instance of its Config, or a dict.

    An op inside a graph is found below its graph: ``{"outer": {"ops": {"inner": {...}}}}``.
    """

    ops: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, Any] = field(default_factory=dict)
    loggers: Mapping[str, Any] = field(default_factory=dict)
    execution: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The same as a dict by section; an instance of a Config becomes ``{"config": it}``."""
        return {
            "ops": {
                name: dict(each) if isinstance(each, Mapping) else {"config": each}
                for name, each in self.ops.items()
            },
            "resources": dict(self.resources),
            "loggers": dict(self.loggers),
            "execution": dict(self.execution),
        }


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """What a run's configuration holds for one op, or for the inputs of one graph."""

    path: str
    config: Any = None
    """An instance of the op's Config, a dict of its fields, or None."""
    inputs: Mapping[str, Any] = field(default_factory=dict)


def sections(where: str, config: RunConfig | Mapping[str, Any] | None) -> dict[str, Any]:
    """The configuration as a dict of known sections; raises ConfigError for others."""
    if config is None:
        return {}
    if isinstance(config, RunConfig):
        return config.to_dict()
    if not isinstance(config, Mapping):
        raise ConfigError(
            where,
            f"it is {with_article(type(config).__name__)}",
            'Give a dict, as in {"ops": {"my_op": {"config": {...}}}}, or RunConfig(...).',
        )
    _known(where, config, _SECTIONS)
    return dict(config)


def node_configs(graph: GraphBody, where: str, ops: object) -> dict[str, NodeConfig]:
    """What the section ``ops`` says of each op and graph of ``graph``, by path.

    Config mappings and fixed configurations of nested graphs are carried out; where one gives
    less than its ops need is seen when their Config is made. ``where`` begins the ConfigError
    for names that fit no op.
    """
    return {each.path: each for each in _walk(graph, "", where, ops)}


def job_configs(graph: GraphBody, where: str, ops: object) -> dict[str, NodeConfig]:
    """The same of a job: ``ops`` are those of its graph, or ``{"config": ...}`` for the config
    mapping that its graph has."""
    if graph.config is None:
        return node_configs(graph, where, ops)
    given = _as_mapping(where, ops)
    return graph_configs(graph, where, given if set(given) <= {"config"} else {"ops": given})


def graph_configs(graph: GraphBody, where: str, given: object = None) -> dict[str, NodeConfig]:
    """What is said of the ops of a graph, by path: by what is ``given`` for it (``{"ops": ...}``,
    or for a config mapping ``{"config": ...}``), else by its own mapping or fixed configuration."""
    own = _as_mapping(where, given)
    _known(where, own, ("config", "ops", "outputs"))
    return node_configs(graph, where, _mapped(graph, where, own))


def _walk(graph: GraphBody, path: str, where: str, ops: object) -> Iterator[NodeConfig]:
    given = _as_mapping(where, ops)
    nodes = {each.name: each.node for each in graph.composed.invocations}
    _known(where, given, nodes)
    for name, node in nodes.items():
        inner = f"{path}.{name}" if path else name
        said = f"{where}: {name}"
        own = _as_mapping(said, given.get(name))
        if not isinstance(node, GraphBody):
            _known(said, own, ("config", "inputs", "outputs"))
            if own:
                yield NodeConfig(inner, own.get("config"), _as_mapping(said, own.get("inputs")))
            continue
        _known(said, own, ("config", "inputs", "ops", "outputs"))
        if own.get("inputs"):
            yield NodeConfig(inner, None, _as_mapping(said, own["inputs"]))
        yield from _walk(node, inner, said, _mapped(node, said, own))


def _mapped(graph: GraphBody, where: str, own: Mapping[str, Any]) -> object:
    """What a graph's configuration says of its ops."""
    if graph.config is None:
        if own.get("config") is not None:
            raise ConfigError(
                where,
                f"the graph `{graph.name}` takes no config of its own",
                'Give that of its ops, below "ops", or the graph a config mapping.',
            )
        return own.get("ops")
    if own.get("ops"):
        raise ConfigError(
            where,
            f"the graph `{graph.name}` says itself how its ops are configured",
            'Give "config".' if isinstance(graph.config, ConfigMapping) else "",
        )
    if isinstance(graph.config, ConfigMapping):
        return carried_out(graph.config, where, own.get("config"))
    if own.get("config") is not None:
        raise ConfigError(where, f"the configuration of the graph `{graph.name}` is fixed")
    return graph.config


def carried_out(mapping: ConfigMapping, where: str, config: Any) -> Any:
    """What the author's mapping makes of ``config``; raises ConfigError if that is unfit for it."""
    given: Any = config or {}
    if mapping.config_type is not None:
        from assetbook.definitions.config import SettingsModel, make_config  # loads pydantic

        if issubclass(mapping.config_type, SettingsModel):
            given = make_config(mapping.config_type, given, where=where)
    try:
        found = mapping.config_fn(given)
    except AssetbookError:
        raise
    except Exception as error:
        name = getattr(mapping.config_fn, "__name__", "config_mapping")
        said = f"the config mapping `{name}` raised {type(error).__name__}: {error}"
        raise ConfigError(where, said, "Give what it reads, or mend it.") from error
    return found.to_dict()["ops"] if isinstance(found, RunConfig) else found


def _as_mapping(where: str, given: object) -> Mapping[str, Any]:
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return given
    raise ConfigError(where, f"it is {with_article(type(given).__name__)}", "Give a dict.")


def _known(where: str, given: Mapping[str, Any], names: Any) -> None:
    for each in given:
        if each not in names:
            raise ConfigError(
                where,
                f"`{each}` is not known there",
                did_you_mean(str(each), names) or f"It takes {', '.join(names) or 'nothing'}.",
            )
