"""Runs of a notebook that differ in their parameters: each is a partition of its job."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, TypeAlias, get_args

from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.env_var import EnvVar, IntEnvVar, is_env_var
from assetbook.definitions.partitions import PartitionsDefinition, StaticPartitionsDefinition
from assetbook.definitions.secret import Secret
from assetbook.definitions.secret_literals import masked
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.kernels.parameter_texts import typed_parameters

Sweep: TypeAlias = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]
"""A grid, ``{"top": [3, 5], "rate": [0.1, 0.2]}``; or the parameters of each run."""


def swept(asked: str, op: str, model: Any, sweep: Sweep) -> PartitionedConfig:
    """The configuration of a job whose op is called ``op``, by partition: ``top=3 rate=0.1``.

    Raises DefinitionError for a sweep of nothing, for two runs that are called alike, and for a
    secret, which would name a partition; an EnvVar does by the variable's name.
    """
    runs = [*_runs(asked, sweep)]
    for name, value in (pair for each in runs for pair in each.items()):
        if not is_env_var(value) and _is_secret(model, name, value):
            raise _named_by_secret(asked, name)
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
    if _is_secret(model, parameter, ""):
        raise _named_by_secret(asked, parameter)

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
    return " ".join(f"{name}={_shown(each)}" for name, each in parameters.items())


def _shown(value: object) -> object:
    if isinstance(value, EnvVar | IntEnvVar):
        return value.env_var_name
    return value.name if isinstance(value, Enum) else value


def _is_secret(model: Any, name: str, value: object) -> bool:
    """Whether a parameter holds a secret: by its type, by its name, or by what the value is."""
    field = model.__pydantic_fields__.get(name)
    wanted = field.annotation if field is not None else None
    if isinstance(value, Secret) or Secret in (wanted, *get_args(wanted)):
        return True
    return isinstance(value, str) and masked(value, name) != value


def _named_by_secret(asked: str, name: str) -> DefinitionError:
    return DefinitionError(
        asked,
        f"`{name}` holds a secret, and would name a partition of each run",
        'Give EnvVar("NAME") for each in a sweep: partitions are called by that.',
    )
