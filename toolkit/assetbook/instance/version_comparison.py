"""Two versions compared: of one asset or of two."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from assetbook.errors import SelectionError, UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.making_difference import MakingDifference, making_difference
from assetbook.instance.value_reading import refuse_wiped
from assetbook.io.comparison import ROW_SETS, PlainDifference, RowSet, TableDifference
from assetbook.io.forms import ARROW_FILE, TABLE_KINDS
from assetbook.metadata import COLUMN_SCHEMA
from assetbook.storage.version import Version

if TYPE_CHECKING:
    import pandas as pd

Shape = Literal["table", "plain", "other"]


class VersionDifference(msgspec.Struct, frozen=True):
    """What differs between two versions. At most one of ``table`` and ``plain`` is there."""

    before: Version
    after: Version
    instance: Instance
    same_data: bool
    """Whether both have the same data version; then nothing was read."""
    table: TableDifference | None = None
    plain: PlainDifference | None = None
    making: MakingDifference | None = None
    """What differs in how they were made; None if not asked."""
    resources: Mapping[str, object] | None = None
    """I/O managers of one's own, of values that they keep."""

    @property
    def shape(self) -> Shape:
        """How the two values can be compared: as tables, as plain values, or only as a whole."""
        before, after = shape_of(self.before), shape_of(self.after)
        return before if before == after else "other"

    def rows(self, which: RowSet, limit: int | None = 1_000) -> pd.DataFrame:
        """The rows that were ``"added"``, ``"removed"`` or ``"changed"``, as a pandas frame.

        At most ``limit`` rows, in the order of their table; None gives all. Changed rows have the
        key, and each column that changed anywhere as ``NAME before`` and ``NAME after``. The files
        are read again. Raises UsageError for another word, or where there are no such rows to tell
        apart.
        """
        if which not in ROW_SETS:
            raise UsageError(f"rows({which!r})", "it is none of added, removed and changed")
        if self.table is None:
            found = "the data is the same" if self.same_data else "these are not two tables"
            raise UsageError(f"the {which} rows", found)
        if which == "changed" and not self.table.key.columns:
            raise UsageError(
                "the changed rows",
                "the rows have no key, so that each is either in both tables or in one",
                'Ask for rows("added") and rows("removed"), or state a key.',
            )
        from assetbook.io.table_comparison import differing_rows

        key = self.table.key
        both = self.before, self.after
        with _files(self.instance, *both, self.resources) as (old, new):
            rows = differing_rows(old, new, which, key=key, limit=limit)
        frame: pd.DataFrame = rows.to_pandas(ignore_metadata=True)
        return frame


def compare_versions(
    instance: Instance,
    before: Version,
    after: Version,
    *,
    key: Sequence[str] = (),
    code: bool = False,
    resources: Mapping[str, object] | None = None,
) -> VersionDifference:
    """What differs between two versions.

    ``key`` states the columns that match rows of tables; ``code`` adds what differs in how they
    were made; ``resources`` gives users' I/O managers. Reads both values, unless their data
    versions are the same. Raises SelectionError if one of them has no value or the key is none,
    CorruptStoreError if a file is gone or damaged.
    """
    for version in (before, after):
        refuse_wiped(version)
        if version.event.value is None:
            raise SelectionError(
                f"the value of `{version.key}@{version.name}`",
                "it was materialized without a value",
            )
    making = making_difference(instance, before, after) if code else None
    same = before.event.data_version == after.event.data_version
    found = VersionDifference(before, after, instance, same, making=making)
    shape = found.shape
    if key and shape != "table":
        raise UsageError("--key", "it is for tables, and these are not two tables")
    if same or shape == "other":
        return found
    table, plain = None, None
    if shape == "table":
        from assetbook.io.table_comparison import compare_tables

        with _files(instance, before, after, resources) as (old, new):
            table = compare_tables(old, new, key=key)
    else:
        from assetbook.io.plain_comparison import compare_plain

        plain = compare_plain(*(_plain_value(instance, each) for each in (before, after)))
    return VersionDifference(before, after, instance, same, table, plain, making, resources)


def shape_of(version: Version) -> Shape:
    """How the value of a version can be looked into."""
    reference = version.event.value
    if reference is None:
        return "other"
    in_parquet = (reference.path or "").endswith(".parquet")
    if in_parquet or reference.kind.removesuffix(ARROW_FILE) in TABLE_KINDS:
        return "table"
    if reference.kind == "custom" and reference.versioned:
        return "table" if COLUMN_SCHEMA in version.event.metadata else "other"
    return "plain" if reference.kind == "json" else "other"


def _plain_value(instance: Instance, version: Version) -> object:
    return instance.value_of(version)


@contextmanager
def _files(
    instance: Instance,
    before: Version,
    after: Version,
    resources: Mapping[str, object] | None,
) -> Iterator[tuple[Path, Path]]:
    """A Parquet file for each of the two, its own where it is one."""
    with tempfile.TemporaryDirectory(prefix="assetbook-diff-") as folder:
        old, new = Path(folder) / "old.parquet", Path(folder) / "new.parquet"
        yield (
            parquet_of(instance, before, old, resources),
            parquet_of(instance, after, new, resources),
        )


def parquet_of(
    instance: Instance,
    version: Version,
    copy: Path,
    resources: Mapping[str, object] | None = None,
) -> Path:
    """The Parquet file of a version that is a table: its own, else ``copy``, which is written."""
    reference = version.event.value
    if reference is not None and (reference.path or "").endswith(".parquet"):
        asked = f"the value of `{version.key}@{version.name}`"
        return instance.values_of(version.store).whole_file(reference, asked=asked)
    import pyarrow as pa

    from assetbook.io.parquet_file import write_plain
    from assetbook.io.table_form import TableForm

    value = instance.value_of(version, as_type=pa.Table, resources=resources)
    if not isinstance(value, pa.Table):  # a manager of one's own need not look at the type
        value = TableForm.of(value, asked=f"the value of `{version.key}`").hand_over(pa.Table)
    with copy.open("wb") as file:
        write_plain(value, file)
    return copy
