"""A project's locations as their snapshots say, loaded again where their files have changed."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from assetbook.errors import AssetbookError, NotLoadedError
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.snapshots import recall, remember
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.source_digests import digests_of, unchanged

AT_ONCE = 4
"""Processes that load locations at the same time."""


class KnownLocation(msgspec.Struct, frozen=True):
    """One location: its newest snapshot, and what happened to it now."""

    source: LocationSource
    snapshot: Snapshot
    loaded: bool = False
    """Whether it was loaded now, and not answered from its snapshot."""
    warnings: tuple[str, ...] = ()

    @property
    def broken(self) -> str:
        """Why it cannot be loaded as it is; empty if it can."""
        return self.snapshot.broken


def up_to_date(
    instance: Instance, sources: Iterable[LocationSource], *, force: bool = False
) -> list[KnownLocation]:
    """The locations as they are now: those whose files differ from what their snapshots were taken
    of are loaded, several at once; with ``force`` all of them.

    One that cannot be loaded keeps its last good snapshot, and says why. Stores all of that.
    """
    root = instance.root
    known: dict[LocationSource, KnownLocation] = {}
    changed: list[LocationSource] = []
    order = list(sources)
    for source in order:
        snapshot = recall(instance, source.id)
        if force or snapshot is None or not unchanged(snapshot.sources, root):
            changed.append(source)
        else:
            known[source] = KnownLocation(source, snapshot, warnings=snapshot.wrong)
    if changed:  # what they define now may be what others were missing
        changed += [each for each in known if known[each].broken or known[each].warnings]
    defined = -1
    while changed:
        known.update((each.source, each) for each in _loaded(instance, changed))
        # what reads an asset of a location that was loaded only now finds it at the second try
        now = sum(len(each.snapshot.assets) for each in known.values() if not each.broken)
        again = [each for each in changed if known[each].broken or known[each].warnings]
        changed = again if now != defined and len(known) > 1 else []
        defined = now
    return [known[each] for each in order]


def _loaded(instance: Instance, sources: Iterable[LocationSource]) -> list[KnownLocation]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda source: _load(instance, source), sources))


def _load(instance: Instance, source: LocationSource) -> KnownLocation:
    # a question whose answer is known starts no process, and needs nothing of this
    from assetbook.surfaces.code_location import loaded_in_process

    try:
        answer = loaded_in_process(source)
    except AssetbookError as error:
        return KnownLocation(source, _broken(instance, source, error), True)
    return KnownLocation(source, answer.snapshot, True, answer.warnings)


def _broken(instance: Instance, source: LocationSource, error: AssetbookError) -> Snapshot:
    """The last good snapshot with the error, as of the files that have it.

    What is not the files' fault, as a kernel that is not installed, is tried again each time.
    """
    root = instance.root
    location = str(source)
    good = recall(instance, location) or Snapshot(location=location, at=instance.clock.now())
    files = [source.path, *(root / name for name in good.sources)]
    digests = {} if isinstance(error, NotLoadedError) else digests_of(files, root)
    found = msgspec.structs.replace(good, broken=str(error), sources=digests)
    remember(instance, found, {})
    return found
