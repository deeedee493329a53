"""Tables as CSV, JSON, Parquet and Excel files, a batch of rows at a time; plain values as JSON.

What a format cannot hold is refused, naming the column: nothing is rounded or left out unsaid.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetbook.errors import MissingLibraryError, UsageError, with_article

if TYPE_CHECKING:
    import pyarrow as pa

_EXCEL_ROWS, _EXCEL_COLUMNS, _EXCEL_TEXT = 1_048_576, 16_384, 32_767
_EXACT = 1 << 53  # Excel's numbers are doubles
_EXCEL_BEGINS = date(1900, 3, 1)  # before it, Excel counts a day that never was


def write_table(reader: pa.RecordBatchReader, file: Path, asked: str) -> int:
    """The number of rows that were written; the format is told by the file's suffix.

    ``asked`` begins the UsageError for a column that the format has no form for.
    """
    return _WRITERS[file.suffix.lower()](reader, file, asked)


def write_plain(value: object, file: Path, asked: str) -> None:
    """Writes plain data as JSON: dates as ISO text, tuples as lists, NaN as null."""
    text = json.dumps(_plain(value, asked), indent=2, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def _csv(reader: pa.RecordBatchReader, file: Path, asked: str) -> int:
    import pyarrow as pa
    from pyarrow import csv

    columns = _flat_columns(reader.schema, asked)
    fields = [(name, _csv_type(reader.schema.field(at).type)) for at, name in columns]
    schema, rows = pa.schema(fields), 0
    options = csv.WriteOptions(quoting_style="needed")
    with csv.CSVWriter(file, schema, write_options=options) as writer:
        for batch in reader:
            arrays = [
                _csv_column(batch.column(at), field.type)
                for (at, _), field in zip(columns, schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += batch.num_rows
    return rows


def _csv_type(given: pa.DataType) -> pa.DataType:
    """The type as which a column is written: text for what CSV writers do not know."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(given):
        return _csv_type(given.value_type)
    known = (
        types.is_boolean(given)
        or types.is_integer(given)
        or types.is_float32(given)
        or types.is_float64(given)
        or types.is_decimal128(given)
        or types.is_string(given)
        or types.is_large_string(given)
        or types.is_date(given)
        or types.is_timestamp(given)
        or types.is_time(given)
    )
    return given if known else pa.string()


def _csv_column(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if column.type == wanted:
        return column
    texts = [None if each is None else str(each) for each in column.to_pylist()]
    return pa.array(texts, wanted)


def _json(reader: pa.RecordBatchReader, file: Path, asked: str) -> int:
    import msgspec

    columns, rows = _columns(reader.schema), 0
    names = [name for _, name in columns]
    encode = msgspec.json.Encoder().encode
    with file.open("wb") as target:
        target.write(b"[")
        for batch in reader:
            values = [_json_column(batch.column(at), name, asked) for at, name in columns]
            records = (dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))
            if batch.num_rows:
                target.write(b",\n" if rows else b"\n")
                target.write(b",\n".join(map(encode, records)))
            rows += batch.num_rows
        target.write(b"\n]\n")
    return rows


def _json_column(column: pa.Array, name: str, asked: str) -> list[Any]:
    """The column's values as JSON has them."""
    from pyarrow import compute, types

    if types.is_floating(column.type):
        column = column.cast("float64")
        if compute.any(compute.is_inf(column)).as_py():
            raise _no_json(asked, "an infinite number", name)
        return compute.if_else(compute.is_nan(column), None, column).to_pylist()  # type: ignore[no-any-return]
    values = column.to_pylist()
    if types.is_integer(column.type) or types.is_string(column.type):
        return values  # type: ignore[no-any-return]
    return [_plain(value, asked, name) for value in values]


