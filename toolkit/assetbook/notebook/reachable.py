"""The definitions that a notebook's names lead to: bound by themselves, or one level inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Defined, Definitions, Job
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.spec import AssetSpec
from assetbook.notebook.cell_names import IPYTHON_NAMES

JOBS = (JobDefinition, UnresolvedAssetJobDefinition)
NAMED = (*JOBS, ScheduleDefinition, SensorDefinition)
"""The classes of what has a name of its own, and makes no asset."""
KINDS = (AssetsDefinition, AssetChecksDefinition, AssetSpec, *NAMED)
"""The classes of what a cell can define. Ops and graphs are not among them: as functions do, they
count by what uses them."""
_MOST_LOOKED_AT = 10_000  # items of one container
_NEVER = frozenset({FunctionType, ModuleType, type, str, int, float, bool, type(None)})
"""Classes of most of what names are bound to and lists hold, none of which is or holds a
definition."""


def cell_word(number: int, *, in_file: bool = False) -> str:
    """``In[4]`` for a cell that a person ran, ``cell 4`` for one as it is in the file."""
    return f"cell {number}" if in_file else f"In[{number}]"


class Cell(msgspec.Struct, frozen=True):
    """One run of a cell."""

    id: str
    """The front end's handle of the cell, or a hash of its text."""
    number: int
    """The 4 of In[4], or of cell 4."""
    stable: bool = True
    """False if ``id`` is only a hash of its text, so that an edited cell looks like another."""
    binds: frozenset[str] = frozenset()
    """The names that its text binds."""
    in_file: bool = False
    """True if it was read from the notebook's file, where ``number`` is its position."""

    def __str__(self) -> str:
        return cell_word(self.number, in_file=self.in_file)


class Living(NamedTuple):
    """A definition with the cell it belongs to and the name that leads to it."""

    definition: Defined
    cell: Cell
    name: str
    direct: bool = True
    """False if ``name`` is a list, a dict or ``Definitions`` that holds it."""


def reachable_in(namespace: Mapping[str, Any], cell: Cell) -> dict[int, Living]:
    """What names lead to, by identity; a name of its own counts before one that holds it.

    ``cell`` is the cell that each is said to belong to. Private names and IPython's own are left
    out, so that a definition which was only displayed is not kept by ``Out``.
    """
    found: dict[int, Living] = {}
    for definition, name, direct in _found(namespace):
        before = found.get(id(definition))
        if before is None or (direct and not before.direct):
            found[id(definition)] = Living(definition, cell, name, direct)
    return found


def identities_in(namespace: Mapping[str, Any]) -> frozenset[int]:
    """The identities of what names lead to."""
    return frozenset(id(definition) for definition, _, _ in _found(namespace))


def identities_of(definition: Defined) -> list[str]:
    """What it defines: ``asset KEY``, ``check KEY``, ``job NAME``, ``schedule NAME`` or
    ``sensor NAME`` each."""
    if isinstance(definition, Job):
        return [f"job {definition.name}"]
    if isinstance(definition, ScheduleDefinition):
        return [f"schedule {definition.name}"]
    if isinstance(definition, SensorDefinition):
        return [f"sensor {definition.name}"]
    if isinstance(definition, AssetChecksDefinition):
        return [f"check {key.text}" for key in definition.check_keys]
    keys = definition.keys if isinstance(definition, AssetsDefinition) else (definition.key,)
    return [f"asset {key.text}" for key in keys]


def _found(namespace: Mapping[str, Any]) -> Iterator[tuple[Defined, str, bool]]:
    """Each definition with the name that leads to it, and whether it is bound to that."""
    for name, value in list(namespace.items()):
        if value.__class__ in _NEVER or name.startswith("_") or name in IPYTHON_NAMES:
            continue
        if isinstance(value, KINDS):
            yield value, name, True
            continue
        for item in _held_by(value):
            if item.__class__ not in _NEVER and isinstance(item, KINDS):
                yield item, name, False


def _held_by(value: object) -> Iterable[object]:
    """What a container holds, one level down; nothing for any other value."""
    if isinstance(value, Definitions):
        return [*value, *value.jobs, *value.schedules, *value.sensors]
    if isinstance(value, list | tuple | set | dict) and len(value) <= _MOST_LOOKED_AT:
        return list(value.values() if isinstance(value, dict) else value)
    return ()
