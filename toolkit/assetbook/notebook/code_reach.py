"""What a function or cell body reaches: each name it reads, as the live namespace has it."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Any

import msgspec

from assetbook.definitions.named_nodes import composed_of, node_of
from assetbook.notebook import readers
from assetbook.notebook.bare_code import bare_code
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.cell_names import MODULE_NAMES, SHELL_CALL
from assetbook.notebook.cell_source import Found, NotFound, file_of, old_one, source_of
from assetbook.notebook.code_facts import CHANCE_METHODS, CodeFacts, cell_facts, function_facts
from assetbook.notebook.composed_names import is_earlier
from assetbook.notebook.decorator_kinds import decorator_kind
from assetbook.notebook.file_doubts import doubt_constant, doubt_imported
from assetbook.notebook.function_digest import digest_called
from assetbook.notebook.live_kinds import classes_in, is_ignored
from assetbook.notebook.local_modules import is_local_class, local_file
from assetbook.notebook.module_reach import (
    Taken,
    follow_import,
    follow_module,
)
from assetbook.notebook.mutation import can_change, changed_defaults
from assetbook.notebook.observed import UNBOUND
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node
from assetbook.notebook.text_names import Text, names_in

_WHOLE: tuple[tuple[str, ...], ...] = ((),)
_MOST_WRAPPED = 20  # decorators on one function


class _Scope(msgspec.Struct, frozen=True):
    """Where one piece of code looks its names up; ``prefix`` is how people know that place."""

    node: Node
    facts: CodeFacts
    namespace: Mapping[str, Any]
    prefix: str
    cells: Mapping[str, Any]


def expand_cell(reach: Reach, node: Node, cell: CellCode) -> None:
    """Looks into the body of an asset cell."""
    facts = cell_facts(cell)
    node.label = node.docs = facts.digest
    node.text, node.where = facts.text, cell.where
    reach.readers.update(cell.readers)
    _names(reach, _Scope(node, facts, cell.namespace, "", {}))


def expand_function(reach: Reach, node: Node, fn: FunctionType) -> None:
    """Looks into a local function: its code, and the values that it holds."""
    code = reach.observed.attribute(fn, "__code__")
    home = local_file(fn.__module__) or ""
    facts = function_facts(code, lambda each: decorator_kind(each, fn.__globals__), home)
    reach.observed.source(file_of(code, home))
    if node.kind is not None:
        node.kind = "helper"
    defaults = _held(reach, node, fn)
    cells = dict(zip(code.co_freevars, fn.__closure__ or (), strict=False))
    if isinstance(facts, NotFound):
        node.label = repr(bare_code(code)).encode("utf-8", "surrogatepass")
        _doubt(reach, node, fn, home, facts.why)
        return
    if facts.doubt:
        _doubt(reach, node, fn, home, facts.doubt)
    node.label, node.docs, node.text = facts.digest, facts.docs_digest, facts.text
    if reach.called and node is reach.root:
        node.label = digest_called(
            code, lambda each: decorator_kind(each, fn.__globals__), reach.called
        )
    node.where = reach.place_of(facts.filename, facts.line)
    prefix = "" if fn.__module__ == "__main__" else f"{fn.__module__}."
    scope = _Scope(node, facts, fn.__globals__, prefix, cells)
    _names(reach, scope)
    for name in (*facts.decorator_reads, *_names_in_annotations(fn)):
        _read(reach, scope, name)
    for name in changed_defaults(facts.changes, defaults) if defaults else ():
        reach.changed(f"{node.name}({name}=...)")
    for name in facts.stores_cells:
        reach.changed(f"{node.name}.{name}")


def _doubt(reach: Reach, node: Node, fn: FunctionType, home: str, why: str) -> None:
    """Notes a function that its file would not give now as unknown."""
    if _is_old(reach, fn, home):
        owner, is_method, _ = fn.__qualname__.partition(".")
        cell = reach.bound_in(owner if is_method else node.name)
        why = old_one(home or fn.__code__.co_filename, cell)
    reach.unknown(node.name, f"`{node.name}` cannot be versioned: {why}")


def _is_old(reach: Reach, fn: FunctionType, home: str) -> bool:
    """Whether the module of a function holds another one in its place, which its file gives."""
    module = sys.modules.get(fn.__module__)
    now: Any = module
    for part in fn.__qualname__.split("."):
        now = getattr(now, "__dict__", {}).get(part)
    if module is not None:
        reach.observed.name(vars(module), "__spec__")  # reloading makes a new one
    wrapped = [getattr(now, "__func__", now)]
    while "__wrapped__" in getattr(wrapped[-1], "__dict__", {}) and len(wrapped) < _MOST_WRAPPED:
        wrapped.append(wrapped[-1].__wrapped__)
    innermost = wrapped[-1]
    if not isinstance(innermost, FunctionType) or any(each is fn for each in wrapped):
        return False
    return isinstance(source_of(innermost.__code__, home), Found)


def _held(reach: Reach, node: Node, fn: FunctionType) -> dict[str, Any]:
    """Takes a function's defaults (which it gives back), attributes and annotations."""
    defaults = _defaults(reach, fn)
    for name, value in defaults.items():
        reach.edge(node, f"default:{name}", value, f"{node.name}({name}=...)")
    for name, value in reach.observed.items(fn.__dict__):
        reach.edge(node, f"attribute:{name}", value, f"{node.name}.{name}")
    for name, value in reach.observed.items(fn.__annotations__):
        for cls in classes_in(value):
            if is_local_class(cls):
                reach.edge(node, f"annotation:{name}", cls, cls.__qualname__, piece=True)
    return defaults


