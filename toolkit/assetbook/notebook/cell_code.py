"""The body of an asset cell as the versioner takes it: its text, tree and namespace."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from assetbook.notebook.cell_names import CellNames


@dataclass(frozen=True, slots=True, eq=False)
class CellCode:
    """Module-level code whose free names are looked up in a notebook's namespace."""

    source: str
    """Python, after IPython's transformation."""
    tree: ast.Module
    namespace: Mapping[str, object]
    """The live user namespace, not a copy of it."""
    where: str
    """``In[4]``."""
    hidden_reads: frozenset[str] = field(default_factory=frozenset)
    """Names that shell lines and magics read in their text."""
    names: CellNames | None = None
    """What it does with names; None if nobody has looked yet."""
    readers: frozenset[str] = field(default_factory=frozenset)
    """What its text, where it is no Python, reads of the world outside: ``read_parquet``."""
