"""A table of six columns into PostgreSQL and out of it, in wall time: by ADBC, and without it."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import adbc_driver_postgresql.dbapi
import numpy as np
import psycopg
import pyarrow as pa
from table import Row, run_alone

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.io.postgres_server import postgres_server

from assetbook.io.database_url import opened
from assetbook.io.postgres_database import PostgresDatabase

_COLUMNS = "a bigint, b double precision, c text, d date, p numeric(12, 2), z timestamptz"


def measure(rows: int, rounds: int) -> list[Row]:
    """Two rows: writing and reading. The raw limit is ADBC alone."""
    table = _table(rows)
    with postgres_server() as url, psycopg.connect(url) as connection:
        plain = PostgresDatabase(connection)
        writers: dict[str, Callable[[], object]] = {
            "assetbook": lambda: _ours(url, table),
            "psycopg": lambda: plain.write(table.to_reader(), ("t",)),
            "text": lambda: _row_by_row(connection, table),
            "raw limit": lambda: _ingested(url, table),
        }
        readers: dict[str, Callable[[], object]] = {
            "assetbook": lambda: _read(url),
            "psycopg": lambda: plain.read(("t",)),
            "raw limit": lambda: _fetched(url),
        }
        return [
            _row(f"write a table of {rows:,} rows × 6 columns to PostgreSQL", writers, rounds),
            _row("read it from there", readers, rounds),
        ]


def _row(work: str, ways: dict[str, Callable[[], object]], rounds: int) -> Row:
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            found[name].append(time.perf_counter() - begun)
    middle = {name: median(each) for name, each in found.items()}
    notes = [f"without ADBC {middle['psycopg']:.2g} s"]
    if "text" in middle:
        notes.append(f"COPY of text, row by row, {middle['text']:.2g} s")
    figures = {name: middle[name] for name in ("assetbook", "raw limit")}
    return Row(work, figures, "s", "", {"assetbook": ", ".join(notes), "raw limit": "ADBC alone"})


def _table(rows: int) -> pa.Table:
    numbers = np.arange(rows)
    days = pa.array(numbers % 3_000, pa.int32()).cast(pa.date32())
    return pa.table(
        {
            "a": numbers,
            "b": np.random.default_rng(1).random(rows),
            "c": pa.array([f"name {number}" for number in numbers]),
            "d": days,
            "p": pa.array(numbers % 10**6).cast(pa.decimal128(21, 2)).cast(pa.decimal128(12, 2)),
            "z": pa.array([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)] * rows),
        }
    )


def _ours(url: str, table: pa.Table) -> None:
    database = opened(url)
    database.write(table.to_reader(), ("t",))
    database.close()


def _read(url: str) -> None:
    database = opened(url)
    database.read(("t",))
    database.close()


def _row_by_row(connection: psycopg.Connection, table: pa.Table) -> None:
    cursor = connection.cursor()
    cursor.execute(f"DROP TABLE IF EXISTS u; CREATE TABLE u ({_COLUMNS})")
    with cursor.copy("COPY u FROM STDIN") as copy:
        for batch in table.to_batches():
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                copy.write_row(row)
    connection.commit()


def _ingested(url: str, table: pa.Table) -> None:
    with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS v")
        cursor.execute(f"CREATE TABLE v ({_COLUMNS})")
        cursor.adbc_ingest("v", table.to_reader(), mode="append")
        connection.commit()


def _fetched(url: str) -> None:
    with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM t")
        cursor.fetch_arrow_table()


if __name__ == "__main__":
    run_alone(measure, assets=300_000, rounds=3)
