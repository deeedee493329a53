"""Arrow value files: mapped, checked against their hash once, and again when they changed."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from assetbook.errors import CorruptStoreError
from assetbook.events.parts import ValueRef
from assetbook.io import mapped_file
from assetbook.io.built_in import built_in_form
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey

ORDERS = AssetKey(["raw", "orders"])
FRAME = pl.DataFrame({"n": [1, 2], "s": ["x", "a text that fills more than a view"]})


@pytest.fixture
def files(tmp_path: Path) -> ValueFiles:
    return ValueFiles(tmp_path / "values")


def put(files: ValueFiles, value: object = FRAME, run_id: str = "a1b2") -> ValueRef:
    form = built_in_form("arrow", value, asked="the value of `orders`")
    return files.write(form, key=ORDERS, run_id=run_id, io_manager="arrow")


def path_of(files: ValueFiles, reference: ValueRef) -> Path:
    return files.root / str(reference.path)


def hashes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The descriptors of the files that are hashed from now on."""
    found: list[int] = []
    hashing = mapped_file._hash

    def noting(descriptor: int) -> str:
        found.append(descriptor)
        return hashing(descriptor)

    monkeypatch.setattr(mapped_file, "_hash", noting)
    return found


def test_values_come_back(files: ValueFiles) -> None:
    reference = put(files)
    assert (reference.kind, reference.io_manager) == ("polars+arrow_file", "arrow")
    assert reference.path == "raw/orders/a1b2.a1.arrow"
    assert files.open(reference).hand_over(None).equals(FRAME)  # type: ignore[attr-defined]


def test_table_is_mapped_not_read(files: ValueFiles) -> None:
    reference = put(files, pa.table({"n": range(500_000)}))
    before = pa.total_allocated_bytes()
    table: Any = files.open(reference).hand_over(None)
    assert pa.total_allocated_bytes() - before < 100_000
    assert table.column("n")[499_999].as_py() == 499_999


def test_value_outlives_its_file(files: ValueFiles) -> None:
    reference = put(files)
    frame: Any = files.open(reference).hand_over(None)
    path_of(files, reference).unlink()
    assert frame.equals(FRAME)


def test_unchanged_file_is_hashed_once(files: ValueFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped_file, "SETTLED", 0.0)
    reference, hashed = put(files), hashes(monkeypatch)
    time.sleep(0.01)
    files.open(reference)
    files.open(reference)
    assert len(hashed) == 1


def test_new_file_is_hashed_again(files: ValueFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, hashed = put(files), hashes(monkeypatch)
    files.open(reference)
    files.open(reference)
    assert len(hashed) == 2


def test_change_with_old_times_is_found(files: ValueFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped_file, "SETTLED", 0.0)
    reference = put(files)
    path = path_of(files, reference)
    time.sleep(0.01)
    files.open(reference)
    status, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(CorruptStoreError, match="was changed or damaged"):
        files.open(reference)


def test_memory_of_checks_is_bounded(files: ValueFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped_file, "SETTLED", 0.0)
    monkeypatch.setattr(mapped_file, "MOST_REMEMBERED", 2)
    monkeypatch.setattr(mapped_file, "_checked", {})
    references = [put(files, run_id=f"a{number}") for number in range(4)]
    time.sleep(0.01)
    for reference in references:
        files.open(reference)
    assert len(mapped_file._checked) == 2


def test_flipped_bits_are_found(files: ValueFiles) -> None:
    reference = put(files)
    path = path_of(files, reference)
    good, chance = path.read_bytes(), random.Random(7)
    for _ in range(200):
        data = bytearray(good)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        with pytest.raises(CorruptStoreError, match="was changed or damaged"):
            files.open(reference)


@pytest.mark.parametrize("length", [0, 1, 100])
def test_short_files_are_found(files: ValueFiles, length: int) -> None:
    reference = put(files)
    with path_of(files, reference).open("r+b") as file:
        file.truncate(length)
    with pytest.raises(CorruptStoreError, match="was changed or damaged"):
        files.open(reference)


def test_missing_file_is_named(files: ValueFiles) -> None:
    reference = put(files)
    path_of(files, reference).unlink()
    with pytest.raises(CorruptStoreError, match="its file is gone"):
        files.open(reference)
