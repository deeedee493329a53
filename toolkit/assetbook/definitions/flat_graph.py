"""A graph without its nesting: every op by its path, and where each input comes from in the end.

An op's path is the names of its graphs and its own, with dots: ``outer.inner.add_one``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.invocations import (
    Collected,
    FanIn,
    FromInput,
    FromOutput,
    Invocation,
    Over,
    Source,
    dynamic_name,
)
from assetbook.definitions.node import NO_TAGS
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_ports import OpInput
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Unfed:
    """Nothing gives it: it comes from the configuration of that node, or is left to a default."""

    path: str
    """The op, or the graph whose input it is."""
    input: str


FlatSource = Source | Unfed
"""Nodes are paths here; a FromInput is one of the whole graph."""


@dataclass(frozen=True, slots=True)
class FlatOp:
    """One op of a graph, with all that its invocation and those of its graphs say."""

    path: str
    op: OpDefinition
    inputs: Mapping[str, FlatSource]
    """For each of its inputs, in order."""
    over: Over | None
    """The dynamic output for whose elements it runs once each; None for once."""
    tags: Mapping[str, str]
    hooks: frozenset[HookDefinition]
    retry_policy: RetryPolicy | None

    @property
    def needs(self) -> tuple[str, ...]:
        """The paths of the ops whose outputs it takes."""
        return tuple(dict.fromkeys(each for one in self.inputs.values() for each in _nodes(one)))

    def port(self, name: str) -> OpInput:
        """Its input of that name."""
        return next(each for each in self.op.inputs if each.name == name)


@dataclass(frozen=True, slots=True)
class _Around:
    """What graphs around an op say of it."""

    path: str = ""
    given: Mapping[str, FlatSource] | None = None
    """Where the inputs of the graph come from; None for the whole graph."""
    tags: Mapping[str, str] = field(default_factory=dict)
    hooks: frozenset[HookDefinition] = frozenset()
    retry_policy: RetryPolicy | None = None


def flatten(graph: GraphBody) -> dict[str, FlatOp]:
    """The ops of ``graph`` by path, each after what it needs.

    Raises DefinitionError for what only shows across nested graphs: a dynamic output inside
    another, a list inside a list.
    """
    flattening = _Flattening()
    flattening.walk(graph, _Around())
    return flattening.found


def op_output(graph: GraphBody, output: str, path: str = "") -> FromOutput:
    """The op's output that is the output of ``graph``, which lies at ``path``."""
    source = graph.composed.outputs[output]
    node = next(each.node for each in graph.composed.invocations if each.name == source.node)
    inner = _below(path, source.node)
    if isinstance(node, GraphBody):
        return op_output(node, source.output, inner)
    return FromOutput(inner, source.output)


class _Flattening:
    def __init__(self) -> None:
        self.found: dict[str, FlatOp] = {}
        self.graphs: dict[str, GraphBody] = {}

    def walk(self, graph: GraphBody, around: _Around) -> None:
        """Adds the ops of ``graph``, which lies at the path of ``around``."""
        self.graphs[around.path] = graph
        for each in graph.composed.invocations:
            path = _below(around.path, each.name)
            inputs = {
                port.name: self._resolved(each, port.name, path, around)
                for port in each.node.inputs
            }
            if isinstance(each.node, GraphBody):
                self.walk(each.node, self._inside(each, path, inputs, around))
            elif isinstance(each.node, OpDefinition):
                self._add(each, each.node, path, inputs, around)

    def _inside(
        self, each: Invocation, path: str, inputs: Mapping[str, FlatSource], around: _Around
    ) -> _Around:
        node = each.node
        own = node.tags if isinstance(node, GraphBody) else NO_TAGS
        return _Around(
            path,
            inputs,
            {**around.tags, **own, **each.tags},
            around.hooks | each.hooks,
            each.retry_policy or around.retry_policy,
        )

    def _add(
        self,
        each: Invocation,
        op: OpDefinition,
        path: str,
        inputs: Mapping[str, FlatSource],
        around: _Around,
    ) -> None:
        self.found[path] = FlatOp(
            path,
            op,
            inputs,
            self._over(path, op, inputs.values()),
            {**around.tags, **op.tags, **each.tags},
            around.hooks | each.hooks,
            each.retry_policy or op.retry_policy or around.retry_policy,
        )

    def _resolved(self, each: Invocation, name: str, path: str, around: _Around) -> FlatSource:
        source = each.inputs.get(name)
        if source is None:
            return Unfed(path, name)
        if isinstance(source, FanIn):
            return FanIn(tuple(self._item(one, path, name, around) for one in source.sources))
        return self._single(source, around)

    def _single(self, source: FromOutput | FromInput | Collected, around: _Around) -> FlatSource:
        if isinstance(source, FromInput):
            return source if around.given is None else around.given[source.name]
        found = self._output(around.path, source.node, source.output)
        return Collected(found.node, found.output) if isinstance(source, Collected) else found

    def _output(self, path: str, node: str, output: str) -> FromOutput:
        """The op's output that an output of ``node``, in the graph at ``path``, stands for."""
        inner = _below(path, node)
        graph = self.graphs.get(inner)
        return FromOutput(inner, output) if graph is None else op_output(graph, output, inner)

    def _item(
        self, source: FromOutput | FromInput, path: str, name: str, around: _Around
    ) -> FromOutput | FromInput:
        found = self._single(source, around)
        if isinstance(found, FromOutput) and self._over_of(found) is None:
            return found
        if isinstance(found, FromInput):
            return found
        raise DefinitionError(
            f"the input `{name}` of the op `{path}`",
            "the list that it is given holds "
            + ("a value that nothing gives" if isinstance(found, Unfed) else "a list or an element")
            + ", by way of an input of its graph",
            "Give the graph one output for that input.",
        )

    def _over_of(self, source: FromOutput) -> Over | None:
        producer = self.found[source.node]
        dynamic = any(each.is_dynamic for each in producer.op.outputs if each.name == source.output)
        return (source.node, source.output) if dynamic else producer.over

    def _over(self, path: str, op: OpDefinition, sources: Iterable[FlatSource]) -> Over | None:
        """The dynamic output for whose elements an op runs; raises DefinitionError for several."""
        every = list(sources)
        overs = (self._over_of(each) for each in every if isinstance(each, FromOutput))
        mapped = [each for each in dict.fromkeys(overs) if each is not None]
        if not mapped:
            return None
        collects = any(isinstance(each, Collected) for each in every)
        if len(mapped) > 1 or collects or any(each.is_dynamic for each in op.outputs):
            raise DefinitionError(
                f"the op `{path}`",
                f"it runs for each element of {dynamic_name(mapped[0])}, and "
                + (
                    f"of {dynamic_name(mapped[1])}"
                    if len(mapped) > 1
                    else "collects others"
                    if collects
                    else "has a dynamic output itself"
                ),
                "Collect first, outside of map(...), and go on from there.",
            )
        return mapped[0]


def _nodes(source: FlatSource) -> list[str]:
    if isinstance(source, FanIn):
        return [node for each in source.sources for node in _nodes(each)]
    return [source.node] if isinstance(source, FromOutput | Collected) else []


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
