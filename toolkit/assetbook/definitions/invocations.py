"""What the body of a graph says: which nodes are invoked, and where each input comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.node import Node
from assetbook.definitions.retries import RetryPolicy


@dataclass(frozen=True, slots=True)
class FromOutput:
    """An output of another node of the graph; of a dynamic output, one element."""

    node: str
    """The invocation's name."""
    output: str


@dataclass(frozen=True, slots=True)
class FromInput:
    """An input of the graph itself."""

    name: str


@dataclass(frozen=True, slots=True)
class Collected:
    """All elements of an output that is dynamic, or mapped over a dynamic one, as a list."""

    node: str
    output: str


@dataclass(frozen=True, slots=True)
class FanIn:
    """Several values as one list."""

    sources: tuple[FromOutput | FromInput, ...]


Over = tuple[str, str]
"""A dynamic output: the names of its node and of the output."""

Source = FromOutput | FromInput | Collected | FanIn


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of an op or a graph in the body of a graph."""

    name: str
    """Unique in its graph."""
    node: Node
    inputs: Mapping[str, Source]
    """Only what was given."""
    over: Over | None
    """The dynamic output for whose elements it happens; None for once."""
    tags: Mapping[str, str]
    hooks: frozenset[HookDefinition]
    retry_policy: RetryPolicy | None


@dataclass(frozen=True, slots=True)
class Composed:
    """A graph's body: its invocations in order, and what its outputs are taken from."""

    invocations: tuple[Invocation, ...]
    outputs: Mapping[str, FromOutput]


def dynamic_name(over: Over) -> str:
    """A dynamic output, as people name it: its node's name alone, where it has one output."""
    node, output = over
    return f"`{node}`" if output == "result" else f"`{node}.{output}`"
