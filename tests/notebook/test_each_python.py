"""What cells read, slices and code versions are the same on 3.11, 3.12 and 3.13."""

from __future__ import annotations

import linecache
from collections.abc import Iterator

import pytest
from tests.notebook.each_python import RECORD, found, version_cases
from tests.notebook.live_notebook import version_of


@pytest.fixture(scope="module")
def lines() -> Iterator[list[str]]:
    yield list(found())


def test_all_is_as_recorded(lines: list[str]) -> None:
    recorded = RECORD.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line not in recorded] == []
    assert len(lines) == len(recorded) > 470


def test_the_versions_tell_the_cases_apart(lines: list[str]) -> None:
    versions = [line.partition(": ")[2] for line in lines if line.startswith("version ")]
    assert len(set(versions)) == len(versions) == len(list(version_cases())) >= 38


def test_text_without_a_name_is_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.13 keeps the text of ``python -c`` under the name that generated methods bear."""
    cells = ("from dataclasses import dataclass", "@dataclass\nclass Row:\n    n: int = 1")
    plain = version_of(*cells, "def f():\n    return Row()")
    monkeypatch.setitem(linecache.cache, "<string>", (1, None, ["1\n"], "<string>"))
    assert version_of(*cells, "def f():\n    return Row()") == plain
    assert plain.unknowns == ()


def test_slots_of_a_dataclass_count() -> None:
    cells = "from dataclasses import dataclass", "@dataclass({})\nclass Row:\n    n: int = 1"
    f = "def f():\n    return Row()"
    told = {version_of(cells[0], cells[1].format(each), f).digest for each in ("", "slots=True")}
    assert len(told) == 2
