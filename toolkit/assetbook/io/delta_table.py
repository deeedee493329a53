"""One Delta table, by deltalake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetbook.errors import (
    ConflictError,
    MissingLibraryError,
    SelectionError,
    StoreError,
    UnstorableValueError,
)
from assetbook.io.lake_history import NOTE, RUN, WRITE, LakeCommit
from assetbook.io.lake_note import LakeNote
from assetbook.io.lake_options import without_secrets
from assetbook.io.lake_table import Mode

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.dataset import Dataset

_FIRST_LOOK = 20
"""Commits that are read at first; the whole history only if that is not enough."""
_PATIENCE = 100
"""How often the history is read again when somebody has written meanwhile."""


class DeltaLakeTable:
    """A Delta table as it stood when it was first asked something."""

    def __init__(self, uri: str, place: str, options: Mapping[str, str]) -> None:
        self.place = place
        self.uri = without_secrets(uri)
        self._target = uri
        self._options = dict(options) or None

    @cached_property
    def _table(self) -> Any | None:
        """deltalake's table; None if there is none."""
        library = _library()
        with _told(self.uri):
            try:
                return library.DeltaTable(self._target, storage_options=self._options)
            except library.exceptions.TableNotFoundError:
                return None

    @property
    def _there(self) -> Any:
        if self._table is None:
            raise SelectionError(f"the table {self.uri}", "it is not there")
        return self._table

    @property
    def id(self) -> str:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        return "" if self._table is None else str(self._table.metadata().id)

    @property
    def schema(self) -> pa.Schema:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        return _arrow_schema(self._there)

    def has_appended(self, run_id: str) -> bool:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        if self._table is None or not run_id:
            return False
        return self._table.transaction_version(run_id) is not None

    def lineage(self) -> Iterator[LakeCommit]:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        below: int | None = None
        for entry in self._history():
            if below is not None and entry["version"] > below:
                continue  # it was rolled back
            told = entry.get("operationParameters", {})
            if entry.get("operation") == "RESTORE" and "version" in told:
                below = int(told["version"])
            replaces = told.get("mode") == "Overwrite" and "predicate" not in told
            run_id, write = entry.get(RUN, ""), entry.get(WRITE, "")
            yield LakeCommit(entry["version"], run_id, write, replaces, entry.get(NOTE))

    def _history(self) -> Iterator[Mapping[str, Any]]:
        """The entries of the table's log, newest first."""
        if self._table is None:
            return
        first = self._entries(_FIRST_LOOK)
        yield from first
        if len(first) == _FIRST_LOOK:
            last = first[-1]["version"]
            yield from (each for each in self._entries(None) if each["version"] < last)

    def _entries(self, limit: int | None) -> list[dict[str, Any]]:
        """The newest entries of the log, each with its version.

        deltalake counts versions down from that of the opened table, but reads the log as it is by
        then: so the numbers hold only if nobody has committed in between.
        """
        library = _library()
        with _told(self.uri):
            for _ in range(_PATIENCE):
                table = library.DeltaTable(self._target, storage_options=self._options)
                found: list[dict[str, Any]] = table.history(limit)
                now = library.DeltaTable(self._target, storage_options=self._options)
                if now.version() == table.version():
                    return found
        raise ConflictError(
            f"the history of the table {self.uri}",
            "others write to it without a pause",
            "Try again when they are done.",
        )

    def go_back(self, version: int, entries: Mapping[str, str]) -> None:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        properties = _library().CommitProperties(dict(entries), max_commit_retries=0)
        with _told(self.uri):
            self._there.restore(version, commit_properties=properties)

    def write(
        self, rows: pa.RecordBatchReader, mode: Mode, entries: Mapping[str, str], run_id: str
    ) -> None:
        """See :class:`~assetbook.io.lake_table.LakeTable`.

        An append is marked as a transaction of its run: of two of one run the table takes one.
        """
        library = _library()
        appends = mode == "append"
        marks = [library.Transaction(run_id, 1)] if appends and run_id else None
        changed = self._table is not None and not _same(self.schema, rows.schema)
        with _told(self.uri):
            library.write_deltalake(
                self._target if self._table is None else self._table,
                rows,
                mode="append" if appends else "overwrite",
                schema_mode="overwrite" if changed and not appends else None,
                storage_options=self._options,
                commit_properties=library.CommitProperties(dict(entries), app_transactions=marks),
                # earlier versions go when somebody says so, not as a side effect of writing
                post_commithook_properties=library.PostCommitHookProperties(
                    cleanup_expired_logs=False
                ),
            )

    def at(self, version: int) -> DeltaVersion:
        """See :class:`~assetbook.io.lake_table.LakeTable`."""
        library = _library()
        try:
            with _told(self.uri):
                found = library.DeltaTable(
                    self._target, version=version, storage_options=self._options
                )
        except StoreError as error:
            raise _gone(self.uri, version) from error
        return DeltaVersion(found, self.uri, version)


