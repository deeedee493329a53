"""How a plan of partitions is cut into the runs of a backfill."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.partitions import (
    BackfillPolicy,
    DailyPartitionsDefinition,
    TimeWindowPartitionMapping,
    WeeklyPartitionsDefinition,
)
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.ports import AssetIn
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.freshness import nothing_made
from assetbook.dependencies.partition_graph import in_partitions
from assetbook.keys import AssetKey
from assetbook.planning.backfill_plan import Chunk, chunks_of
from assetbook.planning.planner import Request, make_plan
from assetbook.planning.steps import Plan

DAYS = DailyPartitionsDefinition("2026-01-01")
WEEKS = WeeklyPartitionsDefinition("2026-01-01")
KNOWN = KnownKeys(datetime(2026, 1, 20, 12, tzinfo=UTC))
BEFORE = TimeWindowPartitionMapping(-7, 0, allow_nonexistent_upstream_partitions=True)


@asset(partitions_def=DAYS)
def read() -> int:
    return 1


@asset(partitions_def=DAYS)
def cleaned(read) -> int:  # type: ignore[no-untyped-def]
    return 1


@asset(partitions_def=WEEKS)
def weekly(cleaned) -> int:  # type: ignore[no-untyped-def]
    return 1


@asset(partitions_def=DAYS, ins={"weekly": AssetIn(partition_mapping=BEFORE)})
def against_week(weekly) -> int:  # type: ignore[no-untyped-def]
    return 1


@asset
def report(weekly) -> int:  # type: ignore[no-untyped-def]
    return 1


ALL = (read, cleaned, weekly, report)


def planned(*assets: object) -> tuple[Plan, AssetGraph]:
    graph = AssetGraph.build(assets)  # type: ignore[arg-type]
    keys = {
        key: () if spec.partitions_def is None else KNOWN.keys(spec.partitions_def)
        for key, spec in graph.specs.items()
    }
    nodes = in_partitions(graph, keys, KNOWN)
    request = Request("*", tuple(nodes.order))
    return make_plan(nodes, nothing_made(nodes.specs), request), nodes


def names(chunk: Chunk) -> list[str]:
    return [str(node) for node in chunk.nodes]


def test_one_run_a_partition_each_after_what_it_reads() -> None:
    chunks = chunks_of(*planned(*ALL))
    assert names(chunks[0]) == ["read[2026-01-01]", "cleaned[2026-01-01]"]
    weeks = [each for each in chunks if each.nodes[0].asset == AssetKey("weekly")]
    assert [names(each) for each in weeks] == [["weekly[2026-01-04]"], ["weekly[2026-01-11]"]]
    assert weeks[0].after == tuple(range(3, 10))
    assert names(chunks[-1]) == ["report"]
    assert len(chunks) == 19 + 2 + 1


@pytest.mark.parametrize(("per_run", "runs"), [(7, 3 + 1 + 1), (None, 1 + 1 + 1)])
def test_several_partitions_a_run(per_run: int | None, runs: int) -> None:
    assert len(chunks_of(*planned(*ALL), per_run=per_run)) == runs


def test_newest_first_where_nothing_has_to_come_before() -> None:
    chunks = chunks_of(*planned(*ALL), newest_first=True)
    days = [each.nodes[0].partition for each in chunks if each.nodes[0].asset.parts == ("read",)]
    assert days == [f"2026-01-{day:02}" for day in range(19, 0, -1)]
    weeks = [each.nodes[0].partition for each in chunks if each.nodes[0].asset.parts == ("weekly",)]
    assert weeks == ["2026-01-11", "2026-01-04"]


def test_what_waits_for_each_other_goes_into_one_run() -> None:
    chunks = chunks_of(*planned(*ALL, against_week), per_run=None)
    [together] = [each for each in chunks if AssetKey("weekly").at("2026-01-04") in each.nodes]
    assert {node.asset.parts[-1] for node in together.nodes} == {
        "read", "cleaned", "weekly", "against_week",
    }  # fmt: skip


def test_a_call_that_makes_several_stays_whole() -> None:
    @asset(partitions_def=DAYS, backfill_policy=BackfillPolicy.single_run())
    def ranged(read) -> int:  # type: ignore[no-untyped-def]
        return 1

    chunks = chunks_of(*planned(read, ranged))
    [whole] = [each for each in chunks if any(n.asset.parts[-1] == "ranged" for n in each.nodes)]
    assert len([n for n in whole.nodes if n.asset.parts[-1] == "ranged"]) == 19


@settings(deadline=None)
@given(
    per_run=st.one_of(st.none(), st.integers(1, 20)),
    newest_first=st.booleans(),
    assets=st.lists(
        st.sampled_from([*ALL, against_week]), unique_by=lambda each: each.name, min_size=5
    ),
)
def test_every_node_is_in_one_chunk_that_comes_after_what_it_reads(
    per_run: int | None, newest_first: bool, assets: list[object]
) -> None:
    plan, graph = planned(*assets)
    chunks = chunks_of(plan, graph, per_run=per_run, newest_first=newest_first)
    place = {node: at for at, chunk in enumerate(chunks) for node in chunk.nodes}
    assert len(place) == sum(len(chunk.nodes) for chunk in chunks) == len(plan.steps)
    for at, chunk in enumerate(chunks):
        before = {place[up] for node in chunk.nodes for up in graph.dag.parents_of(node)} - {at}
        assert before == set(chunk.after)
        assert all(each < at for each in before)
