"""One flipped bit anywhere in the database: no answer is wrong unseen.

An answer is right, or an error that names the store; where a damaged index hides a record, a look
at the whole store says so. The control reads the same files without the rows' checksums.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.contracts.store import materialized, printed, started
from tests.faults import answers as answers_module
from tests.faults.answers import KEYS, Answers, answers, fill

from assetbook.errors import StoreError
from assetbook.storage import bodies, readings, state_rows, write_lock
from assetbook.storage.sqlite_store import SqliteStore


@dataclass
class Tally:
    """What a series of flips came to."""

    flips: int = 0
    refused: int = 0
    """An error where the record was, at once."""
    hidden: int = 0
    """A record less in an answer, and damage found by a look at the whole store."""
    unseen: int = 0
    """Another answer than before, and no damage found."""
    altered: int = 0
    """A record that was never written."""


class Flipper:
    """Flips one bit of a filled store after the other.

    ``ending`` names the file of the database that is flipped: it is none, or ``-wal`` in a store
    whose process was killed, with the latest commits in the log alone.
    """

    def __init__(self, database: Path, seed: int, ending: str = "") -> None:
        fill(database)
        self._database = database
        self._flipped_file = database.with_name(database.name + ending)
        self._files = filled_by_a_killed_process(database) if ending else contents(database)
        self._at = random.Random(seed)
        self._put_back()
        self._truth, damaged = answers(database)
        assert self._files[self._flipped_file]
        assert None not in self._truth.values()
        assert not damaged

    def flip(self, flips: int) -> Tally:
        """What became of the answers after each of so many flips of the whole file."""
        tally = Tally(flips)
        for _ in range(flips):
            self._put_back()
            self._flipped_file.write_bytes(self._flipped())
            self._compare(*answers(self._database), tally)
        return tally

    def _put_back(self) -> None:
        for file in self._database.parent.glob("assetbook.db*"):
            if file not in self._files:
                file.unlink()
        for file, content in self._files.items():
            file.write_bytes(content)

    def _flipped(self) -> bytes:
        damaged = bytearray(self._files[self._flipped_file])
        damaged[self._at.randrange(len(damaged))] ^= 1 << self._at.randrange(8)
        return bytes(damaged)

    def _compare(self, found: Answers, damaged: bool, tally: Tally) -> None:
        wrong = {name for name, answer in found.items() if answer not in (None, self._truth[name])}
        # a hidden newest snapshot shows the one before
        records = wrong - {"snapshots"}
        tally.altered += any(
            (found[name] or set()) - (self._truth[name] or set()) for name in records
        )
        if not wrong:
            tally.refused += None in found.values()
        elif damaged:
            tally.hidden += 1
        else:
            tally.unseen += 1


def contents(database: Path) -> dict[Path, bytes]:
    """Those of the database's files and of its lock's."""
    files = [file for file in database.parent.glob("assetbook.db*") if not file.match("*-shm")]
    return {file: file.read_bytes() for file in files}


def filled_by_a_killed_process(database: Path) -> dict[Path, bytes]:
    """The files as a process leaves them that is killed after some more commits."""
    store = SqliteStore(database)
    for run_id in ("a" * 12, "b" * 12):
        store.commit([started(run_id)])
        store.later([printed("a line", run_id=run_id)])
        store.put_texts({f"of {run_id}": "def f(): return 2"})
        store.commit([materialized(KEYS[0].text, run_id=run_id)])
    files = contents(database)
    store.close()
    return files


@pytest.mark.parametrize(
    ("flips", "seed"), [(200, 7), pytest.param(20_000, 8, marks=pytest.mark.long)]
)
def test_no_flipped_bit_in_the_database_is_unseen(
    tmp_path: Path, flips: int, seed: int, record_property: Callable[[str, object], None]
) -> None:
    tally = Flipper(tmp_path / "store" / "assetbook.db", seed).flip(flips)
    print(tally)
    record_property("tally", str(tally))
    assert (tally.altered, tally.unseen) == (0, 0)
    # a third of the file holds something
    assert tally.refused > flips / 5
    assert tally.hidden < flips / 20


@pytest.mark.parametrize(
    ("flips", "seed"), [(100, 7), pytest.param(5_000, 8, marks=pytest.mark.long)]
)
def test_no_flipped_bit_in_the_log_is_unseen(memory: Path, flips: int, seed: int) -> None:
    tally = Flipper(memory / "store" / "assetbook.db", seed, "-wal").flip(flips)
    print(tally)
    assert (tally.altered, tally.unseen) == (0, 0)
    assert tally.refused == flips


def test_flips_in_the_log_lose_events_without_a_note(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_lock.WriteLock, "leave_note", lambda self, note: None)
    tally = Flipper(memory / "store" / "assetbook.db", 7, "-wal").flip(10)
    print(tally)
    assert tally.unseen > 5


def test_the_same_flips_alter_records_without_checksums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flipper = Flipper(tmp_path / "store" / "assetbook.db", seed=7)
    monkeypatch.setattr(answers_module, "REFUSALS", (StoreError, TypeError, AttributeError))
    monkeypatch.setattr(bodies, "_is_whole", lambda row: True)
    for module in (state_rows, readings):
        monkeypatch.setattr(module, "whole", lambda row, store, what: tuple(row)[:-1])
    tally = flipper.flip(300)
    print(tally)
    assert tally.altered > 3
    assert tally.unseen > 3
