"""What the function of a sensor of several assets may ask, and how it says what it has consumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.event_log_entry import EventLogEntry, entry_of
from assetbook.definitions.multi_asset_cursor import (
    Consumed,
    advanced,
    read_cursor,
    write_cursor,
)
from assetbook.definitions.partitions import PartitionMapping, PartitionsDefinition, default_mapping
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.definitions.spec import AssetSpec, key_of
from assetbook.errors import SelectionError, UsageError, did_you_mean
from assetbook.events.asset_events import AssetMaterialized
from assetbook.keys import AssetKey

_NEWEST: Mapping[str, Any] = {"newest_first": True, "limit": 1}


class MultiAssetSensorEvaluationContext(SensorEvaluationContext):
    """One evaluation of a sensor of several assets.

    What it is given are the materializations that it has not consumed; ``advance_cursor`` and
    ``advance_all_cursors`` consume. What is said of partitions needs the assets' definitions.
    """

    built_by: ClassVar[str] = "build_multi_asset_sensor_context"

    def __init__(self, monitored_assets: Sequence[object], **given: Any) -> None:
        super().__init__(**given)
        self.asset_keys = tuple(key_of(each) for each in monitored_assets)
        """The assets that it monitors."""
        self._consumed = read_cursor(self._cursor)
        self._taken: dict[AssetKey, dict[int, EventLogEntry]] = {}
        self._all_taken = False

    # -- materializations

    def materialization_records_for_key(
        self, asset_key: object, limit: int | None = None
    ) -> Sequence[EventLogEntry]:
        """The materializations after the asset's cursor, the earliest first; at most ``limit``."""
        key = self._monitored(asset_key)
        return self._entries(key, after=self._cursor_of(key).event_id, limit=limit)

    def latest_materialization_records_by_key(
        self, asset_keys: Sequence[object] | None = None
    ) -> Mapping[AssetKey, EventLogEntry | None]:
        """The latest materialization of each asset after its cursor; None where there is none."""
        asked = self.asset_keys if asset_keys is None else map(self._monitored, asset_keys)
        found = {}
        for key in asked:
            entries = self._entries(key, after=self._cursor_of(key).event_id, **_NEWEST)
            found[key] = entries[0] if entries else None
        return found

    def latest_materialization_records_by_partition(
        self, asset_key: object, after_cursor_partition: bool = False
    ) -> Mapping[str, EventLogEntry]:
        """The latest materialization of each partition that is not consumed, in the order in which
        they came; with ``after_cursor_partition`` of those that come after the cursor's partition.

        Raises UsageError for an asset without partitions.
        """
        key = self._monitored(asset_key)
        partitions = self._partitions_of(key)
        known = list(self._known_keys().keys(partitions))
        at = self._cursor_of(key).partition
        if after_cursor_partition and at in known:
            known = known[known.index(at) + 1 :]
        wanted = frozenset(known)
        found: dict[str, EventLogEntry] = {}
        left, after = (
            self.get_trailing_unconsumed_events(key),
            self.materialization_records_for_key(key),
        )
        for entry in (*left, *after):
            partition = entry.partition_key
            if partition is not None and partition in wanted:
                found.pop(partition, None)  # so that it comes last
                found[partition] = entry
        return found

    def latest_materialization_records_by_partition_and_asset(
        self,
    ) -> Mapping[str, Mapping[AssetKey, EventLogEntry]]:
        """The same for all assets: by partition, then by asset.

        Raises UsageError unless all are divided alike.
        """
        every = {self._partitions_of(key) for key in self.asset_keys}
        if len(every) > 1:
            raise UsageError(
                "the materializations by partition and asset",
                "the assets are not divided alike",
                "Ask latest_materialization_records_by_partition(key) for each.",
            )
        found: dict[str, dict[AssetKey, EventLogEntry]] = {}
        for key in self.asset_keys:
            for name, entry in self.latest_materialization_records_by_partition(key).items():
                found.setdefault(name, {})[key] = entry
        return found

    def get_trailing_unconsumed_events(self, asset_key: object) -> Sequence[EventLogEntry]:
        """The materializations before the asset's cursor that are not consumed, the earliest
        first: the latest of each partition."""
        key = self._monitored(asset_key)
        found = [
            self._entries(key, after=event_id - 1, limit=1)
            for event_id in sorted(self._cursor_of(key).left.values())
        ]
        return [entry for entries in found for entry in entries]

    # -- the cursor

    def advance_cursor(
        self, materialization_records_by_key: Mapping[AssetKey, EventLogEntry | None]
    ) -> None:
        """Consumes these materializations, and earlier ones of the same partitions; None leaves an
        asset as it is."""
        for asset_key, entry in materialization_records_by_key.items():
            key = self._monitored(asset_key)
            if entry is not None:
                self._taken.setdefault(key, {})[entry.storage_id] = entry
        self.cursor_updated = True

    def advance_all_cursors(self) -> None:
        """Consumes all materializations of all its assets."""
        self.advance_cursor(self.latest_materialization_records_by_key())
        self._all_taken = True

    def update_cursor(self, cursor: str | None) -> NoReturn:
        """Raises UsageError: this sensor keeps its cursor itself."""
        raise UsageError(
            "context.update_cursor(...)",
            "a sensor of several assets keeps its cursor itself",
            "Call context.advance_cursor(...) or context.advance_all_cursors().",
        )

    def consume(self) -> None:
        """Moves the cursor past what was advanced over, once its function has returned."""
        if self.cursor_updated:
            after = {key: self._cursor_after(key) for key in self.asset_keys}
            self._consumed = {key: each for key, each in after.items() if each.event_id}
            self._cursor = write_cursor(self._consumed)
            self._taken, self._all_taken = {}, False

    def get_cursor_partition(self, asset_key: object) -> str | None:
        """The partition of the latest materialization of the asset that was consumed."""
        return self._cursor_of(self._monitored(asset_key)).partition

    def _cursor_of(self, key: AssetKey) -> Consumed:
        return self._consumed.get(key, Consumed())

    def _cursor_after(self, key: AssetKey) -> Consumed:
        before, taken = self._cursor_of(key), self._taken.get(key, {})
        if self._all_taken:
            latest = max([before.event_id, *taken])
            entry = taken.get(latest)
            return Consumed(latest, entry.partition_key if entry else before.partition)
        until = max(taken, default=0)
        after = self._entries(key, after=before.event_id) if until > before.event_id else []
        return advanced(key, before, taken, [each for each in after if each.storage_id <= until])

    # -- partitions

    def all_partitions_materialized(
        self, asset_key: object, partitions: Sequence[str] | None = None
    ) -> bool:
        """Whether all partitions of the asset, or those named, were ever materialized; whatever is
        consumed."""
        key = self._monitored(asset_key)
        if partitions is not None and not partitions:
            raise UsageError(
                "all_partitions_materialized(partitions=[])", "it names none", "Leave it out."
            )
        if partitions is None:
            partitions = self._known_keys().keys(self._partitions_of(key))
        made = self.instance.store.made_of_partitions([key]).get(key, {})
        return all(each in made for each in partitions)

    def get_downstream_partition_keys(
        self, partition_key: str, from_asset_key: object, to_asset_key: object
    ) -> Sequence[str]:
        """The partitions of one asset that are made of that partition of another one, in order; by
        the mapping of the one that reads, or the usual one.

        Raises UsageError for an asset without partitions.
        """
        upstream, downstream = key_of(from_asset_key), key_of(to_asset_key)
        above, below = self._partitions_of(upstream), self._partitions_of(downstream)
        mapping = self._mapping(upstream, downstream) or default_mapping(above, below)
        return mapping.downstream_of([partition_key], below, above, self._known_keys())

    def _mapping(self, upstream: AssetKey, downstream: AssetKey) -> PartitionMapping | None:
        """What the author said for what one reads, or follows, of the other; None for nothing."""
        maker, spec = self._defined(downstream)
        ports = maker.inputs if maker is not None else ()
        said = [each.partition_mapping for each in ports if each.key == upstream]
        said += [each.partition_mapping for each in spec.deps if each.asset_key == upstream]
        return next((each for each in said if each is not None), None)

    def _partitions_of(self, key: AssetKey) -> PartitionsDefinition:
        found = self._defined(key)[1].partitions_def
        if found is None:
            raise UsageError(
                f"the partitions of `{key}`",
                "the asset has none",
                "Ask latest_materialization_records_by_key().",
            )
        return found

    def _defined(self, key: AssetKey) -> tuple[AssetsDefinition | None, AssetSpec]:
        known: dict[AssetKey, tuple[AssetsDefinition | None, AssetSpec]] = {}
        for each in self.definitions.assets:
            if isinstance(each, AssetsDefinition):
                known |= {spec.key: (each, spec) for spec in each.specs}
            else:
                known.setdefault(each.key, (None, each))
        if key in known:
            return known[key]
        raise SelectionError(
            f"the definition of `{key}`",
            "the sensor's location does not define it",
            did_you_mean(str(key), map(str, known)),
        )

    # -- asking

    def _known_keys(self) -> Any:
        return self.instance.known_partitions()

    def _monitored(self, given: object) -> AssetKey:
        key = key_of(given)
        if key in self.asset_keys:
            return key
        raise SelectionError(
            f"the materializations of `{key}`",
            "the sensor does not monitor it",
            did_you_mean(str(key), map(str, self.asset_keys))
            or "Add it to monitored_assets= of the sensor.",
        )

    def _entries(self, key: AssetKey, **which: Any) -> list[EventLogEntry]:
        stored = self.instance.events(key=key, kinds=(AssetMaterialized,), **which)
        return [entry_of(each) for each in stored]
