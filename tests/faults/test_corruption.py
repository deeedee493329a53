"""Damaged files: each gives its clear error, none gives other data, and the others stay readable.

Promise 13. The controls read damaged files by what they are made of, without assetbook.
"""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.faults.verification import NAMES, Witness, wrong_with_value
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.worker import ASSETS, open_store

from assetbook import Instance, asset, materialize
from assetbook.errors import AssetbookError, CorruptStoreError, StoreError

FLIPS = 300


@pytest.fixture
def stored(worker: WarmWorker, project: Path, tmp_path: Path) -> Path:
    """A project whose assets have two versions each."""
    assert worker.run(Order(str(project), str(tmp_path / "lines"), rounds=2, rows=5_000)) == 0
    return project


@pytest.fixture
def instance(stored: Path) -> Iterator[Instance]:
    opened = open_store(stored)
    yield opened
    opened.close()


def file_of(instance: Instance, number: int) -> Path:
    value = instance.version("orders", number).event.value
    assert value is not None and value.path is not None
    return instance.values.root / value.path


def flipped(data: bytes, at: random.Random) -> bytes:
    damaged = bytearray(data)
    damaged[at.randrange(len(damaged))] ^= 1 << at.randrange(8)
    return bytes(damaged)


def test_no_flipped_bit_in_a_value_file_gives_other_data(instance: Instance) -> None:
    file, at = file_of(instance, 2), random.Random(4)
    whole = file.read_bytes()
    for _ in range(FLIPS):
        file.write_bytes(flipped(whole, at))
        with pytest.raises(CorruptStoreError, match=r"the value of `orders`.*changed or damaged"):
            instance.value("orders", 2)
    assert wrong_with_value(instance, instance.version("orders", 1)) == []
    file.write_bytes(whole)
    assert wrong_with_value(instance, instance.version("orders", 2)) == []


def test_flipped_bits_in_plain_parquet_give_other_data() -> None:
    plain, at = io.BytesIO(), random.Random(4)
    table = pa.table({"amount": [each / 7 for each in range(5_000)]})
    parquet.write_table(table, plain)
    silent = sum(reads_other_data(flipped(plain.getvalue(), at), table) for _ in range(FLIPS))
    print(f"{silent} of {FLIPS} flipped bits gave other data and no error")
    assert silent > FLIPS / 2


def reads_other_data(data: bytes, table: pa.Table) -> bool:
    try:
        return not parquet.read_table(pa.BufferReader(data)).equals(table)
    except (OSError, pa.ArrowException, UnicodeDecodeError):
        return False


def cut_off(file: Path, other: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def empty(file: Path, other: Path) -> None:
    file.write_bytes(b"")


def delete(file: Path, other: Path) -> None:
    file.unlink()


def put_another_version_there(file: Path, other: Path) -> None:
    shutil.copy(other, file)


def link_elsewhere(file: Path, other: Path) -> None:
    moved = file.with_name("moved")
    file.rename(moved)
    file.symlink_to(moved)


def put_a_folder_there(file: Path, other: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "damage",
    [cut_off, empty, delete, put_another_version_there, link_elsewhere, put_a_folder_there],
)
def test_a_damaged_value_file_is_an_error_that_names_it(
    instance: Instance, damage: Callable[[Path, Path], None]
) -> None:
    file, other = file_of(instance, 2), file_of(instance, 1)
    damage(file, other)
    with pytest.raises(CorruptStoreError, match=file.name) as caught:
        instance.value("orders")
    assert "%materialize orders --force" in str(caught.value)
    assert wrong_with_value(instance, instance.version("orders", 1)) == []
    materialize(ASSETS, instance=instance, force=True)
    assert wrong_with_value(instance, instance.version("orders", 3)) == []


def test_a_damaged_input_fails_its_reader_and_commits_nothing(instance: Instance) -> None:
    @asset
    def reader(orders: object) -> int:
        raise AssertionError("it runs with damaged data")

    file = file_of(instance, 2)
    file.write_bytes(flipped(file.read_bytes(), random.Random(5)))
    defined = [*ASSETS, reader]
    with pytest.raises(CorruptStoreError, match="changed or damaged"):
        materialize(defined, instance=instance, selection="reader", only=True)
    assert instance.versions("reader") == []
    newest = instance.runs()[0]
    assert newest.status == "failed"
    assert "changed or damaged" in newest.message


def read_all(project: Path) -> None:
    """Reads everything that the database holds."""
    instance = open_store(project)
    try:
        for run in instance.runs():
            instance.logs(run.id)
        for name in NAMES:
            for version in instance.versions(name):
                instance.value(name, version.number)
        instance.events()
    finally:
        instance.close()


def test_no_flipped_bit_in_the_database_gives_another_value(stored: Path) -> None:
    database, at = stored / ".assetbook" / "assetbook.db", random.Random(6)
    whole, values, errors = database.read_bytes(), readable_values(stored), 0
    assert len(values) == 6
    for _ in range(150):
        for beside in database.parent.glob("assetbook.db-[ws]*"):
            beside.unlink()
        database.write_bytes(flipped(whole, at))
        try:
            found = readable_values(stored)
        except StoreError:
            found = set()
        assert found <= values
        errors += found != values
    print(f"{errors} of 150 flipped bits cost a value, none changed one")


def readable_values(project: Path) -> set[str]:
    """The values that can be read, as text; StoreError if even that cannot be told."""
    found, instance = set(), open_store(project)
    try:
        for name in NAMES:
            for version in instance.versions(name):
                with suppress(AssetbookError):
                    value = instance.value(name, version.number)
                    found.add(value.to_json() if name == "orders" else repr(value))
    finally:
        instance.close()
    return found


@pytest.mark.parametrize("kept", [0, 50, 100, 4_096, 20_000, -8_192, -4_096, -1])
def test_a_truncated_database_is_a_clear_error(stored: Path, kept: int) -> None:
    database = stored / ".assetbook" / "assetbook.db"
    whole = database.read_bytes()
    database.write_bytes(whole[:kept])
    with pytest.raises(CorruptStoreError, match="assetbook") as caught:
        read_all(stored)
    assert "estore the" in str(caught.value)

    # what a backup gives back is all there: the value files were never touched
    for beside in database.parent.glob("assetbook.db-[ws]*"):
        beside.unlink()
    database.write_bytes(whole)
    assert Witness(stored).look(whole=True) == []


def test_a_database_overwritten_by_something_else_is_a_clear_error(stored: Path) -> None:
    database = stored / ".assetbook" / "assetbook.db"
    database.write_bytes(b"not a database, but long enough to look like a file\n" * 400)
    with pytest.raises(CorruptStoreError, match="not a database"):
        read_all(stored)


def test_a_deleted_database_with_its_log_left_is_a_clear_error(
    instance: Instance, stored: Path
) -> None:
    materialize(ASSETS, instance=instance, force=True)
    (stored / ".assetbook" / "assetbook.db").unlink()
    with pytest.raises(StoreError, match="deleted or replaced while it was open"):
        materialize(ASSETS, instance=instance, force=True)
    with pytest.raises(CorruptStoreError, match="missing, but its write-ahead log is there"):
        open_store(stored)


def test_a_truncated_log_of_lines_reads_without_a_word(tmp_path: Path) -> None:
    """What a journal of plain lines, one an event, makes of the same fault."""
    journal = tmp_path / "journal"
    journal.write_text("".join(f"event {each}\n" for each in range(100)), encoding="utf-8")
    journal.write_bytes(journal.read_bytes()[:500])
    assert 0 < len(journal.read_text(encoding="utf-8").splitlines()) < 100
