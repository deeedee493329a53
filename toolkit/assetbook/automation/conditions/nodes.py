"""What each node of a condition is true of: its parts first, then the node."""

from __future__ import annotations

from collections.abc import Collection

from assetbook.automation.conditions.explanation import ConditionExplanation
from assetbook.automation.conditions.operands import operand
from assetbook.automation.conditions.scope import Scope, key_of_text
from assetbook.definitions.automation.custom import AutomationContext, AutomationResult
from assetbook.definitions.automation.entity import (
    NOTHING,
    AssetJobKey,
    Entity,
    Subset,
    entity_text,
)
from assetbook.definitions.automation.node import CUSTOM, HANDLED, Node
from assetbook.definitions.automation.words import OVER_CHECKS, OVER_DEPS, OVER_JOB
from assetbook.errors import UsageError, with_article
from assetbook.keys import AssetKey

Explained = ConditionExplanation


def explained(
    scope: Scope,
    node: Node,
    entity: Entity,
    candidates: Subset,
    place: str = "",
    about: Entity | None = None,
) -> ConditionExplanation:
    """Of which ``candidates`` of ``entity`` the node is true, with how its parts were.

    ``place`` is the node's in its condition: what nodes remember is kept under it.
    """
    match node.kind:
        case "and":
            true, parts = _all_of(scope, node, entity, candidates, place)
        case "or":
            parts = tuple(
                explained(scope, each, entity, candidates, f"{place}.{at}")
                for at, each in enumerate(node.operands)
            )
            true = NOTHING.union(*(each.true_subset for each in parts))
        case "not":
            parts = (explained(scope, node.operands[0], entity, candidates, f"{place}.0"),)
            true = candidates - parts[0].true_subset
        case "since":
            true, parts = _since(scope, node, entity, place)
        case "newly_true":
            true, parts = _newly_true(scope, node, entity, place)
        case "any_downstream":
            true, parts = _any_downstream(scope, entity, candidates, place)
        case "custom":
            true, parts = _own(scope, node, entity, candidates, place), ()
        case _ if node.operands:
            true, parts = _over(scope, node, entity, candidates, place)
        case _:
            true, parts = operand(scope, node, entity, candidates, place), ()
    return Explained(node.name, true & candidates, candidates, parts, about)


_Found = tuple[Subset, tuple[ConditionExplanation, ...]]


def _all_of(scope: Scope, node: Node, entity: Entity, left: Subset, place: str) -> _Found:
    """Each part is asked about what is left by those before it."""
    parts = []
    for at, each in enumerate(node.operands):
        part = explained(scope, each, entity, left, f"{place}.{at}")
        parts.append(part)
        left = part.true_subset
    return left, tuple(parts)


def _since(scope: Scope, node: Node, entity: Entity, place: str) -> _Found:
    """Asked about all there is, so that nothing is missed while others are the candidates."""
    every = scope.run.edges.full(entity)
    trigger, reset = (
        explained(scope, each, entity, every, f"{place}.{at}")
        for at, each in enumerate(node.operands)
    )
    cause = scope.recall_subset(place, entity) | trigger.true_subset
    true = cause - reset.true_subset
    if node.operands[1].label == HANDLED and isinstance(entity, AssetKey):
        true |= _came_later(scope, entity, cause & reset.true_subset, trigger.true_subset)
    scope.remember_subset(place, true, entity)
    return true, (trigger, reset)


def _came_later(scope: Scope, key: AssetKey, handled: Subset, trigger: Subset) -> Subset:
    """What of ``handled`` is not: something that it reads was updated after it was requested, of
    which its run may know nothing, or its new version has read older data than there is."""
    if not handled or scope.since is None:
        return NOTHING
    updated = scope.view.updated(key, *scope.since)
    asked = (trigger & scope.run.requested_before(key) & handled) - updated
    again = NOTHING
    for other in scope.run.edges.parents_of(key) if asked else ():
        # what was requested with it is made by its own run, before it
        new = scope.view.updated(other, *scope.since) - scope.run.requested_before(other)
        again |= scope.run.edges.down(key, other, new, asked)
    return again | scope.view.behind(key, handled & updated)


