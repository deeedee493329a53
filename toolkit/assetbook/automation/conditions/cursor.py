"""What evaluations of conditions remember from one to the next: plain data for JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from assetbook.definitions.automation.entity import Entity, entity_from_text, entity_text
from assetbook.errors import UsageError

_FORM = 1


class EntityMemory(msgspec.Struct, frozen=True):
    """What is remembered of one asset, check or job."""

    condition: str
    """The digest of its condition; under another one nothing of this counts."""
    partitions: str | None
    """The digest of its partitions definition; the same."""
    requested: Any = False
    """What was requested; as :mod:`assetbook.automation.conditions.subset_form` writes it."""
    nodes: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """What nodes remember, by their place in the condition; those without anything are left out."""

    def to_data(self) -> list[Any]:
        """The same as a list."""
        return [self.condition, self.partitions, self.requested, dict(self.nodes)]


class AutomationCursor(msgspec.Struct, frozen=True):
    """How far evaluations came, and what they remember."""

    at: datetime
    """As of when the latest one was."""
    event: int
    """The latest event that it knew."""
    entities: Mapping[Entity, EntityMemory] = msgspec.field(default_factory=dict)

    def to_json(self) -> str:
        """The same as text, that ``from_json`` reads back."""
        entities = {entity_text(key): each.to_data() for key, each in self.entities.items()}
        found = {"form": _FORM, "at": self.at.isoformat(), "event": self.event}
        return json.dumps({**found, "entities": entities}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> AutomationCursor:
        """The cursor of that text; raises UsageError for text that is none."""
        try:
            data = json.loads(text)
            if data["form"] != _FORM:
                raise ValueError(f"its form is {data['form']}")
            entities = {
                entity_from_text(key): EntityMemory(*each) for key, each in data["entities"].items()
            }
            return cls(datetime.fromisoformat(data["at"]), data["event"], entities)
        except (ValueError, TypeError, KeyError) as error:
            raise UsageError(
                f"the cursor {text[:40]!r}",
                f"it cannot be read: {error}",
                "Give what `.cursor.to_json()` gave, or None to begin anew.",
            ) from None
