"""PostgreSQL by ADBC, where its driver is installed: Arrow goes without Python's objects."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from assetbook.errors import DefinitionError, UnstorableValueError
from assetbook.io.postgres_wire import received, sent, sent_type

if TYPE_CHECKING:
    import pyarrow as pa

_CARRIED = frozenset([16, 17, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1083, 1114, 1184, 1700])
"""The types, by PostgreSQL's numbers, whose values are the same by ADBC as without it."""


def is_installed() -> bool:
    """Whether the driver is there."""
    return find_spec("adbc_driver_postgresql") is not None


def carries(oids: list[int]) -> bool:
    """Whether columns of these types can come by ADBC."""
    return is_installed() and _CARRIED.issuperset(oids)


def takes(schema: pa.Schema) -> bool:
    """Whether rows of these types can go by ADBC."""
    from pyarrow import types

    kinds = [sent_type(kind) for kind in schema.types]
    others = (types.is_nested, types.is_decimal256)
    return is_installed() and not any(test(kind) for test in others for kind in kinds)


class PostgresADBC:
    """A connection of its own, and one transaction on it."""

    def __init__(self, url: str) -> None:
        driver = import_module("adbc_driver_postgresql.dbapi")
        self._error: type[Exception] = driver.Error
        self._connection: Any = driver.connect(url)
        self.cursor: Any = self._connection.cursor()

    def batches(self, text: str, schema: pa.Schema, *, asked: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query without parameters, with the types of ``schema``.

        It is run at once; after the last row its transaction is committed. Raises DefinitionError.
        """
        try:
            self.cursor.execute(text)
            reader = self.cursor.fetch_record_batch()
        except self._error as error:
            raise DefinitionError(asked, _said(error)) from None
        return self._read(reader, schema, asked)

    def ingest(self, rows: pa.RecordBatchReader, table: tuple[str, ...], *, asked: str) -> int:
        """Appends rows to a table; how many. Raises UnstorableValueError."""
        import pyarrow as pa

        kinds = [sent_type(kind) for kind in rows.schema.types]
        schema = pa.schema(list(zip(rows.schema.names, kinds, strict=True)))
        sending = pa.RecordBatchReader.from_batches(schema, (sent(b, asked=asked) for b in rows))
        place = {"db_schema_name": table[0]} if len(table) > 1 else {}
        try:
            return int(self.cursor.adbc_ingest(table[-1], sending, mode="append", **place))
        except self._error as error:
            raise UnstorableValueError(asked, f"PostgreSQL refuses it: {_said(error)}") from None

    def commit(self) -> None:
        """Ends the transaction; what it did stays."""
        self._connection.commit()

    def close(self) -> None:
        """Lets go of the connection; what is not committed is undone."""
        self.cursor.close()
        self._connection.close()

    def _read(
        self, reader: pa.RecordBatchReader, schema: pa.Schema, asked: str
    ) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        try:
            for batch in reader:
                yield received(batch, schema, asked=asked)
        except (self._error, pa.ArrowException, OSError) as error:
            raise DefinitionError(asked, _said(error)) from None
        self.commit()


def _said(error: BaseException) -> str:
    """What PostgreSQL says; raises KeyboardInterrupt if it is that it was interrupted."""
    if "canceling statement due to user request" in str(error):
        raise KeyboardInterrupt from None
    details = dict(getattr(error, "details", None) or ())
    said = details.get("PG_DIAG_MESSAGE_PRIMARY") or details.get(b"PG_DIAG_MESSAGE_PRIMARY")
    text = said.decode() if isinstance(said, bytes) else said or str(error)
    return text.strip().replace('"', "`")
