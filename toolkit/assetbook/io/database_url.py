"""Which kind of database a URL or a connection is of, and how it is opened."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote

from assetbook.definitions.env_var import looks_secret
from assetbook.definitions.secret import Secret, scrub
from assetbook.errors import ConfigError, MissingLibraryError
from assetbook.io.database import Database

_EXTRAS = {"duckdb": "duckdb", "psycopg": "postgres", "sqlalchemy": "sqlalchemy"}
_DRIVERS = {
    "duckdb": "duckdb",
    "postgresql": "psycopg",
    "postgres": "psycopg",
    "postgresql+psycopg": "psycopg",
    "sqlite": "sqlite3",
}
"""Schemes of URLs that need no SQLAlchemy."""
_DIALECTS = {
    "postgresql": "postgres",
    "psycopg": "postgres",
    "psycopg2": "postgres",
    "pg8000": "postgres",
    "sqlite3": "sqlite",
    "mariadb": "mysql",
    "pymysql": "mysql",
    "MySQLdb": "mysql",
    "mssql": "tsql",
    "oracledb": "oracle",
}
"""What sqlglot calls the language of a URL's scheme, or of a driver, where it is named else."""


def opened(url: str) -> Database:
    """The database behind a URL, such as ``sqlite:///file.db`` or ``postgresql://user@host/name``.

    From now on what is secret in it is masked in every text. Raises ConfigError if it cannot be
    opened, MissingLibraryError without its driver.
    """
    scheme, mark, rest = url.partition("://")
    if not mark:
        raise ConfigError(
            "the URL of a database",
            "it does not begin with a kind and `://`",
            "Write duckdb:///file.db, sqlite:///file.db, postgresql://user@host/name, or any URL "
            "of SQLAlchemy.",
        )
    keep_secret(url)
    driver = _DRIVERS.get(scheme)
    if driver is None:
        return _by_sqlalchemy(url)
    if driver == "psycopg":
        from assetbook.io.postgres_database import PostgresDatabase

        target = f"postgresql://{rest}"
        return PostgresDatabase(_connected(driver, target), target)
    path = rest.removeprefix("/") or ":memory:"
    if driver == "sqlite3":
        from assetbook.io.sqlite_database import SQLiteDatabase

        # its rows may be read, and it closed, by the thread that stores the value
        return SQLiteDatabase(_connected(driver, path, check_same_thread=False))
    return of_connection(_connected(driver, path))


def of_connection(connection: Any) -> Database:
    """The database behind a connection of any DB-API driver.

    Raises ConfigError for what is no such connection.
    """
    library = type(connection).__module__.split(".")[0].lstrip("_")
    if library == "duckdb":
        from assetbook.io.duckdb_database import DuckDBDatabase

        return DuckDBDatabase(connection)
    if library == "psycopg":
        from assetbook.io.postgres_database import PostgresDatabase

        return PostgresDatabase(connection)
    if library == "sqlite3":
        from assetbook.io.sqlite_database import SQLiteDatabase

        return SQLiteDatabase(connection)
    if not all(hasattr(connection, name) for name in ("cursor", "commit", "rollback", "close")):
        raise ConfigError(
            "the database connection",
            f"it is one of {library}, and no DB-API connection",
            "Return what a driver's connect() returns.",
        )
    from assetbook.io.dbapi_database import DBAPIDatabase
    from assetbook.io.dbapi_session import DBAPISession

    return DBAPIDatabase(DBAPISession(connection, _DIALECTS.get(library, "")))


def dialect_of(url: str) -> str:
    """What sqlglot calls the language of the database behind a URL; empty if it knows none."""
    from sqlglot import Dialect

    kind = url.partition("://")[0].partition("+")[0]
    name = _DIALECTS.get(kind, kind)
    return name if Dialect.get(name) is not None else ""


def keep_secret(url: str) -> None:
    """Has the password in a URL masked in whatever is shown or recorded."""
    account, mark, _ = url.partition("://")[2].rpartition("@")
    password = account.partition(":")[2] if mark else ""
    options = parse_qsl(url.partition("?")[2])
    for each in (password, *(value for name, value in options if looks_secret(name))):
        Secret(each)
        Secret(unquote(each))
        for part in re.split(r"[@:/?#]", each):  # which errors about a wrong URL quote
            Secret(part)


def _by_sqlalchemy(url: str) -> Database:
    sqlalchemy = _driver("sqlalchemy")
    from assetbook.io.dbapi_database import DBAPIDatabase
    from assetbook.io.sqlalchemy_session import SQLAlchemySession

    try:
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        return DBAPIDatabase(SQLAlchemySession(engine, dialect_of(url)))
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            "the driver of a database's URL",
            f"{error.name} is not installed here",
            f"Install it: pip install {error.name}",
        ) from None
    except (sqlalchemy.exc.SQLAlchemyError, ValueError) as error:
        raise _unconnected("SQLAlchemy", error) from None


def _connected(name: str, target: str, **options: Any) -> Any:
    driver = _driver(name)
    try:
        return driver.connect(target, **options)
    except driver.Error as error:
        raise _unconnected(name, error) from None


def _unconnected(name: str, error: BaseException) -> ConfigError:
    said = scrub(str(getattr(error, "orig", None) or error).strip())
    return ConfigError(
        f"a connection by {name}",
        f"it cannot be made: {said}",
        "Check the URL, and whether another process has the database open.",
    )


def _driver(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"a connection by {name}",
            f"{name} is not installed here",
            f"Install it: pip install 'assetbook[{_EXTRAS[name]}]'",
        ) from error
