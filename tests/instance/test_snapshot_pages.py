"""Snapshots in pages: read back whole, an edit stores one page, nothing secret is in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook import AssetSpec
from assetbook.errors import CorruptStoreError, StoreError
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.snapshot_pages import snapshot_content
from assetbook.instance.snapshots import recall, recall_all, recall_content, remember, snapshot_of
from assetbook.instance.states import standing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    opened = Instance.get(tmp_path)
    yield opened
    opened.close()


def snapshot(keys: list[str], **changed: str) -> Snapshot:
    assets = tuple(AssetRecord(key=key, description=changed.get(key, "as ever")) for key in keys)
    return Snapshot(location="book.ipynb", at=NOON, assets=assets, cell="In[3]")


def many(count: int) -> list[str]:
    return [f"asset_{number}" for number in range(count)]


def test_a_snapshot_is_read_back_whole(instance: Instance) -> None:
    taken = snapshot(many(100))
    remember(instance, taken, {})
    found = recall(instance, "book.ipynb")
    assert found is not None
    assert found.assets == taken.assets
    assert found.cell == "In[3]"
    assert recall_all(instance)["book.ipynb"].assets == taken.assets


def test_the_same_definitions_have_the_same_digest(instance: Instance) -> None:
    first = remember(instance, snapshot(many(3)), {})
    again = remember(instance, msgspec.structs.replace(snapshot(many(3)), cell="In[9]"), {})
    assert first == again
    assert [each.key for each in recall_content(instance, first)] == many(3)


@given(st.integers(0, 300), st.data())
def test_an_edit_changes_one_page_or_two(count: int, data: st.DataObject) -> None:
    keys = many(count + 1)
    edited = data.draw(st.sampled_from(keys))
    before = snapshot_content(snapshot(keys))[1]
    after = snapshot_content(snapshot(keys, **{edited: "edited"}))[1]
    assert len(after.keys() - before.keys()) <= 2


@given(st.integers(1, 300), st.data())
def test_an_asset_that_comes_moves_no_other_page(count: int, data: st.DataObject) -> None:
    keys = many(count)
    at = data.draw(st.integers(0, count))
    before = snapshot_content(snapshot(keys))[1]
    after = snapshot_content(snapshot([*keys[:at], "new", *keys[at:]]))[1]
    assert len(after.keys() - before.keys()) <= 2


def test_a_row_of_an_earlier_release_is_read(instance: Instance) -> None:
    taken = snapshot(many(2))
    instance.store.put_snapshot("book.ipynb", msgspec.json.encode(taken))
    assert recall(instance, "book.ipynb") == taken


def test_a_page_that_is_gone_is_named(instance: Instance, tmp_path: Path) -> None:
    remember(instance, snapshot(many(2)), {})
    with closing(sqlite3.connect(tmp_path / ".assetbook" / "assetbook.db")) as database:
        database.execute("DELETE FROM parts")
        database.commit()
    with pytest.raises(CorruptStoreError, match=r"what book.ipynb defines: .*\nLoad the notebook"):
        recall(instance, "book.ipynb")


def test_a_snapshot_that_is_not_there_is_said(instance: Instance) -> None:
    with pytest.raises(StoreError, match="the snapshot 0123456789ab: it is not in the store"):
        recall_content(instance, "0123456789abcdef")


def test_what_looks_secret_is_masked(instance: Instance) -> None:
    spec = AssetSpec(
        "orders",
        description="from postgresql://ada:hunter22@db/shop",
        metadata={"api_key": "hunter22", "nested": {"password": "hunter22", "rows": 3}},
        tags={"token": "hunter22"},
    )
    loaded = load([spec], instance)
    taken, texts = snapshot_of(loaded, standing(instance, loaded), NOON)
    assert "hunter22" not in str(taken) + str(texts)
    assert taken.assets[0].description == "from postgresql://***@db/shop"
