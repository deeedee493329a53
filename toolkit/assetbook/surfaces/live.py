"""The live notebook in this kernel: its session, its store, and what happens around each cell."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Defined, Job, Noun
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.dependencies.wiring import keys_of
from assetbook.errors import NotLoadedError
from assetbook.events.parts import OriginKind
from assetbook.execution.reporter import Reporter
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.lived_records import answers_in, known_records, loaded_codes
from assetbook.instance.loaded import Beyond, Home, Loaded, load
from assetbook.instance.other_locations import OtherLocations
from assetbook.instance.provenance import definition_key
from assetbook.instance.run_sources import RunSources
from assetbook.instance.states import Standing, standing
from assetbook.keys import AssetKey
from assetbook.notebook.cell_places import CellPlaces
from assetbook.notebook.document import Document, SourceCell, read_document
from assetbook.notebook.executed_document import executed_document
from assetbook.notebook.lived_cells import LivedCells
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.notebook_path import DEFINE_ONLY, notebook_path
from assetbook.notebook.session import Cell, Session
from assetbook.notebook.texts_above import TextsAbove
from assetbook.notebook.versioner import Versioner
from assetbook.planning.parity import Parity, RunBy
from assetbook.project import location_id
from assetbook.surfaces.cell_events import CellEvents
from assetbook.surfaces.cell_message import running_cell
from assetbook.surfaces.missing_store import missing_store
from assetbook.surfaces.remembering import Remembering
from assetbook.surfaces.run_bundle import RunBundle
from assetbook.surfaces.telling import say
from assetbook.surfaces.unsaved_notice import unsaved_lines

KeyText = Mapping[AssetKey, str]


class LiveNotebook:
    """One kernel's notebook. ``shell`` is its IPython shell.

    ``source`` is the location that is being loaded into it, if it is none that a person runs.
    Opens the store of the project around the notebook; raises StoreError if it cannot.
    """

    def __init__(self, shell: Any, source: LocationSource | None = None) -> None:
        self.shell = shell
        self.source = source
        self.path = notebook_path(shell.user_ns, os.environ) if source is None else source.path
        self._instance = Instance.get(source.folder if source else self.path or Path.cwd())
        project = self._instance.project
        self.folder = source.folder if source else self.path.parent if self.path else None
        """Where relative ``reads=`` begin; None: here."""
        if source is not None:
            self.location = source.id
        elif self.path is not None and project is not None:
            self.location = location_id(self.path, project.root)
        else:
            self.location = None
        self.places = CellPlaces()
        self._earlier: dict[str, Cell] = {}
        is_module = source is not None and source.module is not None
        self._texts = TextsAbove(None if is_module else self.path)
        self.session = Session(shell.user_ns, lambda name: self.places.cell(name) is not None)
        self._note_earlier_cells()
        self.versioner = Versioner(
            definition_of=definition_key,
            project_root=project.root if project is not None else None,
            where_of=self.places.place_of,
            bound_in=self.session.executed.binding,
            imported=self.session.executed.imported,
            is_replaced=self.is_replaced,
        )
        self._remembering = Remembering(self._instance, self.location, whole=source is not None)
        self._loaded: tuple[int, Loaded] | None = None
        self.states: Standing | None = None
        """How everything stood when that was last asked for; None before."""
        self._missing = ""
        self.cells = CellEvents(self)
        self.called_by: OriginKind = "session"
        """What kind of caller the runs of this kernel have."""
        self.define_only = source is not None or bool(os.environ.get(DEFINE_ONLY))
        """Whether asset cells define and do not materialize, as for a plan."""
        self.document: Document | None = None
        """The file that was loaded into it; None for what a person runs."""
        self.held: Snapshot | None = None  # what files of another time define, if it is of these
        self._bundle = RunBundle(self.location)
        self.loading: SourceCell | None = None
        """The cell of the file that is being loaded: what follows waits until all have run."""
        self.notices: list[str] = []
        """What was to be told of the cells that were loaded."""
        self.cell_words: Mapping[str, str] = {}
        """What cells are known as where the run was asked for that this is loaded for, by id."""
        self.left_out: tuple[str, ...] = ()
        """The cells of which nothing was loaded, each with its first line."""
        self.run_by: RunBy | None = "session"
        """Who runs the cells; None where only what definitions need is run."""
        if self.define_only:
            self.run_by = "all" if source is None else None
        self.lived = LivedCells(filter(None, shell.history_manager.input_hist_raw))

    def _note_earlier_cells(self) -> None:
        """Notes the cells that ran in this kernel before assetbook was loaded, by their text."""
        at = self._instance.clock.now().timestamp()
        history, name_of = self.shell.history_manager, self.shell.compile.get_code_name
        as_typed, as_run = history.input_hist_raw, history.input_hist_parsed
        for number, (text, transformed) in enumerate(zip(as_typed, as_run, strict=True)):
            if text.strip():
                cell = Cell(f"before:{number}", number, stable=False)
                if number == len(as_typed) - 1:
                    cell = running_cell(self.shell, number) or cell
                for end in ("", "\n"):  # that the history has cut off
                    filename = name_of(text + end, transformed + end, number)
                    self.places.note(filename, str(cell))
                    self._earlier[filename] = cell
                self.session.executed.note(cell, text, at)

    def adopt_earlier(self) -> Cell | None:
        """Takes what cells have defined that ran before assetbook was loaded, and the one that
        loads it, which is given back; says what of it is another cell's."""
        if not self._earlier:
            return None
        *_, last = self._earlier.values()
        taken = self.session.adopt(self._earlier, last)
        if earlier := [f"`{each.name}` ({each.cell})" for each in taken if each.cell != last]:
            say([f"defined before assetbook was loaded: {', '.join(earlier)}"])
        return last

    def is_replaced(self, filename: str) -> bool:
        """Whether the cell with that code has run again with another text."""
        cell = self.places.cell(filename)
        last = [self.known_as(each.cell.id, str(each.cell)) for each in self.session.executed]
        return cell is not None and cell not in last

    def known_as(self, cell_id: str, word: str) -> str:
        """What places call the cell, which is ``word`` here."""
        return self.cell_words.get(cell_id, word)

    @property
    def instance(self) -> Instance:
        """The project's instance."""
        return self._instance

    @property
    def origin(self) -> tuple[OriginKind, str | None, str | None]:
        """A session, its notebook, and the cell that runs."""
        cell = self.session.cell
        return self.called_by, self.location, str(cell) if cell is not None else None

    def reporter(self) -> Reporter:
        """A display in the cell that is updated as the run goes."""
        from assetbook.surfaces.progress import NotebookProgress

        return NotebookProgress(self.instance)

    def loaded(self, replacing: Mapping[str, object] | None = None) -> Loaded:
        """The living definitions as one graph, with those resources in the place of their own;
        also what the cell that asks has made so far."""
        self.take_made()
        if replacing:
            return self._load(replacing)
        generation = self.session.generation
        if self._loaded is None or self._loaded[0] != generation:
            self._loaded = (generation, self._load())
        return self._loaded[1]

    @property
    def loaded_last(self) -> Loaded | None:
        """The same as it was last asked for, whatever was defined since; None before."""
        return self._loaded[1] if self._loaded is not None else None

    @property
    def loaded_generation(self) -> int:
        """Of which generation of the session's definitions that is; 0 before."""
        return self._loaded[0] if self._loaded is not None else 0

    def take_made(self) -> None:
        """Takes what the running cell has made so far, if it is this cell that asks."""
        if self.cells.is_asking:
            self.session.notice()
        elif self.cells.none_begun:
            self.adopt_earlier()

    def _load(self, replacing: Mapping[str, object] | None = None) -> Loaded:
        cells: dict[AssetKey, str] = {}
        texts: dict[AssetKey, str] = {}
        for definition in self.session:
            if isinstance(definition, AssetChecksDefinition):
                continue
            for key in keys_of(definition):
                living = self.session.living(key)
                if living is not None:
                    cells[key] = self._place_of(definition, living.cell)
                    texts[key] = self._texts.above(living.cell.id)
        home = Home(
            *(self.folder, self.places, self.location, cells, texts, self._jobs()),
            schedules=self._schedules(),
            sensors=self._sensors(),
            gathered=self.session.gathered,
        )
        return load(
            self.session,
            self._instance,
            resources=self.session.resources,
            replacing=replacing,
            versioner=self.versioner,
            home=home,
            beyond=Beyond(
                self._remembering.specs(),
                self._remembering.inputs(),
                OtherLocations(self._instance, self.location),
            ),
            leave_out_wrong=True,
        )

    def _jobs(self) -> tuple[tuple[Job, str], ...]:
        """The living jobs, each with its cell or its line in a module."""
        return tuple((each, self._place_named("job", each)) for each in self.session.jobs)

    def _schedules(self) -> tuple[tuple[ScheduleDefinition, str], ...]:
        """The living schedules, as the jobs."""
        return tuple((each, self._place_named("schedule", each)) for each in self.session.schedules)

    def _sensors(self) -> tuple[tuple[SensorDefinition, str], ...]:
        """The living sensors, as the jobs."""
        return tuple((each, self._place_named("sensor", each)) for each in self.session.sensors)

    def _place_named(self, noun: Noun, definition: Any) -> str:
        living = self.session.living_named(noun, definition.name)
        assert living is not None, "the session told of it just now"
        return self._place_of(definition, living.cell)

    def _place_of(self, definition: Defined, cell: Cell) -> str:
        """Where a definition is, for people: its cell, or its line in a module."""
        place = getattr(definition, "place", None)
        if self.source is None or self.source.module is None or place is None:
            return str(cell)
        return self.places.where(place.filename, place.line)

    def remembered_keys(self) -> list[AssetKey]:
        """Assets that this notebook defined before and whose cells have not run here."""
        return [key for key in self._remembering.specs() if self.session.living(key) is None]

    def keys_elsewhere(self) -> list[AssetKey]:
        """Assets that the project's other locations define."""
        return list(OtherLocations(self._instance, self.location).specs())

    def standing(self) -> tuple[Standing, KeyText, KeyText]:
        """How all assets stand now, by the live definitions."""
        loaded = self.loaded()
        now = standing(self._instance, loaded)
        self.states = now
        sources = {**dict.fromkeys(loaded.graph.remembered, "last snapshot"), **loaded.elsewhere}
        return now, loaded.cells, sources

    def unsaved(self) -> list[str]:
        """A line for each cell that the notebook's file has otherwise than it ran."""
        return unsaved_lines(self.session, self.path)

    def wrong(self) -> KeyText:
        """What is wrong with definitions that are left out for that, by asset."""
        return self.loaded().wrong

    def forget(self, key: AssetKey) -> None:
        """Drops a definition, living or remembered; its versions remain."""
        if self.session.living(key) is None and key in self._remembering.specs():
            self.session.generation += 1
        else:
            self.session.forget(key)
        self._remembering.forget(key)

    def names(self, noun: Noun) -> list[str]:
        """The jobs, schedules or sensors that live here, then those that this notebook defined
        before."""
        return list(dict.fromkeys([*self.session.named(noun), *self._remembering.names(noun)]))

    def forget_named(self, noun: Noun, name: str) -> None:
        """Drops a job, schedule or sensor, living or remembered; its runs remain."""
        living = self.session.living_named(noun, name)
        if living is None and name in self._remembering.names(noun):
            self.session.generation += 1
        else:
            self.session.forget_named(noun, name)
        self._remembering.forget_named(noun, name)

    def renamed(self, old: AssetKey, new: AssetKey) -> None:
        """Goes on under the new name with what was remembered of ``old``."""
        self._remembering.rename(old, new)
        self.session.generation += 1

    def take_document(self, document: Document) -> None:
        """Goes on with its file as it was read to be loaded, which is not read again."""
        self.document = document
        self._texts = TextsAbove(self.path, document)

    def remember_load(self, sources: Mapping[str, str]) -> None:
        """Stores the snapshot of what was loaded from ``sources``, if it is another one."""
        loaded = self.loaded()
        now = standing(self._instance, loaded)
        self._remembering = Remembering(self._instance, self.location, whole=True)
        generation = self.session.generation
        self.notices += self._remembering.note(
            loaded, now, generation, "", sources=sources, by=self.run_by, lived=self.lived
        )

    def hold(self, snapshot: Snapshot, bundle: str | None) -> None:
        """Takes no snapshots: it was loaded from that bundle, or from files of another time."""
        self.held = snapshot
        self._remembering.hold(snapshot)
        self._bundle = RunBundle(self.location, bundle)

    def run_sources(
        self, loaded: Loaded, now: Standing, *, needed: bool = False, launched: Collection[str] = ()
    ) -> RunSources:
        """The snapshot and the bundle of what is defined now; says once why there is no bundle, or
        raises DefinitionError if one is ``needed``. The bundle has the notebooks that are
        ``launched``, too, by path from the project's root."""
        if self._loaded is not None and loaded is self._loaded[1]:
            self.remember(now, self.session.cell)
        bundle = self._bundle.kept(
            self._instance,
            self._document(),
            whole=self._is_whole,
            needed=needed,
            launched=launched,
        )
        pinned = self.held is not None and bundle is not None
        return RunSources(self.kept_snapshot(), bundle, pinned)

    def kept_snapshot(self) -> str | None:
        """The digest of the last snapshot, which is stored now; None if there is none."""
        return self._remembering.kept_content()

    def _document(self) -> Document | None:
        """What runs are made from: the file that was loaded, else the cells as they ran."""
        if self.document is not None or self.held is not None or self.location is None:
            return self.document
        return executed_document(self.session.executed, self._kernel)

    @cached_property
    def _kernel(self) -> str:
        """The name of the kernelspec, as the notebook's file says."""
        try:
            return read_document(self.path).kernel if self.path is not None else "python3"
        except NotLoadedError:  # it was not saved yet
            return "python3"

    @property
    def _is_whole(self) -> bool:
        """Whether runs are made from the whole of a file."""
        return self.document is not None and self.source is None

    def parity(self, now: Standing | None = None) -> Mapping[AssetKey, Parity]:
        """Whether loading gives what running gave, as the last load of this code found."""
        own = self.run_by is None  # else another process may have taken the newest
        records = self._remembering.known() if own else known_records(self.instance, self.location)
        return answers_in(records, self.states) if self.states is not None else {}

    def take_over(self, keys: Collection[AssetKey]) -> None:
        """Makes assets of another notebook this one's; durable when it returns."""
        cell, loaded = self.session.cell, self.loaded()
        now = standing(self._instance, loaded)
        said = self._remembering.note(
            loaded,
            now,
            self.session.generation,
            str(cell) if cell else "",
            take_over=keys,
            by=self.run_by,
            lived=self.lived,
        )
        say(said)

    def compared(
        self,
        compare: Callable[[Mapping[AssetKey, AssetRecord], Standing], Mapping[AssetKey, Parity]],
    ) -> Mapping[AssetKey, Parity]:
        """What ``compare`` answers of what is loaded now and what is remembered; stored."""
        now, _, _ = self.standing()
        answers = compare(self._remembering.known(), now)
        self._remembering.answer(answers, loaded_codes(now))
        return answers

    def recall_others(self) -> None:
        """Takes note of what another process has run and stored meanwhile."""
        self._remembering.take_records(known_records(self.instance, self.location))

    def use_store(self, name: str) -> None:
        """Goes on with the project's store of that name; the definitions stay."""
        self._instance = Instance.get(self.path or Path.cwd(), store=name)
        self._remembering = Remembering(self._instance, self.location)
        self._loaded = self.states = None
        self.cells.at_start = None

    def say_missing_store(self) -> None:
        """Says once that the store that is read through to is not there."""
        missing = missing_store(self._instance)
        if missing != self._missing:
            self._missing = missing
            say([missing] if missing else [])

    def remember(self, now: Standing, cell: Cell | None) -> None:
        """Stores a snapshot if something changed; says whose an asset is if not this notebook's."""
        if self._loaded is None:
            return
        generation, loaded = self._loaded
        note, after = self._remembering.note, str(cell) if cell else ""
        say(note(loaded, now, generation, after, by=self.run_by, lived=self.lived))
