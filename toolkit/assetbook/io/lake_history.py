"""What was committed to a lake table, and what of it an append must not build upon.

A process may die after its commit to the table and before its version is recorded; a version may
be restored away from. Such rows are no part of the latest version, so the next append goes back
behind them first. What other programs wrote always stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

import msgspec

from assetbook.errors import ConflictError
from assetbook.io.recorded_runs import RecordedRuns

RUN = "assetbook.run"
"""The entry of a commit that names the run that made it."""
WRITE = "assetbook.write"
"""The entry that tells this write from every other."""
NOTE = "assetbook.note"
"""The entry that holds what ``lake_note`` writes."""


class LakeCommit(msgspec.Struct, frozen=True):
    """One version of a table, as its own history tells it."""

    version: int
    run_id: str = ""
    """Empty if another program made it."""
    write: str = ""
    replaces: bool = False
    """Whether it left no row of those before it."""
    note: str | None = None


class GoBack(msgspec.Struct, frozen=True):
    """What has to be undone before an append."""

    runs: tuple[str, ...]
    to: int | None
    """The version to go back to; None if there is none: all rows go."""


def undone_first(
    lineage: Iterable[LakeCommit], runs: RecordedRuns, *, asked: str, where: str
) -> GoBack | None:
    """What has to be undone so that an append builds upon the latest version; None if nothing.

    ``lineage`` are the commits that the table's rows come from, newest first. Raises ConflictError
    if such rows lie below what others wrote since.
    """
    counted = runs.counted()
    commits = list(_to_the_first(lineage, counted))
    over = runs.over({each.run_id for each in commits if each.run_id})
    gone = over - runs.counted()  # asked last: of a run that is over, all is recorded by now
    if not gone:
        return None
    undone = list(takewhile(lambda each: each.run_id in gone, commits))
    below = commits[len(undone) :]
    _refuse_below(below, gone, asked, where)
    if not undone:
        return None
    return GoBack(
        tuple(dict.fromkeys(each.run_id for each in undone)), below[0].version if below else None
    )


def _to_the_first(commits: Iterable[LakeCommit], counted: frozenset[str]) -> Iterable[LakeCommit]:
    """The commits up to the first that belongs to the latest version, with it."""
    for each in commits:
        yield each
        if each.run_id in counted:
            return


def _refuse_below(
    commits: Iterable[LakeCommit], gone: frozenset[str], asked: str, where: str
) -> None:
    for each in commits:
        if each.run_id in gone:
            raise ConflictError(
                asked,
                f"version {each.version} of the table {where} has rows of run {each.run_id}, which "
                "are no part of the asset's latest version, and somebody else has written since",
                f"Bring the table back to the version before {each.version} by its own tools, then "
                'materialize again; or replace all rows: metadata={"mode": "snapshot"}.',
            )
        if each.replaces:
            return
