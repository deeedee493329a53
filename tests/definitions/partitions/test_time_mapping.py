"""Windows are mapped by overlap as by a comparison of every window with every other."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

import assetbook as ab
from assetbook.definitions.partitions.known_keys import KnownKeys

NOW = datetime(2024, 4, 20, 10, 30, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
CRONS = st.sampled_from(["0 0 * * *", "30 5 * * *", "0 0 * * 0", "0 0 1 * *", "0 0 * * 1-5"])
STARTS = st.sampled_from(["2024-02-20", "2024-03-07", "2024-03-28"])
DEFINITIONS = st.builds(
    lambda start, cron, zone: ab.TimeWindowPartitionsDefinition(
        start, "%Y-%m-%d", cron_schedule=cron, timezone=zone
    ),
    STARTS,
    CRONS,
    ZONES,
)


def overlapping(
    one: ab.TimeWindowPartitionsDefinition, key: str, other: ab.TimeWindowPartitionsDefinition
) -> list[str]:
    """The slow way: each of the other's windows compared with this one."""
    start, end = (each.astimezone(UTC) for each in one.time_window_for_partition_key(key))
    windows = {
        named: other.time_window_for_partition_key(named)
        for named in other.get_partition_keys(current_time=NOW)
    }
    return [
        named
        for named, window in windows.items()
        if window.start.astimezone(UTC) < end and start < window.end.astimezone(UTC)
    ]


@given(DEFINITIONS, DEFINITIONS, st.data())
@settings(max_examples=60, deadline=None)
def test_overlap_is_found_both_ways(
    upstream: ab.TimeWindowPartitionsDefinition,
    downstream: ab.TimeWindowPartitionsDefinition,
    data: st.DataObject,
) -> None:
    known, mapping = KnownKeys(NOW), ab.TimeWindowPartitionMapping()
    for one, other, up in ((downstream, upstream, False), (upstream, downstream, True)):
        keys = known.keys(one)
        if not keys:
            continue
        key = data.draw(st.sampled_from(list(keys)))
        found = (
            mapping.downstream_of([key], downstream, upstream, known)
            if up
            else list(mapping.upstream_of(key, downstream, upstream, known).keys)
        )
        assert found == overlapping(one, key, other)
