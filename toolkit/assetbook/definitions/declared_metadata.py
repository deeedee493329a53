"""What an author said of a definition, ready to be shown and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.definitions.secret import scrub
from assetbook.errors import AssetbookError, with_article
from assetbook.metadata import MetadataValue, metadata_value, plain_text


def declared(metadata: Mapping[str, Any]) -> dict[str, MetadataValue[Any]]:
    """The definition's metadata as metadata values, by name; secrets masked.

    Never raises: what has no kind is named by its type here, and refused when the asset runs.
    """
    return {name: _declared(name, raw) for name, raw in metadata.items()}


def _declared(name: str, raw: object) -> MetadataValue[Any]:
    try:
        value = metadata_value(raw, name)
    except AssetbookError:
        return MetadataValue.text(with_article(type(raw).__name__))
    shown = plain_text(value)
    masked = scrub(shown)
    return value if masked == shown else MetadataValue.text(masked)
