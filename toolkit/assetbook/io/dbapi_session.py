"""Statements on a DB-API connection, and their parameters in its driver's style."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, Protocol

from assetbook.errors import ConfigError
from assetbook.io.database import DatabaseQuery


class Session(Protocol):
    """One transaction after another on a connection."""

    dialect: str
    """What sqlglot calls its language; empty if it knows none."""
    paramstyle: str
    """How the driver marks parameters, as PEP 249 has it."""
    errors: tuple[type[BaseException], ...]
    """What it raises for what the database has against a statement."""

    def execute(self, text: str, given: Any = None, *, streams: bool = False) -> Any:
        """Runs a statement; what has ``description`` and ``fetchmany``, as a cursor does.

        With ``streams``, for a query, its rows may stay in the database until they are fetched.
        """
        ...

    def insert(self, text: str, rows: Sequence[Sequence[object]]) -> None:
        """Runs a statement once for each row of parameters."""
        ...

    def commit(self) -> None:
        """Ends the transaction; what it did stays."""
        ...

    def rollback(self) -> None:
        """Ends the transaction; what it did is undone."""
        ...

    def close(self) -> None:
        """Lets go of the connection."""
        ...


class DBAPISession:
    """A session on a plain DB-API connection."""

    def __init__(self, connection: Any, dialect: str) -> None:
        driver = _driver_of(connection)
        self._connection = connection
        self.dialect = dialect
        self.paramstyle: str = driver.paramstyle
        self.errors: tuple[type[BaseException], ...] = (driver.Error,)

    def execute(self, text: str, given: Any = None, *, streams: bool = False) -> Any:
        """See :class:`Session`."""
        cursor = self._connection.cursor()
        cursor.execute(*([text] if given is None else [text, given]))
        return cursor

    def insert(self, text: str, rows: Sequence[Sequence[object]]) -> None:
        """See :class:`Session`."""
        self._connection.cursor().executemany(text, rows)

    def commit(self) -> None:
        """See :class:`Session`."""
        self._connection.commit()

    def rollback(self) -> None:
        """See :class:`Session`."""
        self._connection.rollback()

    def close(self) -> None:
        """See :class:`Session`."""
        self._connection.close()


def _driver_of(connection: Any) -> ModuleType:
    """The driver's module: the one that says the style of its parameters."""
    for kind in type(connection).__mro__:
        name = kind.__module__
        while name:
            module = sys.modules.get(name)
            if module is not None and hasattr(module, "paramstyle") and hasattr(module, "Error"):
                return module
            name = name.rpartition(".")[0]
    raise ConfigError(
        "the database connection",
        f"{type(connection).__module__} does not say how it takes parameters",
        "Give a connection of a DB-API driver.",
    )


def statement(query: DatabaseQuery, number: int, style: str) -> tuple[str, Any]:
    """One statement with its parameters marked in a driver's style, and their values.

    The values are None if there are none: then drivers leave percent signs alone.
    """
    begins, ends = query.statements[number]
    inside = [(at, name) for at, name in query.parameters if begins <= at < ends]
    if not inside:
        return query.source[begins:ends], None
    pieces = []
    for place, (at, name) in enumerate(inside, start=1):
        pieces += [_plain(query.source[begins:at], style), _MARKS[style].format(name, place)]
        begins = at + 1 + len(name)
    text = "".join([*pieces, _plain(query.source[begins:ends], style)])
    if style in _BY_NAME:
        return text, {name: query.values[name] for _, name in inside}
    return text, tuple(query.values[name] for _, name in inside)


def marks(style: str, names: Sequence[str]) -> Iterator[str]:
    """A mark for each parameter of a row that is given by position."""
    for place, name in enumerate(names, start=1):
        yield _MARKS[_POSITIONAL.get(style, style)].format(name, place)


def _plain(text: str, style: str) -> str:
    return text.replace("%", "%%") if style in ("format", "pyformat") else text


_MARKS: Mapping[str, str] = {
    "qmark": "?",
    "numeric": ":{1}",
    "named": ":{0}",
    "format": "%s",
    "pyformat": "%({0})s",
    "numeric_dollar": "${1}",
}
_BY_NAME = ("named", "pyformat")
_POSITIONAL = {"pyformat": "format", "named": "qmark"}
