"""A code location loaded into this process, with a shell, modules and settings of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from assetbook.definitions.collection import Definitions
from assetbook.execution.reporter import Silent
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.own_modules import OwnModules
from assetbook.surfaces.desk import live_desk, set_live
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.live_definitions import definitions_of
from assetbook.surfaces.loading import Load, load_into, new_shell
from assetbook.surfaces.location_answer import LocationAnswer, answer_of


class InThisProcess:
    """A location whose definitions are in this process; the live notebook, if any, stays live.

    Raises as ``load_into`` does.
    """

    def __init__(self, source: LocationSource, load: Load) -> None:
        self._own = OwnModules(source.folder)
        self._shell: Any = None
        with self._entered():
            self._shell = new_shell(self._own.main)
            self._make_current()
            self._live: LiveNotebook = load_into(self._shell, source, load)
            self.answer: LocationAnswer = answer_of(self._live)

    def call(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        """What the verb's function gives, called where the location's definitions are."""
        from assetbook.surfaces import making_verbs

        with self._entered():
            if verb == "materialize":
                return making_verbs.materialize(**arguments, desk=self._live, reporter=Silent())
            return making_verbs.plan(**arguments, desk=self._live)

    def definitions(self) -> Definitions:
        """All that the location defines, with its resources."""
        return definitions_of(self._live)

    def names(self) -> Mapping[str, object]:
        """What the location binds: definitions, helpers and all else, by name."""
        return {name: each for name, each in vars(self._own.main).items() if name[:1] != "_"}

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """While it lasts, this process is the location's: modules, shell, live notebook."""
        from IPython.core.interactiveshell import InteractiveShell

        desk, shell = live_desk(), InteractiveShell._instance
        with self._own.entered():
            self._make_current()
            set_live(self._live if self._shell is not None else None)
            try:
                yield
            finally:
                InteractiveShell._instance = shell
                set_live(desk)

    def _make_current(self) -> None:
        from IPython.core.interactiveshell import InteractiveShell

        InteractiveShell._instance = self._shell
