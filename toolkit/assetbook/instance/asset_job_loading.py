"""A run of a job of assets: its definitions with what the job says of the steps that make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import DefinitionError
from assetbook.execution.environment import StepDefaults
from assetbook.instance.job_record import selection_text
from assetbook.instance.launching import Loading
from assetbook.instance.loaded import Loaded


def loading_for(job: UnresolvedAssetJobDefinition | None, loading: Loading) -> Loading:
    """What ``loading`` gives, with the executor, retry policy and hooks of ``job``; the same
    without a job. Raises DefinitionError where an asset is divided otherwise than the job says."""
    if job is None:
        return loading
    executor: Any = job.executor_def

    def loaded(resources: Mapping[str, object] | None) -> Loaded:
        found = loading(resources)
        _refuse_other_partitions(job, found)
        steps = StepDefaults(job.op_retry_policy, job.hooks)
        return structs.replace(found, executor=executor or found.executor, steps=steps)

    return loaded


def _refuse_other_partitions(job: UnresolvedAssetJobDefinition, loaded: Loaded) -> None:
    wanted = job.partitions_def
    if wanted is None:
        return
    graph = loaded.graph
    facts = SelectionGraph(graph.dag, graph.facts())
    selected = AssetSelection.from_string(selection_text(job)).resolve(facts)
    for key in graph.order:
        own = graph.specs[key].partitions_def
        if key in selected and own is not None and own != wanted:
            raise DefinitionError(
                f"partitions_def= of the job `{job.name}`",
                f"`{key}` is divided otherwise: {own.describe()}, not {wanted.describe()}",
                "Leave it out: each asset says itself what divides it.",
            )
