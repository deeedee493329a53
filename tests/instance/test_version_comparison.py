"""Versions compared: tables, plain values, other values; and how they were made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from tests.instance.notebooks import defined

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import CorruptStoreError, MissingLibraryError, SelectionError, UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options, materialize_definitions
from assetbook.instance.version_comparison import VersionDifference, compare_versions


def stored(instance: Instance, *values: object, name: str = "orders") -> None:
    """A version of the asset for each value."""
    for value in values:

        @asset(name=name)
        def made() -> object:
            return value  # noqa: B023 - it is made before the next value comes

        materialize_definitions([made], instance=instance, options=Options(force=True))


def difference(instance: Instance, first: int = 1, second: int = 2, **more: Any) -> Any:
    versions = instance.version("orders", first), instance.version("orders", second)
    found: VersionDifference = compare_versions(instance, *versions, **more)
    return found


TABLE = pd.DataFrame({"id": [1, 2, 3], "x": [1.0, 2.0, 3.0]})
OTHER = pd.DataFrame({"id": [1, 2, 4], "x": [1.0, 5.0, 3.0]})


def test_tables_are_compared_and_their_rows_given(instance: Instance) -> None:
    stored(instance, TABLE, OTHER)
    found = difference(instance)
    assert (found.table.added, found.table.removed, found.table.changed) == (1, 1, 1)
    assert found.rows("added").to_dict("records") == [{"id": 4, "x": 3.0}]
    assert found.rows("changed").to_dict("records") == [{"id": 2, "x before": 2.0, "x after": 5.0}]


@pytest.mark.parametrize("kind", ["polars", "arrow"])
def test_tables_of_any_library_are_compared(instance: Instance, kind: str) -> None:
    import polars as pl

    make: Any = pl.from_pandas if kind == "polars" else pa.Table.from_pandas
    stored(instance, TABLE, make(OTHER))
    assert difference(instance).table.changed == 1


def test_tables_in_arrow_files_are_compared(instance: Instance) -> None:
    stored(instance, TABLE)

    @asset(io_manager_key="arrow")
    def orders() -> pd.DataFrame:
        return OTHER

    materialize_definitions([orders], instance=instance, options=Options(force=True))
    assert difference(instance).table.changed == 1


def test_plain_values_are_compared_place_by_place(instance: Instance) -> None:
    stored(instance, {"a": [1, 2]}, {"a": [1, 3]})
    found = difference(instance)
    assert [change.place for change in found.plain.changes] == ["['a'][1]"]
    with pytest.raises(UsageError, match="these are not two tables"):
        found.rows("added")
    with pytest.raises(UsageError, match=r"--key.*it is for tables"):
        difference(instance, key=["id"])


def test_the_same_data_is_not_read_again(instance: Instance) -> None:
    stored(instance, TABLE, TABLE)
    found = difference(instance)
    assert found.same_data
    assert found.table is None


def test_values_of_two_kinds_are_other_data(instance: Instance) -> None:
    stored(instance, TABLE, {"a": 1})
    found = difference(instance)
    assert (found.shape, found.table, found.plain, found.same_data) == ("other", None, None, False)


def test_a_damaged_file_is_named(instance: Instance) -> None:
    stored(instance, TABLE, OTHER)
    path = instance.values.root / (instance.version("orders", 1).event.value.path or "")  # type: ignore[union-attr]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(CorruptStoreError, match=r"orders@1.*was changed or damaged"):
        difference(instance)
    path.unlink()
    with pytest.raises(CorruptStoreError, match="its file is gone"):
        difference(instance)


def test_without_a_value_there_is_nothing_to_compare(instance: Instance) -> None:
    stored(instance, TABLE)

    @asset(name="orders")
    def effect() -> None:
        return None

    materialize_definitions([effect], instance=instance)
    with pytest.raises(SelectionError, match=r"orders@2.*without a value"):
        difference(instance)


def test_words_for_rows_are_three(instance: Instance) -> None:
    stored(instance, TABLE, OTHER)
    with pytest.raises(UsageError, match="none of added, removed and changed"):
        difference(instance).rows("new")


def test_changed_rows_need_a_key(instance: Instance) -> None:
    twice = pd.concat([TABLE, TABLE])
    stored(instance, twice.reset_index(drop=True), pd.concat([OTHER, OTHER], ignore_index=True))
    found = difference(instance)
    assert len(found.rows("added")) == 4
    with pytest.raises(UsageError, match="no key"):
        found.rows("changed")


def test_without_duckdb_the_extra_is_named(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(instance, TABLE, OTHER)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingLibraryError, match=r"assetbook\[duckdb\]"):
        difference(instance)


def test_nothing_is_left_beside_the_store(instance: Instance, project: Path) -> None:
    stored(instance, TABLE, OTHER)
    before = sorted(project.rglob("*"))
    difference(instance)
    assert sorted(project.rglob("*")) == before


FIRST = """
RATE = 2
def scaled(number):
    return number * RATE
def orders():
    return scaled(4)
"""


def test_code_that_differs_is_shown(instance: Instance) -> None:
    materialize_definitions([defined(FIRST)], instance=instance)
    materialize_definitions([defined(FIRST.replace("* RATE", "+ RATE"))], instance=instance)
    making = difference(instance, code=True).making
    assert [each.name for each in making.facts] == ["code"]
    [piece] = making.code
    assert "-    return number * RATE" in piece.lines
    assert "+    return number + RATE" in piece.lines


def test_inputs_and_code_versions_that_differ_are_named(instance: Instance) -> None:
    def make(number: int, code_version: str) -> None:
        @asset
        def numbers() -> int:
            return number

        @asset(name="orders", code_version=code_version)
        def total(numbers: int) -> int:
            return numbers

        materialize_definitions([numbers, total], instance=instance)

    make(1, "a")
    make(2, "b")
    making = difference(instance, code=True).making
    assert ("code_version", "a", "b") in [
        (each.name, each.before, each.after) for each in making.facts
    ]
    [read] = making.inputs
    assert (read.before, read.after, read.same_data) == ("numbers@1", "numbers@2", False)


def test_the_same_making_differs_in_nothing(instance: Instance) -> None:
    for _ in range(2):
        materialize_definitions([defined(FIRST)], instance=instance, options=Options(force=True))
    assert difference(instance, code=True).making.nothing
