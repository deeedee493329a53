"""Backfills: what one would make, how one stands, and the list of all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assetbook.planning.backfill_plan import Chunk as PlannedChunk
from assetbook.planning.steps import Plan
from assetbook.storage.backfill_records import Backfill, Chunk, ChunkState
from assetbook.surfaces.display.formatting import counted, duration_text, instant_text, short_id
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.view import View, headline, muted, plain
from assetbook.surfaces.suggestion import typed

_HEADS = ("backfill", "status", "done", "failed", "left", "asked", "since")
_NONE = "No backfills yet: `%backfill NAME A..B` makes the partitions from A to B."
_SHOWN = 5


class BackfillPreview(View):
    """What a backfill would make, run by run, and about how long that takes."""

    def __init__(
        self, plan: Plan, chunks: Sequence[PlannedChunk], seconds: float | None = None
    ) -> None:
        self.plan = plan
        self.chunks = tuple(chunks)
        self.seconds = seconds
        """About how long its steps take one after the other; None if that is not known."""

    def __str__(self) -> str:
        lines = [self._title(), *(f"  {line}" for line in self._lines())]
        return "\n".join(plain(lines))

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        return join((headline("Backfill", self._title()), *map(muted, self._lines())))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "asked": self.plan.asked,
            "runs": len(self.chunks),
            "partitions": {str(key): count for key, count in self._counts().items()},
            "estimated_seconds": self.seconds,
        }

    def _counts(self) -> dict[Any, int]:
        counts: dict[Any, int] = {}
        for node in (node for chunk in self.chunks for node in chunk.nodes):
            counts[node.asset] = counts.get(node.asset, 0) + 1
        return counts

    def _title(self) -> str:
        if not self.chunks:
            return "all fresh: nothing to do"
        runs = counted(len(self.chunks), "run")
        about = "" if self.seconds is None else f", about {duration_text(self.seconds)}"
        return f"{runs} for {counted(sum(self._counts().values()), 'partition')}{about}"

    def _lines(self) -> list[str]:
        found = [f"{key}: {counted(each, 'partition')}" for key, each in self._counts().items()]
        return [*found, *(line.strip() for line in self.plan.left_lines())]


class JobPreview(View):
    """How many runs of a job there would be, and about how long they take."""

    def __init__(self, job: str, runs: int, seconds: float | None = None) -> None:
        self.job = job
        self.runs = runs
        self.seconds = seconds
        """About how long they take one after the other; None if that is not known."""

    def __str__(self) -> str:
        about = "" if self.seconds is None else f", about {duration_text(self.seconds)}"
        return f"{counted(self.runs, 'run')} of the job `{self.job}`{about}"

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        return headline("Backfill", str(self))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"job": self.job, "runs": self.runs, "seconds": self.seconds}


class BackfillView(View):
    """How one backfill stands."""

    def __init__(
        self, backfill: Backfill, counts: Mapping[ChunkState, int], failed: Sequence[Chunk] = ()
    ) -> None:
        self.backfill = backfill
        self.counts = dict(counts)
        self.failed = tuple(failed)

    @property
    def success(self) -> bool:
        """Whether everything was made, or it was stored for the daemon to run."""
        left = self.backfill.status == "requested" and self.backfill.bundle is not None
        return left or self.backfill.status == "success"

    def __str__(self) -> str:
        lines = [self._title(), *(f"  {line}" for line in self._lines())]
        return "\n".join(plain(lines))

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        return join((headline("Backfill", self._title()), *map(muted, self._lines())))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return _json(self.backfill, self.counts)

    def _title(self) -> str:
        done, total = self.counts.get("success", 0), sum(self.counts.values())
        return f"{self.backfill.id} {self.backfill.status}: {done} of {counted(total, 'run')} done"

    def _lines(self) -> list[str]:
        lines = [f"asked: {self.backfill.asked}"]
        lines += map(_failure, self.failed[:_SHOWN])
        if self.counts.get("skipped"):
            lines.append(f"left out, as they come after those: {self.counts['skipped']}")
        if self.backfill.status == "failed":
            lines.append(f"`{typed('backfills')} retry {self.backfill.id}` runs these again")
        if self.backfill.status == "requested" and self.backfill.bundle is not None:
            lines.append(f"the daemon runs it: `{typed('daemon')}` says whether there is one")
        if self.backfill.status == "paused":
            lines.append(f"`{typed('backfills')} resume {self.backfill.id}` goes on")
        return lines


def _failure(chunk: Chunk) -> str:
    body = json.loads(chunk.body)
    names = [f"{name}[{key}]" for name, keys in body["partitions"].items() for key in keys]
    names += [f"{body['job']}[{body['partition']}]"] if "job" in body else []
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    run = short_id(str(chunk.run_id))
    return f"failed: {''.join(names[:1])}{more}, run {run}: `{typed(f'logs {run}')}` says why"


class BackfillTable(View):
    """The backfills of a store."""

    def __init__(
        self, backfills: Sequence[Backfill], counts: Mapping[str, Mapping[ChunkState, int]]
    ) -> None:
        self.backfills = tuple(backfills)
        self.counts = counts

    def __len__(self) -> int:
        """How many there are."""
        return len(self.backfills)

    def __iter__(self) -> Iterator[Backfill]:
        """The backfills, newest first."""
        return iter(self.backfills)

    def __str__(self) -> str:
        return self._grid().text() or _NONE

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.backfills:
            return muted(_NONE)
        return join((headline("Backfills"), self._grid().html()))

    def to_json(self) -> list[dict[str, Any]]:
        """One dict a backfill."""
        return [_json(each, self.counts.get(each.id, {})) for each in self.backfills]

    def _grid(self) -> Grid:
        lines = tuple(self._line(each) for each in self.backfills)
        return Grid(_HEADS, lines, frozenset({"done", "failed", "left"}))

    def _line(self, backfill: Backfill) -> tuple[Cell | str, ...]:
        counts = self.counts.get(backfill.id, {})
        left = counts.get("waiting", 0) + counts.get("launched", 0)
        return (
            Cell(backfill.id, tag("span", backfill.id, class_="assetbook-name")),
            backfill.status,
            str(counts.get("success", 0)),
            str(counts.get("failed", 0)),
            str(left),
            backfill.asked,
            instant_text(backfill.created_at),
        )


def _json(backfill: Backfill, counts: Mapping[ChunkState, int]) -> dict[str, Any]:
    return {
        "id": backfill.id,
        "status": backfill.status,
        "asked": backfill.asked,
        "by": backfill.by,
        "created_at": backfill.created_at.isoformat(),
        "ended_at": backfill.ended_at.isoformat() if backfill.ended_at else None,
        "message": backfill.message,
        "runs": dict(counts),
    }
