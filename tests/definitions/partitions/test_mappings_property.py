"""Every mapping, in both directions, against what a comparison of all pairs says."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.definitions.partitions import listing

from assetbook.definitions.partitions import (
    AllPartitionMapping,
    DailyPartitionsDefinition,
    DimensionPartitionMapping,
    HourlyPartitionsDefinition,
    IdentityPartitionMapping,
    LastPartitionMapping,
    MonthlyPartitionsDefinition,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    MultiToSingleDimensionPartitionMapping,
    PartitionMapping,
    PartitionsDefinition,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    default_mapping,
)
from assetbook.definitions.partitions.known_keys import KnownKeys

ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
LETTERS = "abcd"
OFFSETS = st.integers(-2, 2)


@st.composite
def windows(
    draw: st.DrawFn, kinds: tuple[str, ...] = ("daily", "weekly", "monthly")
) -> TimeWindowPartitionsDefinition:
    """Windows of time that begin some days before the spring's change of clocks in New York."""
    day = datetime(2024, 3, draw(st.integers(4, 11)))
    more = {
        "timezone": draw(ZONES),
        "end_offset": draw(st.integers(-1, 2)),
        "end_date": draw(
            st.sampled_from([None, None, datetime(2024, 3, 11), datetime(2024, 4, 2)])
        ),
    }
    kind = draw(st.sampled_from(kinds))
    if kind == "hourly":
        left_out = draw(st.sampled_from([None, ["0 3 * * *"], [datetime(2024, 3, 10, 7)]]))
        return HourlyPartitionsDefinition(
            day, minute_offset=draw(st.sampled_from([0, 30])), exclusions=left_out, **more
        )
    hour = draw(st.sampled_from([0, 0, 6]))
    if kind == "daily":
        left_out = draw(st.sampled_from([None, [f"0 {hour} * * 0"], [datetime(2024, 3, 6, hour)]]))
        return DailyPartitionsDefinition(day, hour_offset=hour, exclusions=left_out, **more)
    if kind == "weekly":
        begin = day.replace(month=2)
        weekday = draw(st.integers(0, 6))
        return WeeklyPartitionsDefinition(begin, hour_offset=hour, day_offset=weekday, **more)
    begin = day.replace(month=1)
    return MonthlyPartitionsDefinition(begin, day_offset=draw(st.sampled_from([1, 6])), **more)


def listed() -> st.SearchStrategy[StaticPartitionsDefinition]:
    some = st.lists(st.sampled_from(LETTERS), min_size=1, unique=True)
    return some.map(StaticPartitionsDefinition)


def single() -> st.SearchStrategy[PartitionsDefinition]:
    return st.one_of(windows(), listed())


def several() -> st.SearchStrategy[MultiPartitionsDefinition]:
    names = st.sampled_from(["color", "date", "size", "zone"])
    return st.dictionaries(names, single(), min_size=2, max_size=3).map(MultiPartitionsDefinition)


def some_keys(definition: PartitionsDefinition) -> st.SearchStrategy[list[str]]:
    known = [*listing.keys(definition), "z"]
    return st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True)


@st.composite
def by_key(
    draw: st.DrawFn, upstream: PartitionsDefinition, downstream: PartitionsDefinition
) -> PartitionMapping:
    """A mapping that fits any two of one dimension."""
    kinds = [IdentityPartitionMapping(), AllPartitionMapping(), LastPartitionMapping()]
    if draw(st.booleans()):
        return draw(st.sampled_from(kinds))
    if draw(st.booleans()):
        return SpecificPartitionsPartitionMapping(draw(some_keys(upstream)))
    ups = draw(some_keys(upstream))
    return StaticPartitionMapping({up: draw(some_keys(downstream)) for up in ups})


@st.composite
def between(
    draw: st.DrawFn, upstream: PartitionsDefinition, downstream: PartitionsDefinition
) -> PartitionMapping:
    """A mapping between two definitions of one dimension."""
    both = (upstream, downstream)
    timed = all(isinstance(each, TimeWindowPartitionsDefinition) for each in both)
    if timed and draw(st.integers(0, 3)):
        return TimeWindowPartitionMapping(draw(OFFSETS), draw(OFFSETS), draw(st.booleans()))
    return draw(by_key(upstream, downstream))