def _names_in_annotations(fn: FunctionType) -> list[str]:
    """Names in annotations that are kept as text."""
    found: set[str] = set()
    for value in fn.__annotations__.values():
        if isinstance(value, str):
            try:
                found |= names_in("python", value)
            except SyntaxError:  # free text is no annotation of a type
                continue
    return sorted(found)


def _defaults(reach: Reach, fn: FunctionType) -> dict[str, Any]:
    """The live default values of a function's parameters, by name."""
    values = reach.observed.attribute(fn, "__defaults__") or ()
    keywords = reach.observed.attribute(fn, "__kwdefaults__")
    code = fn.__code__
    names = code.co_varnames[: code.co_argcount]
    found: dict[str, Any] = dict(zip(names[len(names) - len(values) :], values, strict=True))
    if keywords:
        found.update(reach.observed.items(keywords))
    return found


def _names(reach: Reach, scope: _Scope) -> None:
    """Takes all that the facts say the code names."""
    facts = scope.facts
    reach.facts.append(facts)
    for name in facts.stores:
        reach.stored[id(scope.namespace), name] = scope.prefix + name
    for name in facts.reads:
        if name not in scope.cells:
            _read(reach, scope, name)
        elif name != "__class__":
            held = reach.observed.cell(scope.cells[name])
            _value(reach, scope, name, held, _name_in_closure(scope, name, held))
    for name, source in facts.imports.items():
        if not reach.is_left_out(name):
            taken = _taken(scope, name)
            held = follow_import(reach, scope.node, source, taken, scope.namespace)
            _note_changes(reach, facts, name, held, name)
    for attribute in facts.loose:
        if readers.reader_by_attribute(attribute):
            reach.readers.add(f".{attribute}")
    for path in facts.unseeded:
        if len(path) == 2 and path[1] in CHANCE_METHODS and path[0] not in facts.imports:
            reach.readers.add(f".{path[1]}()")
    if "__subclasses__" in facts.attributes:
        why = "`__subclasses__()` is asked for: which classes there are then cannot be told"
        reach.unknown("__subclasses__()", why)
    _texts(reach, scope)


def _name_in_closure(scope: _Scope, name: str, held: Any) -> str:
    """How people know what a closure holds: a function by its own name, else ``plus.n``."""
    if isinstance(held, FunctionType | type):
        return str(held.__name__)
    return f"{scope.node.name}.{name}"


def _taken(scope: _Scope, name: str) -> list[Taken]:
    """The attribute paths that the code takes of ``name``."""
    facts = scope.facts
    return [
        Taken(path, (name, *path) not in facts.unseeded) for path in facts.chains.get(name, _WHOLE)
    ]


