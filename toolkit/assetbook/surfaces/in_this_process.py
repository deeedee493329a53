"""A code location loaded into this process, with a shell, modules and settings of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definitions
from assetbook.definitions.spec import AssetSpec
from assetbook.execution.reporter import Silent
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.own_modules import OwnModules
from assetbook.surfaces.desk import live_desk, set_live
from assetbook.surfaces.live import LiveNotebook
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
        from assetbook.surfaces import verbs

        with self._entered():
            if verb == "materialize":
                return verbs.materialize(**arguments, desk=self._live, reporter=Silent())
            return verbs.plan(**arguments, desk=self._live)

    def definitions(self) -> Definitions:
        """All that the location defines, with its resources."""
        found = list(self._live.session)
        return Definitions(
            [each for each in found if isinstance(each, AssetsDefinition | AssetSpec)],
            [each for each in found if isinstance(each, AssetChecksDefinition)],
            self._bound_resources(),
            jobs=self._live.session.jobs,
            schedules=self._live.session.schedules,
            sensors=self._live.session.sensors,
        )

    def names(self) -> Mapping[str, object]:
        """What the location binds: definitions, helpers and all else, by name."""
        return {name: each for name, each in vars(self._own.main).items() if name[:1] != "_"}

    def _bound_resources(self) -> dict[str, object]:
        """Those of the notebook's names that a definition asks for."""
        available = self._live.session.resources()
        wanted: set[str] = set()
        for each in self._live.session:
            wanted |= {name for name, _ in getattr(each, "resource_names", ())}
            wanted |= {port.io_manager_key for port in getattr(each, "outputs", ())}
            ports = getattr(each, "inputs", ())
            wanted |= {port.manager_key for port in ports if port.manager_key is not None}
        for schedule in self._live.session.schedules:
            wanted |= schedule.required_resource_keys
        for sensor in self._live.session.sensors:
            wanted |= sensor.required_resource_keys
        return {name: available[name] for name in sorted(wanted) if name in available}

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
