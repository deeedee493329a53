"""Rows whose types are known only when the last one has come, kept on disk until then."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any

from assetbook.errors import DefinitionError
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.python_columns import as_type, column, common_type, settled_type

if TYPE_CHECKING:
    import pyarrow as pa

_IN_MEMORY = 2**26
"""Bytes that are held in memory; what is more goes to a temporary file."""


def spooled(
    names: Sequence[str], parts: Iterable[Sequence[Sequence[Any]]], *, asked: str
) -> ArrowStream:
    """The rows of all parts, in Arrow types that hold every value of each column exactly.

    All parts are read now; as many bytes as they have in Arrow may go to a temporary file, and
    few stay in memory. Raises DefinitionError for columns without such a type, or of one name.
    """
    _refuse_doubles(names, asked)
    with ExitStack() as stack:
        held = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
        schema, count = _written(held, names, parts, asked)
        stack.pop_all()  # it is closed when it has been read
    held.seek(0)
    return ArrowStream(schema, _batches(held, count, schema, asked))


def _written(
    held: IO[bytes], names: Sequence[str], parts: Iterable[Sequence[Sequence[Any]]], asked: str
) -> tuple[pa.Schema, int]:
    """Writes each part as it comes; the schema that fits all, and how many they were."""
    import pyarrow as pa

    kinds: list[pa.DataType] = [pa.null() for _ in names]
    count = 0
    for rows in parts:
        columns = [
            column(name, values, asked=asked)
            for name, values in zip(names, zip(*rows, strict=True), strict=True)
        ]
        kinds = [
            common_type(name, kind, each.type, asked=asked)
            for name, kind, each in zip(names, kinds, columns, strict=True)
        ]
        batch = pa.RecordBatch.from_arrays(columns, names=list(names))
        with pa.ipc.new_stream(held, batch.schema) as writer:
            writer.write_batch(batch)
        count += 1
    return pa.schema(list(zip(names, map(settled_type, kinds), strict=True))), count


def _batches(
    held: IO[bytes], count: int, schema: pa.Schema, asked: str
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    with held:
        for _ in range(count):
            (batch,) = pa.ipc.open_stream(held)
            columns = [
                as_type(field.name, each, field.type, asked=asked)
                for field, each in zip(schema, batch.columns, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _refuse_doubles(names: Sequence[str], asked: str) -> None:
    double = sorted({name for name in names if list(names).count(name) > 1})
    if double:
        said = f"two columns of its result are called `{double[0]}`"
        raise DefinitionError(asked, said, f"Give one another name: `AS {double[0]}_2`.")
