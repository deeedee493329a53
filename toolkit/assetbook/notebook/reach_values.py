"""What a reached value is made of: which of its parts count, and under which names.

``expand`` chooses by the kind of value; a module for each kind does the rest. A value of no known
kind is an unknown.
"""

from __future__ import annotations

import functools
import reprlib
import types
from typing import Any

from assetbook.keys import AssetKey
from assetbook.notebook import local_modules, readers
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.code_reach import expand_cell
from assetbook.notebook.constants import IMMUTABLE
from assetbook.notebook.live_callables import (
    CACHED,
    expand_any_function,
    expand_builtin,
    expand_cached,
    expand_method,
    expand_partial,
    installed_code,
)
from assetbook.notebook.live_class import expand_class
from assetbook.notebook.live_containers import expand_container
from assetbook.notebook.live_instances import expand_instance
from assetbook.notebook.live_kinds import (
    BY_NAME,
    IGNORED_INSIDE_INSTALLED,
    is_ignored,
    qualified,
)
from assetbook.notebook.live_ops import expand_op
from assetbook.notebook.live_wrappers import expand_wrapper
from assetbook.notebook.module_reach import take_all
from assetbook.notebook.notebook_code import NotebookCode
from assetbook.notebook.notebook_reach import expand_notebook
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node
from assetbook.notebook.table_constants import LIBRARIES

_LONGEST_TEXT = 200
_KINDS_OF_OBJECTS = (expand_op, expand_wrapper, expand_container)


def expand(reach: Reach, node: Node, value: Any) -> None:
    """Gives ``node`` the label and edges of ``value``."""
    if isinstance(value, CellCode):
        expand_cell(reach, node, value)
    elif isinstance(value, NotebookCode):
        expand_notebook(reach, node, value)
    elif type(value) not in IMMUTABLE or not _constant(reach, node, value):
        _expand_object(reach, node, value)


def _expand_object(reach: Reach, node: Node, value: Any) -> None:
    key = reach.definition_of(value) if not isinstance(value, types.FunctionType) else None
    reader = readers.name_of_object(value)
    if reader is not None:
        reach.reads_world(reader)
    if key is not None:
        node.label, node.kind, node.nameless = _definition(key), None, True
    elif is_ignored(value) or (node.installed and isinstance(value, IGNORED_INSIDE_INSTALLED)):
        node.label, node.kind, node.nameless = b"ignored", None, True
    elif not _constant(reach, node, value):
        _by_kind(reach, node, value)


def _definition(key: AssetKey) -> bytes:
    return f"definition:{key.to_user_string()}".encode()


def _constant(reach: Reach, node: Node, value: Any) -> bool:
    digest = reach.observed.constant(value)
    if digest is None:
        return False
    node.label = b"constant:" + digest
    node.text = _shown(value)
    return True


def _shown(value: Any) -> str:
    kind = type(value)
    if str(kind.__module__).partition(".")[0] in LIBRARIES:  # their repr may hold an address
        shape = getattr(value, "shape", None)
        of_shape = isinstance(shape, tuple) and shape
        return f"{qualified(kind)} of shape {shape}" if of_shape else str(value)[:_LONGEST_TEXT]
    if kind in (int, float, bool, type(None), complex):
        return hex(value) if kind is int and abs(value) > 10**200 else repr(value)
    if isinstance(value, str | bytes):
        return repr(value[:_LONGEST_TEXT])
    return reprlib.repr(value)[:_LONGEST_TEXT]


def _by_kind(reach: Reach, node: Node, value: Any) -> None:
    if isinstance(value, types.FunctionType):
        expand_any_function(reach, node, value)
    elif isinstance(value, type):
        _class(reach, node, value)
    elif isinstance(value, types.ModuleType):
        take_all(reach, node, value)
    elif isinstance(value, types.MethodType):
        expand_method(reach, node, value)
    elif isinstance(value, BY_NAME):
        expand_builtin(reach, node, value)
    elif isinstance(value, CACHED):
        expand_cached(reach, node, value)
    elif isinstance(value, functools.partial | functools.partialmethod):
        expand_partial(reach, node, value)
    elif not any(each(reach, node, value) for each in _KINDS_OF_OBJECTS):
        expand_instance(reach, node, value)


def _class(reach: Reach, node: Node, cls: type) -> None:
    if local_modules.is_local_class(cls):
        reach.classes.append(cls)
        expand_class(reach, node, cls)
    else:
        reach.library_classes.append(cls)
        installed_code(reach, node, cls)
