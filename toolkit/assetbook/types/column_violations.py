"""What of one column breaks its rule; reads its values only where nothing else tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.types.column_rule import ColumnRule
from assetbook.types.logical_types import logical_type
from assetbook.types.table_facts import TableFacts
from assetbook.types.violations import SAMPLES, Violation

if TYPE_CHECKING:
    import pyarrow as pa

Broken = Callable[["pa.Array"], "pa.BooleanArray"]
"""For each value of a part whether it breaks the rule; null where the value is."""


def column_violations(rule: ColumnRule, facts: TableFacts) -> list[Violation]:
    """All that the column breaks; only that it is missing or of another type, if it is.

    Raises DefinitionError for bounds and lists that cannot be compared with the column's values.
    """
    names = facts.schema.names
    if rule.name not in names:
        near = did_you_mean(rule.name, names)
        return [Violation(rule.name, "is there", found=f"there is no such column. {near}".strip())]
    if names.count(rule.name) > 1:
        return [Violation(rule.name, "is there once", found="several columns have that name")]
    kind = facts.schema.field(rule.name).type
    if not rule.takes(kind):
        found = f"it is {with_article(logical_type(kind))}"
        return [Violation(rule.name, f"is of type {rule.type}", found=found)]
    return list(_of_values(rule, facts, kind))


def _of_values(rule: ColumnRule, facts: TableFacts, kind: pa.DataType) -> Iterator[Violation]:
    if not rule.nullable and facts.nulls(rule.name) != 0:
        yield from _found("no nulls", rule, facts, _is_null)
    if rule.min_value is not None and not _settled(rule, facts, at=0):
        yield from _found(
            f"at least {rule.min_value}", rule, facts, _beyond("less", rule.min_value)
        )
    if rule.max_value is not None and not _settled(rule, facts, at=1):
        beyond = _beyond("greater", rule.max_value)
        yield from _found(f"at most {rule.max_value}", rule, facts, beyond)
    if rule.one_of is not None:
        yield from _found("one of those listed", rule, facts, _not_in(rule.one_of))
    if rule.matches is not None:
        yield from _found(f"matches {rule.matches}", rule, facts, _no_match(rule.matches))
    if rule.unique:
        yield from _repeated(rule, facts)


def _settled(rule: ColumnRule, facts: TableFacts, *, at: int) -> bool:
    """Whether the bounds that are known keep the rule already."""
    bounds = facts.bounds(rule.name)
    if bounds is None:
        return False
    try:
        kept = bounds[0] >= rule.min_value if at == 0 else bounds[1] <= rule.max_value
    except TypeError:  # bounds of another kind than the rule's: the values are compared
        return False
    return bool(kept)


def _found(said: str, rule: ColumnRule, facts: TableFacts, broken: Broken) -> Iterator[Violation]:
    import pyarrow as pa
    import pyarrow.compute as pc

    count, start = 0, 0
    rows: list[tuple[object, object]] = []
    for part in facts.parts(rule.name):
        plain = part.dictionary_decode() if pa.types.is_dictionary(part.type) else part
        try:
            marked = pc.fill_null(broken(plain), False)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise DefinitionError(
                f"the rule `{said}` of the column `{rule.name}`",
                f"it cannot be asked of {with_article(logical_type(plain.type))}: {error}",
                "Give values of the column's own type.",
            ) from None
        hits = pc.sum(marked).as_py() or 0
        if hits and len(rows) < SAMPLES:
            places = pc.indices_nonzero(marked)[: SAMPLES - len(rows)].to_pylist()
            rows += [(start + place, plain[place].as_py()) for place in places]
        count, start = count + hits, start + len(part)
    if count:
        yield Violation(rule.name, said, count, tuple(rows))


def _is_null(values: pa.Array) -> Any:
    import pyarrow.compute as pc

    return pc.is_null(values)


def _beyond(comparison: str, limit: Any) -> Broken:
    def ask(values: pa.Array) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        return getattr(pc, comparison)(values, pa.scalar(limit))

    return ask


def _not_in(allowed: tuple[Any, ...] | Any) -> Broken:
    def ask(values: pa.Array) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        known = pa.array(allowed, type=values.type)
        return pc.and_(pc.invert(pc.is_in(values, value_set=known)), pc.is_valid(values))

    return ask


def _no_match(pattern: str) -> Broken:
    """Python's expressions, asked once for each distinct text of a part."""
    compiled = re.compile(pattern)

    def ask(values: pa.Array) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        coded = pc.dictionary_encode(values)
        broken = [compiled.fullmatch(text) is None for text in coded.dictionary.to_pylist()]
        return pa.array(broken, type=pa.bool_()).take(coded.indices)

    return ask


def _repeated(rule: ColumnRule, facts: TableFacts) -> Iterator[Violation]:
    """Rows whose value was there before; holds the one column in memory."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chunks = list(facts.parts(rule.name))
    if not chunks:
        return
    column = pa.chunked_array(chunks)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    valid = len(column) - column.null_count
    repeated = valid - pc.count_distinct(column, mode="only_valid").as_py()
    if repeated:
        yield Violation(rule.name, "unique", repeated, tuple(_first_repeated(column)))


def _first_repeated(column: pa.ChunkedArray) -> Iterator[tuple[object, object]]:
    import pyarrow as pa

    numbered = pa.table({"value": column, "row": pa.array(range(len(column)))})
    firsts = numbered.group_by("value").aggregate([("row", "min"), ("row", "count")])
    import pyarrow.compute as pc

    several = firsts.filter(pc.greater(firsts["row_count"], 1))["value"].combine_chunks()
    of_several = numbered.filter(pc.is_in(column, value_set=several))
    first = set(firsts["row_min"].to_pylist())
    shown = 0
    for batch in of_several.to_batches():
        for row in batch.to_pylist():
            if row["row"] not in first and row["value"] is not None:
                yield row["row"], row["value"]
                shown += 1
                if shown == SAMPLES:
                    return
