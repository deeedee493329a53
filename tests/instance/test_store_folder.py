"""The key of a store is made once, kept from others, and the same for all processes."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from assetbook.errors import StoreError
from assetbook.instance.store_folder import store_key


def test_the_key_is_made_once(tmp_path: Path) -> None:
    key = store_key(tmp_path)
    assert len(key) == 32
    assert store_key(tmp_path) == key


def test_two_stores_have_different_keys(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert store_key(tmp_path / "a") != store_key(tmp_path / "b")


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    store_key(tmp_path)
    [file] = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_processes_that_begin_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert len(set(pool.map(store_key, [tmp_path] * 6, chunksize=1))) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the key of the store .*gone.*\nCheck space"):
        store_key(tmp_path / "gone")
