"""The partition of a job that one run of it is of: its key, and what follows from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetbook.definitions.collection import Job
from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.partitions.key_tags import key_tags
from assetbook.definitions.partitions.text import keys_named
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.job_partition_runs import in_state
from assetbook.instance.job_record import selection_text
from assetbook.instance.loaded import Loaded
from assetbook.instance.partitions_asked import NOTHING_ASKED, PartitionsAsked
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.keys import PartitionKey


def partition_of_run(job: Job, instance: Instance, key: str | None) -> AssetPartitions | None:
    """The partition of that key, for a run's steps; None for None.

    Raises UsageError for a job that nothing divides, SelectionError with the nearest key for one
    that there is not.
    """
    if key is None:
        return None
    definition = _divided(job, f"partition {key!r} of the job `{job.name}`")
    known = instance.known_partitions()
    if not known.has(definition, key):
        raise definition.unknown(key, known.keys(definition))
    return AssetPartitions((PartitionKey(key),), definition)


def config_of_partition(job: Job, key: str | None) -> dict[str, Any]:
    """What the job's PartitionedConfig says of a key; nothing for None, and without such a config.

    Raises what the author's function raises.
    """
    if key is None or not isinstance(job.config, PartitionedConfig):
        return {}
    return job.config.get_run_config_for_partition_key(key)


def tags_of_partition(job: Job, key: str | None) -> Mapping[str, str]:
    """The tags by which a run says of which partition it is, and the author's; none for None."""
    if key is None or job.partitions_def is None:
        return {}
    if isinstance(job.config, PartitionedConfig):
        return job.config.get_tags_for_partition_key(key)
    return key_tags(job.partitions_def, key)


def key_asked(job: Job, instance: Instance, asked: PartitionsAsked) -> str | None:
    """The key of the one partition that is asked for; None where none is.

    Raises UsageError for a job that nothing divides, and for several or none of one that is
    divided; SelectionError for a key that there is not.
    """
    if asked == NOTHING_ASKED:
        if job.partitions_def is not None:
            raise UsageError(
                f"launch {job.name}",
                f"it has partitions ({job.partitions_def.describe()}), and none was named",
                "Say which: --partition last, or --partition KEY.",
            )
        return None
    name = f"the job `{job.name}`"
    definition = _divided(job, f"{name} {asked.said}")
    if asked.which:
        raise UsageError(
            f"{name} {asked.said}",
            "a job keeps no version of its partitions by which it could be told",
            "Name one: --partition KEY.",
        )
    keys = keys_named(asked.keys, definition, instance.known_partitions(), asked=name)
    if len(keys) != 1:
        raise UsageError(
            f"{name} {asked.said}",
            f"these are {len(keys)} partitions, and a run of a job is of one",
            f"`%backfill --job {job.name}` runs it once for each.",
        )
    return keys[0]


def partitions_of(
    job: Job,
    loaded: Loaded,
    instance: Instance,
    which: PartitionsAsked,
    asked: str,
    location: str | None,
) -> Sequence[str]:
    """The keys that are asked for, in the order of the partitions of a job, or of what it selects.

    Those that are missing, or failed, are told by the runs of the job in the notebook with that id.
    Raises UsageError, which begins with ``asked``, for a job that nothing divides or several things
    do, where nothing says which, and for stale ones; SelectionError for a key that there is not.
    """
    definition = job.partitions_def or _of_selected(job, loaded)
    if definition is None:
        remedy = "Give the job a partitions_def=."
        raise UsageError(asked, "it has no partitions, or none that all of it has", remedy)
    remedy = "Say which: A..B, all, --missing or --failed."
    if which == NOTHING_ASKED:
        raise UsageError(asked, "no partitions are named", remedy)
    if which.which == "stale":
        found = "a job keeps no version of its partitions by which it could be told"
        raise UsageError(f"{asked} {which.said}", found, remedy)
    known = instance.known_partitions()
    keys = keys_named(which.keys or "all", definition, known, asked=asked)
    if which.which:
        return in_state(instance, job.name, location, keys, which.which)
    return keys


def _of_selected(job: Job, loaded: Loaded) -> PartitionsDefinition | None:
    """What divides all of the assets with partitions that a job selects; None if nothing does."""
    if isinstance(job, JobDefinition):
        return None
    facts = SelectionGraph(loaded.graph.dag, loaded.graph.facts())
    selected = AssetSelection.from_string(selection_text(job)).resolve(facts)
    every = {loaded.graph.specs[key].partitions_def for key in selected} - {None}
    return every.pop() if len(every) == 1 else None


def _divided(job: Job, asked: str) -> PartitionsDefinition:
    if job.partitions_def is not None:
        return job.partitions_def
    raise UsageError(
        asked, "it has no partitions", "Leave that out, or give the job a partitions_def=."
    )
