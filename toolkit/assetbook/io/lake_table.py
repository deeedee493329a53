"""What a lake table can do, whatever its format: what the managers of Delta and Iceberg ask of it.

Each call is an AssetbookError if it fails for a reason that a person can mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from assetbook.io.lake_history import LakeCommit
from assetbook.io.lake_note import LakeNote

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.dataset import Dataset

Mode = Literal["snapshot", "append"]
"""Whether a materialization replaces the rows of a table or adds to them."""


class LakeTable(Protocol):
    """One table, as it stood when it was opened; it need not be there."""

    place: str
    """Where it is among the manager's tables."""
    uri: str
    """Where it is, for people: without secrets."""

    @property
    def id(self) -> str:
        """What tells it from another table that once was in its place; empty if none is there."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """The columns of its newest version; raises SelectionError if it is not there."""
        ...

    def has_appended(self, run_id: str) -> bool:
        """Whether the table has taken rows of a run in the mode ``append``."""
        ...

    def lineage(self) -> Iterator[LakeCommit]:
        """The commits that its rows come from, newest first; those of a rolled back one are none.

        As far as its history reaches; of a table that is not there none.
        """
        ...

    def go_back(self, version: int, entries: Mapping[str, str]) -> None:
        """Makes the rows of an earlier version the newest; raises ConflictError if another did."""
        ...

    def write(
        self, rows: pa.RecordBatchReader, mode: Mode, entries: Mapping[str, str], run_id: str
    ) -> None:
        """Commits rows with ``entries`` in its history; the table is made if it is not there.

        All of them or none. Raises ConflictError if somebody else's commit came in between.
        """
        ...

    def at(self, version: int) -> LakeVersion:
        """The table as of a version; raises SelectionError if that is not kept any more."""
        ...


class LakeTables(Protocol):
    """The tables of a manager, while its catalog is open."""

    def __call__(self, place: str) -> LakeTable:
        """The table at a place, as it stands now; it need not be there."""
        ...


class LakeVersion(Protocol):
    """A table as of one version, which nothing changes. Its files may be gone (SelectionError)."""

    def count(self) -> int:
        """How many rows it has."""
        ...

    def table(self) -> pa.Table:
        """All rows, with the lake's own types."""
        ...

    def reader(self) -> pa.RecordBatchReader:
        """The same, a few at a time."""
        ...

    def dataset(self, note: LakeNote) -> Dataset | None:
        """The same to be scanned, with the types of the note; None where that cannot be."""
        ...
