"""What the author's own conditions are told, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assetbook.definitions.automation.entity import NOTHING, Entity, Subset
from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.errors import UsageError, with_article
from assetbook.named_arguments import named_arguments


@dataclass(frozen=True, slots=True)
class AutomationContext:
    """One evaluation of one's own condition."""

    key: Entity
    """What is asked about; in a condition over others, one of those."""
    candidate_subset: Subset
    """The partitions that are asked about; ``{None}`` for what has none."""
    evaluation_time: datetime
    """As of when; aware, in UTC."""
    previous_evaluation_time: datetime | None = None
    """When it was asked last time; None if this is the first time."""
    partitions_def: PartitionsDefinition | None = None
    cursor: Any = None
    """What it answered as ``cursor`` last time; None before."""
    view: Any = None
    """What is known of assets; see ``assetbook.automation.conditions.view``."""

    def get_empty_subset(self) -> Subset:
        """No partitions."""
        return NOTHING


@named_arguments
@dataclass(frozen=True, slots=True)
class AutomationResult:
    """What one's own condition answers: for which of the candidates it is true.

    ``cursor`` is plain data for JSON, given back next time. Raises UsageError for a subset that is
    no collection.
    """

    context: AutomationContext
    true_subset: Subset
    cursor: Any = None

    def __post_init__(self) -> None:
        given = self.true_subset
        if not isinstance(given, frozenset | set | list | tuple):
            raise UsageError(
                f"AutomationResult(true_subset={given!r})",
                f"it is {with_article(type(given).__name__)}",
                "Give context.candidate_subset, some of it, or context.get_empty_subset().",
            )
        object.__setattr__(self, "true_subset", frozenset(given) & self.context.candidate_subset)
