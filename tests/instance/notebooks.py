"""What several notebooks of one project define, as their kernels would tell the store."""

from __future__ import annotations

import linecache
from collections.abc import Collection

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Home, Loaded, load
from assetbook.instance.ownership import owned_elsewhere
from assetbook.instance.snapshots import remember, snapshot_of
from assetbook.instance.states import standing
from assetbook.keys import AssetKey


def opened(instance: Instance, location: str | None, *definitions: object) -> Loaded:
    """The definitions as those of the notebook ``location``, whose file is made."""
    if location is not None and instance.project is not None:
        (instance.project.root / location).touch()
    return load(definitions, instance, home=Home(location=location))


def told(instance: Instance, loaded: Loaded, take_over: Collection[AssetKey] = ()) -> None:
    """Stores what is loaded as its location's snapshot."""
    elsewhere = owned_elsewhere(instance, loaded.location, loaded.graph.makers.keys())
    owners = {
        key: owner.location
        for key, owner in elsewhere.items()
        if owner.exists and key not in take_over
    }
    now = standing(instance, loaded)
    snapshot, texts = snapshot_of(loaded, now, instance.clock.now(), "In[1]", owners)
    remember(instance, snapshot, texts)


def defined(text: str) -> AssetsDefinition:
    """The function ``orders`` of the text, as a cell would leave it in ``linecache``."""
    name = f"<cell {hash(text)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    return asset(namespace["orders"])  # type: ignore[call-overload,no-any-return]
