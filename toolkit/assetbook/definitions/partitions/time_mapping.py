"""The mapping between windows of time: by what overlaps."""

from __future__ import annotations

from collections.abc import Collection

from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.partitions.mapping import PartitionMapping, Upstream
from assetbook.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from assetbook.errors import DefinitionError, with_article
from assetbook.named_arguments import named_arguments


@named_arguments
class TimeWindowPartitionMapping(PartitionMapping):
    """Each window is made of the upstream windows that overlap it.

    ``start_offset`` and ``end_offset`` move its ends by that many downstream windows before that:
    -1 and 0 add the one before, -1 and -1 take that alone. A window that is needed and lies before
    the first upstream one, or is not over yet, is an error unless
    ``allow_nonexistent_upstream_partitions``.
    """

    __slots__ = ("allow_nonexistent_upstream_partitions", "end_offset", "start_offset")

    start_offset: int
    end_offset: int
    allow_nonexistent_upstream_partitions: bool

    def __init__(
        self,
        start_offset: int = 0,
        end_offset: int = 0,
        allow_nonexistent_upstream_partitions: bool = False,
    ) -> None:
        for name, offset in (("start_offset", start_offset), ("end_offset", end_offset)):
            if not isinstance(offset, int):
                raise DefinitionError(
                    f"TimeWindowPartitionMapping({name}={offset!r})",
                    f"it is {with_article(type(offset).__name__)}",
                    "Give a number of windows, such as -1 for the one before.",
                )
        put = object.__setattr__
        put(self, "start_offset", start_offset)
        put(self, "end_offset", end_offset)
        put(self, "allow_nonexistent_upstream_partitions", allow_nonexistent_upstream_partitions)

    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """The windows that overlap that of the key."""
        assert isinstance(upstream, TimeWindowPartitionsDefinition)
        if key is None or not isinstance(downstream, TimeWindowPartitionsDefinition):
            return Upstream(known.keys(upstream))
        place = downstream.place_of(key)
        start = downstream.starts[place + self.start_offset]
        end = downstream.starts[place + 1 + self.end_offset]
        if end <= start:
            return Upstream(())
        starts = upstream.starts
        first, last = starts.place_at(start), starts.place_before(end)
        there = known.places(upstream)
        keys, missing = [], []
        for at in range(first, last + 1):
            named = upstream.key_at(at)
            if named in there:
                keys.append(named)
            elif not upstream.leaves_out(at):
                missing.append(named)
        allowed = self.allow_nonexistent_upstream_partitions
        return Upstream(keys, () if allowed else missing)

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """The windows that any of the keys' windows overlaps."""
        assert isinstance(upstream, TimeWindowPartitionsDefinition)
        assert isinstance(downstream, TimeWindowPartitionsDefinition)
        found: set[int] = set()
        for key in keys if self.start_offset <= self.end_offset else ():
            place = upstream.place_of(key)
            start, end = upstream.starts[place], upstream.starts[place + 1]
            first = downstream.starts.place_at(start) - self.end_offset
            last = downstream.starts.place_before(end) - self.start_offset
            found.update(range(max(first, 0), last + 1))
        there = known.places(downstream)
        named = (downstream.key_at(at) for at in sorted(found))
        return [each for each in named if each in there]

    def gives_one(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> bool:
        """Whether both are cut alike, and one window is meant."""
        return (
            self.start_offset == self.end_offset
            and isinstance(upstream, TimeWindowPartitionsDefinition)
            and isinstance(downstream, TimeWindowPartitionsDefinition)
            and upstream.cron == downstream.cron
        )

    @property
    def looks_back(self) -> bool:
        """Whether the windows it takes end where that of the key begins, or before."""
        return self.end_offset < 0

    def refuse_unfit(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> str:
        """Both must be windows of time."""
        for each, name in ((upstream, "upstream"), (downstream, "downstream")):
            if not isinstance(each, TimeWindowPartitionsDefinition):
                return f"the partitions of the {name} asset are no windows of time"
        return ""

    def __repr__(self) -> str:
        offsets = f"{self.start_offset}, {self.end_offset}"
        return (
            f"TimeWindowPartitionMapping({offsets}, {self.allow_nonexistent_upstream_partitions})"
        )
