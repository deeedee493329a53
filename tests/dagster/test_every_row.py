"""Each feature of Dagster's that is listed has a test that bears its name, or words in the docs."""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from types import ModuleType

import pytest
from tests.dagster import (
    op_programs,
    partition_programs,
    programs,
    schedule_programs,
    sensor_programs,
)
from tests.dagster.rows import ROWS, Row

ROOT = Path(__file__).parents[2]
PROGRAMS = {
    **programs.PROGRAMS,
    **op_programs.PROGRAMS,
    **partition_programs.PROGRAMS,
    **schedule_programs.PROGRAMS,
    **sensor_programs.PROGRAMS,
}


@functools.cache
def defined_in(file: str) -> frozenset[str]:
    """The tests and classes of tests of a file, by name."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {each.name for each in tree.body if isinstance(each, kinds)}
    return frozenset(name for name in names if name.startswith(("test_", "Test")))


@functools.cache
def words_of(page: str) -> str:
    return " ".join((ROOT / page).read_text(encoding="utf-8").split())


def is_there(evidence: str) -> bool:
    """Whether the test, program or words of the docs exist."""
    if evidence.startswith("program:"):
        return evidence.removeprefix("program:") in PROGRAMS
    if evidence.startswith("docs/"):
        page, _, words = evidence.partition(": ")
        return words in words_of(page)
    file, _, name = evidence.partition("::")
    return (ROOT / file).is_file() and name in defined_in(file)


def name_in(evidence: str) -> str:
    """What the test or program is called; empty for words of the docs."""
    if evidence.startswith("docs/"):
        return ""
    return evidence.rpartition(":")[2]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.feature)
def test_what_shows_a_feature_is_there(row: Row) -> None:
    assert [each for each in row.evidence if not is_there(each)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.feature)
def test_a_feature_has_a_test_named_after_it_or_is_said_not_to_come(row: Row) -> None:
    named = [each for each in row.evidence if row.word and row.word in name_in(each)]
    assert named or (not row.word and all(each.startswith("docs/") for each in row.evidence))


@pytest.mark.parametrize("programs_of", [op_programs, schedule_programs, sensor_programs])
def test_each_program_shows_a_feature(programs_of: ModuleType) -> None:
    shown = {name_in(each) for row in ROWS for each in row.evidence}
    assert programs_of.PROGRAMS.keys() - shown == set()


def test_features_are_listed_once() -> None:
    assert len({row.feature for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    "evidence",
    [
        "program:no_such_program",
        "docs/coming-from-dagster.md: no such words are in there",
        "tests/dagster/test_every_row.py::test_none_of_that_name",
        "tests/dagster/no_such_file.py::test_none",
        "tests/dagster/rows.py::Row",
    ],
)
def test_what_is_gone_would_be_seen(evidence: str) -> None:
    assert not is_there(evidence)
