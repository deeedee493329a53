"""The program that lets old values go, over and over, as if nothing were ever too young for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path

from tests.faults.worker import open_store

import assetbook.instance.collecting as collecting
import assetbook.planning.retention as retention
from assetbook.events.value_file import ValueFile
from assetbook.instance.instance import Instance
from assetbook.storage.sqlite_store import SqliteStore

Choose = Callable[[Sequence[ValueFile]], Collection[str]]


def unmarked(store: SqliteStore, choose: Choose) -> list[str]:
    """A naive collection: what is chosen is removed, and no commit hears of it."""
    chosen: list[str] = []
    doom(store, lambda values: chosen.extend(choose(values)) or [])
    for path in chosen:
        (store.path.parent / "values" / path).unlink(missing_ok=True)
    return chosen


doom = SqliteStore.doom


def collect_for_ever(instance: Instance) -> None:
    """Tells of the first collection, and of each that let something go."""
    for number in count():
        found = collecting.collect(instance)
        if found.versions or found.strays or not number:
            print(len(found.versions), len(found.strays), flush=True)


def main() -> None:
    """Never returns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("--unmarked", action="store_true")
    arguments = parser.parse_args()
    collecting.YOUNGEST = retention.YOUNGEST = timedelta(0)
    if arguments.unmarked:
        SqliteStore.doom = unmarked  # type: ignore[method-assign]
    collect_for_ever(open_store(arguments.project))


if __name__ == "__main__":
    main()
