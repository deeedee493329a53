"""A version with a value file, as whoever looks after the store's space sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assetbook.keys import AssetKey, PartitionKey


@dataclass(frozen=True, slots=True)
class ValueFile:
    """A version whose value is in a file."""

    key: AssetKey
    number: int
    partition: PartitionKey | None
    at: datetime
    path: str
    """From the folder of the values, or a URL; restored versions share one file."""
    size: int
    """Bytes."""
    scheduled: bool = False
    """Whether a schedule made it, not a person."""
    latest: bool = False
    """Whether it is the latest version of its asset and partition."""
    kept: bool = False
    """Whether somebody asked to keep it."""
    in_use: bool = False
    """Whether a run that goes on may still read it."""
