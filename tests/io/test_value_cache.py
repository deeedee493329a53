"""Copies of remote values: bounded, shared, and never trusted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assetbook.io.hashing_file import integrity_of
from assetbook.io.value_address import ValueAddress
from assetbook.io.value_cache import CachedFile, ValueCache

PLACE = "memory://x/store-0123456789abcdef"


@pytest.fixture
def cache(tmp_path: Path) -> ValueCache:
    return ValueCache(tmp_path / "cache", largest=250)


def address(name: str) -> ValueAddress:
    return ValueAddress(PLACE, f"orders/{name}")


def fill(cache: ValueCache, name: str, byte: bytes = b"x", used: float = 0) -> Path:
    data = byte * 100
    assert cache.fill(address(name), [data[:50], data[50:]], integrity_of(data))
    path = cache.folder(PLACE) / "orders" / name
    if used:
        os.utime(path, (used, used))
    return path


def test_those_unused_for_longest_go(cache: ValueCache) -> None:
    first, second = fill(cache, "a", used=2_000), fill(cache, "b", used=1_000)
    third = fill(cache, "c")
    assert [each.exists() for each in (first, second, third)] == [True, False, True]
    assert cache.size == 200


def test_one_larger_than_all_stays(tmp_path: Path) -> None:
    cache = ValueCache(tmp_path / "cache", largest=10)
    first, second = fill(cache, "a", used=1), fill(cache, "b")
    assert (first.exists(), second.exists()) == (False, True)


def test_other_bytes_are_no_copy(cache: ValueCache) -> None:
    whole = fill(cache, "a")
    assert not cache.fill(address("a"), [b"other"], integrity_of(b"x" * 100))
    assert whole.read_bytes() == b"x" * 100
    assert cache.size == 100


def test_a_failure_leaves_nothing(cache: ValueCache) -> None:
    def breaking() -> object:
        yield b"x"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        cache.fill(address("a"), breaking(), None)  # type: ignore[arg-type]
    assert cache.size == 0


def test_what_was_handed_out_stays(cache: ValueCache) -> None:
    fill(cache, "a", used=1)
    path = CachedFile(cache, address("a"), pytest.fail).path
    fill(cache, "b", used=2)
    fill(cache, "c")
    assert path.exists()
    assert not (path.parent / "b").exists()


HOLDING = """
import sys
from pathlib import Path
from assetbook.io.value_address import ValueAddress
from assetbook.io.value_cache import CachedFile, ValueCache
cache = ValueCache(Path(sys.argv[1]))
print(CachedFile(cache, ValueAddress(sys.argv[2], "orders/a"), None).path, flush=True)
sys.stdin.read()
"""


def test_what_others_hold_stays(cache: ValueCache) -> None:
    held = fill(cache, "a", used=1)
    arguments = [sys.executable, "-c", HOLDING, str(cache.root), PLACE]
    with subprocess.Popen(arguments, stdin=-1, stdout=-1) as other:
        assert other.stdout is not None
        assert other.stdout.readline()
        fill(cache, "b", used=2)
        fill(cache, "c")
        assert held.exists()
        other.kill()
    fill(cache, "d")
    assert not held.exists()


def test_use_is_noted_once_an_hour(cache: ValueCache) -> None:
    path = fill(cache, "a", used=1_000)
    file = CachedFile(cache, address("a"), pytest.fail)
    assert file.is_whole(integrity_of(b"x" * 100))
    status = path.stat()
    assert status.st_atime > 1_000
    assert status.st_mtime == 1_000
    assert file.is_whole(integrity_of(b"x" * 100))
    assert path.stat().st_ctime_ns == status.st_ctime_ns


def test_gone_copies_are_fetched_again(cache: ValueCache) -> None:
    path = fill(cache, "a")
    file = CachedFile(cache, address("a"), lambda: fill(cache, "a"))
    path.unlink()
    assert not file.is_whole(integrity_of(b"x" * 100))
    assert file.read() == b"x" * 100
    for _ in range(2):
        path.unlink()
        assert file.path.read_bytes() == b"x" * 100


def test_unfinished_copies_go_after_a_day(cache: ValueCache) -> None:
    path = fill(cache, "a")
    young, old = path.with_name(".b.1234.tmp"), path.with_name(".c.1234.tmp")
    for each in (young, old):
        each.write_bytes(b"x" * 100)
    os.utime(old, (1, 1))
    for name in ("c", "d", "e"):
        fill(cache, name)
    assert (young.exists(), old.exists()) == (True, False)
