"""A collection beside a run that was told to read an old version: the run still reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from tests.faults.worker import open_store

import assetbook.instance.collecting as collecting
import assetbook.planning.retention as retention
from assetbook import Instance, asset, materialize
from assetbook.errors import AssetbookError
from assetbook.execution.run_record import RunRecord
from assetbook.instance.materializing import Options, materialize_definitions
from assetbook.planning.steps import Plan

OLD, VERSIONS = 2, 8


@pytest.fixture
def no_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is too young to be let go, and people's versions count for nothing."""
    for module in (collecting, retention):
        monkeypatch.setattr(module, "YOUNGEST", timedelta(0))


def read_amid_a_collection(project: Path) -> tuple[list[int], list[int]]:
    """What a run read of the version it was given, and what was let go while it ran."""
    (project / "pyproject.toml").write_text(
        "[tool.assetbook.retention]\nsession_versions = 0\n", encoding="utf-8"
    )
    instance = open_store(project)
    gone: list[int] = []
    made: list[int] = []

    @asset(ignore={"made"})
    def orders() -> pd.DataFrame:
        made.append(1)
        return pd.DataFrame({"n": [len(made)]})

    for _ in range(VERSIONS):
        materialize([orders], instance=instance, force=True)

    @asset(ignore={"gone", "collect_elsewhere"})
    def slow() -> int:
        gone.extend(collect_elsewhere(project))
        return 1

    @asset
    def report(slow: int, orders: pd.DataFrame) -> list[int]:
        return list(orders["n"])

    options = Options(with_versions={"orders": OLD})
    try:
        done = materialize_definitions(
            [orders, slow, report], instance=instance, selection="report", options=options
        )
        return done.output_for_node("report"), gone
    finally:
        instance.close()


def collect_elsewhere(project: Path) -> list[int]:
    """The versions that another user of the store lets go."""
    other: Instance = open_store(project)
    found = collecting.collect(other)
    other.close()
    return [each.number for each in found.versions]


@pytest.mark.usefixtures("no_age")
def test_a_given_version_outlives_a_collection(project: Path) -> None:
    read, gone = read_amid_a_collection(project)
    assert (read, gone) == ([OLD], [1, 3, 4, 5, 6, 7])


@pytest.mark.usefixtures("no_age")
def test_a_run_that_does_not_say_what_it_reads_loses_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = RunRecord.begin

    def silent(run: RunRecord, *, at_once: bool = False) -> bool:
        said: Plan = run.plan
        run.plan = replace(said, given={})
        return begin(run, at_once=at_once)

    monkeypatch.setattr(RunRecord, "begin", silent)
    with pytest.raises(AssetbookError, match="orders"):
        read_amid_a_collection(project)
