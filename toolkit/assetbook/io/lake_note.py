"""What is noted beside a lake table's version, so that it comes back as what it was.

A lake keeps names, types and values. Which library the table came from, how its text and lists were
encoded, and what pandas knows of dtypes and index, are in the note.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from assetbook.errors import CorruptStoreError

if TYPE_CHECKING:
    import pyarrow as pa


class LakeNote(msgspec.Struct, frozen=True):
    """The library that a table came from, and its schema in canonical form."""

    kind: str
    schema: pa.Schema

    def text(self) -> str:
        """The note as one piece of ASCII text."""
        schema = zlib.compress(self.schema.serialize().to_pybytes(), 9)
        return json.dumps([self.kind, base64.b64encode(schema).decode()])

    @classmethod
    def read(cls, text: str, *, asked: str) -> LakeNote:
        """The note in ``text``; raises CorruptStoreError for anything else."""
        import pyarrow as pa

        try:
            kind, schema = json.loads(text)
            data = zlib.decompress(base64.b64decode(schema))
            return cls(kind, pa.ipc.read_schema(pa.py_buffer(data)))
        except (ValueError, TypeError, zlib.error, pa.ArrowException) as error:
            raise CorruptStoreError(
                asked, f"what is noted of its schema is damaged ({error})", "Materialize it again."
            ) from error

    def restored(self, table: pa.Table) -> pa.Table:
        """What a lake gave back, as it was before it went there."""
        return table.select(self.schema.names).cast(self.schema)

    def restored_batches(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The same of rows that stream."""
        import pyarrow as pa

        def batches() -> Any:
            for batch in reader:
                yield from self.restored(pa.Table.from_batches([batch])).to_batches()

        return pa.RecordBatchReader.from_batches(self.schema, batches())
