"""A project whose values are elsewhere: what is fresh, and whose files are whose."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import fsspec
import numpy as np
import pandas as pd
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from tests.instance.making import make, state_of

from assetbook.clock import ManualClock
from assetbook.definitions.asset_decorator import asset
from assetbook.errors import MissingLibraryError
from assetbook.instance.collecting import collect
from assetbook.instance.disk_use import disk_use
from assetbook.instance.exporting import export_value
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options
from assetbook.instance.version_comparison import compare_versions


@asset
def orders() -> pd.DataFrame:
    return pd.DataFrame({"n": range(100)})


@asset
def stream() -> Iterator[pd.DataFrame]:
    for _ in range(10):  # more than is kept in memory
        yield pd.DataFrame({"n": np.zeros(1_000_000)})


def opened(project: Path, values: str) -> Instance:
    (project / "pyproject.toml").write_text(f'[tool.assetbook]\nvalues = "{values}"\n')
    return Instance.get()


@pytest.fixture
def place() -> str:
    return f"memory://{uuid4().hex}/values"


@pytest.fixture
def instance(project: Path, place: str) -> Iterator[Instance]:
    found = opened(project, place)
    yield found
    found.close()


class DialingFiles(MemoryFileSystem):
    """A file system that connects somewhere whenever it sends, as real ones do."""

    protocol = "dialing"

    def put_file(self, lpath: str, rpath: str, **options: object) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
        self.pipe_file(rpath, Path(lpath).read_bytes())


def test_sending_is_no_reading(project: Path) -> None:
    fsspec.register_implementation("dialing", DialingFiles, clobber=True)
    instance = opened(project, "dialing://x/values")
    make(instance, stream)
    assert instance.version("stream").event.readers == ()
    assert state_of(instance, "stream", stream) == "fresh"
    assert len(instance.value("stream")) == 10_000_000
    instance.close()


def test_versions_are_exported_and_compared(instance: Instance, tmp_path: Path) -> None:
    make(instance, orders)
    make(instance, orders, options=Options(force=True))
    shutil.rmtree(instance.values.remote.cache.root)
    export_value(instance, instance.version("orders", 1), tmp_path / "a.parquet")
    assert len(pd.read_parquet(tmp_path / "a.parquet")) == 100
    versions = [instance.version("orders", number) for number in (1, 2)]
    assert compare_versions(instance, *versions).same_data


def test_old_versions_go_there_too(instance: Instance) -> None:
    for _ in range(5):
        make(instance, orders, options=Options(force=True))
    assert len(disk_use(instance).by_asset) == 1
    instance.clock = ManualClock(instance.clock.now() + timedelta(days=2))
    assert [each.number for each in collect(instance).versions] == [1, 2]
    assert len(list(instance.values.remote.all(str(instance.values.place)))) == 3


def test_a_copied_store_leaves_the_original_alone(
    project: Path, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(instance, orders)
    shutil.copytree(project, project / "copy")
    for _ in range(5):
        make(instance, orders, options=Options(force=True))
    monkeypatch.chdir(project / "copy")
    copy = Instance.get()
    assert copy.values.place != instance.values.place
    for _ in range(5):
        make(copy, orders, options=Options(force=True))
    copy.clock = ManualClock(copy.clock.now() + timedelta(days=2))
    assert [each.number for each in collect(copy).versions] == [2, 3]
    assert len(copy.value("orders", 1)) == 100
    copy.close()
    assert [len(instance.value("orders", number)) for number in range(1, 7)] == [100] * 6


def test_a_missing_library_is_told_before_anything_is_recorded(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)
    outcome = make(instance, orders, raise_on_error=False)
    assert isinstance(outcome.outcomes[0].exception, MissingLibraryError)
    assert instance.versions("orders") == []
