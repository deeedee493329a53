"""The steps of an asset that a graph makes: one for each op, below the asset's name."""

from __future__ import annotations

from collections.abc import Iterable

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.flat_graph import flatten, op_output
from assetbook.definitions.ports import InputPort
from assetbook.dependencies.reasons import Reason
from assetbook.errors import DefinitionError
from assetbook.planning.job_plan import OpPlanning
from assetbook.planning.op_steps import FromAsset
from assetbook.planning.steps import Step


def graph_asset_steps(
    definition: AssetsDefinition, inputs: Iterable[InputPort], reasons: tuple[Reason, ...] = ()
) -> tuple[Step, ...]:
    """The steps ``name.op`` that make the assets of ``definition``, each after what it needs.

    ``inputs`` are its inputs with the keys that are meant. A step whose outputs are assets has
    their keys. Raises DefinitionError if no graph makes it.
    """
    graph = definition.graph
    if graph is None:
        raise DefinitionError(f"the ops of `{definition.name}`", "a function makes it, no graph")
    ops = flatten(graph)
    given = {port.name: FromAsset(port.key) for port in inputs}
    keys = {output.name: output.spec.key for output in definition.outputs}
    sources = {name: op_output(graph, name) for name in keys}
    made = {(source.node, source.output): keys[name] for name, source in sources.items()}
    planning = OpPlanning(
        ops, frozenset(ops), reasons, prefix=f"{definition.name}.", given=given, assets=made
    )
    return tuple(planning.step(op) for op in ops.values())
