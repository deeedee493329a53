"""What a version was made of, as code that makes the next one may ask for it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from assetbook.definitions.results import DataVersion
from assetbook.events.asset_events import AssetMaterialized
from assetbook.keys import AssetKey


class DataProvenance(msgspec.Struct, frozen=True):
    """What a version of an asset was made of."""

    code_version: str
    """The author's, else the computed one; empty if none was known."""
    input_data_versions: Mapping[AssetKey, DataVersion]
    """Those that are known, by input."""
    is_user_provided: bool
    """Whether the author gave the version's own data version."""


def provenance_of(event: AssetMaterialized) -> DataProvenance:
    """The provenance of the version that ``event`` says has come to be."""
    return DataProvenance(
        code_version=event.code.authored or event.code.digest or "",
        input_data_versions={
            AssetKey.from_text(each.key): DataVersion(each.data_version)
            for each in event.inputs.values()
            if each.data_version is not None
        },
        is_user_provided=event.authored_data_version,
    )
