"""Backfills: many partitions, run by run, and where each stands whoever was killed meanwhile.

A chunk is given its run's id before that run begins. Whoever goes on with a backfill looks at what
became of the runs of chunks that were begun, and begins where it was.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import structs

from assetbook.errors import ConflictError, SelectionError
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey, RunId, new_run_id
from assetbook.planning.backfill_plan import Chunk as PlannedChunk
from assetbook.planning.backfill_plan import JobChunk
from assetbook.storage.backfill_records import Backfill, BackfillStatus, Chunk, ChunkState
from assetbook.storage.run_record import ON_THEIR_WAY

BACKFILL_TAG = "dagster/backfill"
"""The tag of every run of a backfill; its value is the backfill's id."""
_LATER_THAN_OTHERS = {"dagster/priority": "-1"}
OPEN: tuple[BackfillStatus, ...] = ("requested", "running", "paused", "canceling")


class BackfillPolicySaid(msgspec.Struct, frozen=True):
    """How a backfill goes about it."""

    per_run: int | None = 1
    """Partitions a run; None for all in one."""
    newest_first: bool = False
    max_failures: int | None = None
    """After so many failed runs nothing more is begun; None goes on."""

    def to_json(self) -> str:
        """As the store keeps it."""
        return json.dumps(
            {
                "per_run": self.per_run,
                "newest_first": self.newest_first,
                "max_failures": self.max_failures,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> BackfillPolicySaid:
        """From what ``to_json`` gave."""
        return cls(**json.loads(text))


class ChunkWork(msgspec.Struct, frozen=True):
    """What one chunk makes."""

    ordinal: int
    partitions: Mapping[str, tuple[str, ...]]
    """By asset; none for an asset without partitions."""
    after: tuple[int, ...]
    run_id: RunId
    tags: Mapping[str, str]
    """What its run is marked with."""
    job: str = ""
    """The job that runs; empty where assets are made."""
    partition: str = ""
    """The job's."""

    @property
    def selection(self) -> list[str]:
        """The assets, each as a selection."""
        return [f'key:"{name}"' for name in self.partitions]


_WAITING: tuple[ChunkState, ...] = ("waiting",)
_LAUNCHED: tuple[ChunkState, ...] = ("launched",)
_LEFT: tuple[ChunkState, ...] = ("waiting", "launched")
_FAILED: tuple[ChunkState, ...] = ("failed",)
_UNMET: tuple[ChunkState, ...] = ("failed", "canceled", "skipped")
RunChunk = Callable[[ChunkWork], bool]
"""Runs a chunk under its id, and tells whether that succeeded."""


def add_backfill(
    instance: Instance,
    asked: str,
    chunks: Sequence[PlannedChunk | JobChunk],
    policy: BackfillPolicySaid,
    *,
    by: str,
    force: bool = False,
    tags: Mapping[str, str] | None = None,
    location: str | None = None,
    bundle: str | None = None,
) -> Backfill:
    """The backfill, stored with its chunks and not begun."""
    made = Backfill(
        os.urandom(4).hex(),
        "requested",
        asked,
        instance.clock.now(),
        by,
        policy.to_json(),
        json.dumps({"force": force, "tags": dict(tags or {}), "location": location}),
        bundle,
    )
    instance.own.add_backfill(made, [_body(chunk) for chunk in chunks])
    return made


def _body(chunk: PlannedChunk | JobChunk) -> str:
    if isinstance(chunk, JobChunk):
        said = {"job": chunk.job, "partition": chunk.partition}
        return json.dumps({"partitions": {}, "after": (), **said})
    partitions = {str(asset): keys for asset, keys in chunk.partitions.items()}
    return json.dumps({"partitions": partitions, "after": chunk.after})


def backfill_named(instance: Instance, beginning: str) -> Backfill:
    """The backfill whose id begins so; raises SelectionError if none or several do."""
    found = [each for each in instance.own.backfills() if each.id.startswith(beginning)]
    if len(found) == 1 and beginning:
        return found[0]
    known = ", ".join(each.id for each in instance.own.backfills(limit=5))
    raise SelectionError(
        f"the backfill `{beginning}`",
        "several begin so" if found else "there is none",
        f"There are: {known}." if known else "None was asked for yet.",
    )


def change_status(instance: Instance, backfill: Backfill, status: BackfillStatus) -> Backfill:
    """The backfill in another status; raises ConflictError if somebody changed it meanwhile."""
    after = structs.replace(backfill, status=status)
    instance.own.change_backfill(backfill, after)
    return after


def is_at_work(instance: Instance, backfill: Backfill) -> bool:
    """Whether a run of it is on its way; False also where its process died."""
    instance.end_dead_runs()
    begun = instance.own.chunks(backfill.id, states=_LAUNCHED)
    found = (instance.store.runs(beginning=each.run_id or "-", limit=1) for each in begun)
    return any(run.status in ON_THEIR_WAY for runs in found for run in runs)


@dataclass
class BackfillRun:
    """Goes on with one backfill until it ends, or somebody pauses or cancels it."""

    instance: Instance
    id: str
    run_chunk: RunChunk
    progress: Callable[[Mapping[ChunkState, int]], None] = lambda counts: None

    def go(self) -> Backfill:
        """How it stands when this returns; an interrupt, or what keeps a run from being asked for,
        pauses it, and is raised again."""
        backfill = self._begun()
        policy = BackfillPolicySaid.from_json(backfill.policy)
        unmet = {each.ordinal for each in self._chunks(_UNMET)}
        failures = len(self._chunks(_FAILED))
        for chunk in self._chunks(_WAITING):  # each comes after those that it waits for
            if self._now().status != "running" or _are_too_many(failures, policy):
                break
            if unmet.isdisjoint(json.loads(chunk.body)["after"]):
                succeeded = self._run(backfill, chunk)
            else:
                self._change(chunk, structs.replace(chunk, state="skipped"))
                succeeded = False
            if not succeeded:
                unmet.add(chunk.ordinal)
                failures = len(self._chunks(_FAILED))
        return self.ended()

    def _now(self) -> Backfill:
        found = self.instance.own.backfill(self.id)
        assert found is not None, "backfills are never deleted while they run"
        return found

    def _begun(self) -> Backfill:
        backfill = self._now()
        if backfill.status not in ("requested", "running", "paused"):
            raise ConflictError(
                f"backfill {self.id}",
                f"it is {backfill.status}",
                f"`%backfills retry {self.id}` runs what failed of it.",
            )
        self._settle_begun()
        if backfill.status == "running":
            return backfill
        return change_status(self.instance, backfill, "running")

    def _settle_begun(self) -> None:
        """What became of chunks that somebody began and did not see the end of."""
        self.instance.end_dead_runs()
        for chunk in self._chunks(_LAUNCHED):
            runs = self.instance.store.runs(beginning=chunk.run_id or "-", limit=1)
            if runs and runs[0].status in ON_THEIR_WAY:
                raise ConflictError(
                    f"backfill {self.id}",
                    f"its run {runs[0].id} is on its way, in {runs[0].owner}",
                    f"`%attach {runs[0].id}` shows it.",
                )
            succeeded = bool(runs) and runs[0].status == "success"
            after = structs.replace(chunk, state="success" if succeeded else "waiting")
            self._change(chunk, after if succeeded else structs.replace(after, run_id=None))

    def _chunks(self, states: Collection[ChunkState] | None = None) -> list[Chunk]:
        return self.instance.own.chunks(self.id, states=states)

    def _change(self, before: Chunk, after: Chunk) -> Chunk:
        self.instance.own.change_chunks([(before, after)])
        return after

    def _run(self, backfill: Backfill, chunk: Chunk) -> bool:
        begun = self._change(chunk, structs.replace(chunk, state="launched", run_id=new_run_id()))
        try:
            succeeded = self.run_chunk(work_of(backfill, begun))
        except BaseException:
            self._change(begun, structs.replace(begun, state="waiting", run_id=None))
            if (now := self._now()).status == "running":
                change_status(self.instance, now, "paused")
            raise
        self._change(begun, structs.replace(begun, state="success" if succeeded else "failed"))
        self.progress(self._counts())
        return succeeded

    def _counts(self) -> Mapping[ChunkState, int]:
        return self.instance.own.chunk_counts([self.id]).get(self.id, {})

    def ended(self) -> Backfill:
        """The backfill as it ended, if nothing more is to be done; else as it stands."""
        backfill, counts = self._now(), self._counts()
        status: BackfillStatus = backfill.status
        if backfill.status == "canceling":
            status = "canceled"
            left = self._chunks(_LEFT)
            changes = [(each, structs.replace(each, state="canceled")) for each in left]
            self.instance.own.change_chunks(changes)
        elif backfill.status == "running":
            status = "failed" if counts.get("failed") else "success"
        if status == backfill.status:
            return backfill
        failed = counts.get("failed", 0)
        after = structs.replace(
            backfill,
            status=status,
            ended_at=self.instance.clock.now(),
            message=f"{failed} of {sum(counts.values())} runs failed" if failed else "",
        )
        self.instance.own.change_backfill(backfill, after)
        return after


def _are_too_many(failures: int, policy: BackfillPolicySaid) -> bool:
    return policy.max_failures is not None and failures >= policy.max_failures


def work_of(backfill: Backfill, chunk: Chunk) -> ChunkWork:
    """What a chunk that was given a run's id makes."""
    assert chunk.run_id is not None, "a chunk is given its run's id first"
    body, plan = json.loads(chunk.body), json.loads(backfill.plan)
    return ChunkWork(
        chunk.ordinal,
        {name: tuple(keys) for name, keys in body["partitions"].items()},
        tuple(body["after"]),
        chunk.run_id,
        {**_LATER_THAN_OTHERS, **plan["tags"], BACKFILL_TAG: backfill.id},
        body.get("job", ""),
        body.get("partition", ""),
    )


def retry_failed(instance: Instance, backfill: Backfill) -> int:
    """How many chunks wait again: those that failed, and those that were left out for it.

    Raises ConflictError if it has not ended.
    """
    if backfill.status in OPEN:
        raise ConflictError(
            f"backfill {backfill.id}", f"it is {backfill.status}", "Wait for its end, or cancel it."
        )
    chunks = instance.own.chunks(backfill.id, states=_UNMET)
    changes = [(each, structs.replace(each, state="waiting", run_id=None)) for each in chunks]
    instance.own.change_chunks(changes)
    instance.own.change_backfill(
        backfill, structs.replace(backfill, status="requested", ended_at=None, message="")
    )
    return len(changes)


def estimated_seconds(instance: Instance, keys: Collection[AssetKey]) -> float | None:
    """About how long the partitions take one after the other, by the last ten times that each
    asset was made; None if one never was."""
    seconds = 0.0
    typical: dict[AssetKey, float | None] = {}
    for key in keys:
        if key.asset not in typical:
            last = [each.event.duration for each in instance.versions(key.asset, newest=10)]
            typical[key.asset] = sorted(last)[len(last) // 2] if last else None
        each = typical[key.asset]
        if each is None:
            return None
        seconds += each
    return seconds


def plan_said(backfill: Backfill) -> Mapping[str, Any]:
    """What all chunks have in common: ``force``, ``tags``, ``location``."""
    found: Mapping[str, Any] = json.loads(backfill.plan)
    return found
