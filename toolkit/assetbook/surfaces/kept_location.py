"""Loading a location from a bundle alone, in a process of its own: its files may be gone by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import structs

from assetbook.errors import UsageError
from assetbook.instance.bundles import Bundle, bundle_at
from assetbook.instance.instance import Instance
from assetbook.instance.pins import need_pin
from assetbook.instance.rebuilding import rebuild
from assetbook.kernels.own_process import LOCATION_PROCESS, call_in_process
from assetbook.notebook.location_source import LocationSource
from assetbook.surfaces.crash_retries import retrying


def ask_pinned(source: LocationSource, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the process that is loaded from the location's pin answers.

    Raises SelectionError if it was never pinned, UsageError for what is no location.
    """
    if source.id is None:
        raise UsageError(
            f"the pin of {source}", "it is no location, as a copy is none", "Name the notebook."
        )
    instance = Instance.get(source.folder)
    digest = need_pin(instance, source.id).bundle
    bundle = bundle_at(instance, digest)
    return retrying(
        source, asked, lambda more, begun: ask_kept(source, bundle, more, digest, begun)
    )


def ask_kept(
    source: LocationSource,
    bundle: Bundle,
    asked: Mapping[str, Any],
    digest: str | None = None,
    begun: Callable[[int], object] = lambda pid: None,
    *,
    calling: Callable[..., Any] = call_in_process,
) -> dict[str, Any]:
    """What the process that is loaded from ``bundle`` answers; its folder is the location's.

    ``digest`` is that of the bundle in the store, which runs then name; with None nothing of what
    is loaded is stored. ``begun`` is told the id of that process, which
    ``calling`` starts.
    """
    # data is read from where the notebook is, or was
    folder = next(each for each in (source.folder, *source.folder.parents) if each.is_dir())
    with TemporaryDirectory(prefix="assetbook") as temporary:
        path = rebuild(bundle, Path(temporary))
        kept = {"load": "slice", "kept": {"bundle": digest}}
        moved = structs.replace(source, path=path, folder=folder)
        answered: dict[str, Any] = calling(moved, LOCATION_PROCESS, {**asked, **kept}, begun)
        return answered
