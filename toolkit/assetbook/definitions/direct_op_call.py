"""Calling an op as the function that it decorates, with the types of what goes in and comes out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assetbook.definitions.direct_call import arguments_of
from assetbook.definitions.results import DynamicOutput, Output
from assetbook.errors import TypeCheckError
from assetbook.types.resolution import annotated_type
from assetbook.types.value_type import TypeCheckContext

if TYPE_CHECKING:
    from assetbook.definitions.op_definition import OpDefinition

_LATER = (Generator, Coroutine, AsyncGenerator)


def call_op(op: OpDefinition, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """What the op's function returns; raises UsageError as calling an asset does.

    Raises TypeCheckError for an input or output of another type than declared. What is yielded, or
    returned later, is not checked.
    """
    __tracebackhide__ = True
    given = arguments_of(op, args, kwargs)
    for port in op.inputs:
        if port.name in given:
            asked = f"the input `{port.name}` of {op.name}(...)"
            _check(port.dagster_type, given[port.name], asked, "Give another value.")
    returned = op.compute(**given)
    if not isinstance(returned, _LATER):
        for name, kind, value in _outputs(op, returned):
            asked = f"the output `{name}` of {op.name}(...)"
            _check(kind, value, asked, "Return another value, or change the type.")
    return returned


def _outputs(op: OpDefinition, returned: Any) -> Iterator[tuple[str, object, Any]]:
    """The outputs that were returned as values, with their declared types."""
    several = len(op.outputs) > 1
    values = returned if several and isinstance(returned, tuple) else (returned,)
    if len(values) != len(op.outputs):
        return
    for port, value in zip(op.outputs, values, strict=True):
        if isinstance(value, DynamicOutput) or port.is_dynamic:
            continue
        inner = value.value if isinstance(value, Output) else value
        yield port.name, port.dagster_type, inner


def _check(declared: object, value: Any, asked: str, remedy: str) -> None:
    wanted = annotated_type(declared) if declared is not None else None
    if wanted is None or wanted.required_resource_keys:
        return
    found = wanted.type_check(TypeCheckContext(), value)
    if not found.success:
        said = f": {found.description}" if found.description else ""
        error = TypeCheckError(asked, f"expected {wanted.name}{said}", remedy)
        error.samples = found.samples
        raise error
