"""The asset and the version that a person names, apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.spec import AssetSpec, key_of
from assetbook.errors import SelectionError
from assetbook.instance.version_reference import Reference, is_reference, split_name
from assetbook.keys import AssetKey

KeyLike: TypeAlias = AssetKey | str | Sequence[str] | AssetsDefinition | AssetSpec
"""How a person names an asset: its key, its text or parts, or its definition."""


def key_and_version(
    key: KeyLike,
    version: Reference | None,
    is_asset: Callable[[str], bool],
    stores: Collection[str],
) -> tuple[AssetKey, Reference | None]:
    """The asset and the version that ``orders@3`` names, apart; None means the latest one.

    ``is_asset`` tells whether there is an asset of a name, ``stores`` are the names of stores.
    Raises SelectionError if ``version`` is given too.
    """
    name, reference = key_of(key), None
    if isinstance(key, str):
        text, reference = split_name(key, is_asset)
        of_store = reference is not None and reference.partition(":")[0] in stores
        if reference is not None and (of_store or is_reference(reference) or is_asset(text)):
            name = key_of(text)
        else:
            reference = None
    if reference is not None and version is not None:
        raise SelectionError(
            f"the value of `{key}`", f"version {version} is asked for too", "Name one version."
        )
    return name, reference if version is None else version
