"""What reads an asset that its maker left out is skipped, with what comes after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from assetbook import (
    AssetCheckResult,
    AssetOut,
    Instance,
    Out,
    Output,
    ProcessExecutor,
    ThreadExecutor,
    asset,
    asset_check,
    graph_asset,
    multi_asset,
    op,
)
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.instance.former_runs import former_run
from assetbook.instance.materializing import materialize_definitions

EXECUTORS = (InProcessExecutor(), ThreadExecutor(2), ProcessExecutor(2))


def left_out_by(names: tuple[str, ...]) -> Any:
    """A function of two optional assets that gives those of these names."""

    @multi_asset(
        name="maker",
        outs={each: AssetOut(is_required=False, code_version=str(names)) for each in ("x", "y")},
    )
    def maker() -> Iterator[Output[int]]:
        for each in names:
            yield Output(1, each)

    return maker


@asset
def reads(x: int) -> int:
    return x + 1


@asset
def below(reads: int) -> int:
    return reads + 1


@asset(deps=["x"])
def follows() -> int:
    return 1


@asset
def other(y: int) -> int:
    return y + 1


@asset_check(asset="x", blocking=True)
def is_one(x: int) -> AssetCheckResult:
    return AssetCheckResult(x == 1)


READERS = (reads, below, follows, other, is_one)


def ends(instance: Instance, *definitions: object, executor: Executor | None = None) -> Any:
    outcome = materialize_definitions(
        definitions, instance=instance, executor=executor, raise_on_error=False
    )
    return {each.step.name: (each.status, each.message) for each in outcome.outcomes}


@pytest.mark.parametrize("executor", EXECUTORS, ids=repr)
def test_what_lacks_a_left_out_asset_is_skipped_and_the_others_run(executor: Executor) -> None:
    with closing(Instance.ephemeral()) as instance:
        found = ends(instance, left_out_by(("y",)), *READERS, executor=executor)
        assert found == {
            "maker": ("done", ""),
            "reads": ("skipped", "the asset `x` did not come"),
            "below": ("skipped", "the asset `reads` did not come"),
            "follows": ("skipped", "the asset `x` did not come"),
            "x:is_one": ("skipped", "the asset `x` did not come"),
            "other": ("done", ""),
        }
        assert instance.runs()[0].status == "success"


def test_an_older_version_of_it_is_not_read_in_that_run() -> None:
    with closing(Instance.ephemeral()) as instance:
        ends(instance, left_out_by(("x", "y")), *READERS)

        @asset(name="reads")
        def edited(x: int) -> int:
            return x + 100

        now = (left_out_by(("y",)), edited, below)
        assert ends(instance, *now)["reads"] == ("skipped", "the asset `x` did not come")
        assert (instance.value("x"), instance.value("reads")) == (1, 2)
        assert ends(instance, left_out_by(("x", "y")), edited, below)["reads"][0] == "done"
        assert instance.value("below") == 102


@pytest.mark.parametrize("executor", EXECUTORS, ids=repr)
def test_an_asset_that_is_not_required_may_be_left_out(executor: Executor) -> None:
    @asset(output_required=False)
    def maybe() -> Iterator[Output[int]]:
        yield from ()

    @asset
    def after(maybe: int) -> int:
        return maybe

    with closing(Instance.ephemeral()) as instance:
        outcome = materialize_definitions([maybe, after], instance=instance, executor=executor)
        assert outcome.success
        assert [(each.step.name, each.status) for each in outcome.outcomes] == [
            ("maybe", "done"),
            ("after", "skipped"),
        ]
        assert instance.versions("maybe") == []
        former = former_run(instance, instance.runs()[0].id, "%retry")
        assert {name: step.ended for name, step in former.steps.items()} == {
            "maybe": "done",
            "after": "skipped",
        }


@pytest.mark.parametrize("executor", EXECUTORS, ids=repr)
def test_an_op_amid_a_graph_that_reads_one_is_skipped(executor: Executor) -> None:
    @op(out=Out(int, is_required=False))
    def nothing() -> Iterator[Output[int]]:
        yield from ()

    @op
    def more(number: int) -> int:
        return number + 1

    @graph_asset
    def maybe() -> Any:
        return nothing()

    @graph_asset
    def after(maybe: int) -> Any:
        return more.alias("last")(more(maybe))

    with closing(Instance.ephemeral()) as instance:
        assert ends(instance, maybe, after, executor=executor) == {
            "maybe.nothing": ("done", ""),
            "after.more": ("skipped", "the asset `maybe` did not come"),
            "after.last": ("skipped", "`after.more` was skipped"),
        }
        assert instance.runs()[0].status == "success"


def test_an_asset_that_is_required_may_not() -> None:
    @asset
    def surely() -> Iterator[Output[int]]:
        yield from ()

    with closing(Instance.ephemeral()) as instance:
        outcome = materialize_definitions([surely], instance=instance, raise_on_error=False)
        assert "nothing was given" in outcome.outcomes[0].message
