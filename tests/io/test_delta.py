"""Delta tables as values, in real files."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from hypothesis import given, settings
from tests.contracts.io_manager import ORDERS, output, reading
from tests.io.lake_suite import ANY_TABLE, SETTINGS, LakeSuite, numbers, tables_of_all_types

from assetbook.errors import (
    ConfigError,
    ConflictError,
    MissingLibraryError,
    SelectionError,
    StoreError,
)
from assetbook.io.delta import DeltaIOManager
from assetbook.io.lake_manager import LakeIOManager

TABLE = "raw/orders"


class TestDeltaIOManager(LakeSuite):
    """The contract of I/O managers, and of lakes."""

    @pytest.fixture
    def manager(self, tmp_path: Path) -> LakeIOManager:
        return DeltaIOManager(tmp_path / "top" / "lake dir")

    @given(value=ANY_TABLE)
    @settings(max_examples=15, **SETTINGS)
    def test_tables_come_back_or_are_refused(self, manager: LakeIOManager, value: Any) -> None:
        self.check_round_trip(manager, value)

    @pytest.mark.long
    @given(value=ANY_TABLE)
    @settings(max_examples=300, **SETTINGS)
    def test_many_tables_come_back_or_are_refused(self, manager: LakeIOManager, value: Any) -> None:
        self.check_round_trip(manager, value)

    @given(value=tables_of_all_types())
    @settings(max_examples=2, **SETTINGS)
    def test_every_type_comes_back_or_is_refused(self, manager: LakeIOManager, value: Any) -> None:
        self.check_round_trip(manager, value)

    def root(self, manager: Any) -> Path:
        return Path(manager.base)

    def foreign(self, manager: Any, rows: pa.Table) -> None:
        write_deltalake(f"{manager.base}/{TABLE}", rows, mode="append")

    def make_partitioned(self, manager: Any, rows: pa.Table, by: str) -> None:
        write_deltalake(f"{manager.base}/{TABLE}", rows, partition_by=[by])

    def forget_files(self, manager: Any) -> None:
        DeltaTable(f"{manager.base}/{TABLE}").vacuum(
            0, dry_run=False, enforce_retention_duration=False
        )

    def files(self, manager: Any) -> Iterator[Path]:
        return (each for each in self.root(manager).rglob("*") if each.is_file())

    def drop(self, manager: Any) -> None:
        shutil.rmtree(self.root(manager) / TABLE)

    def move(self, manager: Any, old: str, new: str) -> None:
        (self.root(manager) / new).parent.mkdir()
        (self.root(manager) / old).rename(self.root(manager) / new)


@pytest.fixture
def manager(tmp_path: Path) -> DeltaIOManager:
    return DeltaIOManager(tmp_path / "lake", mode="append")


def add(manager: DeltaIOManager, run_id: str, *values: int, **more: Any) -> dict[str, Any]:
    context = output(run_id=run_id, **more)
    manager.handle_output(context, numbers(*values))
    return dict(context.output_metadata)


def opened(manager: DeltaIOManager) -> Any:
    with manager.tables() as tables:
        return tables(TABLE)


def read(manager: DeltaIOManager, noted: dict[str, Any], wanted: Any = pa.Table) -> Any:
    return manager.load_input(reading(upstream_metadata=noted, python_type=wanted))


def test_writers_at_once_lose_nothing(manager: DeltaIOManager) -> None:
    add(manager, "r0", 0)
    found: list[tuple[int, Any]] = []

    def write(number: int) -> None:
        for each in range(4):
            value = 10 * number + each
            found.append((value, add(manager, f"w{value}", value)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values = {value for value, _ in found}
    assert len(found) == len({noted["assetbook/table_version"].value for _, noted in found}) == 12
    for value, noted in found:
        assert value in read(manager, noted)["n"].to_pylist()
    newest = max(found, key=lambda each: each[1]["assetbook/table_version"].value)[1]
    assert sorted(read(manager, newest)["n"].to_pylist()) == sorted({0, *values})


def test_of_two_appends_of_a_run_one_counts(manager: DeltaIOManager) -> None:
    add(manager, "r0", 0)
    late = opened(manager)
    assert not late.has_appended("r1")
    add(manager, "r1", 1)
    with pytest.raises(ConflictError, match=r"somebody else changed it.*\nMaterialize it again"):
        late.write(numbers(1).to_reader(), "append", {}, "r1")
    assert DeltaTable(f"{manager.base}/{TABLE}").count() == 2


def test_a_changed_schema_is_a_conflict(manager: DeltaIOManager) -> None:
    add(manager, "r0", 0)
    late = opened(manager)
    assert late.id
    other = pa.table({"m": [1]})
    write_deltalake(f"{manager.base}/{TABLE}", other, mode="overwrite", schema_mode="overwrite")
    with pytest.raises(ConflictError, match="somebody else changed it"):
        late.write(numbers(1).to_reader(), "append", {}, "r1")


def test_going_back_is_refused_after_another_write(manager: DeltaIOManager) -> None:
    for number in range(2):
        add(manager, f"r{number}", number)
    late = opened(manager)
    assert late.id
    add(manager, "r2", 2)
    with pytest.raises(ConflictError, match="somebody else changed it"):
        late.go_back(0, {})


def test_only_the_columns_used_are_read(manager: DeltaIOManager) -> None:
    noted = add(manager, "r1", 1, 2)
    plan = read(manager, noted, pl.LazyFrame).filter(pl.col("n") > 1).explain()
    assert "PYTHON SCAN" in plan
    assert read(manager, noted, pl.LazyFrame).filter(pl.col("n") > 1).collect()["n"][0] == 2


def test_a_long_history_is_read_to_its_end(manager: DeltaIOManager) -> None:
    add(manager, "r0", 0)
    for number in range(25):
        write_deltalake(f"{manager.base}/{TABLE}", numbers(number), mode="append")
    found = manager.load_input(reading(run_id="r0", python_type=pa.Table))
    assert found == numbers(0)
    assert [each.version for each in opened(manager).lineage()] == list(range(25, -1, -1))


def test_a_lost_log_is_told(manager: DeltaIOManager) -> None:
    noted = add(manager, "r0", 0)
    log = Path(manager.base, TABLE, "_delta_log")
    add(manager, "r1", 1)
    next(log.glob("*0.json")).unlink()
    with pytest.raises((StoreError, SelectionError), match="the table "):
        read(manager, noted)


def test_secrets_do_not_show(tmp_path: Path) -> None:
    options = {"AWS_SECRET_ACCESS_KEY": "hunter2hunter2", "AWS_REGION": "eu-west-1"}
    manager = DeltaIOManager("s3://user:hunter3@bucket/lake?token=x", storage_options=options)
    assert "hunter2" not in repr(manager)
    assert "eu-west-1" in repr(manager)
    assert opened(manager).uri == "s3://bucket/lake"


def test_its_place_is_checked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a percent sign"):
        opened(DeltaIOManager(tmp_path / "a%2Fb"))
    with pytest.raises(ConfigError, match="no `base`"):
        opened(DeltaIOManager())
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="deltalake cannot read or write it"):
        DeltaIOManager(tmp_path / "file").handle_output(output(ORDERS), numbers(1))


def test_a_missing_library_names_its_extra(
    manager: DeltaIOManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(MissingLibraryError, match=r"assetbook\[delta\]"):
        add(manager, "r1", 1)


def test_rows_in_snapshots_may_be_none(tmp_path: Path) -> None:
    manager = DeltaIOManager(str(tmp_path))
    for run_id, rows in (("r1", numbers()), ("r2", numbers(1)), ("r3", numbers())):
        manager.handle_output(output(run_id=run_id), rows)
        assert manager.load_input(reading(run_id=run_id)) == rows