def _read(reach: Reach, scope: _Scope, name: str) -> None:
    """Takes what ``name`` stands for: in its module, else among the builtins."""
    if name in MODULE_NAMES or (scope.node is reach.root and name in reach.inputs):
        return
    if name == SHELL_CALL:
        reach.readers.add("! lines")
        return
    value = reach.observed.name(scope.namespace, name)
    reach.loaded.add((id(scope.namespace), name))
    if value is UNBOUND:
        value = reach.observed.name(vars(builtins), name)
        if value is hash and not scope.node.name.endswith("__hash__"):
            reach.readers.add("hash")  # of text, it is another one in each process
    elif scope.prefix:
        module = sys.modules.get(scope.prefix[:-1])
        if module is not None and vars(module) is scope.namespace:
            doubt_constant(reach, module, name, value)
    else:
        doubt_imported(reach, name, value)
    value = _as_composed(reach, scope, name, value)
    _value(reach, scope, name, value, scope.prefix + name)


def _as_composed(reach: Reach, scope: _Scope, name: str, value: Any) -> Any:
    """What ``name`` stands for; in the body of a graph what it stood for when that ran."""
    held = composed_of(scope.node.value).get(name)
    if held is None or node_of(value) is held:
        return value
    if is_earlier(held, value, reach.is_replaced):
        graph = scope.node.name
        why = f"has an earlier `{name}`, whose cell ran again: run the cell of `{graph}` again"
        reach.unknown(name, f"the graph `{graph}` {why}")
    return held


def _value(reach: Reach, scope: _Scope, name: str, value: Any, shown: str) -> None:
    """``name`` stands for ``value``: follow its attributes, or take it as a whole."""
    facts = scope.facts
    if facts.changes:
        _note_changes(reach, facts, name, value, shown)
    if isinstance(value, ModuleType):
        if not reach.is_left_out(name):
            for taken in _taken(scope, name):
                follow_module(reach, scope.node, value, taken)
        return
    reach.edge(scope.node, f"name:{name}", value, shown, piece=True)
    if reach.definition_of(value) is not None and facts.chains.get(name, _WHOLE) == _WHOLE:
        reach.assets.setdefault(name, f"`{scope.node.name}`")
    paths = facts.chains.get(name, _WHOLE)
    if paths != _WHOLE or (name,) in facts.unseeded:
        known = readers.name_of_object(value)
        for path in paths:
            seeded = (name, *path) not in facts.unseeded
            if known is not None and reach.reads_world(".".join((known, *path)), seeded=seeded):
                continue
            if path and readers.reader_by_attribute(path[-1]) and not _is_own(value):
                reach.readers.add(f".{path[-1]}")


def _is_own(value: Any) -> bool:
    """Whether the attributes of ``value`` are the project's own code, which is looked into."""
    cls = value if isinstance(value, type) else type(value)
    return cls.__module__ != "builtins" and is_local_class(cls)


def _note_changes(reach: Reach, facts: CodeFacts, name: str, value: Any, shown: str) -> None:
    for change in facts.changes:
        if change.root != name:
            continue
        target, path, said = value, list(change.path), shown
        while path and isinstance(target, ModuleType):
            said = f"{said}.{path[0]}"
            target = vars(target).get(path.pop(0))
        if target is not UNBOUND and not is_ignored(target) and can_change(target, change):
            reach.changed(said)


def _texts(reach: Reach, scope: _Scope) -> None:
    """Takes what the code names through text."""
    facts, reads = scope.facts, scope.facts.texts
    for call in reads.computed:
        _computed(reach, call)
    for root, attribute in reads.attributes:
        value = scope.namespace.get(root)
        if isinstance(value, ModuleType):
            follow_module(reach, scope.node, value, Taken((attribute,)))
    for root in reads.computed_attributes:
        if isinstance(scope.namespace.get(root), ModuleType) or root in facts.imports:
            _computed(reach, f"getattr({root}, ...)")
    for text in reads.texts:
        _text(reach, scope, text)


def _text(reach: Reach, scope: _Scope, text: Text) -> None:
    said = text.text
    if said is None and text.name is not None:
        value = scope.namespace.get(text.name)
        if value is not None and not isinstance(value, str):
            return  # an expression object: what it is made of is reached by its name
        said = value
    if said is None:
        _computed(reach, text.call)
    elif text.kind == "module":
        follow_import(reach, scope.node, said, [Taken(())], scope.namespace)
    else:
        try:
            names = names_in(text.kind, said)
        except SyntaxError:
            _computed(reach, text.call)
            return
        for name in sorted(names):
            _read(reach, scope, name)


def _computed(reach: Reach, call: str) -> None:
    reach.unknown(call, f"`{call}` is given text that is computed: what it reads cannot be told")
