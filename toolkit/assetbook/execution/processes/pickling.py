"""Definitions as bytes for another process: functions and classes of the project by value.

A cell takes along what it reads of the notebook's namespace, and nothing else. Modules travel by
name, to be imported where they arrive.
"""

from __future__ import annotations

import functools
import importlib
import io
import linecache
import marshal
import pickle
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, ModuleType
from typing import Any

import cloudpickle

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.source_asset import SourceAsset
from assetbook.definitions.spec import fields_of, restored
from assetbook.notebook.cell_body import CellBody
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.cell_source import is_cell
from assetbook.notebook.local_modules import local_file
from assetbook.types.python_types import NOTHING
from assetbook.types.value_type import ValueType

_registering = threading.RLock()
_DEFINITIONS = (AssetsDefinition, AssetChecksDefinition, OpDefinition, SourceAsset)


def to_bytes(value: object) -> bytes:
    """``value`` for another process, with the sources of the cells that its functions are from.

    Raises what pickling raises.
    """
    with _local_modules_by_value():
        file = io.BytesIO()
        pickler = _Pickler(file)
        pickler.dump(value)
        return pickle.dumps((file.getvalue(), pickler.sources))


def from_bytes(data: bytes) -> Any:
    """What ``to_bytes`` was given; its cells' sources are known to tracebacks from now on."""
    pickled, sources = pickle.loads(data)
    for filename, lines in sources.items():
        size = sum(map(len, lines))
        linecache.cache[filename] = (size, None, lines, filename)
    return pickle.loads(pickled)


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.sources: dict[str, list[str]] = {}

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, CodeType):  # with its file's name, for tracebacks
            self._note_source(value.co_filename)
            return marshal.loads, (marshal.dumps(value),)
        if isinstance(value, _DEFINITIONS):
            return restored, (type(value), fields_of(value))
        if value is NOTHING:  # it is asked after by identity
            return _nothing, ()
        if isinstance(value, CellBody):
            self._note_source(value.filename)
            return _body, (type(value), _carried(value))
        if isinstance(value, CellCode):
            return _code, (value.source, value.where)
        if isinstance(value, ModuleType) and value.__name__ in sys.modules:
            return importlib.import_module, (value.__name__,)
        reduced = super().reducer_override(value)
        if isinstance(value, type) and isinstance(reduced, tuple) and len(reduced) > 2:
            # what pydantic saw around a class when it was made: all of a function's variables
            reduced[2][0].pop("__pydantic_parent_namespace__", None)
        return reduced

    def _note_source(self, filename: str) -> None:
        if filename not in self.sources and (is_cell(filename) or filename.startswith("<")):
            self.sources[filename] = linecache.getlines(filename)


def _carried(body: CellBody) -> dict[str, Any]:
    """The state of a cell with what it reads of the namespace alone; inputs come with the call."""
    names = body.namespace
    carried = {
        name: names[name]
        for name in sorted(body.carries)
        if name in names and not isinstance(names[name], _DEFINITIONS)
    }
    return {**vars(body), "namespace": carried}


def _body(kind: type[CellBody], state: Mapping[str, Any]) -> CellBody:
    body = kind.__new__(kind)
    vars(body).update(state)
    return body


def _nothing() -> ValueType:
    return NOTHING


def _code(source: str, where: str) -> CellCode:
    """What the version was taken of stays where versions are taken."""
    import ast

    return CellCode(source, ast.Module([], []), {}, where)


@contextmanager
def _local_modules_by_value() -> Iterator[None]:
    """While it lasts, functions and classes of the project's own modules are pickled by value, as
    they are here, whatever their files say by now."""
    with _registering:
        loaded = sys.modules.copy()
        identities = tuple(zip(loaded, map(id, loaded.values()), strict=True))
        local = [loaded[name] for name in _local_names(identities)]
        known = cloudpickle.list_registry_pickle_by_value()
        added = [module for module in local if module.__name__ not in known]
        for module in added:
            cloudpickle.register_pickle_by_value(module)
        try:
            yield
        finally:
            for module in added:
                cloudpickle.unregister_pickle_by_value(module)


@functools.lru_cache(maxsize=1)
def _local_names(loaded: tuple[tuple[str, int], ...]) -> list[str]:
    """Those of the modules, each with its identity, that are the project's own; each step asks."""
    return [name for name, _ in loaded if local_file(name) is not None]
