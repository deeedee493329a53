"""How the partitions of a job stand, told by its runs: a job keeps no versions of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from assetbook.definitions.partitions.key_tags import PARTITION_TAG
from assetbook.instance.instance import Instance
from assetbook.storage.store import RunStatus

JobState = Literal["missing", "failed"]


def in_state(
    instance: Instance, job: str, location: str | None, keys: Sequence[str], state: JobState
) -> list[str]:
    """Those of the keys of which no run of the job succeeded, or whose last run failed.

    ``job`` is its name in the notebook with that id; None for one whose file is not known.
    """
    last: dict[str, RunStatus] = {}
    succeeded: set[str] = set()
    for run in instance.store.runs(statuses=["success", "failed"]):  # newest first
        key = run.tags.get(PARTITION_TAG)
        if run.asked == job and run.origin.notebook == location and key is not None:
            last.setdefault(key, run.status)
            if run.status == "success":
                succeeded.add(key)
    if state == "missing":
        return [key for key in keys if key not in succeeded]
    return [key for key in keys if last.get(key) == "failed"]
