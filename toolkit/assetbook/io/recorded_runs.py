"""What a manager may ask of the record: which of its earlier writes became versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol


class RecordedRuns(Protocol):
    """The runs that wrote an asset, as the store knows them at the moment of the question."""

    def latest(self) -> Mapping[str, Any]:
        """What was recorded with the asset's latest version; empty if it has none."""
        ...

    def counted(self) -> frozenset[str]:
        """Runs whose writes are part of the latest version, the newest of them.

        Those that a restored version does not have are none of them, nor are overridden ones.
        """
        ...

    def over(self, run_ids: Collection[str]) -> frozenset[str]:
        """Those of the runs that this store has started, and that will record nothing more."""
        ...


class NothingRecorded:
    """What is known where no store is: of no run anything."""

    def latest(self) -> Mapping[str, Any]:
        """Nothing."""
        return {}

    def counted(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def over(self, run_ids: Collection[str]) -> frozenset[str]:
        """None."""
        return frozenset()
