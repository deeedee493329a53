"""A writer so slow that its file was collected before its version was committed.

A value that is still at hand is written anew. One that was written while its source was there is
not: then the step fails with its reason, and there is no event. The control collects unmarked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.faults import collector
from tests.faults.kinds import KINDS, STREAM, asset_of, name_of
from tests.faults.worker import open_store

from assetbook import Instance, materialize
from assetbook.errors import DoomedFileError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.records import Event
from assetbook.instance.collecting import collect
from assetbook.instance.verifying import verify
from assetbook.io import new_file
from assetbook.io.table_writing import TableWriting
from assetbook.storage.sqlite_store import SqliteStore
from assetbook.storage.store import Receipt

ALL = KINDS | {"stream": STREAM}
AT_ONCE = ("file", "folder", "stream")


@pytest.fixture
def instance(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    monkeypatch.setattr(TableWriting.in_memory, "__defaults__", (0,))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    opened = open_store(project)
    yield opened
    opened.close()


def collect_before_commit(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the next file that is to be committed collected just then, as if a day had passed."""
    commit = SqliteStore.commit
    collected: list[Path] = []

    def late(self: SqliteStore, events: Sequence[Event], **fence: Any) -> Receipt:
        for event in events:
            if isinstance(event, AssetMaterialized) and not collected:
                assert event.value is not None
                collected.append(instance.values.root / str(event.value.path))
                os.utime(collected[0], (0, 0))
                collect(instance)
                assert not collected[0].exists()
        return commit(self, events, **fence)

    monkeypatch.setattr(SqliteStore, "commit", late)


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind not in AT_ONCE])
def test_a_value_at_hand_is_written_anew(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    collect_before_commit(instance, monkeypatch)
    materialize([asset_of(kind, ALL[kind])], instance=instance)
    version = instance.version(name_of(kind))
    assert version.number == 1
    assert version.event.value is not None
    assert ".a2." in str(version.event.value.path)
    assert ALL[kind].seen(instance.value(name_of(kind)))
    assert verify(instance).is_whole


@pytest.mark.parametrize("kind", ["json", "pandas"])
def test_a_value_whose_file_was_collected_while_it_was_written_is_written_anew(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    publish = new_file._publish
    collected: list[str] = []

    def late(temporary: str, name: str, folder: int) -> None:
        if not collected:
            collected.append(name)
            os.utime(temporary, (0, 0), dir_fd=folder)
            assert collect(instance).strays
        publish(temporary, name, folder)

    monkeypatch.setattr(new_file, "_publish", late)
    materialize([asset_of(kind, ALL[kind])], instance=instance)
    assert ".a2." in str(instance.version(name_of(kind)).event.value.path)  # type: ignore[union-attr]
    assert ALL[kind].seen(instance.value(name_of(kind)))
    assert verify(instance).is_whole


@pytest.mark.parametrize("kind", AT_ONCE)
def test_a_value_whose_source_is_gone_fails_its_step(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    defined = asset_of(kind, ALL[kind])
    with monkeypatch.context() as patched:
        collect_before_commit(instance, patched)
        with pytest.raises(DoomedFileError, match=f"`{kind}`.*was collected meanwhile.*") as caught:
            materialize([defined], instance=instance)
    assert "materialize it once more" in str(caught.value)
    assert instance.versions(name_of(kind)) == []
    assert instance.events(kinds=[AssetMaterialized]) == []
    (run,) = instance.runs()
    assert (run.status, "collected" in run.message) == ("failed", True)
    materialize([defined], instance=instance)
    assert instance.version(name_of(kind)).number == 1
    assert verify(instance).is_whole


@pytest.mark.parametrize("kind", ["numpy", *AT_ONCE])
def test_unmarked_collection_leaves_an_event_without_value(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(SqliteStore, "doom", collector.unmarked)
    collect_before_commit(instance, monkeypatch)
    materialize([asset_of(kind, ALL[kind])], instance=instance)
    assert len(instance.versions(name_of(kind))) == 1
    (damaged,) = verify(instance).damaged
    assert "its file is gone" in damaged.found