def _newly_true(scope: Scope, node: Node, entity: Entity, place: str) -> _Found:
    every = scope.run.edges.full(entity)
    part = explained(scope, node.operands[0], entity, every, f"{place}.0")
    before = scope.recall_subset(place, entity)
    scope.remember_subset(place, part.true_subset, entity)
    return part.true_subset - before, (part,)


def _over(scope: Scope, node: Node, entity: Entity, candidates: Subset, place: str) -> _Found:
    """Asked about others: true where it is of any, or of all, of the partitions of theirs that
    have to do with a candidate."""
    any_of = node.kind.startswith(("any", "asset"))
    parts = []
    true = NOTHING if any_of else candidates
    for other in _others(scope, node, entity):
        asked = _asked_of(scope, entity, other, candidates)
        where = f"{place}.{entity_text(other)}"
        part = explained(scope, node.operands[0], other, asked, where, other)
        parts.append(part)
        if any_of:
            true |= _back(scope, entity, other, part.true_subset, candidates)
        else:
            true -= _back(scope, entity, other, asked - part.true_subset, candidates)
    return true, tuple(parts)


def _others(scope: Scope, node: Node, entity: Entity) -> Collection[Entity]:
    graph = scope.view.graph
    if node.kind == "asset":
        return (key_of_text(node.option("key")),)
    if node.kind in OVER_DEPS:
        return _narrowed(scope, node, scope.run.edges.parents_of(entity))
    if node.kind in OVER_CHECKS and isinstance(entity, AssetKey):
        blocking_only = node.option("blocking_only", False)
        nodes = graph.check_nodes(entity)
        return [each.key for each in nodes if each.spec.blocking or not blocking_only]
    if node.kind in OVER_JOB and isinstance(entity, AssetJobKey):
        made = frozenset(scope.view.job_assets(entity))
        order = [each for each in graph.order if each in made]
        return [each for each in order if made.isdisjoint(graph.dag.parents_of(each))]
    return ()


def _narrowed(scope: Scope, node: Node, keys: Collection[AssetKey]) -> Collection[AssetKey]:
    for how in ("allow", "ignore"):
        text = node.option(how)
        if text is not None:
            meant = frozenset(scope.view.selected(text))
            keys = [each for each in keys if (each in meant) is (how == "allow")]
    return keys


def _asked_of(scope: Scope, entity: Entity, other: Entity, candidates: Subset) -> Subset:
    if isinstance(other, AssetKey):
        return scope.run.edges.up(entity, other, candidates)
    return candidates  # a check is divided as its asset


def _back(scope: Scope, entity: Entity, other: Entity, found: Subset, among: Subset) -> Subset:
    if isinstance(other, AssetKey):
        return scope.run.edges.down(entity, other, found, among)
    return found & among


def _any_downstream(scope: Scope, entity: Entity, candidates: Subset, place: str) -> _Found:
    """The conditions downstream, each once, asked of this one; those of such kind stand for the
    ones below them, which are asked anyhow."""
    if not isinstance(entity, AssetKey):
        return NOTHING, ()
    below = scope.view.graph.dag.descendants([entity])
    found = (scope.run.conditions.get(each) for each in scope.view.graph.order if each in below)
    conditions = dict.fromkeys(
        each
        for each in found
        if each is not None and all(part.kind != "any_downstream" for part in each.walk())
    )
    parts = tuple(
        explained(scope, each, entity, candidates, f"{place}.{each.digest[:8]}")
        for each in conditions
    )
    return NOTHING.union(*(each.true_subset for each in parts)), parts


def _own(scope: Scope, node: Node, entity: Entity, candidates: Subset, place: str) -> Subset:
    """What the author's own condition answers; raises UsageError if that is no answer."""
    assert node.kind == CUSTOM
    context = AutomationContext(
        entity,
        candidates,
        scope.run.now,
        None if scope.since is None else scope.since[1],
        scope.run.edges.partitions_of(entity),
        scope.recall(place),
        scope.view,
    )
    result = node.evaluate(context)
    if not isinstance(result, AutomationResult):
        raise UsageError(
            f"the condition {type(node).__name__} of `{scope.root}`",
            f"evaluate() gave back {result!r}, {with_article(type(result).__name__)}",
            "Give back AutomationResult(context=context, true_subset=...).",
        )
    if result.cursor is not None:
        scope.nodes[place] = result.cursor
    return result.true_subset
