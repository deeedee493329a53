"""Which assets of a graph an expression means."""

from __future__ import annotations

from collections.abc import Collection

from assetbook.dependencies.selection_expression import (
    Attribute,
    Ends,
    Everything,
    Expression,
    Joined,
    Keys,
    Layers,
    Name,
    Pattern,
)
from assetbook.dependencies.selection_graph import SelectionGraph
from assetbook.errors import SelectionError, did_you_mean
from assetbook.keys import AssetKey


def resolved(expression: Expression, graph: SelectionGraph) -> frozenset[AssetKey]:
    """The assets meant; raises SelectionError for a name that fits none, or several."""
    match expression:
        case Everything(include_sources):
            every = graph.dag.order
            return frozenset(key for key in every if include_sources or not graph.is_external(key))
        case Name(pattern):
            return _by_name(pattern, graph)
        case Keys(keys):
            for key in keys:
                if key not in graph.dag:
                    raise _unknown(str(key), graph)
            return frozenset(keys)
        case Attribute():
            return frozenset(key for key in graph.dag if _holds(expression, key, graph))
        case Ends(child, which):
            within = resolved(child, graph)
            return graph.dag.sinks(within) if which == "sinks" else graph.dag.roots(within)
        case Layers(child, direction, depth):
            chosen = resolved(child, graph)
            if direction == "downstream":
                return chosen | graph.dag.descendants(chosen, depth)
            above = graph.dag.ancestors(chosen, depth)
            return chosen.union(key for key in above if not graph.is_external(key))
        case Joined(how, operands):
            first, *others = (resolved(operand, graph) for operand in operands)
            if how == "and":
                return first.intersection(*others)
            return first.union(*others) if how == "or" else first.difference(*others)


def checks_meant(expression: Expression, graph: SelectionGraph) -> frozenset[str]:
    """The checks meant: those that are named, and all of the assets meant; raises as above."""
    match expression:
        case Attribute("check", value):
            every = (name for names in graph.checks.values() for name in names)
            return frozenset(each for each in every if value is not None and value.matches(each))
        case Joined(how, operands):
            first, *others = (checks_meant(operand, graph) for operand in operands)
            if how == "and":
                return first.intersection(*others)
            return first.union(*others) if how == "or" else first.difference(*others)
        case _:
            chosen = resolved(expression, graph)
            return frozenset(name for key in chosen for name in graph.checks.get(key, ()))


def says_checks(expression: Expression) -> bool:
    """Whether any of it is about checks."""
    match expression:
        case Attribute(name):
            return name == "check"
        case Layers(child) | Ends(child):
            return says_checks(child)
        case Joined(_, operands):
            return any(map(says_checks, operands))
        case _:
            return False


def named(expression: Expression, graph: SelectionGraph) -> frozenset[AssetKey]:
    """What is named one by one, before anything is taken from it again."""
    match expression:
        case Name(pattern) | Attribute("key", Pattern() as pattern):
            return resolved(expression, graph) if pattern.plain else frozenset()
        case Keys(keys):
            return frozenset(keys)
        case Layers(child) | Ends(child) | Joined("and not", (child, *_)):
            return named(child, graph)
        case Joined(_, operands):
            return frozenset().union(*(named(operand, graph) for operand in operands))
        case _:
            return frozenset()


def _by_name(pattern: Pattern, graph: SelectionGraph) -> frozenset[AssetKey]:
    name = str(pattern)
    parts = name.split("/")
    if pattern.plain and all(parts) and (exact := AssetKey(parts)) in graph.dag:
        return frozenset((exact,))
    fitting = [key for key in graph.dag if pattern.matches(str(key))]
    if pattern.plain and not fitting:
        fitting = [key for key in graph.dag if str(key).endswith(f"/{name}")]
    if not fitting:
        raise _unknown(name, graph)
    if pattern.plain and len(fitting) > 1:
        several = " and ".join(f"`{key}`" for key in fitting)
        raise SelectionError(f"the asset `{name}`", f"it may be {several}", "Write the whole key.")
    return frozenset(fitting)


def _unknown(name: str, graph: SelectionGraph) -> SelectionError:
    near = did_you_mean(name, map(str, graph.dag))
    return SelectionError(f"the asset `{name}`", "nothing here is called so", near)


def _holds(attribute: Attribute, key: AssetKey, graph: SelectionGraph) -> bool:
    """Whether it is true of ``key``; keys, owners and ``is:`` are asked of external assets too."""
    value, facts = attribute.value, graph.facts.get(key)
    if attribute.name == "key":
        return value is not None and value.matches(str(key))
    if attribute.name == "is":
        return graph.is_external(key) is (str(value) == "external")
    if facts is None or attribute.name == "check":
        return False
    if attribute.name == "owner":
        return _among(value, facts.owners)
    if facts.is_external and not attribute.include_sources:
        return False
    if attribute.name == "kind":
        return _among(value, facts.kinds)
    if attribute.name == "group":
        return _among(value, (facts.group_name,))
    tag, said = attribute.tag, value or Pattern(("",))
    return any(said.matches(facts.tags[each]) for each in facts.tags if tag and tag.matches(each))


def _among(value: Pattern | None, texts: Collection[str]) -> bool:
    return not texts if value is None else any(map(value.matches, texts))
