"""An author's metadata in its wire form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.metadata.infer import metadata_value
from assetbook.metadata.wire import to_wire


def wired_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The wire form of each value; raises DefinitionError for what is none."""
    return {name: to_wire(metadata_value(raw, name)) for name, raw in metadata.items()}
