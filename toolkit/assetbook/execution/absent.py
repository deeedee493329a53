"""The assets that a run was to make and that do not come, though nothing failed.

Their makers left them out, or were skipped for want of such an asset themselves. What reads or
follows one is skipped, also where an older version of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.keys import AssetKey
from assetbook.planning.op_steps import FromAsset, singles_of
from assetbook.planning.steps import Step


class Absent:
    """Those of one run, as its steps end; every method is for the run's thread."""

    def __init__(self, graph: AssetGraph) -> None:
        self._graph = graph
        self._keys: set[AssetKey] = set()

    def note(self, step: Step, made: Iterable[AssetKey] = ()) -> None:
        """That a step which ended without failing made no more than ``made``."""
        if step.kind in ("asset", "op"):
            self._keys.update(set(step.keys).difference(made))

    def wanted_by(self, step: Step) -> AssetKey | None:
        """The first of them for want of which a step is skipped; None if it lacks none."""
        if not self._keys:
            return None
        return next((key for key in self._needed(step) if key in self._keys), None)

    def _needed(self, step: Step) -> Iterator[AssetKey]:
        yield from step.inputs
        if step.op is not None:
            sources = (each for given in step.op.inputs.values() for each in singles_of(given))
            yield from (key for each in sources if isinstance(each, FromAsset) for key in each.keys)
        if step.kind == "check":
            yield from step.keys
        elif step.kind != "observe":
            for key in step.keys:
                yield from self._graph.dag.parents_of(key)
