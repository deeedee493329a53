"""What happens around each cell of a live notebook: what it made is noted, shown and told."""

from __future__ import annotations

from collections.abc import Mapping
from threading import get_ident
from typing import TYPE_CHECKING, Any

from assetbook.errors import AssetbookError, StoreError
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.notebook.left_behind import line_of_failure
from assetbook.notebook.session import Cell
from assetbook.surfaces.cell_message import cell_of, deleted_cells, message_metadata
from assetbook.surfaces.mapping_notice import idle_mappings
from assetbook.surfaces.observed_notice import newly_observed
from assetbook.surfaces.partitions_notice import divided_otherwise
from assetbook.surfaces.rename_notice import may_be_renamed
from assetbook.surfaces.stale_notice import became_stale
from assetbook.surfaces.telling import say

if TYPE_CHECKING:
    from assetbook.surfaces.live import LiveNotebook


class CellEvents:
    """Is told by IPython of each cell, before it runs and after."""

    def __init__(self, live: LiveNotebook) -> None:
        self._live = live
        self.at_start: Standing | None = None
        """How everything stood before the cell that runs; None if nobody knew."""
        self.none_begun = True
        """Whether none has run since assetbook was loaded, but for the one that loads it."""
        self._in_cell = False
        self._thread = 0
        self._filename = ""  # of the code of the cell that runs
        self._wrong: Mapping[AssetKey, str] = {}
        self._earlier: set[str] = set()
        self._idle_mappings: frozenset[tuple[AssetKey, AssetKey]] = frozenset()

    @property
    def is_asking(self) -> bool:
        """Whether it is the cell that runs whose code asks."""
        return self._in_cell and get_ident() == self._thread

    def before(self, info: Any) -> None:
        """IPython is about to run a cell."""
        self._in_cell = bool(info.store_history) and not info.silent
        if not self._in_cell:
            return
        live = self._live
        self.none_begun = False
        self._thread = get_ident()
        self.at_start = live.states
        # IPython counts up before or after this hook, by its version; its list of inputs does not
        number = len(live.shell.history_manager.input_hist_parsed)
        filename = live.shell.compile.get_code_name(info.raw_cell, info.transformed_cell, number)
        self._filename = filename
        if live.loading is not None:
            number = live.loading.number
        metadata = message_metadata(live.shell, info)
        cell = cell_of(info, metadata, number, in_file=live.loading is not None)
        live.places.note(filename, live.known_as(cell.id, str(cell)))
        text = info.raw_cell or ""
        live.session.executed.note(cell, text, live.instance.clock.now().timestamp())
        if live.run_by is not None:  # a slice that is run is nothing to compare with
            live.lived.note(cell.id, text)
        say(live.session.begin(cell, deleted_cells(metadata)))

    def after(self, result: Any) -> None:
        """IPython has run a cell."""
        if not self._in_cell:
            self._after_loading(result)
            return
        self._in_cell = False
        live = self._live
        cell, generation = live.session.cell, live.loaded_generation
        failed_at = line_of_failure(result.error_in_exec, self._filename)
        notices = live.session.end(bool(result.success), failed_at)
        if live.loading is not None:
            live.notices += notices
            return
        say(notices)
        live.say_missing_store()
        self._show(cell, generation, result)

    def _after_loading(self, result: Any) -> None:
        """The cell that loads assetbook has run: what it defined is shown as any cell's."""
        if self.none_begun and result.info.store_history and not result.info.silent:
            generation = self._live.loaded_generation
            self._show(self._live.adopt_earlier(), generation, result)

    def _show(self, cell: Cell | None, generation: int, result: Any) -> None:
        live = self._live
        self._show_ops(cell, result.result)
        self._say_earlier()
        if live.states is None and not _defines(live):
            return
        try:
            self._tell(cell)
        except StoreError as error:
            say([f"{_first_line(error)} (the cell itself ran)"])
        except AssetbookError as error:
            if live.session.generation != generation:
                say([f"not usable yet: {error}"])

    def _tell(self, cell: Cell | None) -> None:
        """Shows what the cell made, and says what came of it."""
        live, before = self._live, self._live.states
        now, cells, _ = live.standing()
        self._say_wrong()
        self._say_idle_mappings()
        self._show_new(now, cell)
        say(became_stale(before, now, cells, cell))
        say(newly_observed(before, now))
        say(may_be_renamed(self.at_start, now))
        say(divided_otherwise(self.at_start, now))
        live.remember(now, cell)

    def _say_wrong(self) -> None:
        """A line for each definition that is wrong and was not a cell ago."""
        loaded = self._live.loaded_last
        wrong = loaded.wrong if loaded is not None else {}
        new = {key: fault for key, fault in wrong.items() if self._wrong.get(key) != fault}
        self._wrong = wrong
        say([f"`{key}` cannot be used yet: {fault}" for key, fault in new.items()])

    def _say_earlier(self) -> None:
        from assetbook.surfaces.earlier_ops import newly_earlier

        say(newly_earlier(self._live, self._earlier))

    def _say_idle_mappings(self) -> None:
        """A line for each partition mapping that says nothing and was not there a cell ago."""
        loaded = self._live.loaded_last
        idle = idle_mappings(loaded.graph) if loaded is not None else {}
        new = [said for each, said in idle.items() if each not in self._idle_mappings]
        self._idle_mappings = frozenset(idle)
        say(new)

    def _show_new(self, now: Standing, cell: Cell | None) -> None:
        from assetbook.surfaces.automation_cards import show_new_automations
        from assetbook.surfaces.cards import show_new_definitions

        if cell is not None:
            show_new_definitions(self._live, now, cell)
            show_new_automations(self._live, cell)

    def _show_ops(self, cell: Cell | None, result: object) -> None:
        from assetbook.surfaces.op_cards import show_new_ops

        if cell is not None:
            show_new_ops(self._live, cell, result)


def _defines(live: LiveNotebook) -> bool:
    """Whether anything is defined that has to do with assets."""
    session = live.session
    return bool(session.jobs or session.schedules or session.sensors) or any(True for _ in session)


def _first_line(error: AssetbookError) -> str:
    return f"{error.asked}: {error.found}".splitlines()[0]
