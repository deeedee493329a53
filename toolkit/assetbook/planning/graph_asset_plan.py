"""The steps of assets that graphs make: one for each op, below the asset's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.flat_graph import flatten, op_output
from assetbook.definitions.ports import InputPort
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.reasons import Reason
from assetbook.errors import DefinitionError
from assetbook.planning.job_plan import OpPlanning
from assetbook.planning.op_steps import FromAsset
from assetbook.planning.steps import Plan, Step


def with_ops(plan: Plan, graph: AssetGraph) -> Plan:
    """The plan with the steps of ops in the place of those of assets that graphs make.

    What came after such an asset comes after the ops that give it; the asset's condition is that
    of its ops.
    """
    made = (graph.makers.get(key) for step in plan for key in step.keys[:1])
    if not any(maker is not None and maker.graph is not None for maker in made):
        return plan
    ends: dict[str, tuple[str, ...]] = {}
    steps: list[Step] = []
    for step in plan:
        waiting = tuple(each for name in step.after for each in ends.get(name, (name,)))
        waiting = tuple(dict.fromkeys(waiting))
        maker = graph.makers.get(step.keys[0]) if step.kind == "asset" else None
        if maker is None or maker.graph is None:
            steps.append(replace(step, after=waiting))
            continue
        ports = (port for key in step.keys[:1] for port in graph.inputs[key])
        ops = graph_asset_steps(maker, ports, step.reasons, step)
        ends[step.name] = tuple(each.name for each in ops if each.keys)
        steps += [
            replace(each, after=each.after or waiting, condition=step.condition) for each in ops
        ]
    making = (step for step in steps if step.kind != "check")
    return replace(
        plan, steps=tuple(steps), by_key={key: step for step in making for key in step.keys}
    )


def graph_asset_steps(
    definition: AssetsDefinition,
    inputs: Iterable[InputPort],
    reasons: tuple[Reason, ...] = (),
    whole: Step | None = None,
) -> tuple[Step, ...]:
    """The steps ``name.op`` that make the assets of ``definition``, each after what it needs; of a
    partition ``name[2026-01-01].op``.

    ``inputs`` are its inputs with the keys that are meant. ``whole`` is the step in whose place
    they are; None makes the assets as a whole. A step whose outputs are assets has their keys.
    Raises DefinitionError if no graph makes it.
    """
    graph = definition.graph
    if graph is None:
        raise DefinitionError(f"the ops of `{definition.name}`", "a function makes it, no graph")
    ops = flatten(graph)
    given = {port.name: FromAsset(port.key, port.partitions, port.absent) for port in inputs}
    partition = whole.keys[0].partition if whole is not None else None
    name = definition.name if partition is None else f"{definition.name}[{partition}]"
    keys = {output.name: output.spec.key.at(partition) for output in definition.outputs}
    sources = {name: op_output(graph, name) for name in keys}
    made = {(source.node, source.output): keys[name] for name, source in sources.items()}
    planning = OpPlanning(
        ops,
        frozenset(ops),
        reasons,
        prefix=f"{definition.name}.",
        step_prefix=f"{name}.",
        part_of=tuple(keys.values()),
        given=given,
        assets=made,
    )
    return tuple(planning.step(op) for op in ops.values())
