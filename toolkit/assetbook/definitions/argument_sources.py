"""From the arguments of a call in a graph's body to where each input comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assetbook.definitions.handles import (
    CollectedHandle,
    DynamicHandle,
    Handle,
    InputHandle,
    OutputHandle,
)
from assetbook.definitions.invocations import (
    FanIn,
    FromInput,
    FromOutput,
    Over,
    Source,
    dynamic_name,
)
from assetbook.definitions.node import Node, PendingInvocation
from assetbook.errors import DefinitionError, did_you_mean, with_article


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call was given."""

    sources: Mapping[str, Source]
    over: Over | None
    """The dynamic output for whose elements it happens; None for once."""
    graph_inputs: frozenset[str]
    """The inputs of the graph itself that it was given."""


def argument_sources(
    graph: object, name: str, node: Node, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Arguments:
    """What the call of ``node`` under ``name`` was given; raises DefinitionError if it is unfit."""
    given = _by_name(name, node, args, kwargs)
    sources: dict[str, Source] = {}
    met: list[Handle] = []
    for each, value in given.items():
        handles, source = _Reading(graph, name, node.noun, each).source_of(value)
        sources[each] = source
        met += handles
    inputs = frozenset(each.source.name for each in met if isinstance(each, InputHandle))
    return Arguments(sources, _over(name, node, met), inputs)


def _by_name(
    name: str, node: Node, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    names = [each.name for each in node.inputs]
    if len(args) > len(names):
        raise DefinitionError(
            f"the call of the {node.noun} `{name}`",
            f"{len(args)} input{' is' if len(args) == 1 else 's are'} given, "
            f"and it has {len(names) or 'none'}",
            f"Its inputs are {', '.join(names)}." if names else "",
        )
    given = dict(zip(names, args, strict=False))
    for each, value in kwargs.items():
        if each not in names:
            raise DefinitionError(
                f"the input `{each}` of the {node.noun} `{name}`",
                "it has no such input",
                did_you_mean(each, names) or f"Its inputs are {', '.join(names) or 'none'}.",
            )
        if each in given:
            raise DefinitionError(
                f"the input `{each}` of the {node.noun} `{name}`",
                "it is given twice, by place and by name",
                "Give it once.",
            )
        given[each] = value
    return given


def _over(name: str, node: Node, met: Sequence[Handle]) -> Over | None:
    """The one dynamic output whose elements the call is for; raises DefinitionError for two."""
    mapped = dict.fromkeys(
        each.over for each in met if each.over and not isinstance(each, CollectedHandle)
    )
    collected = [each for each in met if isinstance(each, CollectedHandle)]
    if len(mapped) > 1:
        first, second = (dynamic_name(each) for each in list(mapped)[:2])
        raise DefinitionError(
            f"the {node.noun} `{name}`",
            f"it comes after elements of two dynamic outputs, {first} and {second}",
            "Collect one of them first: an op can run for the elements of one only.",
        )
    if mapped and collected:
        raise DefinitionError(
            f"the {node.noun} `{name}`",
            f"it runs for each element of {dynamic_name(next(iter(mapped)))} and collects "
            f"`{collected[0].said}`",
            "Collect into an op of its own outside of map(...), and pass on what that gives.",
        )
    over = next(iter(mapped), None)
    inner = next((each.name for each in node.outputs if each.is_dynamic), None)
    if over and inner:
        raise _nested(name, node, over)
    return over


def _nested(name: str, node: Node, over: Over) -> DefinitionError:
    return DefinitionError(
        f"the {node.noun} `{name}`",
        f"it has a dynamic output, and runs for each element of {dynamic_name(over)}",
        "A dynamic output cannot be inside another one: collect first.",
    )


class _Reading:
    """One argument."""

    def __init__(self, graph: object, name: str, noun: str, input_name: str) -> None:
        self.graph = graph
        self.asked = f"the input `{input_name}` of the {noun} `{name}`"

    def source_of(self, value: Any) -> tuple[list[Handle], Source]:
        """The handles it holds, and where it comes from."""
        if isinstance(value, list):
            handles = [self._item(each, place) for place, each in enumerate(value)]
            return handles, self._fan_in(handles)
        handle = self._handle(value)
        return [handle], handle.source

    def _handle(self, value: Any) -> Handle:
        if isinstance(value, OutputHandle | InputHandle | CollectedHandle):
            if value.graph is not self.graph:
                raise DefinitionError(
                    self.asked,
                    f"`{value.said}` belongs to another graph",
                    "Take it as an input of this graph, and pass it at its call.",
                )
            return value
        found, remedy = _unfit(value)
        raise DefinitionError(self.asked, found, remedy)

    def _item(self, value: Any, place: int) -> Handle:
        if isinstance(value, CollectedHandle | DynamicHandle):
            raise DefinitionError(
                self.asked,
                f"item {place} of the list, `{value.said}`, is dynamic",
                "Give collect() alone, or collect into an op first.",
            )
        handle = self._handle(value)
        if handle.over is not None:
            raise DefinitionError(
                self.asked,
                f"item {place} of the list, `{handle.said}`, is an element of a dynamic output",
                "Give it as an input of its own.",
            )
        return handle

    def _fan_in(self, handles: Sequence[Handle]) -> FanIn:
        sources = [each.source for each in handles]
        for place, each in enumerate(sources):
            if each in sources[:place]:
                raise DefinitionError(
                    self.asked,
                    f"`{handles[place].said}` is in the list twice",
                    "Give each value once.",
                )
        return FanIn(tuple(_single(sources)))


def _single(sources: Sequence[Source]) -> Iterator[FromOutput | FromInput]:
    for each in sources:
        if isinstance(each, FromOutput | FromInput):
            yield each


def _unfit(value: Any) -> tuple[str, str]:
    """What is wrong with a value that stands for no output, and what to do."""
    if isinstance(value, DynamicHandle):
        return (
            f"`{value.said}` is dynamic: it has any number of elements",
            f"Write {value.said}.map(...) for each element, or {value.said}.collect() for all.",
        )
    if isinstance(value, Node | PendingInvocation):
        name = value.name if isinstance(value, Node) else value.node.name
        return f"`{name}` is not called", f"Write {name}()."
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        names = ", ".join(f"`.{each}`" for each in value._fields)
        return f"all {len(value)} outputs at once are given", f"Pick one of {names}."
    if isinstance(value, tuple):
        return "it is a tuple", "Give a list for several values."
    return (
        f"it is {with_article(type(value).__name__)}, not an output of an op",
        "A fixed value belongs into the op's config or the input's default; else an op gives it.",
    )
