"""Assets that graphs of ops make: materialized, versioned and left fresh like any other."""

from __future__ import annotations

from contextlib import closing

from assetbook import (
    AssetOut,
    Instance,
    asset,
    graph_asset,
    graph_multi_asset,
    materialize,
    materialize_to_memory,
    op,
)


@op
def fetch() -> list[int]:
    return [1, 2]


@op
def clean(values: list[int], least: int = 1) -> list[int]:
    return [each for each in values if each > least]


@graph_asset
def orders():  # type: ignore[no-untyped-def]
    return clean(fetch())


@asset
def report(orders: list[int]) -> int:
    return len(orders)


@op
def split(values: list[int]) -> dict[str, list[int]]:
    return {"low": values[:1], "high": values[1:]}


@op
def pick_low(parts: dict[str, list[int]]) -> list[int]:
    return parts["low"]


@op
def pick_high(parts: dict[str, list[int]]) -> list[int]:
    return parts["high"]


@graph_multi_asset(outs={"low": AssetOut(), "high": AssetOut()})
def parts(orders):  # type: ignore[no-untyped-def]
    found = split(orders)
    return {"low": pick_low(found), "high": pick_high(found)}


def test_a_graph_makes_a_version_of_its_asset() -> None:
    with closing(Instance.ephemeral()) as instance:
        outcome = materialize([orders, report], instance=instance)
        assert outcome.success
        assert [each.step.name for each in outcome.outcomes] == [
            "orders.fetch",
            "orders.clean",
            "report",
        ]
        assert instance.value("orders") == [2]
        assert instance.value("report") == 1
        assert instance.version("orders").event.code.digest
        again = materialize([orders, report], instance=instance)
        assert again.plan.all_fresh


def test_in_memory_it_is_the_same() -> None:
    assert materialize_to_memory([orders, report]).asset_value("report") == 1


def test_a_graph_that_reads_an_asset_makes_several() -> None:
    with closing(Instance.ephemeral()) as instance:
        materialize([orders, parts], instance=instance)
        assert (instance.value("low"), instance.value("high")) == ([2], [])
        inputs = instance.version("low").event.inputs
        assert {name: each.version for name, each in inputs.items()} == {"orders": 1}


def test_the_same_data_again_leaves_what_follows_alone() -> None:
    with closing(Instance.ephemeral()) as instance:
        materialize([orders, report], instance=instance)
        outcome = materialize([orders, report], selection="orders+", instance=instance, force=True)
        assert [each.status for each in outcome.outcomes] == ["done", "done", "done"]
        forced = materialize([orders], instance=instance, force=True)
        assert forced.success
        assert materialize([orders, report], instance=instance).plan.all_fresh


def test_an_op_that_fails_ends_its_asset_and_what_reads_it() -> None:
    @op
    def broken() -> int:
        raise ValueError("no orders")

    @graph_asset(name="orders")
    def failing():  # type: ignore[no-untyped-def]
        return clean(broken())

    with closing(Instance.ephemeral()) as instance:
        outcome = materialize([failing, report], instance=instance, raise_on_error=False)
        ends = {each.step.name: each.status for each in outcome.outcomes}
        assert ends == {
            "orders.broken": "failed",
            "orders.clean": "upstream_failed",
            "report": "upstream_failed",
        }
        assert instance.versions("orders") == []
