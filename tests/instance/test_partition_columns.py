"""Partitions that are judged at once stand as their nodes do: whatever is made, edited or lost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.partitions import (
    AllPartitionMapping,
    DailyPartitionsDefinition,
    IdentityPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
)
from assetbook.definitions.ports import AssetIn
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import AssetbookError
from assetbook.events.parts import Origin
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded, load
from assetbook.instance.partition_columns import judged
from assetbook.instance.partition_standing import any_partitions, as_wholes, every_partition
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.instance.remembered import remembered_standing, standing_of
from assetbook.instance.snapshots import remember, snapshot_of
from assetbook.instance.standing import Standing
from assetbook.instance.states import manifests_of, standing
from assetbook.instance.wiping import plan_wipes, wipe
from assetbook.keys import AssetKey

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])
DAYS = DailyPartitionsDefinition("2026-01-01", end_date="2026-01-04")
LATER = DailyPartitionsDefinition("2026-01-02", end_date="2026-01-05")
BY_NOON = DailyPartitionsDefinition("2026-01-01", end_date="2026-01-05", hour_offset=12)
BEFORE = TimeWindowPartitionMapping(-1, -1, allow_nonexistent_upstream_partitions=True)
ORIGIN = Origin(user="ada", host="here", kind="python")
NOISE = 1
HOW = st.fixed_dictionaries(
    {
        "code": st.integers(0, 2),
        "data": st.integers(0, 1),
        "authored": st.sampled_from([*[None] * 6, "1", "2"]),
        "world": st.sampled_from([False, False, False, True]),
        "large": st.booleans(),
        "doubt": st.sampled_from([*[None] * 6, iter([1])]),
        "fails_on": st.sampled_from(["", "", "", "b"]),
        "max_age": st.sampled_from([*[None] * 8, timedelta(days=1), timedelta(0)]),
        "ignore": st.sampled_from([*[()] * 6, ("NOISE",)]),
        "reads": st.sampled_from([*[()] * 6, "*.txt"]),
        "check": st.sampled_from([*[""] * 9, "passes", "fails", "warns"]),
    }
)
How = Mapping[str, Any]
Shape = list[tuple[Any, dict[str, Any]]]


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """For each asset its partitions, and the mapping by which it reads some of those before."""
    found: Shape = []
    usual = draw(st.sampled_from([LETTERS, DAYS]))
    for number in range(draw(st.integers(2, 5))):
        own = draw(st.sampled_from([usual, usual, usual, LETTERS, DAYS, None]))
        above = draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else set()
        read = {f"x{each}": draw(_mapping(own, found[each][0])) for each in sorted(above)}
        found.append((own, read))
    return found


def _mapping(own: object, upstream: object) -> st.SearchStrategy[Any]:
    given: list[Any] = [*[None] * 6, AllPartitionMapping()]
    if own is upstream is not None:
        given.append(IdentityPartitionMapping())
    if own is upstream is DAYS:
        given.append(BEFORE)
    return st.sampled_from(given)


def definitions(shape: Shape, hows: list[How]) -> list[object]:
    found: list[object] = []
    for number, ((own, read), how) in enumerate(zip(shape, hows, strict=True)):
        found.append(_made(f"x{number}", own, read, how))
        if how["check"]:
            found.append(_check(f"x{number}", how["check"]))
    return found


def _made(name: str, own: Any, read: Mapping[str, Any], how: How) -> object:
    code, data, fails_on = how["code"], how["data"], how["fails_on"]
    size, doubt = 70_000 if how["large"] else 1, how["doubt"]

    def outside() -> None:
        time.time()

    look = outside if how["world"] else bool

    def value(context: Any) -> str:
        if fails_on and context.has_partition_key and context.partition_key == fails_on:
            raise ValueError(fails_on)
        look()
        if doubt is not None:
            next(doubt, None)
        return f"{data}" * size + f"{NOISE}"[: code + 9]

    def none(context: Any) -> str:
        return value(context)

    def one(context: Any, first: object) -> str:
        return value(context)

    def two(context: Any, first: object, second: object) -> str:
        return value(context)

    parameters = zip(("first", "second"), read.items(), strict=False)
    return asset(
        name=name,
        partitions_def=own,
        ins={
            parameter: AssetIn(key, partition_mapping=mapping)
            for parameter, (key, mapping) in parameters
        },
        code_version=how["authored"],
        max_age=how["max_age"],
        ignore=how["ignore"],
        reads=how["reads"],
    )((none, one, two)[len(read)])


def _check(name: str, says: str) -> object:
    passes, severe = says == "passes", says == "fails"

    @asset_check(asset=name, blocking=severe, name="looked")
    def looked() -> bool:
        return passes

    return looked


def of_nodes(instance: Instance, loaded: Loaded) -> tuple[AssetGraph, Standing]:
    """A node for each partition, and how everything stands by those."""
    graph = loaded.graph
    nodes = every_partition(graph, instance.known_partitions(), graph.specs)
    parts = standing(instance, loaded, nodes)
    assert parts.of_wholes is not None
    made = instance.store.made_of_partitions(graph.specs)
    return nodes, as_wholes(parts.of_wholes(), parts, graph.specs, made)


def compare(instance: Instance, made: list[object]) -> Standing:
    loaded = load(made, instance)
    if not any_partitions(loaded.graph):
        return standing(instance, loaded)
    quick, slow = standing(instance, loaded), of_nodes(instance, loaded)[1]
    for name in ("states", "partitions", "recorded", "pending_checks", "defined", "check_codes"):
        assert getattr(quick, name) == getattr(slow, name), name
    compare_remembered(instance, loaded, quick)
    return quick


def compare_remembered(instance: Instance, loaded: Loaded, now: Standing) -> None:
    """By a snapshot alone, too, they stand as their nodes do."""
    remember(instance, *snapshot_of(loaded, now, instance.clock.now()))
    quick, _ = remembered_standing(instance)
    graph = quick.graph
    nodes = every_partition(graph, instance.known_partitions(), graph.specs)
    made = instance.store.made_of_partitions(graph.specs)
    slow = as_wholes(quick, standing_of(instance, nodes), graph.specs, made)
    for name in ("states", "partitions", "recorded", "pending_checks"):
        assert getattr(quick, name) == getattr(slow, name), name


def lose_files(instance: Instance, key: AssetKey, which: int) -> None:
    versions = instance.store.versions(key)
    paths = [each.event.value.path for each in versions if each.event.value is not None]
    files = [instance.values.root / path for path in paths if path is not None]
    for file in files[which::2]:
        file.unlink(missing_ok=True)


def wipe_some(instance: Instance, key: AssetKey, which: int) -> None:
    numbers = [each.number for each in instance.store.versions(key)][which::2]
    if numbers:
        wipe(instance, plan_wipes(instance, {key: numbers}), ORIGIN)


def divided(shape: Shape, code: int) -> Shape:
    """The same by days that begin later, or by others of the same keys, or as before."""
    now = (LATER, BY_NOON, DAYS)[code]
    others = {DAYS, LATER, BY_NOON}
    return [(now if own in others else own, read) for own, read in shape]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["make", "make", "edit", "replace", "lose", "wipe", "divide"]),
        st.integers(0, 4),
        st.sampled_from(["all", "all", "first", "last"]),
        HOW,
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=25)
@given(shapes(), st.lists(HOW, min_size=5, max_size=5), STEPS)
def test_judged_at_once_they_stand_as_their_nodes_do(
    shape: Shape, hows: list[How], todo: list[tuple[str, int, str, How]]
) -> None:
    hows = hows[: len(shape)]
    with tempfile.TemporaryDirectory() as folder, closing(Instance.open(folder)) as instance:
        compare(instance, definitions(shape, hows))
        for what, at, which, how in [("make", 0, "all", hows[0]), *todo]:
            at %= len(shape)
            key = AssetKey(f"x{at}")
            if what == "edit":
                hows[at] = {**hows[at], "code": how["code"], "data": how["data"]}
            elif what == "replace":
                hows[at] = how
            elif what == "lose":
                lose_files(instance, key, at % 2)
            elif what == "wipe":
                wipe_some(instance, key, at % 2)
            elif what == "divide":
                shape = divided(shape, how["code"])
            else:
                options = Options(partitions=PartitionsAsked(which))
                every = definitions(shape, hows)
                with suppress(AssetbookError):  # nothing has partitions, or a step's failure
                    make(instance, *every, selection="*", options=options, raise_on_error=False)
            compare(instance, definitions(shape, hows))


PLAIN: How = {
    "code": 0,
    "data": 0,
    "authored": None,
    "world": False,
    "large": False,
    "doubt": None,
    "fails_on": "",
    "max_age": None,
    "ignore": (),
    "reads": (),
    "check": "",
}
CHAIN: Shape = [(LETTERS, {}), (LETTERS, {"x0": None}), (LETTERS, {"x0": None, "x1": None})]


def made_chain(instance: Instance, *hows: How, which: str = "all") -> list[object]:
    every = definitions(CHAIN, [*hows, *[PLAIN] * (3 - len(hows))])
    options = Options(partitions=PartitionsAsked(which))
    make(instance, *every, options=options, raise_on_error=False)
    return every


def test_a_chain_needs_no_nodes(instance: Instance) -> None:
    every = made_chain(instance, which="first")
    loaded = load(every, instance)
    of_wholes = standing(instance, loaded, of_nodes(instance, loaded)[0]).of_wholes
    assert of_wholes is not None
    found = judged(instance, of_wholes(), manifests_of(instance))
    assert found.partitions.keys() == {AssetKey(f"x{each}") for each in range(3)}
    assert not found.others
    partitions = compare(instance, every).partitions
    assert partitions[AssetKey("x2")].states == ["fresh", "missing", "missing"]


def test_what_reads_the_world_makes_as_of_what_reads_it(instance: Instance) -> None:
    now = compare(instance, made_chain(instance, {**PLAIN, "world": True}))
    source, below = now.states[AssetKey("x0")], now.states[AssetKey("x2")]
    assert source.own_as_of and not below.own_as_of
    assert source.as_of == below.as_of is not None


def test_one_remade_partition_makes_stale_what_read_it(instance: Instance) -> None:
    made_chain(instance)
    edited = [{**PLAIN, "data": 1}]
    every = definitions(CHAIN, [*edited, PLAIN, PLAIN])
    options = Options(partitions=PartitionsAsked("b"))
    make(instance, *every, selection="x0", options=options)
    now = compare(instance, every)
    states = {str(key): summary.states for key, summary in now.partitions.items()}
    assert states["x0"] == ["stale", "fresh", "stale"]
    assert states["x1"] == states["x2"] == ["stale"] * 3


def test_a_lost_file_and_a_wiped_version_are_seen(instance: Instance) -> None:
    every = made_chain(instance, {**PLAIN, "large": True})
    lose_files(instance, AssetKey("x0"), 1)
    now = compare(instance, every)
    assert now.partitions[AssetKey("x0")].states == ["fresh", "stale", "fresh"]
    assert now.partitions[AssetKey("x2")].states == ["fresh", "stale", "fresh"]
    wipe_some(instance, AssetKey("x1"), 2)
    now = compare(instance, every)
    assert now.partitions[AssetKey("x1")].states == ["missing", "stale", "fresh"]
    assert now.partitions[AssetKey("x2")].states == ["stale", "stale", "fresh"]
