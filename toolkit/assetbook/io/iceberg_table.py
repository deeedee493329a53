"""One Iceberg table, by pyiceberg."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assetbook.errors import (
    AssetbookError,
    ConflictError,
    SelectionError,
    StoreError,
    UnstorableValueError,
)
from assetbook.io.lake_history import NOTE, RUN, WRITE, LakeCommit
from assetbook.io.lake_note import LakeNote
from assetbook.io.lake_table import Mode
from assetbook.types.logical_types import logical_type

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.dataset import Dataset

_SMALL_FILES = {"write.target-file-size-bytes": str(64 << 20)}
"""Properties of a new table: pyiceberg holds a file's rows in memory until it is written, as many
files at a time as there are threads."""


class IcebergLakeTable:
    """An Iceberg table as it stood when it was first asked something."""

    def __init__(self, catalog: Any, parts: tuple[str, ...], place: str) -> None:
        self.place = place
        self.uri = ".".join(parts)
        self._catalog = catalog
        self._parts = parts

    @property
    def _asked(self) -> str:
        return f"the table {self.uri}"

    @cached_property
    def _table(self) -> Any | None:
        """pyiceberg's table; None if there is none."""
        from pyiceberg.exceptions import NoSuchTableError

        with told(self._asked):
            try:
                return self._catalog.load_table(self._parts)
            except NoSuchTableError:
                return None

    @property
    def _there(self) -> Any:
        if self._table is None:
            raise SelectionError(self._asked, "it is not there")
        return self._table

    @property
    def id(self) -> str:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        return "" if self._table is None else str(self._table.metadata.table_uuid)

    @property
    def schema(self) -> pa.Schema:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        found: pa.Schema = self._there.schema().as_arrow()
        return found

    def has_appended(self, run_id: str) -> bool:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        return bool(run_id) and any(each.run_id == run_id for each in self.lineage())

    def lineage(self) -> Iterator[LakeCommit]:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        table: Any = self._table
        snapshot = table.current_snapshot() if table is not None else None
        while snapshot is not None:
            said = snapshot.summary or {}
            only_these = said.get("total-records") == said.get("added-records", "0")
            yield LakeCommit(
                snapshot.snapshot_id,
                said.get(RUN) or "",
                said.get(WRITE) or "",
                only_these,
                said.get(NOTE),
            )
            above = snapshot.parent_snapshot_id
            snapshot = table.snapshot_by_id(above) if above is not None else None

    def go_back(self, version: int, entries: Mapping[str, str]) -> None:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        with told(self._asked):
            self._there.manage_snapshots().set_current_snapshot(version).commit()

    def write(
        self, rows: pa.RecordBatchReader, mode: Mode, entries: Mapping[str, str], run_id: str
    ) -> None:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        if self._table is None:
            self._create(rows, entries)
            return
        # pyiceberg streams into tables without partitions alone
        plain = self._table.spec().is_unpartitioned()
        given = rows if plain else rows.read_all()
        with _taken(self._asked), self._table.transaction() as transaction:
            if mode == "append":
                transaction.append(given, snapshot_properties=dict(entries))
            else:
                self._take_columns(transaction, rows.schema)
                with warnings.catch_warnings():  # that nothing had to be deleted
                    warnings.simplefilter("ignore")
                    transaction.overwrite(given, snapshot_properties=dict(entries))

    def _create(self, rows: pa.RecordBatchReader, entries: Mapping[str, str]) -> None:
        """Makes the table with its first rows, in one commit."""
        with _taken(self._asked):
            for end in range(1, len(self._parts)):
                self._catalog.create_namespace_if_not_exists(self._parts[:end])
            made = self._catalog.create_table_transaction(
                self._parts, rows.schema, properties=_SMALL_FILES
            )
            with made as transaction:
                transaction.append(rows, snapshot_properties=dict(entries))

    def _take_columns(self, transaction: Any, wanted: pa.Schema) -> None:
        """Has the transaction give the table other columns, where they differ."""
        there = {field.name: logical_type(field.type) for field in self.schema}
        given = {field.name: logical_type(field.type) for field in wanted}
        if there == given:
            return
        # a column of another type is another column: numbers tell them apart in older files
        with transaction.update_schema(allow_incompatible_changes=True) as update:
            for name, kind in there.items():
                if given.get(name) != kind:
                    update.delete_column((name,))
        with transaction.update_schema(allow_incompatible_changes=True) as update:
            update.union_by_name(wanted)

    def at(self, version: int) -> IcebergVersion:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        if self._there.snapshot_by_id(version) is None:
            raise _gone(self.uri, version)
        return IcebergVersion(self._there.scan(snapshot_id=version), self.uri, version)


