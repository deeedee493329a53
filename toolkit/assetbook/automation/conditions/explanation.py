"""An evaluation explained as a tree: which part was true, and of which partitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from assetbook.definitions.automation.entity import Entity, Subset, entity_text

_MOST = 3


class ConditionExplanation(msgspec.Struct, frozen=True):
    """One node of a condition, as it was evaluated; as text and as data."""

    label: str
    """Its label, else what it says."""
    true_subset: Subset
    candidates: Subset
    """Of what it was asked; what comes before it in an ``and`` narrows that."""
    children: tuple[ConditionExplanation, ...] = ()
    about: Entity | None = None
    """What it was asked about, where that is another than its parent's; always of the root."""
    note: str = ""
    """What else counted, such as what was left out since it is already running."""

    @property
    def counted(self) -> str:
        """``true``, ``false``, or ``2 of 31: 2026-01-01, 2026-01-02``."""
        if self.candidates <= {None}:
            return "not asked" if not self.candidates else str(bool(self.true_subset)).lower()
        keys = sorted(str(each) for each in self.true_subset)
        more = ", ..." if len(keys) > _MOST else ""
        named = f": {', '.join(keys[:_MOST])}{more}" if keys else ""
        return f"{len(keys)} of {len(self.candidates)}{named}"

    @property
    def text(self) -> str:
        """The tree, a line for each node."""
        return "\n".join(self._lines(0))

    def _lines(self, depth: int) -> Iterator[str]:
        mark = "+" if self.true_subset else "-"
        about = f"{self.about}: " if self.about is not None else ""
        note = f" ({self.note})" if self.note else ""
        yield f"{'  ' * depth}{mark} {about}{self.label}: {self.counted}{note}"
        for each in self.children:
            yield from each._lines(depth + 1)

    def to_data(self) -> dict[str, Any]:
        """The tree as plain data for JSON; a partition of None is the whole."""
        found: dict[str, Any] = {
            "label": self.label,
            "true": sorted(self.true_subset, key=str),
            "num_candidates": len(self.candidates),
        }
        if self.about is not None:
            found["about"] = entity_text(self.about)
        if self.note:
            found["note"] = self.note
        if self.children:
            found["children"] = [each.to_data() for each in self.children]
        return found

    def __str__(self) -> str:
        return self.text
