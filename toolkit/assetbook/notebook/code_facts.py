"""What can be said of a piece of code from its tree alone: names, accesses, changes, texts.

It is worked out once for each code object and kept; what the names mean is asked of the live
namespaces each time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import CodeType

from assetbook.notebook.bytecode_names import global_names
from assetbook.notebook.canonical import canonical, canonical_digest, docstrings
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.cell_source import (
    Found,
    NotFound,
    edited,
    file_of,
    file_stamp,
    is_cell,
    source_of,
)
from assetbook.notebook.function_digest import DecoratorKind, function_digest
from assetbook.notebook.mutation import Change, changes_in, stores_into_self
from assetbook.notebook.text_names import TextReads, text_reads
from assetbook.notebook.tree_walk import Nodes, all_within, children

Path = tuple[str, ...]
_READS_DOCS = frozenset(
    ["__doc__", "getdoc", "model_json_schema", "schema_json", "help", "docstring", "json_schema"]
)
_SEEDS = frozenset({"seed", "random_state", "rng", "generator"})


@dataclass(frozen=True, slots=True, eq=False)
class CodeFacts:
    """The facts of one function, lambda or cell body."""

    digest: bytes
    """Of its canonical tree."""
    docs_digest: bytes
    """Of its docstrings, and those of what is defined within it."""
    reads: tuple[str, ...]
    """Names looked up in its module, sorted."""
    stores: frozenset[str]
    """Names of its module that it binds."""
    stores_cells: frozenset[str]
    chains: Mapping[str, tuple[Path, ...]]
    """By the name they start at: the attributes taken, longest first taken; () is a bare use."""
    imports: Mapping[str, str]
    """Names that its own import statements bind, to ``module`` or ``module:name``."""
    loose: frozenset[str]
    """Attributes taken of what no name of a module or import stands for."""
    attributes: frozenset[str]
    """All attributes taken."""
    unseeded: frozenset[Path]
    """Calls without a seed or any argument, as name and attributes; ("", name) if loose."""
    changes: tuple[Change, ...]
    changes_self: bool
    texts: TextReads
    reads_docs: bool
    decorator_reads: tuple[str, ...]
    """Names in the expressions of its foreign decorators."""
    code: CodeType | None
    """The code of a function; None for a cell."""
    text: str
    filename: str
    line: int
    doubt: str = ""
    """Why these facts are of the code as it was when its source could still be had; empty if it
    can."""


_known: dict[int, tuple[object, CodeFacts, object]] = {}
_MOST_KNOWN = 20_000


def function_facts(code: CodeType, kind_of: DecoratorKind, home: str = "") -> CodeFacts | NotFound:
    """The facts of a live function; NotFound if its source never could be had or proven.

    ``home`` is the file of its module.

    Live code whose file was edited or deleted since keeps the facts that were taken before, in
    doubt. That the code is the file's is not enough: it shows no defaults and no decorators.
    """
    known = _known.get(id(code))
    if known is not None and known[0] is not code:
        known = None
    filename = file_of(code, home)
    if known is not None and known[2] == _stamp(filename):
        return known[1]
    found = source_of(code, home)
    if isinstance(found, NotFound):
        return found if known is None else replace(known[1], doubt=found.why)
    facts = _function_facts(found, code, kind_of)
    if known is not None and known[1].digest != facts.digest:
        return replace(known[1], doubt=edited(filename))
    _keep(code, facts, _stamp(filename))
    return facts


def cell_facts(cell: CellCode) -> CodeFacts:
    """The facts of a cell's body."""
    known = _known.get(id(cell))
    if known is not None and known[0] is cell:
        return known[1]
    nodes = all_within(cell.tree)
    names = cell.names or cell_names(cell.tree)
    tree = canonical_digest(canonical(cell.tree, keep_first_string=True))
    facts = _facts(
        nodes,
        names.needs | cell.hidden_reads | names.annotation_reads,
        digest=tree,
        docs_digest=tree,
        texts=text_reads(nodes, is_module=True),
        text=cell.source,
        filename=cell.where,
    )
    _keep(cell, facts)
    return facts


def _keep(of: object, facts: CodeFacts, stamp: object = None) -> None:
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    _known[id(of)] = (of, facts, stamp)


def _stamp(filename: str) -> object:
    """What tells that a file is still as it was; None for a cell, whose text never changes."""
    return None if is_cell(filename) else file_stamp(filename)