@st.composite
def by_dimension(
    draw: st.DrawFn, upstream: MultiPartitionsDefinition, downstream: MultiPartitionsDefinition
) -> PartitionMapping:
    names = draw(st.lists(st.sampled_from(sorted(upstream.dimensions)), unique=True))
    found = {}
    for name in names:
        other = draw(st.sampled_from(sorted(downstream.dimensions)))
        own = draw(between(upstream.dimensions[name], downstream.dimensions[other]))
        found[name] = DimensionPartitionMapping(other, own)
    return MultiPartitionMapping(found)


@st.composite
def by_one(
    draw: st.DrawFn, multi: MultiPartitionsDefinition, single: PartitionsDefinition, *, up: bool
) -> PartitionMapping:
    name = draw(st.sampled_from(sorted(multi.dimensions)))
    sides = (multi.dimensions[name], single) if up else (single, multi.dimensions[name])
    return MultiToSingleDimensionPartitionMapping(name, draw(between(*sides)))


def holds(
    mapping: PartitionMapping,
    upstream: PartitionsDefinition,
    downstream: PartitionsDefinition,
    data: st.DataObject,
) -> None:
    """Compares the mapping with what the slow comparison of pairs says."""
    known = KnownKeys(listing.NOW)
    ups, downs = listing.keys(upstream), listing.keys(downstream)
    assert list(known.keys(upstream)) == ups
    assert list(known.keys(downstream)) == downs
    pairs = {
        down: [up for up in ups if listing.is_part(mapping, up, upstream, down, downstream)]
        for down in downs
    }
    for down in downs:
        found = mapping.upstream_of(down, downstream, upstream, known)
        assert list(found.keys) == pairs[down]
        if isinstance(mapping, TimeWindowPartitionMapping):
            expected = listing.missing(mapping, upstream, down, downstream)
            assert list(found.missing) == expected
        if mapping.gives_one(upstream, downstream):
            assert len(pairs[down]) <= 1
    if not ups:
        return
    changed = data.draw(st.lists(st.sampled_from(ups), unique=True, max_size=4))
    reached = [down for down in downs if not {*changed}.isdisjoint(pairs[down])]
    assert mapping.downstream_of(changed, downstream, upstream, known) == reached


@settings(max_examples=150, deadline=None)
@given(windows(), windows(), OFFSETS, OFFSETS, st.booleans(), st.data())
def test_windows_by_overlap(upstream, downstream, start, end, allowed, data) -> None:  # type: ignore[no-untyped-def]
    holds(TimeWindowPartitionMapping(start, end, allowed), upstream, downstream, data)


SHORT = windows(("hourly", "daily"))


@settings(max_examples=50, deadline=None)
@given(SHORT, SHORT, OFFSETS, OFFSETS, st.booleans(), st.data())
def test_hours_by_overlap(upstream, downstream, start, end, allowed, data) -> None:  # type: ignore[no-untyped-def]
    holds(TimeWindowPartitionMapping(start, end, allowed), upstream, downstream, data)


@settings(max_examples=150, deadline=None)
@given(single(), single(), st.data())
def test_keys_alone(upstream, downstream, data) -> None:  # type: ignore[no-untyped-def]
    holds(data.draw(by_key(upstream, downstream)), upstream, downstream, data)


@settings(max_examples=100, deadline=None)
@given(several(), several(), st.data())
def test_dimension_by_dimension(upstream, downstream, data) -> None:  # type: ignore[no-untyped-def]
    holds(data.draw(by_dimension(upstream, downstream)), upstream, downstream, data)


@settings(max_examples=100, deadline=None)
@given(several(), single(), st.booleans(), st.data())
def test_one_dimension_of_several(multi, one, up, data) -> None:  # type: ignore[no-untyped-def]
    mapping = data.draw(by_one(multi, one, up=up))
    holds(mapping, *((multi, one) if up else (one, multi)), data)


@settings(max_examples=100, deadline=None)
@given(st.one_of(single(), several()), st.one_of(single(), several()), st.data())
def test_what_holds_where_nobody_says_so(upstream, downstream, data) -> None:  # type: ignore[no-untyped-def]
    mapping = default_mapping(upstream, downstream)
    assert mapping.refuse_unfit(upstream, downstream) == ""
    holds(mapping, upstream, downstream, data)
