"""Small Dagster programs do here what they do with Dagster itself."""

from __future__ import annotations

import json

import pytest
from tests.dagster import op_programs, programs
from tests.dagster.recorded import RECORDED

import assetbook.dagster as dg

PROGRAMS = {**programs.PROGRAMS, **op_programs.PROGRAMS}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_what_dagster_gave(name: str) -> None:
    given = json.loads(json.dumps(PROGRAMS[name](dg)))
    assert given == RECORDED["results"][name]


def test_each_recorded_program_is_still_there() -> None:
    assert PROGRAMS.keys() == RECORDED["results"].keys()


def test_another_result_would_be_seen() -> None:
    class Forgetful:
        """A materialize that selects one layer too many."""

        def __getattr__(self, name: str) -> object:
            return getattr(dg, name)

        def materialize(self, assets: object, **given: object) -> object:
            given.pop("selection", None)
            return dg.materialize(assets, **given)

    assert PROGRAMS["multi_assets"](Forgetful()) != RECORDED["results"]["multi_assets"]


ROWS = {
    "direct call": ["direct_calls_of_assets", "direct_calls_of_checks", "direct_calls_of_ops"],
    "direct call of a hook": ["direct_calls_of_hooks"],
    "direct call, types": ["direct_calls_of_ops_check_types"],
    "contexts": ["contexts_for_tests", "a_context_sets_its_resources_up", "resources_for_tests"],
    "in-process": ["two_runs_share_nothing", "everything_selected_runs"],
    "in memory": ["in_memory"],
    "result": ["events_of_assets_and_checks", "results_with_metadata", "multi_assets"],
    "errors": ["the_authors_exception_is_raised", "all_config_errors_at_once"],
    "instance": ["an_instance_keeps_values", "reported_materializations"],
    "order of events": ["events_of_assets_and_checks"],
    "type errors": ["types"],
}
"""What Dagster offers for testing, and the programs that show it."""


@pytest.mark.parametrize("row", ROWS)
def test_each_part_of_testing_has_its_programs(row: str) -> None:
    assert set(ROWS[row]) <= PROGRAMS.keys()
