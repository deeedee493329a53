"""Assets that are made of their own earlier partitions, and mappings that do not fit."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
from tests.instance.making import make, state_of, steps

from assetbook.clock import ManualClock
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.partitions import (
    AllPartitionMapping,
    BackfillPolicy,
    DailyPartitionsDefinition,
    DimensionPartitionMapping,
    IdentityPartitionMapping,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    MultiToSingleDimensionPartitionMapping,
    PartitionMapping,
    PartitionsDefinition,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
)
from assetbook.definitions.ports import AssetIn
from assetbook.definitions.results import AssetCheckResult
from assetbook.definitions.spec import AssetDep, AssetSpec
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import DefinitionError
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.instance.remembered import remembered_standing
from assetbook.instance.remembered_plan import plan_remembered
from assetbook.instance.snapshots import remember, snapshot_of
from assetbook.instance.states import standing

DAYS = DailyPartitionsDefinition("2026-01-01")
COLORS = StaticPartitionsDefinition(["red", "blue"])
BOTH = MultiPartitionsDefinition({"color": COLORS, "date": DAYS})
BEFORE = TimeWindowPartitionMapping(-1, -1, allow_nonexistent_upstream_partitions=True)
DAY_BEFORE = AssetIn(partition_mapping=BEFORE)


@asset(partitions_def=DAYS, ins={"balance": DAY_BEFORE})
def balance(balance: pd.DataFrame | None) -> pd.DataFrame:
    """One more than the day before."""
    before = 0 if balance is None else int(balance["sum"].iloc[0])
    return pd.DataFrame({"sum": [before + 1]})


@pytest.fixture
def store() -> Instance:
    return Instance.ephemeral(clock=ManualClock(datetime(2026, 1, 6, 12, tzinfo=UTC)))


def asked(keys: str) -> Options:
    return Options(partitions=PartitionsAsked(keys))


def test_a_day_is_made_of_the_day_before_which_comes_first(store: Instance) -> None:
    made = make(store, balance, options=asked("2026-01-03"))
    assert steps(made) == [f"balance[2026-01-0{day}]" for day in (1, 2, 3)]
    sums = {each.partition: store.value_of(each)["sum"][0] for each in store.versions("balance")}
    assert sums == {"2026-01-01": 1, "2026-01-02": 2, "2026-01-03": 3}
    later = make(store, balance, options=asked("last"))
    assert steps(later) == ["balance[2026-01-04]", "balance[2026-01-05]"]
    assert state_of(store, "balance", balance) == "fresh"
    assert make(store, balance, options=asked("all")).plan.all_fresh


def test_what_is_called_for_several_is_called_day_by_day(store: Instance) -> None:
    calls = []

    @asset(
        partitions_def=DAYS,
        backfill_policy=BackfillPolicy.single_run(),
        ins={"sums": DAY_BEFORE},
        ignore={"calls"},
    )
    def sums(context, sums: dict[str, int]) -> dict[str, int]:  # type: ignore[no-untyped-def]
        calls.append((context.partition_keys, list(sums)))
        return {key: 1 + sum(sums.values()) for key in context.partition_keys}

    make(store, sums, options=asked("all"))
    assert calls[0] == (("2026-01-01",), [])
    assert calls[1] == (("2026-01-02",), ["2026-01-01"])
    assert len(calls) == 5


def test_every_color_of_the_day_before_comes_first(store: Instance) -> None:
    mapping = MultiPartitionMapping({"date": DimensionPartitionMapping("date", BEFORE)})

    @asset(partitions_def=BOTH, ins={"mixed": AssetIn(partition_mapping=mapping)})
    def mixed(mixed: dict[str, int]) -> int:
        return len(mixed)

    made = make(store, mixed, options=asked("blue|2026-01-02"))
    firsts = {"mixed[red|2026-01-01]", "mixed[blue|2026-01-01]"}
    assert {*steps(made)[:2]} == firsts
    assert steps(made)[2:] == ["mixed[blue|2026-01-02]"]
    make(store, mixed, options=asked("all"))
    assert state_of(store, "mixed", mixed) == "fresh"


def test_what_only_follows_its_past_has_an_order_too(store: Instance) -> None:
    @asset(partitions_def=DAYS, deps=[AssetDep("appended", partition_mapping=BEFORE)])
    def appended() -> int:
        return 1

    made = make(store, appended, options=asked("2026-01-02"))
    assert steps(made) == ["appended[2026-01-01]", "appended[2026-01-02]"]


def test_its_checks_and_its_snapshot_know_it(store: Instance) -> None:
    @asset_check(asset=balance, blocking=True)
    def positive(balance: pd.DataFrame) -> AssetCheckResult:
        return AssetCheckResult(passed=bool((balance["sum"] > 0).all()))

    make(store, balance, positive, options=asked("2026-01-02"))
    assert len(store.versions("balance")) == 2
    loaded = load([balance, positive], store)
    now = standing(store, loaded)
    remember(store, *snapshot_of(loaded, now, store.clock.now()))
    then, _ = remembered_standing(store)
    assert then.states[balance.key].reasons == now.states[balance.key].reasons
    plan, _, _ = plan_remembered(store, "balance", asked("2026-01-03"))
    assert [step.name for step in plan if step.kind == "asset"] == ["balance[2026-01-03]"]


@pytest.mark.parametrize(
    "mapping",
    [
        None,
        IdentityPartitionMapping(),
        AllPartitionMapping(),
        TimeWindowPartitionMapping(-1, 0),
        TimeWindowPartitionMapping(1, 1),
    ],
    ids=repr,
)
def test_what_may_be_made_of_itself_is_a_cycle(mapping: PartitionMapping | None) -> None:
    @asset(partitions_def=DAYS, ins={"x": AssetIn(partition_mapping=mapping)})
    def x(x: object) -> int:
        return 1

    with pytest.raises(DefinitionError, match=r"x → x.*TimeWindowPartitionMapping") as caught:
        AssetGraph.build([x])
    assert "(-1, -1)" in str(caught.value)


UNFIT: list[tuple[PartitionsDefinition, PartitionsDefinition | None, PartitionMapping, str]] = [
    (COLORS, DAYS, TimeWindowPartitionMapping(), "the upstream asset are no windows of time"),
    (DAYS, COLORS, TimeWindowPartitionMapping(), "the downstream asset are no windows of time"),
    (DAYS, None, IdentityPartitionMapping(), "the downstream asset has no partitions"),
    (COLORS, None, StaticPartitionMapping({"red": "a"}), "the downstream asset has no partitions"),
    (COLORS, COLORS, StaticPartitionMapping({"reed": "red"}), "Did you mean `red`"),
    (COLORS, COLORS, StaticPartitionMapping({"red": "reed"}), "downstream asset has no partition"),
    (COLORS, None, SpecificPartitionsPartitionMapping(["green"]), "has no partition 'green'"),
    (DAYS, DAYS, MultiPartitionMapping({}), "the upstream asset have one dimension"),
    (BOTH, DAYS, MultiPartitionMapping({}), "the downstream asset have one dimension"),
    (
        BOTH,
        BOTH,
        MultiPartitionMapping({"day": DimensionPartitionMapping("date", BEFORE)}),
        "no dimension `day`",
    ),
    (
        BOTH,
        BOTH,
        MultiPartitionMapping({"date": DimensionPartitionMapping("color", BEFORE)}),
        "by the dimension `date`, the partitions of the downstream asset are no windows",
    ),
    (DAYS, DAYS, MultiToSingleDimensionPartitionMapping(), "one side must have several dimensions"),
    (BOTH, DAYS, MultiToSingleDimensionPartitionMapping("day"), "there is no dimension `day`"),
    (
        BOTH,
        StaticPartitionsDefinition(["red"]),
        MultiToSingleDimensionPartitionMapping(),
        "name it",
    ),
    (BOTH, COLORS, MultiToSingleDimensionPartitionMapping("date", BEFORE), "no windows of time"),
]


@pytest.mark.parametrize(("upstream", "downstream", "mapping", "why"), UNFIT)
def test_a_mapping_that_does_not_fit_is_told_as_definitions_are_gathered(
    upstream: PartitionsDefinition,
    downstream: PartitionsDefinition | None,
    mapping: PartitionMapping,
    why: str,
) -> None:
    up = AssetSpec("up", partitions_def=upstream)
    reads = asset(partitions_def=downstream, ins={"up": AssetIn(partition_mapping=mapping)})

    @reads
    def down(up: object) -> int:
        return 1

    follows = AssetSpec(
        "follows", deps=[AssetDep("up", partition_mapping=mapping)], partitions_def=downstream
    )
    for definition in (down, follows):
        with pytest.raises(DefinitionError, match="takes `up` by") as caught:
            AssetGraph.build([up, definition])
        assert why in str(caught.value)


def test_a_check_says_so_too() -> None:
    up = AssetSpec("up", partitions_def=COLORS)

    @asset(partitions_def=DAYS)
    def down() -> int:
        return 1

    wrong = AssetIn(partition_mapping=TimeWindowPartitionMapping())

    @asset_check(asset=down, additional_ins={"up": wrong})
    def look(down: int, up: object) -> AssetCheckResult:
        return AssetCheckResult(passed=True)

    with pytest.raises(DefinitionError, match="takes `up` by"):
        AssetGraph.build([up, down, look])
