"""Ops tell of assets: what they yield or log is an event of the run, and a version of the asset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetbook import (
    AssetMaterialization,
    AssetObservation,
    Instance,
    Output,
    graph_asset,
    job,
    materialize,
    op,
)
from assetbook.errors import DefinitionError
from assetbook.events.asset_events import AssetMaterialized, AssetObserved
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of


@op
def loads() -> Iterator[Any]:
    yield AssetMaterialization("warehouse/orders", metadata={"rows": 3}, description="The rows.")
    yield AssetObservation("landed", metadata={"files": 2}, tags={"dagster/data_version": "7"})
    yield Output(5)


@op
def logs(context: Any, number: int) -> int:
    context.log_event(AssetMaterialization("logged", metadata={"number": number}))
    return number + 1


@job
def loading() -> None:
    logs(loads())


@op
def fails(context: Any) -> Iterator[Any]:
    context.log_event(AssetMaterialization("never"))
    yield AssetMaterialization("never")
    raise ValueError("too late")


@job
def failing() -> None:
    fails()


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".assetbook").mkdir()
    found = Instance.get(tmp_path)
    yield found
    found.close()


@pytest.mark.parametrize("executor", [InProcessExecutor(), ProcessExecutor(2)])
def test_what_ops_tell_is_recorded_in_their_run(instance: Instance, executor: Executor) -> None:
    found = run_job(loading, instance, JobOptions(executor=executor), origin=origin_of("python"))
    assert found.output_for_node("logs") == 6
    made = [each for each in found.all_events if isinstance(each, AssetMaterialized)]
    assert [each.key for each in made] == ["warehouse/orders", "logged"]
    assert {each.run_id for each in made} == {found.run_id}
    (seen,) = (each for each in found.all_events if isinstance(each, AssetObserved))
    assert (seen.key, seen.data_version) == ("landed", "7")
    version = instance.latest_materialization("logged")
    assert version is not None and version.run_id == found.run_id


def test_a_step_that_fails_tells_nothing(instance: Instance) -> None:
    found = run_job(failing, instance, JobOptions(), origin=origin_of("python"))
    assert not found.success
    assert instance.latest_materialization("never") is None


def test_in_memory_it_is_the_same() -> None:
    found = loading.execute_in_process()
    assert [each.key for each in found.all_events if isinstance(each, AssetMaterialized)] == [
        "warehouse/orders",
        "logged",
    ]


def test_an_op_does_not_tell_of_the_asset_that_its_graph_makes(instance: Instance) -> None:
    @op
    def own() -> Iterator[Any]:
        yield AssetMaterialization("total")
        yield Output(1)

    @graph_asset
    def total():  # type: ignore[no-untyped-def]
        return own()

    with pytest.raises(DefinitionError, match="that is what the function itself makes"):
        materialize([total], instance=instance)


def test_other_events_are_refused(instance: Instance) -> None:
    @op
    def odd(context: Any) -> None:
        context.log_event("orders")

    @op
    def odder() -> Iterator[Any]:
        yield 3

    for wrong, said in ((odd, r"Give AssetObservation"), (odder, "or AssetObservation")):
        one = job(name="one")(_calling(wrong))
        with pytest.raises(DefinitionError, match=said):
            one.execute_in_process()


def _calling(what: Any) -> Any:
    def body() -> None:
        what()

    return body