def _function_facts(found: Found, code: CodeType, kind_of: DecoratorKind) -> CodeFacts:
    tree = found.tree
    decorators: list[ast.expr] = getattr(tree, "decorator_list", [])
    kinds = {id(each): kind_of(each) for each in decorators}
    framework = [each for each in decorators if kinds[id(each)] == "framework"]
    foreign = [each for each in decorators if kinds[id(each)] == "foreign"]
    nodes = all_within(*_parts(tree, framework))
    names = global_names(code)
    docs = "\0".join(docstrings([tree, *nodes])).encode("utf-8", "surrogatepass")
    return _facts(
        nodes,
        names.loads | set(code.co_freevars),
        digest=function_digest(tree, found.flags, kind_of),
        docs_digest=canonical_digest(docs),
        texts=text_reads(nodes, is_module=False),
        stores=names.stores,
        stores_cells=names.stores_cells,
        tree=tree,
        decorator_reads=_names_in(foreign),
        code=code,
        text=found.text,
        filename=found.filename,
        line=found.line,
    )


def _parts(tree: ast.AST, left_out: list[ast.expr]) -> list[ast.AST]:
    """What of a function is looked into: without the decorators that are left out."""
    return [each for each in children(tree) if all(each is not out for out in left_out)]


def _names_in(nodes: list[ast.expr]) -> tuple[str, ...]:
    found = {each.id for each in all_within(*nodes).of(ast.Name)}
    return tuple(sorted(found))


def _facts(
    nodes: Nodes,
    reads: Iterable[str],
    *,
    digest: bytes,
    docs_digest: bytes,
    texts: TextReads,
    stores: frozenset[str] = frozenset(),
    stores_cells: frozenset[str] = frozenset(),
    tree: ast.AST | None = None,
    decorator_reads: tuple[str, ...] = (),
    code: CodeType | None = None,
    text: str = "",
    filename: str = "",
    line: int = 1,
) -> CodeFacts:
    known = set(reads)
    imports = _imports(nodes)
    accesses = _accesses(nodes)
    resolvable = known | imports.keys()
    changes = changes_in(nodes)
    attributes = {node.attr for node in nodes.of(ast.Attribute)}
    names = {node.id for node in nodes.of(ast.Name)}
    return CodeFacts(
        digest=digest,
        docs_digest=docs_digest,
        reads=tuple(sorted(known)),
        stores=stores,
        stores_cells=stores_cells,
        chains={
            root: tuple(sorted(paths)) for root, paths in accesses.items() if root in resolvable
        },
        imports=imports,
        loose=frozenset(
            attribute
            for root, paths in accesses.items()
            if root not in resolvable
            for path in paths
            for attribute in path
        ),
        attributes=frozenset(attributes),
        unseeded=frozenset(_unseeded(nodes, resolvable)),
        changes=changes,
        changes_self=tree is not None and stores_into_self(tree, changes),
        texts=texts,
        reads_docs=bool(_READS_DOCS & (attributes | names)),
        decorator_reads=decorator_reads,
        code=code,
        text=text,
        filename=filename,
        line=line,
    )


def _imports(nodes: Nodes) -> dict[str, str]:
    """What the code's own import statements bind; relative modules keep their dots."""
    found: dict[str, str] = {}
    if not nodes.of(ast.Import, ast.ImportFrom):
        return found
    for node in nodes:  # of two that bind one name, the last counts
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                found[each.asname or top] = each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for each in node.names:
                found[each.asname or each.name] = f"{module}:{each.name}"
    return found


def _accesses(nodes: Nodes) -> dict[str, set[Path]]:
    """All attribute chains by the name they start at; "" if they start at no name."""
    inner: set[int] = set()
    found: dict[str, set[Path]] = {}
    for node in nodes.of(ast.Attribute):
        if id(node) not in inner:
            root, path = chain_of(node, inner)
            found.setdefault(root, set()).add(path)
    for name in nodes.of(ast.Name):
        if id(name) not in inner:
            found.setdefault(name.id, set()).add(())
    return found


def chain_of(node: ast.expr, inner: set[int] | None = None) -> tuple[str, Path]:
    """The name and attributes of ``a.b.c``; the name is "" if it starts at no name.

    The nodes passed through are added to ``inner``.
    """
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.append(node.attr)
        node = node.value
        if inner is not None and isinstance(node, ast.Attribute | ast.Name):
            inner.add(id(node))
    return (node.id if isinstance(node, ast.Name) else ""), tuple(reversed(path))


CHANCE_METHODS = frozenset({"sample", "shuffle"})
"""Methods that draw by chance, and whose first argument is a number or a list, not a seed."""


def _unseeded(nodes: Nodes, resolvable: set[str]) -> Iterable[Path]:
    for node in nodes.of(ast.Call):
        if _has_seed(node):
            continue
        root, path = chain_of(node.func)
        if root in resolvable:
            yield (root, *path)
        elif path:
            yield ("", path[-1])


def _has_seed(call: ast.Call) -> bool:
    given = [each.value for each in call.keywords if each.arg in _SEEDS]
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in CHANCE_METHODS):
        given += [each for each in call.args[:1] if isinstance(call.func, ast.Name | ast.Attribute)]
    return any(not (isinstance(each, ast.Constant) and each.value is None) for each in given)
