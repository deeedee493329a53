"""What goes into and out of ops and graphs: In, Out, DynamicOut, and what they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from assetbook.definitions.ports import DEFAULT_IO_MANAGER
from assetbook.definitions.results import NO_VALUE
from assetbook.named_arguments import named_arguments
from assetbook.types.resolution import Nothing

_NO_METADATA: Mapping[str, Any] = MappingProxyType({})


@named_arguments
@dataclass(frozen=True, slots=True)
class In:
    """What an op takes under a name.

    Without ``dagster_type`` the parameter's annotation counts; ``Nothing`` only waits for what is
    given. The manager under ``input_manager_key`` loads it in place of what stored it.
    """

    dagster_type: object = None
    description: str | None = None
    default_value: Any = NO_VALUE
    metadata: Mapping[str, Any] | None = None
    input_manager_key: str | None = None


@named_arguments
@dataclass(frozen=True, slots=True)
class Out:
    """What an op gives under a name.

    Without ``dagster_type`` the return annotation counts. An output that is not ``is_required``
    may be left out by the op; what needs it is then skipped.
    """

    dagster_type: object = None
    description: str | None = None
    is_required: bool = True
    io_manager_key: str = DEFAULT_IO_MANAGER
    metadata: Mapping[str, Any] | None = None
    code_version: str | None = None


@named_arguments
@dataclass(frozen=True, slots=True)
class DynamicOut(Out):
    """An output of any number of elements, known when the op runs.

    The op yields a DynamicOutput for each. In a graph, ``.map(fn)`` runs ops for every element and
    ``.collect()`` gives all as one list. Not to be had: an op downstream of two dynamic outputs,
    or of one while it collects another; elements in a list for fan-in.
    """


@named_arguments
@dataclass(frozen=True, slots=True)
class GraphIn:
    """An input of a graph, described."""

    description: str | None = None


@named_arguments
@dataclass(frozen=True, slots=True)
class GraphOut:
    """An output of a graph, described."""

    description: str | None = None


class OpInput(NamedTuple):
    """An input of an op or a graph."""

    name: str
    dagster_type: object = None
    """The declared type or annotation; None for any."""
    default: Any = NO_VALUE
    """The value where nothing is given; NO_VALUE if something must be."""
    description: str | None = None
    metadata: Mapping[str, Any] = _NO_METADATA
    manager_key: str | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether it carries no value, and only waits."""
        return self.dagster_type is Nothing

    @property
    def has_default(self) -> bool:
        """Whether it may be left open."""
        return self.default is not NO_VALUE


class OpOutput(NamedTuple):
    """An output of an op or a graph."""

    name: str
    dagster_type: object = None
    """The declared type or annotation; None for any."""
    is_required: bool = True
    is_dynamic: bool = False
    io_manager_key: str = DEFAULT_IO_MANAGER
    description: str | None = None
    metadata: Mapping[str, Any] = _NO_METADATA
    code_version: str | None = None
