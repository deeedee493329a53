"""A store is verified whole, and what is damaged is named with what it was made from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.instance.disk_use import disk_use
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options
from assetbook.instance.verifying import verify
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager
from assetbook.keys import AssetKey


@asset
def orders() -> pd.DataFrame:
    return pd.DataFrame({"n": range(1000)})


@asset
def total(orders: pd.DataFrame) -> int:
    return int(orders["n"].sum())


def file_of(instance: Instance, number: int | None = None) -> Path:
    reference = instance.version("orders", number).event.value
    assert reference is not None and reference.path is not None
    return instance.values.root / reference.path


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def link_elsewhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


def test_a_whole_store_is_said_to_be_whole(instance: Instance) -> None:
    make(instance, orders, total)
    told: list[tuple[int, int]] = []
    found = verify(instance, lambda done, of: told.append((done, of)))
    assert (found.is_whole, found.assets, found.values) == (True, 2, 2)
    assert found.size > 1000
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (flip, "was changed or damaged"),
        (cut, "was changed or damaged"),
        (Path.unlink, "its file is gone"),
        (link_elsewhere, "cannot be read"),
    ],
)
def test_a_damaged_file_is_named(
    instance: Instance, harm: Callable[[Path], None], said: str
) -> None:
    make(instance, orders, total)
    make(instance, orders, total, options=Options(force=True))
    harm(file_of(instance, 1))
    [damaged] = verify(instance).damaged
    assert (damaged.key, damaged.number, damaged.latest) == (AssetKey("orders"), 1, False)
    assert said in damaged.found


def test_it_says_what_a_damaged_value_was_made_from(instance: Instance) -> None:
    @asset
    def doubled(orders: pd.DataFrame) -> pd.DataFrame:
        return orders * 2

    make(instance, orders, doubled)
    reference = instance.version("doubled").event.value
    assert reference is not None and reference.path is not None
    flip(instance.values.root / reference.path)
    [damaged] = verify(instance).damaged
    assert (damaged.made_from, damaged.latest) == (("orders@1",), True)


def test_a_damaged_row_hides_no_other(instance: Instance) -> None:
    make(instance, orders, total)
    instance.close()
    project = instance.project
    assert project is not None
    with closing(sqlite3.connect(project.store / "assetbook.db")) as database:
        database.execute(
            "UPDATE events SET body = CAST(replace(body, 'orders', 'xrders') AS BLOB)"
            " WHERE number = 1"
            " AND id = (SELECT min(id) FROM events WHERE number = 1)"
        )
        database.commit()
    again = Instance.open(project.store, project=project)
    flip(next(each for each in again.values.root.rglob("*.parquet")))
    found = verify(again)
    again.close()
    assert any("event" in row for row in found.rows)
    assert found.values == 1  # the other asset's


class Elsewhere(IOManager):
    def handle_output(self, context: OutputContext, obj: object) -> None:
        pass

    def load_input(self, context: InputContext) -> object:
        return None


def test_values_of_ones_own_managers_are_counted_apart(instance: Instance) -> None:
    @asset(io_manager_key="elsewhere")
    def kept() -> int:
        return 1

    make(instance, kept, resources={"elsewhere": Elsewhere()})
    found = verify(instance)
    assert (found.values, found.elsewhere, found.is_whole) == (0, 1, True)


def test_disk_use_tells_assets_and_leftovers_apart(instance: Instance) -> None:
    make(instance, orders, total)
    stray = file_of(instance).with_name(".stray.tmp")
    stray.write_bytes(b"12345")
    use = disk_use(instance)
    assert [key for key, _ in use.largest(5)] == [AssetKey("orders")]
    assert use.by_asset[AssetKey("orders")] == file_of(instance).stat().st_size
    assert [(each.path, each.size) for each in use.leftovers] == [("orders/.stray.tmp", 5)]
    assert use.total == file_of(instance).stat().st_size + 5
