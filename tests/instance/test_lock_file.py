"""The lock file: stable text for git, one line an asset, and errors for what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetbook.errors import ConfigError
from assetbook.instance.lock_file import LOCK, Locked, lock_path, read_lock, write_lock
from assetbook.keys import AssetKey

ORDERS, DAY = AssetKey(["raw", "orders"]), AssetKey(["day"])


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    notebook, other = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    locked = {ORDERS: Locked("aa"), DAY: Locked("bb", ("SEED", "TODAY"))}
    write_lock(lock_path(notebook), notebook, locked)
    write_lock(lock_path(other), other, {DAY: Locked("cc")})
    found = read_lock(tmp_path / LOCK)
    assert found.of(notebook) == locked
    assert found.of(other) == {DAY: Locked("cc")}


def test_its_text_is_sorted_and_stable(tmp_path: Path) -> None:
    notebook, path = tmp_path / "a.ipynb", tmp_path / LOCK
    write_lock(path, notebook, {ORDERS: Locked("aa"), DAY: Locked("bb", ("SEED",))})
    before = path.read_text()
    write_lock(path, notebook, {DAY: Locked("bb", ("SEED",)), ORDERS: Locked("aa")})
    assert path.read_text() == before
    assert before.splitlines()[2:] == [
        "version = 1",
        "",
        '["a.ipynb"]',
        '"day" = { code = "bb", without = ["SEED"] }',
        '"raw/orders" = "aa"',
    ]
    assert [each.name for each in tmp_path.iterdir()] == [LOCK]


def test_no_file_locks_nothing(tmp_path: Path) -> None:
    assert read_lock(tmp_path / LOCK).of(tmp_path / "a.ipynb") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 2", "its format is 2"),
        ("<<<<<<< HEAD", "cannot be read"),
        ("version = 1\nx = 3", "does not hold code versions"),
        ("version = 1\n[x]\na = {}", "does not hold code versions"),
    ],
)
def test_what_is_no_lock_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_lock(tmp_path / LOCK)
