"""Members of Dagster's classes: those that are here, and those that say what to do instead."""

from __future__ import annotations

import pytest

import assetbook.dagster as dg
from assetbook.dagster import asset_selections, stored_instance
from assetbook.errors import SelectionError, UsageError


@dg.asset
def a() -> int:
    return 1


@dg.asset
def bad(a: int) -> int:
    return a // 0


@pytest.mark.parametrize("name", stored_instance.ELSEWHERE)
def test_an_instance_says_what_to_do_instead(name: str) -> None:
    with pytest.raises(UsageError, match=f"DagsterInstance.{name}: assetbook does not have it\n.+"):
        getattr(dg.DagsterInstance.ephemeral(), name)


def test_an_instance_has_no_other_members() -> None:
    assert not hasattr(dg.DagsterInstance.ephemeral(), "value")


@pytest.mark.parametrize("name", asset_selections.ELSEWHERE)
def test_a_selection_says_what_to_do_instead(name: str) -> None:
    with pytest.raises(UsageError, match=f"AssetSelection.{name}: assetbook does not have it\n.+"):
        getattr(dg.AssetSelection.assets("a"), name)()
    with pytest.raises(UsageError):
        getattr(dg.AssetSelection, name)(a)


def test_a_run_has_one_end() -> None:
    good = dg.materialize([a])
    assert good.get_run_success_event().event_type_value == "PIPELINE_SUCCESS"
    with pytest.raises(SelectionError, match="the event PIPELINE_FAILURE"):
        good.get_run_failure_event()
    failed = dg.materialize([a, bad], raise_on_error=False)
    assert failed.get_run_failure_event().event_type_value == "PIPELINE_FAILURE"


def test_an_instance_lists_its_runs() -> None:
    with dg.instance_for_test() as instance:
        result = dg.materialize([a], instance=instance, tags={"team": "etl"})
        record = instance.get_run_by_id(result.run_id)
        assert record is not None
        assert [each.id for each in instance.get_runs()] == [record.id]
        assert instance.get_run_by_id("zz") is None
        found = instance.fetch_materializations(dg.AssetKey("a"), limit=5).records
        assert [each.run_id for each in found] == [result.run_id]


def test_definitions_load_a_stored_value() -> None:
    defs = dg.Definitions(assets=[a])
    with dg.instance_for_test() as instance:
        dg.materialize([a], instance=instance)
        assert defs.load_asset_value("a", instance=instance) == 1


def test_a_definition_that_is_not_there_is_named() -> None:
    defs = dg.Definitions(assets=[a], jobs=[dg.define_asset_job("nightly")])
    with pytest.raises(SelectionError, match="nothing here makes it"):
        defs.resolve_assets_def("b")
    with pytest.raises(SelectionError, match="Did you mean `nightly`"):
        defs.resolve_job_def("nightli")


def test_a_spec_keeps_its_key_when_it_is_mapped() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="the function gives the key `z`"):
        dg.map_asset_specs(lambda spec: spec.replace_attributes(key="z"), [a])
