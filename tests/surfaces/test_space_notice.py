"""A disk that is nearly full is told of once, with what takes most."""

from __future__ import annotations

import re
from collections import namedtuple
from pathlib import Path

import pytest
from tests.surfaces.book import Book

from assetbook.instance.instance import Instance
from assetbook.surfaces.space_notice import warn_of_little_space

Space = namedtuple("Space", "used free")
TABLES = """import pandas as pd
@asset
def small(): return pd.DataFrame({"n": [1]})
@asset
def large(): return pd.DataFrame({"n": range(10_000)})
@asset
def larger(): return pd.DataFrame({"n": range(100_000)})
@asset
def inline(): return 1"""


def told(instance: Instance, capsys: pytest.CaptureFixture[str], free: int, times: int = 1) -> str:
    for _ in range(times):
        warn_of_little_space(instance, lambda folder: Space(1000 - free, free))
    return capsys.readouterr().err


def test_the_largest_assets_are_named_once(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    book.run(TABLES)
    book.run("%materialize")
    said = told(book.instance, capsys, 199, times=3)
    assert re.fullmatch(
        r"assetbook: only 199 B \(20%\) of the store's disk is free; the largest assets: "
        r"larger \S+ kB, large \S+ kB, small \S+ kB\. `%store gc --plan` says what could go\n",
        said,
    )


def test_enough_space_is_not_told(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(book.instance, capsys, 200) == ""
    assert told(book.instance, capsys, 199).count("\n") == 1


def test_a_store_in_memory_has_no_disk(
    assetbook_instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(assetbook_instance, capsys, 1) == ""


def test_another_store_is_told_of_by_itself(
    book: Book, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert told(book.instance, capsys, 1) != ""
    other = Instance.open(tmp_path / "other")
    assert told(other, capsys, 1) != ""
    other.close()
