"""A version of a lake table on its way to a consumer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from assetbook.errors import SelectionError
from assetbook.io import consumers
from assetbook.io.contexts import InputContext
from assetbook.io.lake_note import LakeNote
from assetbook.io.lake_record import LakeRecord, place_of
from assetbook.io.lake_table import LakeTables, LakeVersion
from assetbook.io.lake_writing import commit_of, noted_with
from assetbook.io.table_form import TableForm
from assetbook.io.table_source import TableSource

if TYPE_CHECKING:
    import pyarrow as pa


def version_for(tables: LakeTables, context: InputContext) -> tuple[LakeVersion, LakeNote]:
    """The version that an input reads, and what is noted of it.

    As it was recorded; where nothing is recorded, as the table's history tells of the run. Raises
    SelectionError if it is not there.
    """
    asked = f"the value of `{context.asset_key}`"
    own = place_of(context)
    record = LakeRecord.of(context.upstream_metadata)
    if record is None:
        table = tables(own)
        commit = commit_of(table, context.run_id)
        if commit is None:
            raise SelectionError(asked, f"run {context.run_id} wrote nothing to {table.uri}")
        record = noted_with(commit, table)
    # where the asset belongs by now, if it was renamed and its table was moved after it
    for place in dict.fromkeys([record.place, own]):
        table = tables(place)
        if table.id == record.id:
            return table.at(record.version), LakeNote.read(record.note, asked=asked)
    raise SelectionError(
        asked,
        f"it is in the table {record.uri}, which is not there any more",
        "Bring that table back, or materialize again.",
    )


def handed_over(version: LakeVersion, note: LakeNote, wanted: object) -> object:
    """The rows as ``wanted``; what can scan gets them from the lake, if with the same types."""
    lazily = _LAZILY.get(consumers.maker_for(wanted, note.kind))
    found = lazily(version, note) if lazily is not None else None
    if found is not None:
        return found
    return TableForm(note.kind, note.restored(version.table())).hand_over(wanted)


def _lazy(version: LakeVersion, note: LakeNote) -> object | None:
    dataset = version.dataset(note)
    if dataset is None:
        return None
    with consumers.polars_at_work() as polars:
        in_memory = polars.from_arrow(note.schema.empty_table()).schema
        frame = polars.scan_pyarrow_dataset(dataset)
        return frame if frame.collect_schema() == in_memory else None


def _dataset(version: LakeVersion, note: LakeNote) -> object | None:
    return version.dataset(note)


def _relation(version: LakeVersion, note: LakeNote) -> object | None:
    dataset = version.dataset(note)
    return None if dataset is None else consumers.library_of("duckdb").from_arrow(dataset)


def _source(version: LakeVersion, note: LakeNote) -> object | None:
    dataset = version.dataset(note)
    return None if dataset is None else TableSource(dataset)


def _reader(version: LakeVersion, note: LakeNote) -> pa.RecordBatchReader:
    return note.restored_batches(version.reader())


_LAZILY: Mapping[Callable[[Any], object], Callable[[LakeVersion, LakeNote], object | None]] = {
    consumers.to_lazy: _lazy,
    consumers.to_dataset: _dataset,
    consumers.to_duckdb: _relation,
    consumers.to_source: _source,
    consumers.to_reader: _reader,
}
"""What hands out a version that stays in the lake; it gives None where that is not possible."""
