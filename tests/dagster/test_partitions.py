"""Partitions by Dagster's names: made by key, in memory too, and asked of the instance."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import assetbook.dagster as dg
from assetbook.events.run_events import RunStarted

COLORS = dg.StaticPartitionsDefinition(["red", "green", "blue"])
BOTH = dg.MultiPartitionsDefinition({"size": dg.StaticPartitionsDefinition(["s"]), "color": COLORS})


@dg.asset(partitions_def=COLORS)
def paint(context: dg.AssetExecutionContext) -> str:
    if context.partition_key == "green":
        raise ValueError("no green")
    return str(context.partition_key)


@dg.asset(partitions_def=COLORS)
def wall(paint: str) -> str:
    return f"{paint} wall"


@dg.asset(deps=[dg.AssetDep("paint", partition_mapping=dg.LastPartitionMapping())])
def house() -> int:
    return 1


def test_a_job_of_assets_is_configured_by_its_partition(instance: dg.DagsterInstance) -> None:
    class Coat(dg.Config):
        layers: int = 1

    @dg.asset(partitions_def=COLORS)
    def coat(config: Coat) -> int:
        return config.layers

    by_color = dg.PartitionedConfig(
        COLORS,
        run_config_for_partition_key_fn=lambda key: dg.RunConfig(
            ops={"coat": Coat(layers=len(key))}
        ),
        tags_for_partition_key_fn=lambda key: {"team": "paint"},
    )
    job = dg.define_asset_job("coating", "coat", config=by_color)
    made = dg.Definitions([coat], jobs=[job]).resolve_job_def("coating")
    result = made.execute_in_process(instance=instance, partition_key="green")
    assert instance.own.value("coat", partition="green") == 5
    assert instance.own.run(result.run_id).tags["team"] == "paint"


def test_a_tag_says_the_partition_of_an_executed_job(instance: dg.DagsterInstance) -> None:
    @dg.op
    def key(context: dg.OpExecutionContext) -> str:
        return str(context.partition_key)

    @dg.job(partitions_def=COLORS)
    def divided() -> None:
        key()

    found = dg.execute_job(divided, instance, tags={"dagster/partition": "red"})
    assert found.output_for_node("key") == "red"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.mark.parametrize("materialize", [dg.materialize, dg.materialize_to_memory])
def test_a_partition_is_made_by_its_key(materialize) -> None:  # type: ignore[no-untyped-def]
    made = materialize([paint, wall], partition_key="red")
    assert made.success
    assert made.output_for_node("wall") == "red wall"
    assert made.asset_value("paint") == "red"
    with pytest.raises(dg.DagsterUnknownPartitionError, match="Did you mean `red`"):
        materialize([paint, wall], partition_key="reed")
    with pytest.raises(dg.DagsterUnknownPartitionError, match="partition_key="):
        materialize([paint, wall])


def test_the_status_of_each_partition(instance: dg.DagsterInstance) -> None:
    keys = COLORS.get_partition_keys()
    seen = {}

    @dg.asset(partitions_def=COLORS, ignore={"seen", "instance"})
    def paint(context: dg.AssetExecutionContext) -> str:
        seen.update(instance.get_status_by_partition(context.asset_key, keys, COLORS))
        if context.partition_key == "green":
            raise ValueError("no green")
        return str(context.partition_key)

    dg.materialize([paint], partition_key="red", instance=instance)
    assert seen["red"] is dg.AssetPartitionStatus.IN_PROGRESS
    dg.materialize([paint], partition_key="green", instance=instance, raise_on_error=False)
    found = instance.get_status_by_partition(dg.AssetKey("paint"), keys, COLORS)
    assert found == {
        "red": dg.AssetPartitionStatus.MATERIALIZED,
        "green": dg.AssetPartitionStatus.FAILED,
        "blue": None,
    }


def test_runs_of_a_partition_are_tagged_with_it(instance: dg.DagsterInstance) -> None:
    @dg.asset(partitions_def=BOTH)
    def mixed() -> int:
        return 1

    made = dg.materialize([mixed], partition_key="red|s", instance=instance, tags={"a": "b"})
    [started] = instance.own.events(run_id=made.run_id, kinds=(RunStarted,))
    assert isinstance(started.event, RunStarted)
    assert started.event.tags == {
        "a": "b",
        "dagster/partition": "red|s",
        "dagster/partition/color": "red",
        "dagster/partition/size": "s",
    }


def test_dynamic_partitions_live_in_the_instance(instance: dg.DagsterInstance) -> None:
    customers = dg.DynamicPartitionsDefinition(name="customers")

    @dg.asset(partitions_def=customers)
    def orders(context: dg.AssetExecutionContext) -> str:
        return str(context.partition_key)

    instance.add_dynamic_partitions("customers", ["ann", "bob"])
    instance.add_dynamic_partitions("customers", ["bob", "eve"])
    assert list(instance.get_dynamic_partitions("customers")) == ["ann", "bob", "eve"]
    made = dg.materialize([orders], partition_key="bob", instance=instance)
    assert made.asset_value("orders") == "bob"
    made = dg.materialize_to_memory([orders], partition_key="eve", instance=instance)
    assert made.asset_value("orders") == "eve"
    instance.delete_dynamic_partition("customers", "bob")
    assert not instance.has_dynamic_partition("customers", "bob")
    with pytest.raises(dg.DagsterUnknownPartitionError):
        dg.materialize([orders], partition_key="bob", instance=instance)


def test_a_stored_partition_is_loaded(instance: dg.DagsterInstance) -> None:
    dg.materialize([paint], partition_key="red", instance=instance)
    defs = dg.Definitions([paint])
    assert defs.load_asset_value("paint", partition_key="red", instance=instance) == "red"


def test_what_has_no_partitions_is_made_beside() -> None:
    made = dg.materialize([paint, house], partition_key="blue")
    assert made.asset_value("house") == 1


def test_contexts_are_built_with_partitions() -> None:
    assert paint(dg.build_asset_context(partition_key="red")) == "red"
    several = dg.build_asset_context(partition_key_range=dg.PartitionKeyRange("red", "blue"))
    assert several.partition_key_range == dg.PartitionKeyRange("red", "blue")
    written = dg.build_output_context(partition_key="red", asset_key="paint")
    assert written.partition_key == "red"
    assert dg.build_op_context(partition_key="red").partition_key == "red"
    read = dg.build_input_context(partition_key="red", asset_key="paint")
    assert read.asset_partition_key == "red"


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: dg.AssetOut(backfill_policy=dg.BackfillPolicy.single_run()), "@multi_asset"),
    ],
)
def test_where_there_are_none_something_else_is_offered(call, match: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(dg.DagsterInvalidDefinitionError, match=match):
        call()


def test_jobs_and_checks_may_say_once_more_what_divides(instance: dg.DagsterInstance) -> None:
    @dg.asset_check(asset="paint", partitions_def=COLORS)
    def short(paint: str) -> bool:
        return len(paint) < 9

    job = dg.define_asset_job("painting", selection=["paint"], partitions_def=COLORS)
    defs = dg.Definitions([paint, wall], asset_checks=[short], jobs=[job])
    made = defs.resolve_job_def("painting").execute_in_process(
        partition_key="red", instance=instance
    )
    assert made.asset_value("paint") == "red"
    assert [each.passed for each in made.get_asset_check_evaluations()] == [True]


def test_other_partitions_than_the_assets_are_refused() -> None:
    @dg.asset_check(asset="paint", partitions_def=BOTH)
    def short(paint: str) -> bool:
        return len(paint) < 9

    with pytest.raises(dg.DagsterInvalidDefinitionError, match="leave out its partitions_def="):
        dg.Definitions.validate_loadable(dg.Definitions([paint], asset_checks=[short]))
    job = dg.define_asset_job("painting", selection=["paint"], partitions_def=BOTH)
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="`paint` is divided otherwise"):
        dg.Definitions([paint], jobs=[job]).resolve_job_def("painting").execute_in_process(
            partition_key="red"
        )


def test_an_event_of_one_partition_is_reported(instance: dg.DagsterInstance) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization("prices", partition="red"))
    instance.report_runless_asset_event(dg.AssetObservation("prices", partition="blue"))
    assert instance.get_materialized_partitions(dg.AssetKey("prices")) == {"red"}