def _parquet(reader: pa.RecordBatchReader, file: Path, asked: str) -> int:
    from pyarrow.parquet import ParquetWriter

    rows = 0
    with ParquetWriter(file, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _xlsx(reader: pa.RecordBatchReader, file: Path, asked: str) -> int:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise MissingLibraryError(
            asked, "openpyxl is not installed here", "Install it: pip install 'assetbook[xlsx]'"
        ) from error

    columns, rows = _flat_columns(reader.schema, asked), 0
    if len(columns) > _EXCEL_COLUMNS:
        raise UsageError(asked, f"a sheet has at most {_EXCEL_COLUMNS:,} columns", _OTHERS)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")

    def cell(value: object, name: str) -> object:
        fit = _excel_value(value, name, asked)
        if not isinstance(fit, str):
            return fit
        made = WriteOnlyCell(sheet, fit)
        made.data_type = "s"  # text that begins with = stays text
        return made

    try:
        sheet.append([cell(name, name) for _, name in columns])
        for batch in reader:
            for row in _rows(batch, columns):
                rows += 1
                if rows >= _EXCEL_ROWS:
                    raise UsageError(asked, f"a sheet has at most {_EXCEL_ROWS:,} rows", _OTHERS)
                sheet.append(
                    [cell(each, name) for each, (_, name) in zip(row, columns, strict=True)]
                )
    finally:
        sheet.close()
    book.save(file)
    return rows


_WRITERS: Mapping[str, Callable[[pa.RecordBatchReader, Path, str], int]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
    ".xlsx": _xlsx,
}
FORMATS = tuple(_WRITERS)
"""The suffixes that are known."""
_OTHERS = "Export it as .parquet or .csv."


def _excel_value(value: Any, name: str, asked: str) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, str):
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        if len(value) > _EXCEL_TEXT or ILLEGAL_CHARACTERS_RE.search(value):
            raise UsageError(
                asked, f"column `{name}` has text that no cell of Excel can hold", _OTHERS
            )
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        return str(value)
    if isinstance(value, datetime):
        early = value.date() < _EXCEL_BEGINS
        return value.isoformat() if early or value.tzinfo is not None else value
    if isinstance(value, date) and value < _EXCEL_BEGINS:
        return value.isoformat()
    return value


def _rows(batch: pa.RecordBatch, columns: Sequence[tuple[int, str]]) -> Iterator[tuple[Any, ...]]:
    return zip(*(batch.column(at).to_pylist() for at, _ in columns), strict=True)


def _flat_columns(schema: pa.Schema, asked: str) -> list[tuple[int, str]]:
    """The columns, each with one value a row; raises UsageError for one of lists or bytes."""
    from pyarrow import types

    for field in schema:
        kind = field.type.value_type if types.is_dictionary(field.type) else field.type
        if types.is_nested(kind) or _is_binary(kind):
            raise UsageError(
                asked,
                f"column `{field.name}` is {kind}, which has no form there",
                "Export it as .parquet, or as .json if it holds no bytes.",
            )
    return _columns(schema)


def _is_binary(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(
        types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
        or types.is_binary_view(kind)
    )


def _columns(schema: pa.Schema) -> list[tuple[int, str]]:
    """The place and the name of each column, pandas' index first.

    An index that has no name is called ``index``, or ``level_0`` and so on if it has several.
    """
    index = [each for each in _index_of(schema) if each in schema.names]
    unnamed = [name for name in index if name.startswith("__index_level_")]
    called = {name: name.removeprefix("__index_").removesuffix("__") for name in unnamed}
    if len(unnamed) == 1 and "index" not in schema.names:
        called = {unnamed[0]: "index"}
    places = sorted(
        range(len(schema.names)),
        key=lambda at: index.index(schema.names[at]) if schema.names[at] in index else len(index),
    )
    return [(at, called.get(schema.names[at], schema.names[at])) for at in places]


def _index_of(schema: pa.Schema) -> list[str]:
    """The columns that pandas made its index of, by name in the table."""
    text = (schema.metadata or {}).get(b"pandas")
    columns = json.loads(text).get("index_columns", []) if text else []
    return [each for each in columns if isinstance(each, str)]


def _plain(value: Any, asked: str, column: str = "") -> Any:
    """The value as JSON has it."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if math.isinf(value):
            raise _no_json(asked, "an infinite number", column)
        return None if math.isnan(value) else value
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(each, asked, column) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, asked, column) for each in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    raise _no_json(asked, with_article(type(value).__name__), column)


def _no_json(asked: str, what: str, column: str) -> UsageError:
    where = f"column `{column}`" if column else "it"
    remedy = "Export it as .parquet." if column else "Read it by `%value` and save it yourself."
    return UsageError(asked, f"{where} holds {what}, which JSON has no form for", remedy)
