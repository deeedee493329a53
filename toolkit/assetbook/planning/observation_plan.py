"""The plan that looks at sources and makes nothing."""

from __future__ import annotations

from collections.abc import Collection

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey
from assetbook.planning.steps import Plan, Step

_ASKED = (Reason(ReasonKind.ASKED_OBSERVE),)


def observation_plan(graph: AssetGraph, asked: str, selected: Collection[AssetKey]) -> Plan:
    """A step for each of the ``selected`` that can be looked at, in order; touches nothing.

    Raises SelectionError if there is none.
    """
    sources = [key for key in graph.order if key in selected and graph.source(key) is not None]
    if not sources:
        known = [str(key) for key in graph.order if graph.source(key) is not None]
        raise SelectionError(
            f"observe {asked}",
            "it selects no source that can be observed",
            f"There are: {', '.join(known)}."
            if known
            else "Define one with @observable_source_asset.",
        )
    steps = tuple(Step(str(key), "observe", (key,), reasons=_ASKED) for key in sources)
    return Plan(asked, steps, targets=tuple(sources))
