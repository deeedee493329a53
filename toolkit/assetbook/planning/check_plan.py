"""The plan of a run of checks alone: on the versions that are there; nothing is made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from assetbook.dependencies.asset_graph import AssetGraph, CheckNode
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.errors import SelectionError, did_you_mean
from assetbook.keys import AssetKey
from assetbook.planning.assembly import Chosen, steps_of
from assetbook.planning.steps import Plan


def plan_checks(
    graph: AssetGraph,
    states: Mapping[AssetKey, AssetState],
    targets: Sequence[AssetKey],
    names: Collection[str],
) -> Plan:
    """The steps of the checks ``names`` (as ``orders:has_rows``) of ``targets``, each on the latest
    version of its asset, or of the partition that the target is; touches nothing.

    What their function answers in the same call comes with them. Raises SelectionError for a check
    that there is not, that its asset's own function answers, or that has no version to look at.
    """
    every = {node.name: node for key in targets for node in graph.check_nodes(key)}
    for name in names:
        if name not in every:
            raise SelectionError(
                f"the check `{name}`",
                "nothing defines it",
                did_you_mean(name, every) or f"There are: {', '.join(every) or 'none'}.",
            )
    checks: dict[AssetKey, list[CheckNode]] = {}
    for key in targets:
        nodes = [each for each in graph.check_nodes(key) if each.name in names]
        for node in nodes:
            _refuse_unfit(node, states.get(key))
        if nodes:
            checks[key] = nodes
    asked = (Reason(ReasonKind.ASKED_CHECK),)
    reasons = {node.key: asked for nodes in checks.values() for node in nodes}
    steps = steps_of(graph, Chosen({}, checks, frozenset(), reasons))
    return Plan(f"checks {' '.join(names)}", steps)


def _refuse_unfit(node: CheckNode, state: AssetState | None) -> None:
    name, key = node.key.to_user_string(), node.spec.asset_key
    if not node.own_step:
        raise SelectionError(
            f"the check `{name}`",
            f"the function of `{key}` answers it, and it cannot run alone",
            f"Materialize `{key.asset}`.",
        )
    if state is None or state.number is None:
        raise SelectionError(
            f"the check `{name}`",
            f"`{key}` has no version to look at",
            f"Materialize `{key.asset}`: its checks run with it.",
        )
