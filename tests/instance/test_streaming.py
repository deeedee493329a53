"""Streamed tables in a run: bounded memory, nothing left of what broke, lazily read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import materialize_to_memory
from assetbook.io import table_writing

STREAMED = """
import resource, sys
import pyarrow as pa, pyarrow.compute, pyarrow.dataset
import numpy as np
from assetbook import Instance, asset
from assetbook.instance.materializing import materialize_definitions
from assetbook.io.parquet_file import opened_parquet

PARTS, ROWS = int(sys.argv[1]), 250_000  # a part has 16 MB

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

def part(number):
    random = np.random.default_rng(number)
    return pa.table({name: random.integers(0, 1 << 40, ROWS) for name in "abcdefgh"})

@asset
def small():
    yield part(0).slice(0, 10)

@asset
def large():
    for number in range(PARTS):
        yield part(number)

@asset
def rows(large: pa.RecordBatchReader) -> int:
    return sum(batch.num_rows for batch in large)

instance = Instance.get()
materialize_definitions([small], instance=instance)
part(0)
before = peak()
outcome = materialize_definitions([large, rows], instance=instance)
assert outcome.asset_value("rows") == PARTS * ROWS
print(f"{PARTS * ROWS * 64 / 1e6:.0f} MB in {peak() - before:.0f} MB", file=sys.stderr)
print(peak() - before)
"""


def megabytes_above(project: Path, parts: int) -> float:
    done = subprocess.run(
        [sys.executable, "-c", STREAMED, str(parts)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def test_memory_is_bounded(project: Path) -> None:
    assert megabytes_above(project, 40) <= 300  # 640 MB


@pytest.mark.long
def test_four_gigabytes_need_little_memory(project: Path) -> None:
    assert megabytes_above(project, 250) <= 300


@pytest.fixture
def nothing_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_writing.TableWriting.in_memory, "__defaults__", (0,))


@asset
def parts() -> Iterator[pl.DataFrame]:
    for start in (0, 3, 6):
        print("part", start)
        yield pl.DataFrame({"n": range(start, start + 3)})


@asset
def total(parts: pl.LazyFrame) -> int:
    return int(parts.sum().collect().item())


def all_files(instance: Instance) -> list[Path]:
    return [path for path in instance.values.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_generator_is_a_table(
    instance: Instance, in_memory: bool, request: pytest.FixtureRequest
) -> None:
    if not in_memory:
        request.getfixturevalue("nothing_in_memory")
    assert make(instance, parts, total).asset_value("total") == 36
    assert instance.value("parts")["n"].to_list() == list(range(9))
    event = instance.version("parts").event
    assert event.metadata["dagster/row_count"]["value"] == 9
    assert event.as_of is None
    whole = pl.DataFrame({"n": range(9)})

    @asset
    def at_once() -> pl.DataFrame:
        return whole

    make(instance, at_once)
    assert instance.version("at_once").event.data_version == event.data_version


def test_what_a_generator_prints_is_kept(instance: Instance, nothing_in_memory: None) -> None:
    run = make(instance, parts).run_id
    texts = [stored.record.text for stored in instance.logs(run, "parts")]
    assert "".join(texts).split() == ["part", "0", "part", "3", "part", "6"]


def test_what_a_generator_reads_is_seen(
    instance: Instance, project: Path, nothing_in_memory: None
) -> None:
    given = project / "given.csv"
    given.write_text("n\n1\n")
    opened = open

    @asset
    def read() -> Iterator[pd.DataFrame]:
        for name in (given,):
            with opened(name) as file:
                yield pd.DataFrame({"line": file.readlines()})

    make(instance, read)
    assert str(given) in instance.version("read").event.readers


@pytest.mark.parametrize("error", [ZeroDivisionError, FileNotFoundError, FileExistsError, OSError])
def test_an_error_in_the_middle_leaves_nothing(
    instance: Instance, nothing_in_memory: None, error: type[Exception]
) -> None:
    @asset
    def broken() -> Iterator[pd.DataFrame]:
        yield pd.DataFrame({"n": [1]})
        raise error("in the middle")

    with pytest.raises(error, match="in the middle"):
        make(instance, broken)
    assert instance.latest_materialization("broken") is None
    assert all_files(instance) == []


def test_streams_have_tables_in_memory_runs() -> None:
    seen: list[Any] = []

    @asset
    def first(parts: pl.DataFrame) -> int:
        seen.append(parts["n"].sum())
        return 1

    materialize_to_memory([parts, first, total])
    assert seen == [36]


def test_readers_are_given_again(instance: Instance, nothing_in_memory: None) -> None:
    @asset
    def table() -> pa.RecordBatchReader:
        return pa.table({"n": [1, 2]}).to_reader()

    @asset
    def one(table: pa.RecordBatchReader) -> int:
        return int(table.read_all().num_rows)

    @asset
    def two(table: pa.RecordBatchReader) -> int:
        return int(table.read_all().num_rows)

    outcome = make(instance, table, one, two)
    assert (outcome.asset_value("one"), outcome.asset_value("two")) == (2, 2)
