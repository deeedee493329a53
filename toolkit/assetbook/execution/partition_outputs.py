"""What a step gave, sorted by partition: one call makes one of them, or several at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args, get_origin

from msgspec import structs

from assetbook.definitions.partitions import BackfillPolicy
from assetbook.definitions.ports import OutputPort
from assetbook.definitions.results import NO_VALUE
from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.execution.returned import Produced
from assetbook.keys import PartitionKey
from assetbook.planning.steps import Step


def by_partition(
    step: Step, produced: Sequence[Produced], policy: BackfillPolicy | None
) -> list[Produced]:
    """The same with the partition that each is of; of a call that may make several, the values of
    each output apart.

    Raises DefinitionError where such a call did not return a dict with a value for each partition,
    or nothing at all.
    """
    partitions = step.partitions
    if not partitions:
        return list(produced)
    if len(partitions) > 1:
        return [part for each in produced for part in _apart(each, partitions)]
    [one] = partitions
    if policy is None or policy.max_partitions_per_run == 1:
        return [structs.replace(each, partition=one) for each in produced]
    return [
        part
        for each in produced
        for part in (
            _apart(each, partitions)
            if _is_by_key(each.value, one)
            else [structs.replace(each, partition=one)]
        )
    ]


def _is_by_key(value: object, partition: PartitionKey) -> bool:
    return isinstance(value, Mapping) and [*value] == [partition]


def _of_one(port: OutputPort) -> OutputPort:
    """The output with the type of one partition's value, where a dict of them is annotated."""
    kind, inner = get_origin(port.dagster_type), get_args(port.dagster_type)
    if isinstance(kind, type) and issubclass(kind, Mapping) and len(inner) == 2:
        return port._replace(dagster_type=inner[1])
    return port._replace(dagster_type=None) if port.dagster_type is dict else port


def _apart(produced: Produced, partitions: Sequence[PartitionKey]) -> Iterator[Produced]:
    value, port = produced.value, _of_one(produced.port)
    if value is NO_VALUE:
        yield from (structs.replace(produced, partition=each) for each in partitions)
        return
    asked = f"the value of `{produced.port.spec.key}`"
    if not isinstance(value, Mapping):
        raise DefinitionError(
            asked,
            f"{len(partitions)} partitions are made in one call, and it is "
            f"{with_article(type(value).__name__)}",
            "Return a dict with a value for each of context.partition_keys, or take one partition "
            "a call: backfill_policy=BackfillPolicy.multi_run().",
        )
    if missing := [each for each in partitions if each not in value]:
        raise DefinitionError(
            asked,
            f"there is no value for the partition {missing[0]!r}"
            + (f" and {len(missing) - 1} more" if len(missing) > 1 else ""),
            "Return a dict with a value for each of context.partition_keys.",
        )
    if other := [each for each in value if each not in partitions]:
        raise DefinitionError(
            asked,
            f"it has a value for {other[0]!r}, which is no partition of this call",
            did_you_mean(str(other[0]), partitions)
            or f"It makes {partitions[0]} to {partitions[-1]}.",
        )
    for each in partitions:
        part = NO_VALUE if value[each] is None else value[each]
        yield structs.replace(produced, port=port, value=part, partition=each)
