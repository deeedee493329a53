"""Statements on a database that SQLAlchemy connects to: its drivers, none of its language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SQLAlchemySession:
    """A session on an engine. Rows come from the server as they are read, if its driver can."""

    def __init__(self, engine: Any, dialect: str) -> None:
        from sqlalchemy.exc import DBAPIError

        self._connection = engine.connect()
        self.dialect = dialect
        self.paramstyle: str = engine.dialect.paramstyle
        self.errors: tuple[type[BaseException], ...] = (DBAPIError,)

    def execute(self, text: str, given: Any = None, *, streams: bool = False) -> Any:
        """See :class:`~assetbook.io.dbapi_session.Session`."""
        options = {"stream_results": streams, "no_parameters": given is None}
        return _Rows(self._connection.exec_driver_sql(text, given, execution_options=options))

    def insert(self, text: str, rows: Sequence[Sequence[object]]) -> None:
        """See :class:`~assetbook.io.dbapi_session.Session`."""
        self._connection.exec_driver_sql(text, [tuple(row) for row in rows])

    def commit(self) -> None:
        """See :class:`~assetbook.io.dbapi_session.Session`."""
        self._connection.commit()

    def rollback(self) -> None:
        """See :class:`~assetbook.io.dbapi_session.Session`."""
        self._connection.rollback()

    def close(self) -> None:
        """See :class:`~assetbook.io.dbapi_session.Session`."""
        self._connection.close()


class _Rows:
    """What a statement gives, as a DB-API cursor has it."""

    def __init__(self, result: Any) -> None:
        self.description: Any = result.cursor.description if result.returns_rows else None
        self.fetchmany = result.fetchmany if result.returns_rows else None
