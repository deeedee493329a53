"""Where a verb acts: a live notebook, or a project's store with no notebook open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from assetbook.definitions.collection import Noun
from assetbook.errors import NotLoadedError
from assetbook.events.parts import OriginKind
from assetbook.execution.reporter import Reporter
from assetbook.instance.instance import Instance
from assetbook.instance.lived_records import answers_in
from assetbook.instance.loaded import Loaded
from assetbook.instance.ownership import location_exists
from assetbook.instance.remembered import remembered_records, remembered_standing
from assetbook.instance.run_sources import NO_SOURCES, RunSources
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.planning.parity import Parity
from assetbook.surfaces.display.formatting import clock_text

NOWHERE = "no notebook defines it"
"""The source of an asset that has versions and that nothing defines."""


class Desk(Protocol):
    """What every verb needs of the place where it was called."""

    @property
    def instance(self) -> Instance:
        """The store that is asked and written."""
        ...

    @property
    def origin(self) -> tuple[OriginKind, str | None, str | None]:
        """What kind of caller this is, its location's id, and its cell."""
        ...

    def loaded(self, replacing: Mapping[str, object] | None = None) -> Loaded:
        """The living definitions, with those resources in the place of their own; raises
        NotLoadedError where there are none."""
        ...

    def standing(self) -> tuple[Standing, Mapping[AssetKey, str], Mapping[AssetKey, str]]:
        """How all assets stand; the cell and the source of each definition, for people."""
        ...

    def run_sources(self, loaded: Loaded, now: Standing) -> RunSources:
        """What the record of a run of ``loaded`` names; stored before any later commit."""
        ...

    def unsaved(self) -> list[str]:
        """A line for each cell that the notebook's file has otherwise than it ran here."""
        ...

    def wrong(self) -> Mapping[AssetKey, str]:
        """What is wrong with definitions that are left out for that, by asset."""
        ...

    def parity(self, now: Standing | None = None) -> Mapping[AssetKey, Parity]:
        """Whether loading gives what running gave, as the last load of the code as it is found;
        ``now`` is how all stands, where that is known."""
        ...

    def reporter(self) -> Reporter:
        """Who shows a run's progress here."""
        ...

    def forget(self, key: AssetKey) -> None:
        """Drops a definition; raises NotLoadedError where there are none."""
        ...

    def names(self, noun: Noun) -> Collection[str]:
        """The jobs, schedules or sensors that live here, and those that this notebook defined
        before."""
        ...

    def forget_named(self, noun: Noun, name: str) -> None:
        """Drops a job, schedule or sensor; raises SelectionError where there is none of that
        name."""
        ...

    def renamed(self, old: AssetKey, new: AssetKey) -> None:
        """Takes note that an asset has another name in the store now."""
        ...

    def take_over(self, keys: Collection[AssetKey]) -> None:
        """Makes assets of another location this one's; raises NotLoadedError without a notebook."""
        ...

    def use_store(self, name: str) -> None:
        """Goes on with the project's store of that name; raises ConfigError if there is none."""
        ...


class StoreDesk:
    """A project's store, as a shell or a plain Python process sees it."""

    def __init__(self, instance: Instance, kind: OriginKind = "python") -> None:
        self._instance = instance
        self._kind = kind

    @property
    def instance(self) -> Instance:
        """The project's instance."""
        return self._instance

    @property
    def origin(self) -> tuple[OriginKind, str | None, str | None]:
        """A plain Python process, or a shell."""
        return self._kind, None, None

    def loaded(self, replacing: Mapping[str, object] | None = None) -> Loaded:
        """Raises NotLoadedError: nothing is defined here."""
        raise NotLoadedError(
            "the definitions of this process",
            "no notebook is loaded here",
            "In a notebook run `%load_ext assetbook`; in Python give the assets themselves: "
            "materialize([orders, customers]).",
        )

    def standing(self) -> tuple[Standing, Mapping[AssetKey, str], Mapping[AssetKey, str]]:
        """How all remembered assets stand, from the newest snapshots."""
        now, snapshots = remembered_standing(self._instance)
        cells: dict[AssetKey, str] = {}
        sources: dict[AssetKey, str] = {}
        for key in now.states:
            snapshot = snapshots.get(key)
            if snapshot is None:
                sources[key] = NOWHERE
                continue
            if not location_exists(self._instance, snapshot.location):
                sources[key] = f"{NOWHERE}: {snapshot.location} is no more"
                continue
            taken = clock_text(snapshot.at, self._instance.clock.now())
            after = f"{snapshot.cell}, " if snapshot.cell else ""
            broken = ", which cannot be loaded now" if snapshot.broken else ""
            sources[key] = f"as of {after}{taken}, {snapshot.location}{broken}"
        return now, cells, sources

    def run_sources(self, loaded: Loaded, now: Standing) -> RunSources:
        """None: nothing is loaded here."""
        return NO_SOURCES

    def unsaved(self) -> list[str]:
        """Nothing: no cell runs here."""
        return []

    def wrong(self) -> Mapping[AssetKey, str]:
        """None: snapshots hold no definitions that are wrong."""
        return {}

    def parity(self, now: Standing | None = None) -> Mapping[AssetKey, Parity]:
        """The answers of the last load of each location."""
        if now is None:
            now, _ = remembered_standing(self._instance)
        return answers_in(remembered_records(self._instance), now)

    def reporter(self) -> Reporter:
        """Lines in a terminal."""
        from assetbook.surfaces.progress import TerminalProgress

        return TerminalProgress()

    def forget(self, key: AssetKey) -> None:
        """Raises NotLoadedError: nothing is defined here."""
        self.loaded()

    def names(self, noun: Noun) -> Collection[str]:
        """None: nothing is defined here."""
        return ()

    def forget_named(self, noun: Noun, name: str) -> None:
        """Raises NotLoadedError: nothing is defined here."""
        self.loaded()

    def renamed(self, old: AssetKey, new: AssetKey) -> None:
        """Does nothing: all that is known here is in the store."""

    def take_over(self, keys: Collection[AssetKey]) -> None:
        """Raises NotLoadedError: nothing is defined here."""
        self.loaded()

    def use_store(self, name: str) -> None:
        """Goes on with the store of that name, as long as this desk is asked."""
        self._instance = Instance.get(store=name)


_live: list[Desk] = []


def set_live(desk: Desk | None) -> None:
    """Makes ``desk`` the one that verbs use in this process; None takes it away."""
    _live[:] = [] if desk is None else [desk]


def live_desk() -> Desk | None:
    """The live notebook of this process; None if none is loaded. Opens no store."""
    return _live[0] if _live else None


def current_desk() -> Desk:
    """The live notebook of this process, else the store of the project around this folder."""
    return live_desk() or StoreDesk(Instance.get())
