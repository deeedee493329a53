"""Runs of a notebook that differ in their parameters: each is a partition of its job."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, TypeAlias

from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.partitions import PartitionsDefinition, StaticPartitionsDefinition
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.kernels.parameter_texts import typed_parameters

Sweep: TypeAlias = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]
"""A grid, ``{"top": [3, 5], "rate": [0.1, 0.2]}``; or the parameters of each run."""


def swept(asked: str, op: str, sweep: Sweep) -> PartitionedConfig:
    """The configuration of a job whose op is called ``op``, by partition: ``top=3 rate=0.1``.

    Raises DefinitionError for a sweep of nothing, and for two runs that are called alike.
    """
    runs = [*_runs(asked, sweep)]
    named = {_key(each): each for each in runs}
    if not runs or len(named) < len(runs):
        found = "it has no runs" if not runs else "two of its runs have the same parameters"
        raise DefinitionError(asked, found, "Give lists of values, or a dict for each run.")
    keys = StaticPartitionsDefinition(list(named))
    return PartitionedConfig(keys, lambda key: {"ops": {op: {"config": dict(named[key])}}})


def by_key(
    asked: str, op: str, model: Any, partitions: PartitionsDefinition, parameter: str
) -> PartitionedConfig:
    """The same of a job that has partitions, whose key is that parameter of its notebook, a field
    of ``model``. Raises DefinitionError if there is no such parameter."""
    fields = model.__pydantic_fields__
    if parameter not in fields:
        raise DefinitionError(
            asked,
            f"partition_parameter={parameter!r} is none of its parameters",
            did_you_mean(parameter, fields) or f"There are: {', '.join(fields) or 'none'}.",
        )

    def of_key(key: str) -> dict[str, Any]:
        return {"ops": {op: {"config": typed_parameters(model, [f"{parameter}={key}"])}}}

    return PartitionedConfig(partitions, of_key)


def _runs(asked: str, sweep: Sweep) -> Iterator[Mapping[str, Any]]:
    if not isinstance(sweep, Mapping):
        yield from sweep
        return
    for name, values in sweep.items():
        if isinstance(values, str) or not isinstance(values, Sequence):
            said = f"the values of `{name}` are no list"
            raise DefinitionError(asked, said, f"Give {{{name!r}: [...]}}.")
    for values in itertools.product(*sweep.values()):
        yield dict(zip(sweep, values, strict=True))


def _key(parameters: Mapping[str, Any]) -> str:
    shown = {
        name: each.name if isinstance(each, Enum) else each for name, each in parameters.items()
    }
    return " ".join(f"{name}={each}" for name, each in shown.items())
