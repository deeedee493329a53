"""What a job of assets selects, as it is typed."""

from __future__ import annotations

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.dependencies.selection import AssetSelection


def selection_text(job: UnresolvedAssetJobDefinition) -> str:
    """The selection of ``job`` as one text; ``*`` for all assets."""
    given = job.selection
    if given is None:
        return "*"
    words = [_words(each) for each in (given if isinstance(given, tuple) else (given,))]
    return words[0] if len(words) == 1 else " or ".join(f"({each})" for each in words) or "*"


def _words(one: object) -> str:
    if isinstance(one, str):
        return one
    return str(one if isinstance(one, AssetSelection) else AssetSelection.assets(one))
