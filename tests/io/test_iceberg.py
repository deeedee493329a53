"""Iceberg tables as values, in real files and a real catalog."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyiceberg.catalog import load_catalog
from tests.contracts.io_manager import output, reading
from tests.io.lake_suite import ANY_TABLE, SETTINGS, LakeSuite, numbers, tables_of_all_types

from assetbook.errors import (
    ConfigError,
    ConflictError,
    MissingLibraryError,
    SelectionError,
    StoreError,
)
from assetbook.io.iceberg import IcebergIOManager, table_name
from assetbook.io.lake_manager import LakeIOManager
from assetbook.io.lake_record import place_of
from assetbook.keys import AssetKey

TABLE = ("assets", "raw__orders")


_open: list[Any] = []


def catalog(manager: Any) -> Any:
    found = load_catalog("default", **manager.properties)
    _open.append(found)
    return found


@pytest.fixture(autouse=True)
def closed_catalogs() -> Iterator[None]:
    yield
    while _open:
        _open.pop().close()


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

    def make_partitioned(self, manager: Any, rows: pa.Table, by: str) -> None:
        catalog(manager).create_namespace(TABLE[:1])
        table = catalog(manager).create_table(TABLE, rows.schema)
        with table.update_spec() as update:
            update.add_identity(by)
        table.append(rows)

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


@pytest.fixture
def manager(tmp_path: Path) -> IcebergIOManager:
    return IcebergIOManager(
        {
            "type": "sql",
            "uri": f"sqlite:///{tmp_path}/catalog.db",
            "warehouse": f"file://{tmp_path}/lake",
        },
        namespace="mart",
    )


def store(manager: IcebergIOManager, *values: int, run_id: str = "r1") -> dict[str, Any]:
    context = output(run_id=run_id)
    manager.handle_output(context, numbers(*values))
    return dict(context.output_metadata)


def test_a_table_is_in_the_namespace(manager: IcebergIOManager) -> None:
    store(manager, 1)
    assert catalog(manager).list_tables("mart") == [("mart", "raw__orders")]


def test_a_snapshot_that_came_second_is_a_conflict(manager: IcebergIOManager) -> None:
    store(manager, 1)
    with manager.tables() as tables:
        late = tables("raw/orders")
        assert late.id
        catalog(manager).load_table(("mart", "raw__orders")).append(numbers(2))
        with pytest.raises(
            ConflictError, match=r"somebody else changed it.*\nMaterialize it again"
        ):
            late.write(numbers(3).to_reader(), "snapshot", {}, "r2")
    assert manager.load_input(reading(run_id="r1", python_type=pa.Table)) == numbers(1)


def test_a_table_made_meanwhile_is_a_conflict(manager: IcebergIOManager) -> None:
    with manager.tables() as tables:
        late = tables("raw/orders")
        assert late.id == ""
        store(manager, 1)
        with pytest.raises(ConflictError, match="somebody else changed it"):
            late.write(numbers(3).to_reader(), "append", {}, "r2")


def test_an_append_that_came_second_counts(manager: IcebergIOManager) -> None:
    store(manager, 1)
    with manager.tables() as tables:
        late = tables("raw/orders")
        assert late.id
        catalog(manager).load_table(("mart", "raw__orders")).append(numbers(2))
        late.write(numbers(3).to_reader(), "append", {}, "r2")
        rows = tables("raw/orders")
        found = rows.at(next(rows.lineage()).version).table()
    assert sorted(found["n"].to_pylist()) == [1, 2, 3]


def test_an_expired_snapshot_is_told(manager: IcebergIOManager) -> None:
    noted = store(manager, 1)
    store(manager, 2, run_id="r2")
    table = catalog(manager).load_table(("mart", "raw__orders"))
    version = noted["assetbook/table_version"].value
    table.maintenance.expire_snapshots().by_id(version).commit()
    with pytest.raises(SelectionError, match="somebody has expired the snapshots"):
        manager.load_input(reading(upstream_metadata=noted))


def test_a_catalog_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pyiceberg cannot open it"):
        store(IcebergIOManager({"type": "no such"}), 1)
    with pytest.raises(ConfigError, match="its `namespace` is empty"):
        store(IcebergIOManager(namespace=""), 1)
    nowhere = {"type": "sql", "uri": "sqlite:////proc/nothing/x.db", "warehouse": str(tmp_path)}
    with pytest.raises(StoreError, match="pyiceberg cannot read or write it"):
        store(IcebergIOManager(nowhere), 1)


def test_a_missing_library_names_its_extra(
    manager: IcebergIOManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyiceberg.catalog", None)
    with pytest.raises(MissingLibraryError, match=r"assetbook\[iceberg\]"):
        store(manager, 1)


def test_secrets_do_not_show() -> None:
    manager = IcebergIOManager(
        {
            "uri": "postgresql://me:hunter21@host/db",
            "s3.secret-access-key": "hunter22",
            "token": "hunter23",
            "type": "sql",
        }
    )
    assert "hunter2" not in repr(manager)
    assert "'type': 'sql'" in repr(manager)


PARTS = st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), min_size=1)


@given(keys=st.lists(PARTS.map(tuple), min_size=2, max_size=4, unique=True))
@settings(max_examples=60)
@example(keys=[("a", "b"), ("a__b",), ("a_", "b"), ("a", "_b"), ("a/b",), ("a%2Fb",), ("..", "b")])
def test_each_key_has_a_table_of_its_own(keys: list[tuple[str, ...]]) -> None:
    places = [place_of(output(AssetKey(key))) for key in keys]
    names = [table_name(place) for place in places]
    assert len(set(places)) == len(set(names)) == len(keys)
    assert all(re.fullmatch(r"[\w~/-]+", place, re.ASCII) for place in places)
    assert all(re.fullmatch(r"[\w~-]+", name, re.ASCII) for name in names)
