"""A full disk: a clear error, every earlier version intact, and usable once there is room.

Promise 11. The control overwrites a Parquet file in place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.small_disk import run_on_small_disk


@pytest.mark.parametrize(
    ("scenario", "failed"),
    [
        ("values_until_full", {1}),
        # a run whose beginning finds no room is not recorded at all
        ("full_before_a_run", {0}),
        # where in a run the last page fits is chance
        ("events_until_full", {0, 1}),
        # nor can its failure be recorded: it is found dead once there is room
        ("full_amid_a_run", {1}),
    ],
)
def test_a_full_disk_costs_only_what_did_not_fit(
    tmp_path: Path, scenario: str, failed: set[int]
) -> None:
    found = run_on_small_disk(scenario, tmp_path, megabytes=12)
    assert found["store"] in found["said"]
    assert re.search(r"disk.* is full \([\d,]+ bytes free\)", found["said"])
    assert "Free some space" in found["said"]
    assert found["versions"] > found["runs"] or 0 in failed
    assert found["wrong_when_full"] == []

    assert len(found["failures"]) in failed
    assert found["statuses"] == ["failed"] * len(found["failures"]) + ["success"] * found["runs"]
    assert all(" " in message for message in found["failures"])
    assert found["goes_on"]
    assert found["leftovers"] == 0
    assert found["wrong_after"] == []


@pytest.mark.parametrize(
    "scenario",
    ["some_kinds_at_some_writes", pytest.param("each_kind_at_each_write", marks=pytest.mark.long)],
)
def test_a_disk_full_at_any_write_costs_no_kind_of_value_anything(
    tmp_path: Path, scenario: str, record_property: Callable[[str, object], None]
) -> None:
    found = run_on_small_disk(scenario, tmp_path, megabytes=40)
    print(found)
    record_property("failures", found["failures"])
    assert found["wrong"] == []
    assert found["whole"]
    assert found["temporary"] == []
    assert min(found["failures"].values()) > 0
    for said in found["said"]:
        assert re.match(r"StoreError: .*full \([\d,]+ bytes free\): Free some space", said)


def test_writes_that_nobody_checks_lose_values_on_a_full_disk(tmp_path: Path) -> None:
    found = run_on_small_disk("writes_not_checked", tmp_path, megabytes=40)
    assert any("cannot be read" in each for each in found["wrong"])


def test_overwriting_in_place_loses_the_earlier_value(tmp_path: Path) -> None:
    found = run_on_small_disk("table_in_place", tmp_path, megabytes=4)
    assert "No space left" in found["said"]
    assert (found["before"], found["after"]) == (1000, 0)


def test_little_space_is_told_once(tmp_path: Path) -> None:
    found = run_on_small_disk("little_space", tmp_path, megabytes=20)
    assert found["roomy"] == ""
    assert re.match(
        r"assetbook: only \S+ MB \(1\d%\) of the store's disk is free", found["full"][0]
    )
    assert "the largest assets: orders 1" in found["full"][0]
    assert found["full"][1] == ""


def test_a_flood_of_lines_leaves_room_for_the_run(tmp_path: Path) -> None:
    found = run_on_small_disk("flood_of_lines", tmp_path, megabytes=40)
    assert found["success"]
    assert found["written"] > 10 << 20 and found["free"] > 8 << 20
    assert re.match(
        r"[\d,]{10} bytes are missing in the log files: less than 16 MB of the disk are free",
        found["warnings"][-1],
    )


def test_log_files_that_take_the_last_room_cost_the_run(tmp_path: Path) -> None:
    found = run_on_small_disk("flood_of_lines_without_end", tmp_path, megabytes=40)
    assert not found["success"]
    assert found["written"] > 30 << 20
