"""Names that code was seen to read while it ran, as its version takes them.

``rate`` is the notebook's own, ``helpers.rate`` that of a module of the project.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.module_reach import Taken, follow_module
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node

MAIN = "__main__"
"""The module whose names go without its own."""


def spelled(module: str, name: str) -> str:
    """How a name that was seen to be read is written down: ``rate``, ``helpers.rate``."""
    return name if module == MAIN else f"{module}.{name}"


def take_observed(
    reach: Reach, root: Node, code: Callable[..., object] | CellCode, names: Iterable[str]
) -> None:
    """Leads from ``root``, the node of ``code``, to what the names stand for now."""
    own = sorted(name for name in names if "." not in name)
    if own:
        text = "\n".join(own)
        named = CellCode(text, ast.parse(text), _namespace(code), "")
        reach.edge(root, "observed", named, "observed")
    for name in sorted(each for each in names if "." in each):
        module, _, attribute = name.rpartition(".")
        found = reach.observed.name(sys.modules, module)
        if isinstance(found, ModuleType):
            follow_module(reach, root, found, Taken((attribute,)))
        else:
            reach.leaf(root, f"observed:{name}", "not loaded", name, "unbound")
    reach.walk_on()


def _namespace(code: Callable[..., object] | CellCode) -> Mapping[str, Any]:
    """Where the names without a module are looked up."""
    if isinstance(code, CellCode):
        return code.namespace
    if isinstance(code, FunctionType) and code.__module__ == MAIN:
        return code.__globals__
    return vars(sys.modules[MAIN])
