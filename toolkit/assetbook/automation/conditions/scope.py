"""The evaluation of one condition: what all of its nodes share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from assetbook.automation.conditions.cursor import AutomationCursor, EntityMemory
from assetbook.automation.conditions.edges import Edges
from assetbook.automation.conditions.subset_form import subset_data, subset_of
from assetbook.automation.conditions.view import AutomationView
from assetbook.cron import Cron
from assetbook.definitions.automation.condition import AutomationCondition
from assetbook.definitions.automation.entity import NOTHING, Entity, Subset
from assetbook.keys import AssetKey


@dataclass(slots=True)
class Evaluating:
    """One evaluation of all conditions."""

    view: AutomationView
    conditions: Mapping[Entity, AutomationCondition]
    before: AutomationCursor | None
    """What is remembered of the evaluation before; None if this is the first one."""
    now: datetime
    edges: Edges
    requested: dict[Entity, Subset] = field(default_factory=dict)
    """What was requested so far, at this evaluation."""
    _ticks: dict[tuple[str, str], datetime | None] = field(default_factory=dict)

    def last_tick(self, lines: str, timezone: str) -> datetime | None:
        """The latest tick of a cron line."""
        if (lines, timezone) not in self._ticks:
            self._ticks[lines, timezone] = Cron(lines, timezone).at_or_before(self.now)
        return self._ticks[lines, timezone]

    def requested_before(self, entity: Entity) -> Subset:
        """What of it was requested at the evaluation before."""
        memory = self.before.entities.get(entity) if self.before is not None else None
        if memory is None:
            return NOTHING
        return self.restored(memory.requested, entity)

    def stored(self, subset: Subset, entity: Entity) -> Any:
        """A subset of that entity as plain data."""
        return subset_data(subset, self.edges.partitions_of(entity), self.view.known)

    def restored(self, data: Any, entity: Entity) -> Subset:
        """The subset of such data."""
        definition = self.edges.partitions_of(entity)
        if (definition is None) is not isinstance(data, bool):
            return NOTHING  # it was divided otherwise then
        return subset_of(data, definition, self.view.known)


@dataclass(slots=True)
class Scope:
    """The evaluation of the condition of one entity."""

    run: Evaluating
    root: Entity
    memory: EntityMemory | None
    """What is remembered of it; None if this condition is evaluated for the first time."""
    nodes: dict[str, Any] = field(default_factory=dict)
    """What its nodes are to remember."""

    @property
    def view(self) -> AutomationView:
        """What is known."""
        return self.run.view

    @property
    def since(self) -> tuple[int, datetime] | None:
        """The latest event and the instant of the evaluation before; None at the first one."""
        before = self.run.before
        return None if self.memory is None or before is None else (before.event, before.at)

    def recall(self, place: str) -> Any:
        """What the node at a place remembers; None for nothing."""
        return None if self.memory is None else self.memory.nodes.get(place)

    def recall_subset(self, place: str, entity: Entity) -> Subset:
        """The same as a subset."""
        data = self.recall(place)
        return NOTHING if data is None else self.run.restored(data, entity)

    def remember_subset(self, place: str, subset: Subset, entity: Entity) -> None:
        """Notes what the node at a place is to remember; nothing for an empty subset."""
        if subset:
            self.nodes[place] = self.run.stored(subset, entity)


def memory_of(run: Evaluating, entity: Entity, condition: AutomationCondition) -> EntityMemory:
    """An empty memory of that condition, with these partitions."""
    definition = run.edges.partitions_of(entity)
    return EntityMemory(condition.digest, None if definition is None else definition.digest)


def still_valid(
    run: Evaluating, entity: Entity, condition: AutomationCondition
) -> EntityMemory | None:
    """What is remembered of an entity, if that was of the same condition and partitions."""
    memory = run.before.entities.get(entity) if run.before is not None else None
    if memory is None:
        return None
    now = memory_of(run, entity, condition)
    same = (memory.condition, memory.partitions) == (now.condition, now.partitions)
    return memory if same else None


@cache
def key_of_text(text: str) -> AssetKey:
    """The key that a person typed."""
    return AssetKey.from_user_string(text)
