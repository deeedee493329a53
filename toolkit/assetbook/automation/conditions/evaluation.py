"""One evaluation of conditions: what they ask for, what is remembered, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import structs

from assetbook.automation.conditions.cursor import AutomationCursor, EntityMemory
from assetbook.automation.conditions.edges import Edges
from assetbook.automation.conditions.explanation import ConditionExplanation
from assetbook.automation.conditions.nodes import explained
from assetbook.automation.conditions.scope import (
    Evaluating,
    Scope,
    memory_of,
    still_valid,
)
from assetbook.automation.conditions.view import AutomationView
from assetbook.definitions.automation.condition import AutomationCondition
from assetbook.definitions.automation.entity import AssetJobKey, Entity, Subset
from assetbook.errors import SelectionError, did_you_mean
from assetbook.keys import AssetKey, CheckKey


class Evaluation(msgspec.Struct, frozen=True):
    """What an evaluation gave."""

    requests: Mapping[Entity, Subset]
    """What is to be made, checked or run; ``{None}`` for all of what has no partitions."""
    cursor: AutomationCursor
    """What the next evaluation is given."""
    explanations: Mapping[Entity, ConditionExplanation]
    """Why, for each that has a condition."""


def evaluate(
    view: AutomationView,
    conditions: Mapping[Entity, AutomationCondition],
    cursor: AutomationCursor | None,
    now: datetime,
) -> Evaluation:
    """What the conditions ask for, as of ``now`` and of what ``view`` knows.

    ``cursor`` is that of the evaluation before; None for the first one. What is being made is
    never requested, whatever its condition says, nor what needs a partition that there is not.
    Whoever acts on it stores the requests and the cursor together. Raises SelectionError for a
    condition of what is not defined, and what the author's own conditions raise.
    """
    run = Evaluating(view, conditions, cursor, now, Edges(view))
    memories: dict[Entity, EntityMemory] = {}
    explanations: dict[Entity, ConditionExplanation] = {}
    for entity in _in_order(view, conditions):
        scope = Scope(run, entity, still_valid(run, entity, conditions[entity]))
        found = _root(scope, conditions[entity])
        explanations[entity] = found
        if found.true_subset:
            run.requested[entity] = found.true_subset
        memories[entity] = structs.replace(
            memory_of(run, entity, conditions[entity]),
            requested=run.stored(found.true_subset, entity),
            nodes=scope.nodes,
        )
    after = AutomationCursor(now, view.last_event, memories)
    return Evaluation(run.requested, after, explanations)


def _root(scope: Scope, condition: AutomationCondition) -> ConditionExplanation:
    """The condition evaluated, without what cannot or need not be requested."""
    entity, edges = scope.root, scope.run.edges
    found = explained(scope, condition, entity, edges.full(entity), "", entity)
    running = scope.view.running(entity) | scope.view.in_backfill(entity)
    notes, true = [], found.true_subset
    if already := true & running:
        notes.append(f"left out, being made already: {_counted(already)}")
    true -= already
    if lacking := edges.lacking(entity, true):
        notes.append(f"left out, needing partitions that there are not: {_counted(lacking)}")
    return structs.replace(found, true_subset=true - lacking, note="; ".join(notes))


def _counted(subset: Subset) -> str:
    return "it" if None in subset else str(len(subset))


def _in_order(
    view: AutomationView, conditions: Mapping[Entity, AutomationCondition]
) -> list[Entity]:
    """Assets, each after what it reads, then checks, then jobs."""
    unknown = [
        each
        for each in conditions
        if not isinstance(each, AssetJobKey)
        and (each.asset_key if isinstance(each, CheckKey) else each) not in view.graph.specs
    ]
    if unknown:
        names = [str(key) for key in view.graph.specs]
        raise SelectionError(
            f"the condition of `{unknown[0]}`",
            "there is no such asset",
            did_you_mean(str(unknown[0]), names) or f"There are {len(names)} assets.",
        )
    assets: list[Entity] = [each for each in view.graph.order if each in conditions]
    checks = sorted(each for each in conditions if isinstance(each, CheckKey))
    others = [each for each in conditions if not isinstance(each, AssetKey | CheckKey)]
    return [*assets, *checks, *others]
