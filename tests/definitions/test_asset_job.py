"""``define_asset_job`` and ``Definitions(jobs=...)``."""

from __future__ import annotations

from typing import Any

import pytest
from tests.definitions.some_ops import one

from assetbook.definitions.asset_job import define_asset_job
from assetbook.definitions.collection import Definitions
from assetbook.definitions.graph_decorator import job
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import ConfigError, DefinitionError


@job
def nightly():  # type: ignore[no-untyped-def]
    one()


def test_an_asset_job_keeps_what_was_asked() -> None:
    policy = RetryPolicy()
    made = define_asset_job(
        "weekly", ["+orders", "sales"], tags={"a": "b"}, op_retry_policy=policy, description="d"
    )
    assert (made.name, made.selection, made.description) == ("weekly", ("+orders", "sales"), "d")
    assert (dict(made.run_tags), made.op_retry_policy) == ({"a": "b"}, policy)
    assert made.place.filename == __file__
    assert define_asset_job("all").selection is None
    assert define_asset_job("some", selection="+orders").selection == "+orders"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "a b"}, "'a b' as the name of a job"),
        ({"hooks": [1]}, "among its hooks is 1"),
        ({"op_retry_policy": 1}, "its retry policy is 1"),
    ],
)
def test_an_asset_job_that_cannot_be_meant_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        define_asset_job(**{"name": "weekly", **options})
    with pytest.raises(ConfigError, match="`opps` is not known there"):
        define_asset_job("weekly", config={"opps": {}})


def test_definitions_hold_and_merge_jobs() -> None:
    weekly = define_asset_job("weekly")
    both = Definitions.merge(Definitions(jobs=[nightly]), Definitions(jobs=[weekly, nightly]))
    assert both.jobs == (nightly, weekly)
    assert list(both) == []
    assert repr(both) == "<Definitions: 0 assets, 0 checks, 2 jobs>"


def test_two_jobs_of_one_name_are_an_error_that_names_both() -> None:
    with pytest.raises(DefinitionError, match=r"the job `nightly` is defined twice: .*, and .*"):
        Definitions.merge(
            Definitions(jobs=[nightly]), Definitions(jobs=[define_asset_job("nightly")])
        )


def test_what_is_no_job_is_refused() -> None:
    with pytest.raises(DefinitionError, match="it holds <op one>, an OpDefinition"):
        Definitions(jobs=[one])  # type: ignore[list-item]
