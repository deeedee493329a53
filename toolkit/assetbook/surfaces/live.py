"""The live notebook in this kernel: its session, its store, and what happens around each cell."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from assetbook.errors import AssetbookError, StoreError
from assetbook.execution.reporter import Reporter
from assetbook.instance.instance import Instance
from assetbook.instance.lived_records import answers_in, known_records, loaded_codes
from assetbook.instance.loaded import Loaded, load
from assetbook.instance.materializing import OriginKind
from assetbook.instance.provenance import definition_key
from assetbook.instance.snapshots import AssetRecord
from assetbook.instance.states import Standing, standing
from assetbook.keys import AssetKey
from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.cell_places import CellPlaces
from assetbook.notebook.cell_text import python_text
from assetbook.notebook.lived_cells import LivedCells
from assetbook.notebook.notebook_path import DEFINE_ONLY, notebook_path
from assetbook.notebook.session import Cell, Session
from assetbook.notebook.versioner import Versioner
from assetbook.planning.parity import Parity, RunBy
from assetbook.project import location_id
from assetbook.surfaces.missing_store import missing_store
from assetbook.surfaces.remembering import Remembering
from assetbook.surfaces.rename_notice import may_be_renamed
from assetbook.surfaces.stale_notice import became_stale

KeyText = Mapping[AssetKey, str]


class LiveNotebook:
    """One kernel's notebook. ``shell`` is its IPython shell.

    Opens the store of the project around the notebook; raises StoreError if it cannot.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.path = notebook_path(shell.user_ns, os.environ)
        self._instance = Instance.get(self.path or Path.cwd())
        project = self._instance.project
        self.location = (
            location_id(self.path, project.root) if self.path and project is not None else None
        )
        self.places = CellPlaces()
        self.session = Session(shell.user_ns, lambda name: self.places.cell(name) is not None)
        self.versioner = Versioner(
            definition_of=definition_key,
            project_root=project.root if project is not None else None,
            where_of=self.places.place_of,
        )
        self._remembering = Remembering(self._instance, self.location)
        self._loaded: tuple[int, Loaded] | None = None
        self._states: Standing | None = None
        self._at_start: Standing | None = None
        self._missing = ""
        self._in_cell = False
        self._wrong: Mapping[AssetKey, str] = {}
        self.called_by: OriginKind = "session"
        """What kind of caller the runs of this kernel have."""
        self.define_only = bool(os.environ.get(DEFINE_ONLY))
        """Whether asset cells define and do not materialize, as for a plan."""
        self.run_by: RunBy | None = "all" if self.define_only else "session"
        """Who runs the cells; None where only what definitions need is run."""
        self.lived = LivedCells(filter(None, shell.history_manager.input_hist_raw))

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
        """The living definitions as one graph, with those resources in the place of their own."""
        if replacing:
            return self._load(replacing)
        generation = self.session.generation
        if self._loaded is None or self._loaded[0] != generation:
            self._loaded = (generation, self._load())
        return self._loaded[1]

    def _load(self, replacing: Mapping[str, object] | None = None) -> Loaded:
        cells = {}
        for definition in self.session:
            for key in getattr(definition, "keys", ()) or [getattr(definition, "key", None)]:
                living = self.session.living(key) if isinstance(key, AssetKey) else None
                if living is not None:
                    cells[key] = str(living.cell)
        return load(
            self.session,
            self._instance,
            resources=self.session.resources,
            replacing=replacing,
            versioner=self.versioner,
            folder=self.path.parent if self.path is not None else None,
            places=self.places,
            location=self.location,
            cells=cells,
            remembered=self._remembering.specs(),
            remembered_inputs=self._remembering.inputs(),
            leave_out_wrong=True,
        )

    def remembered_keys(self) -> list[AssetKey]:
        """Assets that this notebook defined before and whose cells have not run here."""
        return [key for key in self._remembering.specs() if self.session.living(key) is None]

    def standing(self) -> tuple[Standing, KeyText, KeyText]:
        """How all assets stand now, by the live definitions."""
        loaded = self.loaded()
        now = standing(self._instance, loaded)
        self._states = now
        sources = dict.fromkeys(loaded.graph.remembered, "last snapshot")
        return now, loaded.cells, sources

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

    def renamed(self, old: AssetKey, new: AssetKey) -> None:
        """Goes on under the new name with what was remembered of ``old``."""
        self._remembering.rename(old, new)
        self.session.generation += 1

    def parity(self) -> Mapping[AssetKey, Parity]:
        """Whether loading gives what running gave, as the last load of this code found."""
        own = self.run_by is None  # else another process may have taken the newest
        records = self._remembering.known() if own else known_records(self.instance, self.location)
        return answers_in(records, self._states) if self._states is not None else {}

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
        self._say(said)

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
        self._loaded = self._states = self._at_start = None

    def say_missing_store(self) -> None:
        """Says once that the store that is read through to is not there."""
        missing = missing_store(self._instance)
        if missing != self._missing:
            self._missing = missing
            self._say([missing] if missing else [])

    # -- around each cell

    def before_cell(self, info: Any) -> None:
        """IPython is about to run a cell."""
        self._in_cell = bool(info.store_history) and not info.silent
        if not self._in_cell:
            return
        self._at_start = self._states
        # IPython counts up before or after this hook, by its version; its list of inputs does not
        number = len(self.shell.history_manager.input_hist_parsed)
        filename = self.shell.compile.get_code_name(info.raw_cell, info.transformed_cell, number)
        self.places.note(filename, number)
        metadata = _metadata(self.shell, info)
        cell = _cell(info, metadata, number)
        self.lived.note(cell.id, info.raw_cell or "")
        self._say(self.session.begin(cell, _deleted(metadata)))

    def after_cell(self, result: Any) -> None:
        """IPython has run a cell."""
        if not self._in_cell:
            return
        self._in_cell = False
        cell = self.session.cell
        generation = self._loaded[0] if self._loaded is not None else 0
        notices = self.session.end(bool(result.success))
        self._say(notices)
        self.say_missing_store()
        if self._states is None and not any(True for _ in self.session):
            return
        try:
            before = self._states
            now, cells, _ = self.standing()
            self._say_wrong()
            self._show_new(now, cell)
            self._say(became_stale(before, now, cells, cell))
            self._say(may_be_renamed(self._at_start, now))
            self._remember(now, cell)
        except StoreError as error:
            self._say([f"{_first_line(error)} (the cell itself ran)"])
        except AssetbookError as error:
            if self.session.generation != generation:
                self._say([f"not usable yet: {error}"])

    def _say_wrong(self) -> None:
        """A line for each definition that is wrong and was not a cell ago."""
        wrong = self._loaded[1].wrong if self._loaded is not None else {}
        new = {key: fault for key, fault in wrong.items() if self._wrong.get(key) != fault}
        self._wrong = wrong
        self._say([f"`{key}` cannot be used yet: {fault}" for key, fault in new.items()])

    def _show_new(self, now: Standing, cell: Cell | None) -> None:
        from assetbook.surfaces.cards import show_new_definitions

        if cell is not None:
            show_new_definitions(self, now, cell)

    def _remember(self, now: Standing, cell: Cell | None) -> None:
        """Stores a snapshot if something changed; says whose an asset is if not this notebook's."""
        if self._loaded is None:
            return
        generation, loaded = self._loaded
        note, after = self._remembering.note, str(cell) if cell else ""
        self._say(note(loaded, now, generation, after, by=self.run_by, lived=self.lived))

    def _say(self, lines: list[str]) -> None:
        for line in lines:
            print(f"assetbook: {line}")


def _first_line(error: AssetbookError) -> str:
    return f"{error.asked}: {error.found}".splitlines()[0]


def _metadata(shell: Any, info: Any) -> Mapping[str, Any]:
    given = getattr(info, "cell_meta", None)
    if given:
        return dict(given)
    parent = shell.get_parent() if hasattr(shell, "get_parent") else None
    found = parent.get("metadata") if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def _cell(info: Any, metadata: Mapping[str, Any], number: int) -> Cell:
    handle = getattr(info, "cell_id", None) or metadata.get("cellId")
    text = info.raw_cell or ""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Cell(handle or f"text:{digest}", number, bool(handle), _binds(text))


def _binds(text: str) -> frozenset[str]:
    """The names that a cell's text binds; ``*`` stands for those of a star import."""
    try:
        names = cell_names(python_text(text).source)
    except SyntaxError:
        return frozenset()
    return names.binds | (frozenset("*") if names.star_imports else frozenset())


def _deleted(metadata: Mapping[str, Any]) -> list[str]:
    deleted = metadata.get("deletedCells")
    return [str(each) for each in deleted] if isinstance(deleted, list) else []