class IcebergVersion:
    """An Iceberg table as of one snapshot."""

    def __init__(self, scan: Any, uri: str, version: int) -> None:
        self._scan = scan
        self._uri = uri
        self._version = version

    def count(self) -> int:
        """See :class:`~assetbook.io.lake_table.LakeVersion`."""
        with self._told():
            return int(self._scan.count())

    def table(self) -> pa.Table:
        """See :class:`~assetbook.io.lake_table.LakeVersion`."""
        with self._told():
            found: pa.Table = self._scan.to_arrow()
            return found

    def reader(self) -> pa.RecordBatchReader:
        """See :class:`~assetbook.io.lake_table.LakeVersion`."""
        import pyarrow as pa

        def batches() -> Iterator[pa.RecordBatch]:
            yield first
            with self._told():
                yield from found

        with self._told():
            found = self._scan.to_arrow_batch_reader()
            first = next(iter(found), None)
        if first is None:
            return found
        return pa.RecordBatchReader.from_batches(found.schema, batches())

    def dataset(self, note: LakeNote) -> Dataset | None:
        """None: its files may have columns of other names, and rows that were deleted."""
        return None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with told(f"the table {self._uri}"):
                yield
        except FileNotFoundError as error:
            raise _gone(self._uri, self._version) from error


def _gone(uri: str, version: int) -> SelectionError:
    return SelectionError(
        f"snapshot {version} of the table {uri}",
        "it or its files are gone: somebody has expired the snapshots of the table",
        "Read a later version (`%versions` lists them), or materialize again.",
    )


@contextmanager
def told(asked: str) -> Iterator[None]:
    """pyiceberg's errors as those with a remedy; a missing file passes through."""
    from pyiceberg import exceptions as errors

    try:
        yield
    except (AssetbookError, FileNotFoundError):
        raise
    except (
        errors.CommitFailedException,
        errors.TableAlreadyExistsError,
        errors.ValidationException,
    ) as error:
        raise ConflictError(
            asked,
            f"somebody else changed it while it was written ({_line(error)})",
            "Materialize it again: nothing of this attempt is in the table.",
        ) from error
    except errors.CommitStateUnknownException as error:
        raise ConflictError(
            asked,
            f"whether it was written is not known ({_line(error)})",
            "Materialize it again: rows of this attempt go from the table before.",
        ) from error
    except _failures() as error:
        raise StoreError(
            asked,
            f"pyiceberg cannot read or write it: {_line(error)}",
            "Look at the catalog's properties, the place and the rights.",
        ) from error


@contextmanager
def _taken(asked: str) -> Iterator[None]:
    """The same while rows are written, which pyiceberg may not take."""
    try:
        with told(asked):
            yield
    except (ValueError, TypeError, NotImplementedError) as error:
        raise UnstorableValueError(
            asked,
            f"it does not take these rows: {_line(error)}",
            "Return the columns that the table has, or materialize into a table of its own.",
        ) from error


def _failures() -> tuple[type[Exception], ...]:
    """What pyiceberg raises for a catalog or place that it cannot use."""
    from pyiceberg import exceptions as errors

    named = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, Exception)
    ]
    return (*named, *_sql_failures(), OSError)


def _sql_failures() -> tuple[type[Exception], ...]:
    try:
        from sqlalchemy.exc import SQLAlchemyError
    except ModuleNotFoundError:  # a catalog that is no database
        return ()
    return (SQLAlchemyError,)


def _line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
