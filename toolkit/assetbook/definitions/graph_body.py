"""A graph as far as its parts need it: a node with a body of invocations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.invocations import Composed
from assetbook.definitions.node import Node
from assetbook.definitions.place import Place


class GraphBody(Node):
    """A node that consists of others."""

    __slots__ = ()

    noun = "graph"
    composed: Composed
    compute: Callable[..., Any]
    """The author's function that is the body."""
    description: str | None
    tags: Mapping[str, str]
    config: ConfigMapping | Mapping[str, Any] | None
    """How its configuration becomes that of its ops, or their fixed configuration."""
    place: Place
