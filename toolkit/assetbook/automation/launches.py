"""What a tick asks for, as the store keeps it until it is launched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from assetbook.automation.known_schedules import KnownSchedule
from assetbook.definitions.run_request import RunRequest
from assetbook.definitions.schedule_evaluation import SCHEDULE_TAG
from assetbook.errors import DefinitionError
from assetbook.events.parts import OriginKind
from assetbook.keys import new_run_id
from assetbook.storage.automations import LaunchRequest


class Launch(msgspec.Struct, frozen=True):
    """One run that is to be launched in the process of a location."""

    location: str
    selection: str = ""
    """The assets; empty for a job."""
    job: str = ""
    partition: str = ""
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    config: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """Of a run of assets by definition's name, of a job as Dagster has it."""
    bundle: str | None = None
    """The digest of the source; None for what the location is pinned to, or says."""
    stale_only: bool = False
    """Whether what reads the world outside runs only where it is stale."""
    partitions: Mapping[str, Sequence[str]] = msgspec.field(default_factory=dict)
    """Of a chunk of a backfill: what is made, by asset, and nothing besides."""
    force: bool = False
    checks: Sequence[str] = ()
    """The checks of what is selected that run alone; empty to make that."""
    kind: OriginKind = "schedule"
    """What asked for it."""

    def to_json(self) -> str:
        """As the store keeps it."""
        return json.dumps(structs.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Launch:
        """What ``to_json`` gave."""
        return cls(**json.loads(text))

    @property
    def verb(self) -> str:
        """The verb that its process calls."""
        return "launch" if self.job else "materialize"

    @property
    def arguments(self) -> dict[str, Any]:
        """What the verb is given."""
        if self.partitions:
            return {
                "selection": [self.selection],
                "partitions": {name: list(keys) for name, keys in self.partitions.items()},
                "tags": dict(self.tags),
                "only": True,
                "as_planned": True,
                "force": self.force,
            }
        said: dict[str, Any] = {"name": self.job} if self.job else {"selection": [self.selection]}
        return {
            **said,
            "tags": dict(self.tags),
            "run_config": dict(self.config) or None,
            "sources": not self.stale_only,
            "partition": self.partition or None,
            "checks": list(self.checks),
        }


class TickAnswer(msgspec.Struct, frozen=True):
    """What the evaluation of a tick gave."""

    launches: tuple[tuple[str | None, Launch], ...] = ()
    """Each with its run key."""
    skip: str = ""
    """Why there is none."""
    error: str = ""
    """How the evaluation failed; empty if it did not."""
    logs: str = ""


def own_launch(known: KnownSchedule) -> Launch:
    """The run that a tick of a schedule without functions asks for."""
    record = known.record
    return Launch(
        known.location,
        record.selection,
        record.job,
        record.partition,
        {**record.tags, SCHEDULE_TAG: record.name},
        bundle=known.bundle,
        stale_only=record.stale_only,
    )


def requests_of(answer: TickAnswer) -> list[LaunchRequest]:
    """The requests as they are stored, each with the id that is kept for its run; one for each run
    key of the tick. The next tick may ask for the same key: a tick itself is stored once."""
    first: dict[str | int, Launch] = {}
    for place, (run_key, launch) in enumerate(answer.launches):
        first.setdefault(place if run_key is None else run_key, launch)
    return [LaunchRequest(new_run_id(), launch.to_json()) for launch in first.values()]


def check_names(request: RunRequest, asked: str) -> list[str]:
    """The checks that the request has run alone, as ``orders:has_rows``; none where it names
    assets, whose checks run with them.

    Raises DefinitionError for a request that names no check, or one of an asset beside others.
    """
    keys, assets = request.asset_check_keys, request.asset_selection
    if keys is None:
        return []
    if not keys and not assets:
        raise DefinitionError(
            asked,
            "the asset_check_keys= of its RunRequest are empty",
            "Name some checks, or leave it out.",
        )
    others = [str(key) for key in keys if assets and key.asset_key not in assets]
    if others:
        raise DefinitionError(
            asked,
            f"its RunRequest names the check {others[0]} beside assets that it is not of",
            "Give the check a RunRequest of its own.",
        )
    return [] if assets else [key.to_user_string() for key in keys]


def assets_of_checks(names: Sequence[str]) -> str:
    """The selection of the assets that those checks are of."""
    assets = dict.fromkeys(name.rpartition(":")[0] for name in names)
    return " or ".join(f'key:"{each}"' for each in assets)
