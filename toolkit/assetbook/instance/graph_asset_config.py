"""The configuration of assets that graphs make: of each of their ops, in one run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.digest import text_digest
from assetbook.definitions.flat_graph import Unfed, flatten
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_ports import OpInput
from assetbook.definitions.provenance import config_json
from assetbook.definitions.run_config import NodeConfig, graph_configs
from assetbook.definitions.spec import fields_of, restored
from assetbook.errors import ConfigError, did_you_mean
from assetbook.execution.configured_input import refuse_unfit_input
from assetbook.execution.op_call import refuse_unfit_config
from assetbook.execution.ops_of_run import OpsOfRun


def ops_of_graph(maker: AssetsDefinition, given: object = None) -> OpsOfRun:
    """The ops of the graph that makes an asset, with their configuration; paths begin with its
    name.

    ``given`` is what a run's configuration says of the asset: ``{"ops": ...}`` or, for a graph with
    a config mapping, ``{"config": ...}``; None for nothing. Raises ConfigError for what fits no op.
    """
    assert maker.graph is not None
    ops = {
        f"{maker.name}.{path}": _with_resources(flat.op, maker.resources)
        for path, flat in flatten(maker.graph).items()
    }
    found = graph_configs(maker.graph, f"the config of `{maker.name}`", given)
    configs = {
        f"{maker.name}.{path}": NodeConfig(f"{maker.name}.{path}", node.config, node.inputs)
        for path, node in found.items()
    }
    return OpsOfRun(ops=ops, configs=configs)


def refuse_unfit_graph(maker: AssetsDefinition, given: object) -> None:
    """Raises ConfigError if what a run's configuration says of an asset does not fit its ops."""
    run = ops_of_graph(maker, given)
    for path, op in run.ops.items():
        refuse_unfit_config(run, path, op)
        node = run.configs.get(path)
        for port, value in configured_inputs(path, op, node.inputs if node is not None else {}):
            refuse_unfit_input(Unfed(path, port.name), path, port, value)


def configured_inputs(
    path: str, op: OpDefinition, given: Mapping[str, Any]
) -> list[tuple[OpInput, Any]]:
    """The inputs of the op at ``path`` that are configured, each with what is said of it.

    Raises ConfigError for a name that no input has.
    """
    ports = {port.name: port for port in op.inputs}
    for name in given:
        if name not in ports:
            raise ConfigError(
                f"the inputs of the op `{path}`",
                f"it has no input `{name}`",
                did_you_mean(name, ports) or f"Its inputs are {', '.join(ports) or 'none'}.",
            )
    return [(ports[name], value) for name, value in given.items()]


def graph_config_parts(
    maker: AssetsDefinition, given: object, key: bytes
) -> tuple[dict[str, str], dict[str, Any]]:
    """What of the ops' configuration is another than without ``given``: digests by the name of the
    field, as ``fetch.day``, and the same for people, by op. Secrets count by ``key``, the store's.
    """
    own, now = (_parts(maker, each, key) for each in (None, given))
    parts = {name: digest for name, (digest, _) in now.items() if own.get(name, ("",))[0] != digest}
    return parts, {name: now[name][1] for name in parts}


def _parts(maker: AssetsDefinition, given: object, key: bytes) -> dict[str, tuple[str, Any]]:
    """By field its digest, and the value for people."""
    run = ops_of_graph(maker, given)
    found: dict[str, tuple[str, Any]] = {}
    for path, op in run.ops.items():
        short = path.removeprefix(f"{maker.name}.")
        config = refuse_unfit_config(run, path, op)
        canonical, shown = _texts(config, key) if config is not None else ({}, {})
        for name, value in canonical.items():
            found[f"{short}.{name}"] = _digest(value, key), shown.get(name)
        node = run.configs.get(path)
        for name, value in (node.inputs if node is not None else {}).items():
            found[f"{short}.inputs.{name}"] = _digest(value, key), "given"
    return found


def _texts(config: Any, key: bytes) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if isinstance(config, Mapping):  # of an op without a Config class
        return config, dict.fromkeys(config, "given")
    canonical, shown = config_json(config, key)
    return json.loads(canonical), json.loads(shown)


def _digest(value: Any, key: bytes) -> str:
    return text_digest(key.hex() + json.dumps(value, sort_keys=True, default=repr))


def _with_resources(op: OpDefinition, resources: Mapping[str, object]) -> OpDefinition:
    """The op with those of its graph's resources that it has not itself."""
    if not resources:
        return op
    fields = {**fields_of(op), "resources": {**resources, **op.resources}}
    made: OpDefinition = restored(OpDefinition, fields)
    return made
