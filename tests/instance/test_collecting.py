"""Old values are let go as retention says; what is needed, new or being written stays."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from tests.instance.making import make

from assetbook.clock import ManualClock
from assetbook.definitions.asset_decorator import asset
from assetbook.errors import DoomedFileError, SelectionError
from assetbook.instance.collecting import collect
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options
from assetbook.instance.verifying import verify
from assetbook.storage.sqlite_store import SqliteStore


@asset
def orders() -> pd.DataFrame:
    return pd.DataFrame({"n": range(100)})


@pytest.fixture
def clock(instance: Instance) -> ManualClock:
    """The instance's clock, which the tests move."""
    clock = ManualClock(instance.clock.now())
    instance.clock = clock
    assert isinstance(instance.store, SqliteStore)
    instance.store._clock = clock
    return clock


def versions_made(instance: Instance, clock: ManualClock, count: int) -> None:
    for _ in range(count):
        make(instance, orders, options=Options(force=True))
        clock.advance(60)


def path_of(instance: Instance, number: int) -> Path:
    reference = instance.version("orders", number).event.value
    assert reference is not None and reference.path is not None
    return instance.values.root / reference.path


def days_later(clock: ManualClock, days: float = 2) -> None:
    clock.advance(timedelta(days=days).total_seconds())


def test_old_versions_go_and_the_newest_stay(instance: Instance, clock: ManualClock) -> None:
    versions_made(instance, clock, 6)
    days_later(clock)
    sizes = path_of(instance, 1).stat().st_size
    found = collect(instance)
    assert [each.number for each in found.versions] == [1, 2, 3]
    assert (found.left, found.size >= 3 * sizes * 0.9) == (3, True)
    assert [path_of(instance, n).exists() for n in range(1, 7)] == [False] * 3 + [True] * 3
    assert len(instance.versions("orders")) == 6
    assert len(instance.value("orders", 4)) == 100
    again = collect(instance)
    assert (again.versions, again.left) == ((), 3)


def test_a_plan_changes_nothing(instance: Instance, clock: ManualClock) -> None:
    versions_made(instance, clock, 5)
    days_later(clock)
    assert [each.number for each in collect(instance, plan=True).versions] == [1, 2]
    assert instance.store.doomed() == {}
    assert path_of(instance, 1).exists()


def test_a_value_that_was_let_go_says_so(instance: Instance, clock: ManualClock) -> None:
    versions_made(instance, clock, 5)
    days_later(clock)
    collect(instance)
    with pytest.raises(SelectionError, match=r"`orders@1`: it was let go on .*\n`%versions orders"):
        instance.value("orders", 1)
    found = verify(instance)
    assert (found.is_whole, found.let_go, found.values) == (True, 2, 3)


def test_what_is_younger_than_a_day_stays(instance: Instance, clock: ManualClock) -> None:
    versions_made(instance, clock, 6)
    assert collect(instance).versions == ()


def test_what_a_live_run_may_read_stays(instance: Instance, clock: ManualClock) -> None:
    versions_made(instance, clock, 2)
    seen: list[list[int]] = []

    @asset(ignore={"versions_made"})
    def slow() -> int:
        versions_made(instance, clock, 6)
        days_later(clock)
        seen.append([each.number for each in collect(instance, plan=True).versions])
        return 1

    make(instance, slow)
    assert seen == [[1]]
    assert [each.number for each in collect(instance, plan=True).versions] == [1, 2, 3, 4, 5]


def test_files_that_killed_processes_left_go_after_a_day(
    instance: Instance, clock: ManualClock
) -> None:
    versions_made(instance, clock, 1)
    folder = path_of(instance, 1).parent
    for name in ("lost.a1.parquet", ".lost.a1.parquet.1234.tmp"):
        (folder / name).write_bytes(b"123")
    assert collect(instance).strays == ()
    days_later(clock)
    found = collect(instance)
    assert sorted(each.path for each in found.strays) == [
        "orders/.lost.a1.parquet.1234.tmp",
        "orders/lost.a1.parquet",
    ]
    assert [each.name for each in folder.iterdir()] == [path_of(instance, 1).name]
    assert collect(instance).strays == ()


def test_a_commit_that_names_a_collected_file_is_refused(
    instance: Instance, clock: ManualClock
) -> None:
    versions_made(instance, clock, 5)
    days_later(clock)
    event = instance.version("orders", 1).event
    collect(instance)
    with pytest.raises(DoomedFileError, match="was collected meanwhile"):
        instance.store.commit([event])


def test_a_late_writer_writes_its_value_anew(
    instance: Instance, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = type(instance.values).write
    lost: list[Path] = []

    def slowly(self: object, *given: object, **named: object) -> object:
        reference = write(instance.values, *given, **named)  # type: ignore[arg-type]
        if not lost:
            lost.append(instance.values.root / str(reference.path))
            os.utime(lost[0], (0, 0))
            assert [each.path for each in collect(instance).strays] == [reference.path]
        return reference

    monkeypatch.setattr(type(instance.values), "write", slowly)
    days_later(clock)
    make(instance, orders)
    assert not lost[0].exists()
    assert path_of(instance, 1) != lost[0]
    assert len(instance.value("orders")) == 100


def test_an_ephemeral_instance_has_nothing_to_let_go() -> None:
    instance = Instance.ephemeral()
    make(instance, orders)
    assert collect(instance).versions == ()


def test_log_files_go_when_their_run_is_long_over(instance: Instance, clock: ManualClock) -> None:
    @asset
    def told() -> int:
        print("all is well")
        return 1

    make(instance, told)
    assert instance.log_files is not None
    [file] = instance.log_files.root.rglob("*.out")
    clock.advance(29 * 86_400)
    assert [each.path for each in collect(instance).strays if each.path.endswith(".out")] == []
    clock.advance(2 * 86_400)
    planned = [each.path for each in collect(instance, plan=True).strays]
    assert f"{file.parent.name}/told.out" in planned and file.exists()
    collect(instance)
    assert not file.parent.exists()
    assert [each.record.text for each in instance.logs(file.parent.name)] == ["all is well\n"]
