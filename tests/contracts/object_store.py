"""What any store of objects must do. Inherit ``ObjectStoreContract``, supply ``store``."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assetbook.io.object_store import ObjectStore

HOSTILE = ("a/b c.bin", "a%2Fb/c%20d", "a/..%2F..", "~/-rf", "a" * 180 + "/b+c=d~e", "x/[1]*?.bin")


class ObjectStoreContract:
    """Tests of the members of ObjectStore, on a place that is empty."""

    @pytest.fixture
    def store(self) -> ObjectStore:
        raise NotImplementedError

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "sent"
        path.write_bytes(bytes(range(256)) * 40_000)
        return path

    def test_what_was_put_is_read(self, store: ObjectStore, file: Path) -> None:
        store.put_new("raw/orders", file)
        assert b"".join(store.read("raw/orders")) == file.read_bytes()

    def test_facts_say_size_and_time(self, store: ObjectStore, file: Path) -> None:
        tag = store.put_new("raw/orders", file)
        facts = store.facts("raw/orders")
        assert facts is not None
        assert facts.size == file.stat().st_size
        assert facts.changed is None or abs(facts.changed - time.time()) < 60
        assert tag in (None, facts.tag)

    def test_an_object_is_never_replaced(self, store: ObjectStore, file: Path) -> None:
        store.put_new("raw/orders", file)
        file.write_bytes(b"other")
        with pytest.raises(FileExistsError):
            store.put_new("raw/orders", file)
        assert store.facts("raw/orders").size == 256 * 40_000  # type: ignore[union-attr]

    def test_nothing_is_where_nothing_was_put(self, store: ObjectStore) -> None:
        assert store.facts("raw/none") is None
        assert list(store.all()) == []
        store.remove("raw/none")
        with pytest.raises(FileNotFoundError):
            list(store.read("raw/none"))

    def test_all_are_listed_until_removed(self, store: ObjectStore, file: Path) -> None:
        file.write_bytes(b"x")
        for name in HOSTILE:
            store.put_new(name, file)
        assert {name: facts.size for name, facts in store.all()} == dict.fromkeys(HOSTILE, 1)
        for name in HOSTILE:
            store.remove(name)
        assert list(store.all()) == []

    def test_an_empty_file_is_an_object(self, store: ObjectStore, file: Path) -> None:
        file.write_bytes(b"")
        store.put_new("empty", file)
        assert b"".join(store.read("empty")) == b""
