"""A store that is moved or copied to another folder or computer goes on as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from msgspec.structs import replace
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import UntrustedValueError
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunStarted
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options
from assetbook.instance.verifying import verify
from assetbook.keys import new_run_id
from assetbook.storage import sqlite_store
from assetbook.storage.process_identity import current_process


class Tags(set[str]):
    """Stored by its pickle alone."""


@asset
def orders() -> pd.DataFrame:
    return pd.DataFrame({"n": range(1000)})


@asset(io_manager_key="pickle")
def tags(orders: pd.DataFrame) -> Tags:
    return Tags({"a"})


@pytest.fixture
def moved(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Instance]:
    """The store of a table and a pickle in another folder, where its first one is no more."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    make(instance, orders, tags)
    before = instance.values.root.parent
    instance.close()
    shutil.move(before, tmp_path / "moved")
    opened = Instance.open(tmp_path / "moved")
    yield opened
    opened.close()


def test_a_moved_store_is_read_and_written(moved: Instance) -> None:
    assert verify(moved).is_whole
    assert len(moved.value("orders", 1)) == 1000
    assert moved.value("tags") == {"a"}
    made = make(moved, orders, tags)
    assert made.plan.all_fresh
    make(moved, orders, options=Options(force=True))
    assert [each.number for each in moved.versions("orders")] == [2, 1]


def test_nothing_in_it_names_its_folder(instance: Instance, project: Path, tmp_path: Path) -> None:
    make(instance, orders)
    folder = instance.values.root.parent
    instance.close()
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert [each.name for each in files if str(project).encode() in each.read_bytes()] == []


def test_a_pickle_needs_the_key_of_its_user(
    moved: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "another user"))
    with pytest.raises(UntrustedValueError, match="did not sign"):
        moved.value("tags")
    assert len(moved.value("orders")) == 1000
    shutil.copytree(tmp_path / "data", tmp_path / "another user")
    assert moved.value("tags") == {"a"}


def test_runs_of_the_computer_it_came_from_are_over(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = replace(current_process(), host="laptop", boot="another")
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_store, "current_process", lambda: there)
        started = RunStarted(
            at=instance.clock.now(),
            run_id=new_run_id(),
            asked="orders",
            steps=("orders",),
            origin=Origin(kind="session"),
            keys=("orders",),
        )
        instance.store.commit([started])
    before = instance.values.root.parent
    instance.close()
    shutil.copytree(before, tmp_path / "copied")
    copied = Instance.open(tmp_path / "copied")
    [run] = copied.runs()
    assert run.status == "failed"
    assert run.message.endswith(" on laptop ran it, before the store was moved or copied here")
    copied.close()
