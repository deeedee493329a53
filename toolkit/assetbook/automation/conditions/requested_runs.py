"""The runs that make what conditions ask for: as few as can be, each of one partition."""

from __future__ import annotations

from collections.abc import Mapping

from assetbook.definitions.automation.entity import AssetJobKey, Entity, Subset
from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.run_request import RunRequest
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.keys import AssetKey, CheckKey

FROM_CONDITION = "dagster/from_automation_condition"
"""The tag of runs that conditions asked for."""
_Place = tuple[PartitionsDefinition | None, str | None]


def requested_runs(requests: Mapping[Entity, Subset], graph: AssetGraph) -> tuple[RunRequest, ...]:
    """One run for each partition of what is divided alike, one for all that is not divided, and
    one for each job; tagged as asked for by conditions."""
    tags = {FROM_CONDITION: "true"}
    assets: dict[_Place, list[AssetKey]] = {}
    checks: dict[_Place, list[CheckKey]] = {}
    jobs = [each for each in requests if isinstance(each, AssetJobKey)]
    for entity, subset in requests.items():
        if isinstance(entity, AssetJobKey):
            continue
        key = entity.asset_key if isinstance(entity, CheckKey) else entity
        definition = graph.specs[key].partitions_def
        for partition in sorted(subset, key=str):
            place = definition, partition
            if isinstance(entity, CheckKey):
                checks.setdefault(place, []).append(entity)
            else:
                assets.setdefault(place, []).append(entity)
    runs = [
        RunRequest(
            asset_selection=assets.get(place, []),
            asset_check_keys=checks.get(place),
            partition_key=place[1],
            tags=tags,
        )
        for place in dict.fromkeys([*assets, *checks])
    ]
    return (*runs, *(RunRequest(job_name=each.job_name, tags=tags) for each in jobs))
