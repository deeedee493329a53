"""What the assets of a store were seen to read that their code does not show."""

from __future__ import annotations

from collections.abc import Mapping

from assetbook.dependencies.code_changes import observed_in
from assetbook.instance.instance import Instance
from assetbook.instance.states import manifests_of
from assetbook.keys import AssetKey


def observed_reads(instance: Instance) -> dict[AssetKey, Mapping[str, str]]:
    """By asset, the names that its latest version was seen to read, each with the call.

    ``rate`` is the notebook's own name, ``helpers.rate`` a module's. Reads the store; assets that
    read nothing so are left out.
    """
    manifest = manifests_of(instance)
    found: dict[AssetKey, Mapping[str, str]] = {}
    for key, record in instance.recorded().items():
        digest = record.event.code.manifest
        observed = observed_in(manifest(digest) or {}) if digest is not None else {}
        if observed:
            found[key] = observed
    return found


def names_seen(instance: Instance) -> frozenset[str]:
    """The names of notebooks that assets were seen to read: loading brings those along."""
    every = observed_reads(instance).values()
    return frozenset(name for names in every for name in names if "." not in name)
