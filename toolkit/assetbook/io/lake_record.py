"""What is recorded with a version of a lake table, and how it is read from there again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from assetbook.io.contexts import InputContext, OutputContext
from assetbook.keys import folder_name
from assetbook.metadata import STORED_SCHEMA, MetadataValue, from_wire

PLACE = "assetbook/table"
URI = "assetbook/table_uri"
VERSION = "assetbook/table_version"
ID = "assetbook/table_id"


class LakeRecord(msgspec.Struct, frozen=True):
    """Which version of which table a value is."""

    place: str
    """Where the table is among those of its manager."""
    uri: str
    id: str
    version: int
    note: str
    """A :class:`~assetbook.io.lake_note.LakeNote` as text."""

    def metadata(self) -> Mapping[str, MetadataValue[Any]]:
        """The entries for a materialization's metadata."""
        return {
            PLACE: MetadataValue.text(self.place),
            URI: MetadataValue.text(self.uri),
            ID: MetadataValue.text(self.id),
            VERSION: MetadataValue.int(self.version),
            STORED_SCHEMA: MetadataValue.text(self.note),
        }

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> LakeRecord | None:
        """What was recorded with a version, as it is or in wire form; None if no lake has it."""
        names = (PLACE, URI, ID, VERSION, STORED_SCHEMA)
        if not all(name in metadata for name in names):
            return None
        return cls(*(_plain(metadata[name]) for name in names))


def place_of(context: InputContext | OutputContext) -> str:
    """Where an asset's table belongs: a safe name for each part of its key, slashes between.

    Percent signs are none, since libraries of lakes decode them.
    """
    return "/".join(folder_name(part).replace("%", "~") for part in context.get_identifier())


def _plain(entry: Any) -> Any:
    value = from_wire(entry) if isinstance(entry, dict) else entry
    return getattr(value, "value", value)
