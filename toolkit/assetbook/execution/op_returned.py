"""What an op's function returned or yielded, sorted by output."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from types import GeneratorType
from typing import Any

import msgspec

from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_ports import OpOutput
from assetbook.definitions.results import DataVersion, DynamicOutput, Output
from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.execution.returned import Told


class OpProduced(msgspec.Struct, frozen=True):
    """One output as the function gave it, or one element of a dynamic one."""

    port: OpOutput
    value: object
    mapping_key: str | None = None
    metadata: Mapping[str, Any] = {}
    data_version: DataVersion | None = None
    tags: Mapping[str, str] = {}


def op_produced(op: OpDefinition, name: str, returned: object) -> Iterator[OpProduced | Told]:
    """What ``returned`` gives, and tells of assets, one after the other; ``name`` is the step's.

    An output of type Nothing that must come need not be given: it is there at the end all the same.
    Raises DefinitionError for an output that is unknown or comes twice, and at the end for any
    other that must come and did not.
    """
    came: set[tuple[str, str | None]] = set()
    for item in _items(op, name, returned):
        if isinstance(item, Told):
            yield item
            continue
        produced = _produced(op, name, item)
        which = produced.port.name, produced.mapping_key
        if which in came:
            key = f" with the mapping key `{which[1]}`" if which[1] is not None else ""
            raise DefinitionError(
                f"the outputs of the op `{name}`",
                f"`{which[0]}` came twice{key}",
                "Yield each output once, and each element under a key of its own.",
            )
        came.add(which)
        yield produced
    yield from _due(op, name, {output for output, _ in came})


def _items(op: OpDefinition, name: str, returned: object) -> Iterable[object]:
    if isinstance(returned, GeneratorType):
        return _yielded(name, returned)
    if isinstance(returned, AsyncIterator):
        from assetbook.execution.awaiting import run_coroutine  # asyncio takes a while to import

        return _yielded(name, run_coroutine(_gathered(returned)))
    if len(op.outputs) == 1:
        return _of_one(op.outputs[0], returned)
    return _of_several(op, name, returned)


async def _gathered(items: AsyncIterator[object]) -> list[object]:
    return [each async for each in items]


def _yielded(name: str, items: Iterable[object]) -> Iterator[object]:
    for item in items:
        if not isinstance(item, Output | DynamicOutput | Told):
            raise DefinitionError(
                f"what the op `{name}` yields",
                f"it is {with_article(type(item).__name__)}",
                'Yield Output(value, "name") or DynamicOutput(value, mapping_key=...); of assets '
                "that it makes or looks at an AssetMaterialization or AssetObservation.",
            )
        yield item


def _of_one(port: OpOutput, returned: object) -> Iterable[object]:
    if port.is_dynamic and isinstance(returned, list | tuple):
        return returned
    if isinstance(returned, Output | DynamicOutput):
        return [returned]
    return [Output(returned, port.name)]


def _of_several(op: OpDefinition, name: str, returned: object) -> Iterable[object]:
    names = [each.name for each in op.outputs]
    if isinstance(returned, Output):
        return [returned]
    if returned is None and all(_is_nothing(each) or not each.is_required for each in op.outputs):
        return [Output(None, each.name) for each in op.outputs if _is_nothing(each)]
    if not isinstance(returned, tuple) or len(returned) != len(names):
        found = with_article(type(returned).__name__)
        if isinstance(returned, tuple):
            found = f"a tuple of {len(returned)}"
        raise DefinitionError(
            f"the outputs of the op `{name}`",
            f"it returned {found}",
            f"Return a tuple of {len(names)}, for {', '.join(names)}, or yield an Output for each.",
        )
    return [_named(each, output) for each, output in zip(returned, names, strict=True)]


def _named(value: object, name: str) -> object:
    if isinstance(value, Output):
        return (
            value
            if value.output_name
            else Output(value.value, name, value.metadata, value.data_version, value.tags)
        )
    return Output(value, name)


def _produced(op: OpDefinition, name: str, item: object) -> OpProduced:
    if not isinstance(item, Output | DynamicOutput):
        raise DefinitionError(
            f"the elements that the op `{name}` returned",
            f"among them is {with_article(type(item).__name__)}",
            "Return a list of DynamicOutput(value, mapping_key=...).",
        )
    port = _port(op, name, item.output_name)
    dynamic = isinstance(item, DynamicOutput)
    if dynamic != port.is_dynamic:
        raise DefinitionError(
            f"the output `{port.name}` of the op `{name}`",
            "a DynamicOutput came, and it is declared Out" if dynamic else "it is declared dynamic",
            "Declare it DynamicOut()."
            if dynamic
            else "Yield DynamicOutput(value, mapping_key=...).",
        )
    if isinstance(item, DynamicOutput):
        return OpProduced(port, item.value, item.mapping_key, item.metadata)
    return OpProduced(port, item.value, None, item.metadata, item.data_version, item.tags)


def _port(op: OpDefinition, name: str, output: str | None) -> OpOutput:
    names = [each.name for each in op.outputs]
    if output is None and len(names) == 1:
        return op.outputs[0]
    for port in op.outputs:
        if port.name == (output or "result"):
            return port
    raise DefinitionError(
        f"the output `{output or 'result'}` of the op `{name}`",
        "it is not declared",
        did_you_mean(output or "result", names) or f"Its outputs are {', '.join(names)}.",
    )


def _is_nothing(port: OpOutput) -> bool:
    from assetbook.types.resolution import Nothing

    return port.dagster_type is Nothing


def _due(op: OpDefinition, name: str, came: set[str]) -> Iterator[OpProduced]:
    for port in op.outputs:
        if port.name in came or not port.is_required or port.is_dynamic:
            continue
        if not _is_nothing(port):
            raise DefinitionError(
                f"the outputs of the op `{name}`",
                f"`{port.name}` did not come",
                "Return or yield it, or declare it Out(is_required=False).",
            )
        yield OpProduced(port, None)
