"""Iceberg tables as values, in real files and a real catalog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from pyiceberg.catalog import load_catalog
from tests.io.lake_suite import ANY_TABLE, SETTINGS, LakeSuite, tables_of_all_types

from assetbook.io.iceberg import IcebergIOManager
from assetbook.io.lake_manager import LakeIOManager

TABLE = ("assets", "raw__orders")


def catalog(manager: Any) -> Any:
    return load_catalog("default", **manager.properties)


class TestIcebergIOManager(LakeSuite):
    """The contract of I/O managers, and of lakes."""

    @pytest.fixture
    def manager(self, tmp_path: Path) -> LakeIOManager:
        top = tmp_path / "top"
        (top / "lake dir").mkdir(parents=True)
        return IcebergIOManager(
            {
                "type": "sql",
                "uri": f"sqlite:///{tmp_path}/catalog.db",
                "warehouse": f"file://{top}/lake dir",
            }
        )

    @given(value=ANY_TABLE)
    @settings(max_examples=6, **SETTINGS)
    def test_tables_come_back_or_are_refused(self, manager: LakeIOManager, value: Any) -> None:
        self.check_round_trip(manager, value)

    @pytest.mark.long
    @given(value=ANY_TABLE)
    @settings(max_examples=120, **SETTINGS)
    def test_many_tables_come_back_or_are_refused(self, manager: LakeIOManager, value: Any) -> None:
        self.check_round_trip(manager, value)

    @given(value=tables_of_all_types())
    @settings(max_examples=2, **SETTINGS)
    def test_every_type_comes_back_or_is_refused(self, manager: LakeIOManager, value: Any) -> None:
        self.check_round_trip(manager, value)

    def root(self, manager: Any) -> Path:
        return Path(manager.properties["warehouse"].removeprefix("file://"))

    def foreign(self, manager: Any, rows: pa.Table) -> None:
        catalog(manager).load_table(TABLE).append(rows)

    def forget_files(self, manager: Any) -> None:
        table = catalog(manager).load_table(TABLE)
        kept = {task.file.file_path for task in table.scan().plan_files()}
        for file in self.root(manager).rglob("*.parquet"):
            if f"file://{file}" not in kept:
                file.unlink()

    def files(self, manager: Any) -> Iterator[Path]:
        return (each for each in self.root(manager).rglob("*") if each.is_file())

    def drop(self, manager: Any) -> None:
        catalog(manager).drop_table(TABLE)

    def move(self, manager: Any, old: str, new: str) -> None:
        names = [("assets", each.replace("/", "__")) for each in (old, new)]
        catalog(manager).rename_table(*names)
