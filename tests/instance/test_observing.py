"""Sources that are looked at: their data versions decide whether what follows them is fresh."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.instance.making import Rate, make, state_of, steps

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.results import DataVersion, ObserveResult
from assetbook.definitions.source_asset import SourceAsset, observable_source_asset
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError, SelectionError
from assetbook.events.asset_events import AssetObserved
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import MaterializeOutcome, Options, materialize_definitions
from assetbook.instance.states import Standing, standing
from assetbook.keys import AssetKey

VERSION: list[str] = []
LANDED = AssetKey("landed")


@observable_source_asset(ignore={"VERSION"})
def landed() -> DataVersion:
    """Files that others put there."""
    return DataVersion(VERSION[-1])


@asset(deps=[landed], ignore={"VERSION"})
def loaded_rows() -> str:
    return VERSION[-1]


@asset
def counted(loaded_rows: str) -> int:
    return len(loaded_rows)


ALL = (landed, loaded_rows, counted)


@pytest.fixture(autouse=True)
def version() -> Iterator[None]:
    VERSION[:] = ["v1"]
    yield
    VERSION.clear()


def look(instance: Instance, *definitions: object, **more: object) -> MaterializeOutcome:
    given = definitions or ALL
    return materialize_definitions(
        given,
        instance=instance,
        options=Options(observe=True),
        **more,  # type: ignore[arg-type]
    )


def now(instance: Instance, *definitions: object) -> Standing:
    return standing(instance, load(definitions or ALL, instance))


def test_observable_source_asset_gives_an_external_asset_that_can_be_called() -> None:
    assert isinstance(landed, SourceAsset)
    assert isinstance(landed, AssetSpec)
    assert landed.description == "Files that others put there."
    assert landed() == DataVersion("v1")


def test_observe_records_the_data_version(instance: Instance) -> None:
    outcome = look(instance)
    assert steps(outcome) == ["landed"]
    (stored,) = instance.events(key=LANDED, kinds=[AssetObserved])
    assert isinstance(stored.event, AssetObserved)
    assert (stored.event.data_version, stored.event.step) == ("v1", "landed")
    assert stored.event.run_id == outcome.run_id
    assert now(instance).states[LANDED].data_version == "v1"


def test_observe_result_keeps_metadata_and_tags(instance: Instance) -> None:
    @observable_source_asset
    def feed(context: AssetExecutionContext) -> ObserveResult:
        context.log.info("looking")
        return ObserveResult(metadata={"files": 3}, data_version=DataVersion("a"), tags={"k": "v"})

    look(instance, feed)
    (stored,) = instance.events(key="feed", kinds=[AssetObserved])
    assert isinstance(stored.event, AssetObserved)
    assert stored.event.metadata["files"]["value"] == 3
    assert stored.event.tags == {"k": "v"}


def test_an_observation_takes_resources(instance: Instance) -> None:
    @observable_source_asset(resources={"rate": Rate(factor=7)})
    def feed(rate: Rate) -> DataVersion:
        return DataVersion(str(rate.factor))

    look(instance, feed)
    assert now(instance, feed).states[AssetKey("feed")].data_version == "7"
    look(instance, feed, resources={"rate": Rate(factor=8)})
    assert now(instance, feed).states[AssetKey("feed")].data_version == "8"


def test_downstream_is_fresh_until_another_version_is_observed(instance: Instance) -> None:
    make(instance, *ALL)
    assert state_of(instance, "loaded_rows", *ALL) == "fresh"
    look(instance)
    assert state_of(instance, "loaded_rows", *ALL) == "fresh"
    VERSION.append("v2")
    assert state_of(instance, "loaded_rows", *ALL) == "fresh"  # nobody looked
    look(instance)
    state = now(instance).states[AssetKey("loaded_rows")]
    assert (state.state, state.reasons[0].text) == ("stale", "`landed` has a newer version")
    assert state_of(instance, "counted", *ALL) == "stale"


def test_a_source_that_was_never_observed_is_looked_at_first(instance: Instance) -> None:
    assert now(instance).states[LANDED].reasons[0].text == "never observed"
    assert steps(make(instance, *ALL)) == ["landed", "loaded_rows", "counted"]
    assert steps(make(instance, *ALL)) == []


def test_sources_looks_again_and_runs_what_follows_only_if_the_data_changed(
    instance: Instance,
) -> None:
    make(instance, *ALL)
    again = make(instance, *ALL, options=Options(sources=True))
    assert steps(again) == ["landed"]
    assert {each.step.name: each.status for each in again.outcomes}["loaded_rows"] == "skipped"
    VERSION.append("v2")
    changed = make(instance, *ALL, options=Options(sources=True))
    assert steps(changed) == ["landed", "loaded_rows", "counted"]
    assert instance.value("loaded_rows") == "v2"


def test_the_plan_says_what_is_left_and_which_option_looks_again(instance: Instance) -> None:
    make(instance, *ALL)
    plan = make(instance, *ALL).plan
    assert "landed" in str(plan)
    assert "--sources runs them" in str(plan)


def test_what_follows_a_source_is_as_of_its_observation(instance: Instance) -> None:
    make(instance, *ALL)
    states = now(instance).states
    assert states[AssetKey("counted")].as_of == states[LANDED].as_of
    assert not states[AssetKey("loaded_rows")].own_as_of


def test_a_source_settles_what_the_asset_reads_of_the_world(instance: Instance) -> None:
    @asset(deps=[landed])
    def dated() -> int:
        import os

        return len(os.environ)

    make(instance, landed, dated)
    state = now(instance, landed, dated).states[AssetKey("dated")]
    assert (state.state, state.own_as_of) == ("fresh", False)

    @asset(key="dated")
    def undated() -> int:
        import os

        return len(os.environ)

    make(instance, undated)
    assert now(instance, undated).states[AssetKey("dated")].own_as_of


def test_a_new_source_is_a_new_input(instance: Instance) -> None:
    @asset(key="loaded_rows", ignore={"VERSION"})
    def before() -> str:
        return VERSION[-1]

    make(instance, before)
    look(instance)
    reasons = now(instance).states[AssetKey("loaded_rows")].reasons
    assert "`landed` is a new input" in [each.text for each in reasons]


def test_without_a_data_version_every_observation_is_new(instance: Instance) -> None:
    @observable_source_asset
    def feed() -> ObserveResult:
        return ObserveResult()

    look(instance, feed)
    first = now(instance, feed).states[AssetKey("feed")].data_version
    look(instance, feed)
    assert now(instance, feed).states[AssetKey("feed")].data_version != first


def test_a_failed_observation_ends_what_follows(instance: Instance) -> None:
    @observable_source_asset
    def feed() -> DataVersion:
        raise OSError("not mounted")

    @asset(deps=[feed])
    def rows() -> int:
        return 1

    outcome = make(instance, feed, rows, raise_on_error=False)
    found = {each.step.name: each.status for each in outcome.outcomes}
    assert found == {"feed": "failed", "rows": "upstream_failed"}


@pytest.mark.parametrize("executor", [InProcessExecutor(), ThreadExecutor(2), ProcessExecutor(1)])
def test_every_executor_observes(instance: Instance, executor: Executor) -> None:
    @observable_source_asset
    def feed() -> DataVersion:
        return DataVersion("a")

    @asset(deps=[feed])
    def rows() -> int:
        return 1

    assert steps(make(instance, feed, rows, executor=executor)) == ["feed", "rows"]
    assert state_of(instance, "rows", feed, rows) == "fresh"


def test_materializing_a_source_says_to_observe_it(instance: Instance) -> None:
    with pytest.raises(SelectionError, match="%observe landed"):
        make(instance, *ALL, selection="landed")


def test_observing_what_is_no_source_names_the_sources(instance: Instance) -> None:
    with pytest.raises(SelectionError, match="There are: landed"):
        look(instance, selection="counted")


def test_an_observation_that_returns_something_else_is_refused(instance: Instance) -> None:
    @observable_source_asset
    def feed() -> str:
        return "v1"

    with pytest.raises(DefinitionError, match=r"Return DataVersion\(\.\.\.\)"):
        look(instance, feed)


def test_an_observation_reads_no_asset() -> None:
    with pytest.raises(DefinitionError, match="neither context, config nor resources"):

        @observable_source_asset
        def feed(orders: object) -> DataVersion:
            return DataVersion("1")
