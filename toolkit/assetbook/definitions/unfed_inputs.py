"""Inputs of ops that no op gives: their value is a default, or stands in a run's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from assetbook.definitions.flat_graph import FlatOp, FlatSource, Unfed
from assetbook.definitions.op_ports import OpInput
from assetbook.errors import DefinitionError
from assetbook.types.resolution import Nothing, loader_of

_PLAIN = (None, type(None), object, Any, int, float, str, bool, list, dict, Nothing)


def refuse_unfed(ops: Mapping[str, FlatOp], whole: str) -> None:
    """Raises DefinitionError for an input of ``ops``, which are those of ``whole``, that nothing
    can give: no op, no default, and its type cannot stand in a configuration."""
    for op in ops.values():
        for name, source in op.inputs.items():
            _check_given(whole, op, op.port(name), source)


def config_of_op(path: str, *below: str) -> str:
    """How a run's configuration is written that says something ``below`` the op at ``path``:
    ``{"ops": {"outer": {"ops": {"inner": {"inputs": {"day": ...}}}}}}``. An empty path is the
    whole job."""
    words = [word for name in path.split(".") if name for word in ("ops", name)]
    written = "..."
    for word in reversed([*words, *below]):
        written = f'{{"{word}": {written}}}'
    return written


def from_config(port: OpInput) -> bool:
    """Whether the value of an input may stand in a run's configuration."""
    loaded = port.manager_key is not None or loader_of(port.dagster_type) is not None
    return loaded or _is_plain(port.dagster_type)


def _check_given(whole: str, op: FlatOp, port: OpInput, source: FlatSource) -> None:
    if isinstance(source, Unfed) and not port.has_default and not from_config(port):
        kind = getattr(port.dagster_type, "__name__", repr(port.dagster_type))
        raise DefinitionError(
            f"the input `{port.name}` of the op `{op.path}` in {whole}",
            f"nothing gives it, and {kind} cannot be read from configuration",
            "Pass it an output of another op, give it a default, or make it a parameter of the "
            "outermost body.",
        )


def _is_plain(kind: object) -> bool:
    """Whether a value of that type can be written in JSON."""
    origin = get_origin(kind)
    if origin is Union or origin is UnionType:
        return all(_is_plain(each) for each in get_args(kind))
    return origin in (Literal, list, dict) or any(kind is each for each in _PLAIN)