class DeltaVersion:
    """A Delta table as of one version."""

    def __init__(self, table: Any, uri: str, version: int) -> None:
        self._table = table
        self._uri = uri
        self._version = version

    def count(self) -> int:
        """See :class:`~assetbook.io.lake_table.LakeVersion`."""
        with self._told():
            return int(self._table.count())

    def table(self) -> pa.Table:
        """See :class:`~assetbook.io.lake_table.LakeVersion`."""
        with self._told():
            return self._table.to_pyarrow_table()

    def reader(self) -> pa.RecordBatchReader:
        """See :class:`~assetbook.io.lake_table.LakeVersion`."""
        return self._dataset(None).scanner().to_reader()

    def dataset(self, note: LakeNote) -> Dataset | None:
        """See :class:`~assetbook.io.lake_table.LakeVersion`."""
        return self._dataset(note.schema.remove_metadata())

    def _dataset(self, schema: pa.Schema | None) -> Any:
        """What scans the files; a local one that is gone is told now, not to who reads later."""
        with self._told():
            found = self._table.to_pyarrow_dataset(schema=schema)
        if "://" not in self._uri:
            missing = [each for each in found.files if not Path(self._uri, each).exists()]
            if missing:
                raise _gone(self._uri, self._version)
        return found

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with _told(self._uri):
                yield
        except FileNotFoundError as error:
            raise _gone(self._uri, self._version) from error


def _gone(uri: str, version: int) -> SelectionError:
    return SelectionError(
        f"version {version} of the table {uri}",
        "its files or its log are gone: somebody has vacuumed the table, or taken it away",
        "Read a later version (`%versions` lists them), or materialize again.",
    )


def _arrow_schema(table: Any) -> pa.Schema:
    import pyarrow as pa

    return pa.schema(table.schema().to_arrow())


def _same(left: pa.Schema, right: pa.Schema) -> bool:
    """Whether two schemas have the same columns, in whatever encodings."""
    from assetbook.types.logical_types import logical_type

    names = [(field.name, logical_type(field.type)) for field in left]
    return names == [(field.name, logical_type(field.type)) for field in right]


@contextmanager
def _told(uri: str) -> Iterator[None]:
    """deltalake's errors as those with a remedy; a missing file passes through."""
    errors = _library().exceptions
    asked = f"the table {uri}"
    try:
        yield
    except FileNotFoundError:
        raise
    except errors.CommitFailedError as error:
        raise ConflictError(
            asked,
            f"somebody else changed it while it was written ({_line(error)})",
            "Materialize it again: nothing of this attempt is in the table.",
        ) from error
    except errors.SchemaMismatchError as error:
        raise UnstorableValueError(
            asked, f"it does not take these columns: {_line(error)}", "Return the same columns."
        ) from error
    except (
        errors.DeltaError,
        errors.DeltaProtocolError,
        errors.TableNotFoundError,
        OSError,
    ) as error:
        raise StoreError(
            asked,
            f"deltalake cannot read or write it: {_line(error)}",
            "Look at the place, the rights and the storage options.",
        ) from error


def _line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _library() -> Any:
    try:
        import deltalake
        import deltalake.exceptions
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            "a Delta table",
            "deltalake is not installed here",
            "Install it: pip install 'assetbook[delta]'",
        ) from error
    return deltalake
