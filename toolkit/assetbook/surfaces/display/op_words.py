"""What an op declares, in words: its inputs and outputs with their types, and what it needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_ports import OpInput, OpOutput
from assetbook.definitions.ports import DEFAULT_IO_MANAGER
from assetbook.definitions.retries import RetryPolicy
from assetbook.instance.job_record import config_fields
from assetbook.surfaces.display.asset_words import tags_text
from assetbook.surfaces.display.grid import Cell
from assetbook.types.resolution import type_name

_OPTIONAL = "optional"
Facts = list[tuple[str, Cell | str]]


def op_facts(op: OpDefinition) -> Facts:
    """All that an op declares, each under its name; empty where it declares nothing."""
    return [
        ("inputs", "; ".join(map(input_text, op.inputs))),
        ("outputs", "; ".join(map(output_text, op.outputs))),
        ("config", config_text(op.config_type)),
        ("resources", ", ".join(resources_of(op))),
        ("retries", policy_text(op.retry_policy)),
        ("pool", op.pool or ""),
        ("tags", tags_text(op.tags)),
        ("code version", op.code_version or ""),
    ]


def op_sentence(op: OpDefinition) -> tuple[str, ...]:
    """The same in short, to stand in one line."""
    takes = ", ".join(_typed(each.name, each.dagster_type) for each in op.inputs)
    given = gives(op.outputs)
    config = op.config_type.__name__ if op.config_type is not None else ""
    resources = ", ".join(resources_of(op))
    return (
        f"{takes} → {given.strip()}".strip() if given else takes,
        f"config {config}" if config else "",
        f"needs {resources}" if resources else "",
        f"retries {policy_text(op.retry_policy)}" if op.retry_policy is not None else "",
        f"pool {op.pool}" if op.pool else "",
    )


def gives(outputs: Iterable[OpOutput]) -> str:
    """What comes out, in short: a type alone where there is one output without a name; empty
    where its author says nothing of it."""
    every = list(outputs)
    if len(every) == 1 and every[0].name == "result":
        kind = every[0].dagster_type
        return ("" if kind is None else type_name(kind)) + _marks(every[0])
    return ", ".join(_typed(each.name, each.dagster_type) + _marks(each) for each in every)


def input_text(port: OpInput) -> str:
    """``amounts: list[int] · optional``, with what its author says of it.

    Defaults themselves stay out, since cards are saved with the notebook.
    """
    given = _OPTIONAL if port.has_default else ""
    loaded = f"loaded by {port.manager_key}" if port.manager_key is not None else ""
    return _described(_typed(port.name, port.dagster_type), given, port.description, loaded)


def output_text(port: OpOutput) -> str:
    """``train: DataFrame``, with what its author says of it and what stores it."""
    own = port.io_manager_key != DEFAULT_IO_MANAGER
    stored = f"stored by {port.io_manager_key}" if own else ""
    said = _typed(port.name, port.dagster_type) + _marks(port)
    return _described(said, port.description, stored)


def config_text(config_type: type | None) -> str:
    """A Config class with its fields: ``Day: day str, rows int (optional)``; empty for None."""
    if config_type is None:
        return ""
    fields: dict[str, Any] = getattr(config_type, "model_fields", {})
    types = config_fields(config_type)
    said = ", ".join(
        f"{name} {types[name]}" + ("" if each.is_required() else f" ({_OPTIONAL})")
        for name, each in fields.items()
    )
    return f"{config_type.__name__}: {said}" if said else config_type.__name__


def resources_of(op: OpDefinition) -> list[str]:
    """The names of the resources that it takes as parameters or from its context."""
    named = [name for name, _ in op.resource_names]
    return list(dict.fromkeys([*named, *sorted(op.required_resource_keys)]))


def policy_text(policy: RetryPolicy | None) -> str:
    """``3, after 2 s, exponential, with full jitter``; empty for None."""
    if policy is None:
        return ""
    said = [str(policy.max_retries)]
    if policy.delay is not None:
        said.append(f"after {policy.delay:g} s")
    if policy.backoff is not None:
        said.append(policy.backoff.value.lower())
    if policy.jitter is not None:
        said.append(f"jitter {policy.jitter.value.lower().replace('_', ' ')}")
    return ", ".join(said)


def _typed(name: str, kind: object) -> str:
    return name if kind is None else f"{name}: {type_name(kind)}"


def _marks(port: OpOutput) -> str:
    dynamic = " (dynamic)" if port.is_dynamic else ""
    return dynamic if port.is_required else f"{dynamic} (optional)"


def _described(said: str, *more: str | None) -> str:
    return " · ".join(each for each in (said, *more) if each)
