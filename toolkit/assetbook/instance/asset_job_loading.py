"""A run of a job of assets: its definitions with what the job says of the steps that make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.execution.environment import StepDefaults
from assetbook.instance.launching import Loading
from assetbook.instance.loaded import Loaded


def loading_for(job: UnresolvedAssetJobDefinition | None, loading: Loading) -> Loading:
    """What ``loading`` gives, with the executor, retry policy and hooks of ``job``; the same
    without a job."""
    if job is None:
        return loading
    executor: Any = job.executor_def

    def loaded(resources: Mapping[str, object] | None) -> Loaded:
        found = loading(resources)
        steps = StepDefaults(job.op_retry_policy, job.hooks)
        return replace(found, executor=executor or found.executor, steps=steps)

    return loaded
