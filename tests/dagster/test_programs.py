"""Small Dagster programs do here what they do with Dagster itself."""

from __future__ import annotations

import json

import pytest
from tests.dagster import (
    op_programs,
    partition_programs,
    programs,
    schedule_programs,
    sensor_programs,
)
from tests.dagster.recorded import RECORDED

import assetbook.dagster as dg

PROGRAMS = {
    **programs.PROGRAMS,
    **op_programs.PROGRAMS,
    **partition_programs.PROGRAMS,
    **schedule_programs.PROGRAMS,
    **sensor_programs.PROGRAMS,
}


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
