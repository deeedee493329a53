"""What the step of an op takes and gives: the parts that assets and checks do not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.invocations import Collected, FromInput, FromOutput
from assetbook.definitions.op_ports import OpOutput
from assetbook.definitions.retries import RetryPolicy
from assetbook.keys import AssetKey


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a dynamic output of a step."""

    node: str
    output: str
    mapping_key: str | None = None
    """None in a step whose elements are not yet known."""


@dataclass(frozen=True, slots=True)
class FromStored:
    """What an op that is not run gave in an earlier run; else from the configuration."""

    node: str
    output: str
    configured: Unfed
    """Where the configuration may give it."""
    mapping_key: str | None = None
    """Of the element; None for an output that is not dynamic."""


@dataclass(frozen=True, slots=True)
class FromAsset:
    """The stored value of an asset, or of some of its partitions."""

    key: AssetKey
    partitions: tuple[str, ...] | None = None
    """Those that it takes together; None for the one value of ``key``."""
    absent: bool = False
    """Whether there is no such partition: the value is None."""

    @property
    def keys(self) -> tuple[AssetKey, ...]:
        """What it reads."""
        if self.absent or self.partitions is None:
            return () if self.absent else (self.key,)
        return tuple([self.key.at(each) for each in self.partitions])


OneSource = FromOutput | Element | FromStored | FromAsset | FromInput | Unfed
"""Where one value comes from; nodes are the names of steps. A FromInput is one of the job's inputs,
an Unfed stands in the configuration or is left to the default."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """Several values as one list: a fan-in, or what was collected."""

    sources: tuple[OneSource, ...]


StepSource = OneSource | ListOf | Collected
"""Where an input comes from; a Collected becomes a ListOf when the elements are known."""


@dataclass(frozen=True, slots=True)
class OpStep:
    """The step of an op, or of one element of a dynamic output."""

    path: str
    """Of the op in its job or graph."""
    inputs: Mapping[str, StepSource]
    outputs: tuple[OpOutput, ...]
    over: tuple[str, str] | None = None
    """The step and the output for whose elements it runs once each; None for once."""
    mapping_key: str | None = None
    """The element it is for; None for once, and while the elements are not yet known."""
    nothing: frozenset[str] = frozenset()
    """The inputs that carry no value."""
    materializes: Mapping[str, AssetKey] = field(default_factory=dict)
    """By output the asset that it is."""
    part_of: tuple[AssetKey, ...] = ()
    """The assets that its graph makes; empty for an op of a job."""
    tags: Mapping[str, str] = field(default_factory=dict)
    hooks: frozenset[HookDefinition] = frozenset()
    retry_policy: RetryPolicy | None = None

    @property
    def is_template(self) -> bool:
        """Whether it stands for steps that come to be when its elements are known."""
        return self.over is not None and self.mapping_key is None


def singles_of(source: StepSource) -> Iterator[OneSource]:
    """The single values that a source consists of, where what is collected is known."""
    if isinstance(source, ListOf):
        yield from source.sources
    elif not isinstance(source, Collected):
        yield source


def nodes_of(source: StepSource) -> Iterator[str]:
    """The steps of the plan that a source waits for."""
    if isinstance(source, ListOf):
        for each in source.sources:
            yield from nodes_of(each)
    elif isinstance(source, FromOutput | Element | Collected):
        yield source.node
