"""The live notebook's definitions: which cell made them, and when they end.

A definition belongs to the cell that made it. It ends when that cell runs again successfully
without it, when the cell is deleted, or when it is forgotten; always with a notice. A cell that
fails ends nothing, and giving its name to another object keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Literal

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.collection import Defined, Definition, Definitions, Job, Noun
from assetbook.definitions.node import Node
from assetbook.definitions.place import watch_made
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import SelectionError, UsageError, did_you_mean, with_article
from assetbook.keys import AssetKey
from assetbook.notebook.executed_cells import ExecutedCells
from assetbook.notebook.reachable import (
    JOBS,
    KINDS,
    NAMED,
    Cell,
    Living,
    identities_in,
    identities_of,
    reachable_in,
)

__all__ = ["Cell", "Living", "Session"]
_NO_RESOURCES = (*KINDS, Node)
_NOT_VALUES = (*KINDS, Node, Definitions, FunctionType, BuiltinFunctionType, ModuleType, type)


class Session:
    """The definitions of one live notebook.

    ``namespace`` is the kernel's user namespace; ``is_cell`` tells whether a code file name is a
    cell's.
    """

    def __init__(self, namespace: MutableMapping[str, Any], is_cell: Callable[[str], bool]) -> None:
        self.namespace = namespace
        self.generation = 0
        """Grows whenever the definitions change."""
        self.executed = ExecutedCells()
        """The cells that ran, with their texts."""
        self._is_cell = is_cell
        self._living: dict[str, Living] = {}
        self._cell: Cell | None = None
        self._before: dict[str, Any] = {}
        self._reached_before: frozenset[int] = frozenset()
        self._living_before: dict[str, Living] = {}
        self._kept: dict[str, object] = {}
        self._watch = ExitStack()
        self._made: list[object] = []
        self._defined_now: set[str] = set()
        self._notices: list[str] = []
        self.clashes: list[str] = []
        """A sentence for each key that two cells define, so that no run from top to bottom can
        tell which one is meant."""

    def __iter__(self) -> Iterator[Definition]:
        """Each living asset and check once, in the order in which they were made."""
        living = self._living.copy().values()  # other threads may look while cells run
        unique = {id(each.definition): each.definition for each in living}
        return (each for each in unique.values() if not isinstance(each, NAMED))

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The living jobs, in the order in which they were made."""
        found = (living.definition for living in self._living.copy().values())
        return tuple(each for each in found if isinstance(each, JOBS))

    @property
    def schedules(self) -> tuple[ScheduleDefinition, ...]:
        """The living schedules, in the order in which they were made."""
        found = (living.definition for living in self._living.copy().values())
        return tuple(each for each in found if isinstance(each, ScheduleDefinition))

    @property
    def sensors(self) -> tuple[SensorDefinition, ...]:
        """The living sensors, in the order in which they were made."""
        found = (living.definition for living in self._living.copy().values())
        return tuple(each for each in found if isinstance(each, SensorDefinition))

    @property
    def cell(self) -> Cell | None:
        """The cell that is running; None between cells."""
        return self._cell

    def living(self, key: AssetKey) -> Living | None:
        """What defines ``key``; None if no cell does."""
        return self._living.get(f"asset {key.text}")

    @property
    def gathered(self) -> tuple[Definitions, ...]:
        """The ``Definitions`` that are bound to a name."""
        values = list(self.namespace.values())
        return tuple(each for each in values if isinstance(each, Definitions))

    def resources(self) -> dict[str, object]:
        """Objects that parameters may ask for by name: the notebook's, and ``Definitions``'."""
        named: dict[str, object] = {}
        told: dict[str, object] = {}
        for name, value in list(self.namespace.items()):  # other threads may ask while cells run
            if isinstance(value, Definitions):
                told.update(value.resources)
            elif not (name.startswith("_") or isinstance(value, _NO_RESOURCES)):
                named[name] = value
        return named | told

    def begin(self, cell: Cell, deleted: Iterable[str] = ()) -> list[str]:
        """A cell is about to run; ``deleted`` are handles of cells that are gone. Gives notices."""
        self._cell = cell
        self._notices = []
        self._defined_now = set()
        gone = set(deleted)
        if gone:
            for id_ in {each.cell.id for each in self._living.values()} & gone:
                self.executed.end(id_)
            self._end([name for name, each in self._living.items() if each.cell.id in gone])
        self._before = dict(self.namespace)
        self._reached_before = identities_in(self.namespace)
        self._living_before = dict(self._living)
        self._made = self._watch.enter_context(watch_made())
        said, self._notices = self._notices, []
        return said

    def adopt(self, made_in: Mapping[str, Cell], last: Cell) -> list[Living]:
        """Takes what was made by cells that ran while nobody noted it, and gives that.

        ``made_in`` has them by the file name of their code; what none of them made, as what is
        imported, belongs to ``last``.
        """
        found = reachable_in(self.namespace, last)
        taken = []
        for living in self._newly_defined(last, found):
            place = getattr(living.definition, "place", None)
            cell = last if place is None else made_in.get(place.filename, last)
            taken.append(living._replace(cell=cell))
            self._take(taken[-1])
        return taken

    def define(self, definition: Definition | ScheduleDefinition | Job, name: str) -> None:
        """Takes a definition that the running cell is by itself, and binds it to ``name``.

        Raises UsageError in a cell that runs silently, as some front ends' own do.
        """
        if self._cell is None:
            raise UsageError(
                f"`%%asset {name}`",
                "it runs silently, so that no cell can be said to define it",
                "Run it as an ordinary cell.",
            )
        self._keep_plain(name)
        self.namespace[name] = definition
        self._take(Living(definition, self._cell, name))

    def notice(self) -> None:
        """Takes what the running cell has made so far, before something of it is asked for."""
        if self._cell is not None:
            self._take_reachable(self._cell)

    def end(self, success: bool, line: int = 0) -> list[str]:
        """The cell has run. Gives a line for each thing that a person should know.

        ``line`` is where it failed if it did; 0 if nothing of it ran.
        """
        cell = self._cell
        if cell is None:
            return []
        self._watch.close()
        reachable = self._take_reachable(cell)
        self._say_unreachable(reachable)
        self._say_rebound()
        if success:
            self._end_unmade(cell, reachable)
        else:
            self.executed.fail(cell.id, line, defined=bool(self._defined_now))
        self._replace_cells()
        self._say_lost()
        self._cell = None
        self._before, self._reached_before, self._living_before = {}, frozenset(), {}
        self._made = []
        return self._notices

    def forget(self, key: AssetKey) -> None:
        """Ends the definition of ``key``; raises SelectionError if no cell here defines it."""
        living = self.living(key)
        if living is None:
            known = [each.partition(" ")[2] for each in self._living if each.startswith("asset ")]
            raise SelectionError(
                f"forget `{key}`", "no cell here defines it", did_you_mean(str(key), known)
            )
        self._end([name for name in identities_of(living.definition) if name in self._living])

    def forget_named(self, noun: Noun, name: str) -> None:
        """Ends the definition of that job, schedule or sensor; raises SelectionError if no cell
        here defines it."""
        if (known := self.named(noun)) and name in known:
            self._end([f"{noun} {name}"])
            return
        near = did_you_mean(name, known)
        raise SelectionError(f"forget the {noun} `{name}`", "no cell here defines it", near)

    def named(self, noun: Noun) -> list[str]:
        """The names of the living jobs, schedules or sensors."""
        return [_name(each) for each in self._living.copy() if each.startswith(f"{noun} ")]

    def living_named(self, noun: Noun, name: str) -> Living | None:
        """What defines that job, schedule or sensor; None if no cell does."""
        return self._living.get(f"{noun} {name}")

    def _take_reachable(self, cell: Cell) -> dict[int, Living]:
        reachable = reachable_in(self.namespace, cell)
        for living in self._newly_defined(cell, reachable):
            if living.direct:
                self._keep_plain(living.name)
            self._take(living)
        return reachable

    def _newly_defined(self, cell: Cell, reachable: Mapping[int, Living]) -> list[Living]:
        """What this cell has made or imported; specs first, since a function's own one wins.

        What could be reached before and was not taken lost its key to another definition.
        """
        known = {id(living.definition) for living in self._living.values()}
        made = {id(each) for each in self._made}
        new = [
            living
            for identity, living in reachable.items()
            if identity not in known
            and (
                identity in made
                or identity not in self._reached_before
                or self._imports_again(living.definition, cell, reachable)
            )
            and not self._describes_made(living)
        ]
        return sorted(new, key=lambda living: not isinstance(living.definition, AssetSpec))

    def _describes_made(self, new: Living) -> bool:
        """Whether it is the spec of an asset that a function of another living cell makes."""
        if not isinstance(new.definition, AssetSpec):
            return False
        living = self.living(new.definition.key)
        return (
            living is not None
            and isinstance(living.definition, AssetsDefinition)
            and living.cell.id != new.cell.id
        )

    def _take(self, living: Living) -> None:
        self.generation += 1
        for identity in identities_of(living.definition):
            before = self._living.get(identity)
            if before is not None:
                self._say_moved(identity, before, living)
                self._drop(before.definition)
            self._living[identity] = living
            self._defined_now.add(identity)

    def _say_moved(self, identity: str, before: Living, now: Living) -> None:
        if isinstance(before.definition, AssetSpec) and isinstance(
            now.definition, AssetsDefinition
        ):
            return  # it described what the function makes
        name = _name(identity)
        if before.cell.id == now.cell.id:
            if identity in self._defined_now:
                self._notices.append(
                    f"`{name}` is defined twice in {now.cell}: the last one counts"
                )
        elif before.cell.stable and now.cell.stable:
            if before.definition is not now.definition:
                self.clashes.append(f"`{name}` is defined in {before.cell} and in {now.cell}")
            self._notices.append(
                f"`{name}` is also defined in {before.cell}. {now.cell} wins here; "
                "this notebook will not load headless until one of them is gone"
            )

    def _drop(self, definition: Defined) -> None:
        """Takes out a definition that is being replaced, with all its keys."""
        for identity in identities_of(definition):
            living = self._living.get(identity)
            if living is not None and living.definition is definition:
                del self._living[identity]

    def _keep_plain(self, name: str) -> None:
        """A plain value that a definition replaces lives on as ``NAME_``."""
        if name not in self._before or isinstance(self._before[name], _NOT_VALUES):
            return
        kept = f"{name}_"
        while kept in self.namespace and self.namespace[kept] is not self._kept.get(kept):
            kept += "_"  # that name is a value of the person's own
        self._kept[kept] = self.namespace[kept] = self._before.pop(name)
        self._notices.append(f"`{name}` was a value: it is kept as `{kept}`")

    def _say_unreachable(self, reachable: Mapping[int, Living]) -> None:
        reached = reachable.keys() | {id(each.definition) for each in self._living.values()}
        made = [each for each in self._made if not self._module_holds(each)]
        kept = [each for each in made if id(each) in reached]
        if len(kept) < len(made):
            self._notices.append(
                f"{len(made)} definition{'s' * (len(made) > 1)} made, {len(kept)} kept: put them "
                "in a list to keep them"
            )

    def _module_holds(self, definition: object) -> bool:
        """Whether an imported module made it for itself, by a name of its own."""
        names = getattr(getattr(definition, "compute", None), "__globals__", self.namespace)
        return names is not self.namespace and any(
            each is definition for each in list(names.values())
        )

    def _say_rebound(self) -> None:
        """A name that was a definition's and now is another thing's."""
        for living in self._living.values():
            name = living.name
            if living.direct and self._before.get(name) is living.definition:
                value = self.namespace.get(name, living.definition)
                if not isinstance(value, KINDS):
                    kind = with_article(type(value).__name__)
                    noun = _noun(living.definition)
                    self._notices.append(f"`{name}` now names {kind}; the {noun} lives on")

    def _end_unmade(self, cell: Cell, reachable: Mapping[int, Living]) -> None:
        """Ends what this cell defined in an earlier run, and did not define in this one."""
        unmade = [
            identity
            for identity, living in self._living.items()
            if living.cell.id == cell.id
            and identity not in self._defined_now
            and not self._imports_again(living.definition, cell, reachable)
        ]
        self._end(unmade)

    def _imports_again(
        self, definition: Defined, cell: Cell, reachable: Mapping[int, Living]
    ) -> bool:
        """Whether the cell's text binds an imported definition again, which stays one object."""
        place = getattr(definition, "place", None)
        if place is None or self._is_cell(place.filename):
            return False
        found = reachable.get(id(definition))
        return found is not None and ("*" in cell.binds or found.name in cell.binds)

    def _replace_cells(self) -> None:
        """Ends the cells all of whose definitions are another cell's now."""
        before = {each.cell.id for each in self._living_before.values()}
        for cell in before - {each.cell.id for each in self._living.values()}:
            if self._cell is not None and cell != self._cell.id:
                self.executed.replace(cell)

    def _say_lost(self) -> None:
        """What went with a definition that was replaced: the other assets of its function."""
        for identity, living in self._living_before.items():
            if identity not in self._living:
                self._notices.append(_ended(identity, living.cell))
        self._living_before = {}

    def _end(self, identities: Iterable[str]) -> None:
        for identity in list(identities):
            living = self._living.pop(identity)
            self._living_before.pop(identity, None)
            self.generation += 1
            self._notices.append(_ended(identity, living.cell))
            if living.direct and self.namespace.get(living.name) is living.definition:
                del self.namespace[living.name]


def _ended(identity: str, cell: Cell) -> str:
    return f"`{_name(identity)}` is no longer defined ({cell})"


def _noun(definition: Defined) -> Noun | Literal["asset"]:
    if isinstance(definition, ScheduleDefinition):
        return "schedule"
    if isinstance(definition, SensorDefinition):
        return "sensor"
    return "job" if isinstance(definition, JOBS) else "asset"


def _name(identity: str) -> str:
    return identity.partition(" ")[2]
