"""What other locations of a project define, as their newest snapshots say."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_state import AssetState
from assetbook.instance.asset_record import spec_of
from assetbook.instance.instance import Instance
from assetbook.instance.ownership import location_exists
from assetbook.instance.remembered import remembered_standing
from assetbook.instance.snapshots import recall_all
from assetbook.keys import AssetKey


class OtherLocations:
    """The assets that belong to other locations than ``location`` (None: a scratch one)."""

    def __init__(self, instance: Instance, location: str | None) -> None:
        self._instance = instance
        self._location = location

    def specs(self) -> Mapping[AssetKey, tuple[AssetSpec, str]]:
        """See :meth:`assetbook.instance.elsewhere.Others.specs`."""
        found: dict[AssetKey, tuple[AssetSpec, str]] = {}
        for location, snapshot in recall_all(self._instance).items():
            if location != self._location and location_exists(self._instance, location):
                for record in snapshot.assets:
                    if snapshot.claims(record):
                        spec = spec_of(record)
                        found[spec.key] = spec, location
        return found

    def states(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, AssetState]:
        """See :meth:`assetbook.instance.elsewhere.Others.states`."""
        now, _ = remembered_standing(self._instance)
        return {key: now.states[key] for key in keys if key in now.states}
