"""The outputs of an op, from ``out=`` and the function's return annotation."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Mapping
from types import MappingProxyType
from typing import Any, get_args, get_origin

from assetbook.definitions.labels import validate_name
from assetbook.definitions.op_ports import DynamicOut, OpOutput, Out
from assetbook.definitions.results import DynamicOutput, Output
from assetbook.errors import DefinitionError, with_article
from assetbook.types.resolution import Nothing

DEFAULT_OUTPUT = "result"
DEFAULT_OUTPUTS = (OpOutput(DEFAULT_OUTPUT),)
_STREAMS = frozenset({Generator, Iterator, AsyncGenerator, AsyncIterator})
_NO_METADATA: Mapping[str, Any] = MappingProxyType({})


def outputs_of(
    name: str, out: Out | Mapping[str, Out] | None, returns: object
) -> tuple[OpOutput, ...]:
    """The outputs of the op ``name``; ``returns`` is its return annotation, None without one.

    Raises DefinitionError for an ``out`` that is none, and for an annotation that does not fit.
    """
    if out is None:
        dynamic, annotation = _plain(returns)
        return (OpOutput(DEFAULT_OUTPUT, annotation, is_dynamic=dynamic),)
    if isinstance(out, Out):
        return (_output(DEFAULT_OUTPUT, out, _plain(returns)[1]),)
    if not isinstance(out, Mapping) or not out:
        raise DefinitionError(
            f"out= of the op `{name}`",
            f"it is {out!r}, {with_article(type(out).__name__)}",
            'Give Out(...), or several by name: {"train": Out(), "test": Out()}.',
        )
    for each, given in out.items():
        _check_out(name, each, given)
    annotations = _shared(name, len(out), returns)
    return tuple(
        _output(each, given, annotation)
        for (each, given), annotation in zip(out.items(), annotations, strict=True)
    )


def _output(name: str, out: Out, annotation: object) -> OpOutput:
    return OpOutput(
        name,
        out.dagster_type if out.dagster_type is not None else annotation,
        out.is_required,
        isinstance(out, DynamicOut),
        out.io_manager_key,
        out.description,
        out.metadata or _NO_METADATA,
        out.code_version,
    )


def _check_out(op_name: str, name: str, given: object) -> None:
    validate_name(name, f"an output of the op `{op_name}`")
    if not isinstance(given, Out):
        raise DefinitionError(
            f"out[{name!r}] of the op `{op_name}`",
            f"it is {given!r}, {with_article(type(given).__name__)}",
            "Give Out(...) or DynamicOut(...).",
        )


def _plain(annotation: object) -> tuple[bool, object]:
    """Whether an annotation says "dynamic", and the type of the value that it tells of."""
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        return False, Nothing
    if origin in _STREAMS or annotation in (Output, *_STREAMS):
        return False, None
    if origin is Output:
        return False, args[0]
    if origin is list and args:
        inner = get_origin(args[0]) or args[0]
        if inner is DynamicOutput:
            return True, next(iter(get_args(args[0])), None)
    return False, annotation


def _shared(name: str, count: int, returns: object) -> tuple[object, ...]:
    """One annotation for each of several outputs."""
    if count == 1:
        return (_plain(returns)[1],)
    if returns in (None, Any, tuple) or get_origin(returns) in _STREAMS:
        return (None,) * count
    args = get_args(returns)
    if get_origin(returns) is not tuple or len(args) != count or Ellipsis in args:
        raise DefinitionError(
            f"the op `{name}`",
            f"it has {count} outputs, and its return annotation is {returns!r}",
            "Annotate a tuple with a type for each output, or nothing.",
        )
    return tuple(_plain(each)[1] for each in args)
