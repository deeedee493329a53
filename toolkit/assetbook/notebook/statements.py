"""The statements of a notebook's code cells, each with what it does with names.

A cell that a magic takes as a whole (``%%asset``, ``%%bash``) is one statement.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec import structs

from assetbook.errors import DefinitionError
from assetbook.notebook.cell_names import CellNames, cell_names, keeps_annotations_as_text
from assetbook.notebook.cell_text import expanded_names, needs_ipython
from assetbook.notebook.document import SKIP_TAG, Document, SourceCell
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.notebook.scopes import parameter_nodes
from assetbook.notebook.text_names import named_in_texts
from assetbook.notebook.tree_walk import Nodes, all_within

_CELL_MAGIC = re.compile(r"\s*%%(?P<name>[^\s!]+|!)[ \t]*(?P<line>.*)\n?(?P<body>(?s:.*))")
_TRANSPARENT = frozenset({"time", "timeit", "capture", "prun", "memit"})
"""Cell magics that run their body as the cell it is."""
_ASSET_CELLS = frozenset({"asset", "sql_asset"})
_WORD = re.compile(r"[^\W\d]\w*")
_NOTHING = cell_names("")
_METHODS = {
    "run_line_magic": "magic", "run_cell_magic": "magic", "system": "shell", "getoutput": "shell",
}  # fmt: skip


class Magic(msgspec.Struct, frozen=True):
    """A magic that a statement calls, or a shell line, whose name is ``!``."""

    name: str
    line: str
    body: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement, or a whole cell of a magic.

    ``node`` is None for the latter. ``begin`` and ``end`` are line (from 1) and column, in bytes,
    in the cell's Python text.
    """

    index: int
    """Its position among all statements of the notebook, from 0."""
    cell: SourceCell
    node: ast.stmt | None
    names: CellNames
    reads_later: frozenset[str]
    """Read in functions, annotations and asset cells; whatever it may be, if only a word."""
    magics: tuple[Magic, ...] = ()
    begin: tuple[int, int] = (1, 0)
    end: tuple[int, int] = (1, 0)
    nodes: Nodes = field(default_factory=Nodes)
    """Its node and all below, which many questions go through."""

    @property
    def reads(self) -> frozenset[str]:
        """The names that it reads when it runs, and that it does not bind itself before."""
        return self.names.reads

    @property
    def binds(self) -> frozenset[str]:
        """The names that it may bind when it runs."""
        return self.names.binds


class CodeCell(msgspec.Struct, frozen=True):
    """A code cell in Python: magics are calls, as IPython writes them."""

    cell: SourceCell
    python: str
    statements: tuple[Statement, ...] = msgspec.field(default=())


def code_cells(document: Document) -> list[CodeCell]:
    """The code cells with their statements, numbered through.

    Raises DefinitionError for a cell that is no Python, naming it and the line; one that is tagged
    to be skipped has no statements then.
    """
    found: list[CodeCell] = []
    count, lazy = 0, False  # IPython keeps what a __future__ import asked for
    for cell in document.code_cells:
        try:
            made, lazy = _code_cell(cell, count, lazy)
        except DefinitionError:
            if SKIP_TAG not in cell.tags:
                raise
            made = CodeCell(cell, cell.text)  # what never runs may be anything
        found.append(made)
        count += len(made.statements)
    return found


def _code_cell(cell: SourceCell, first: int, lazy: bool) -> tuple[CodeCell, bool]:
    whole = _CELL_MAGIC.fullmatch(cell.text)
    if whole is not None and whole["name"] not in _TRANSPARENT:
        magic = Magic(whole["name"], whole["line"].strip(), whole["body"])
        return CodeCell(cell, cell.text, (_magic_cell(cell, first, magic),)), lazy
    text = cell.text if whole is None else "\n" + whole["body"]
    python = _transformed(text)
    tree = _parsed(cell, python)
    lazy = lazy or keeps_annotations_as_text(tree)
    found = [_statement(cell, first + at, node, lazy=lazy) for at, node in enumerate(tree.body)]
    return CodeCell(cell, python, tuple(found)), lazy


def _transformed(text: str) -> str:
    if not needs_ipython(text):
        return text
    from IPython.core.inputtransformer2 import TransformerManager

    stripped = text.lstrip("\n")  # IPython drops blank first lines; errors need them counted
    python: str = TransformerManager().transform_cell(stripped)
    return "\n" * (len(text) - len(stripped)) + python


def _ended(python: str) -> str:
    """With the line's end that IPython adds: who reads it after it ran asks for the same."""
    return python if python.endswith("\n") else f"{python}\n"


def _parsed(cell: SourceCell, python: str) -> ast.Module:
    try:
        return parse_quietly(_ended(python))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        said = f"line {line}: {getattr(error, 'msg', error)}" if line else str(error)
        raise DefinitionError(
            f"{cell}, `{cell.first_line}`",
            f"it is no Python: {said}",
            f"Mend the cell, or tag it `{SKIP_TAG}`: then it is never loaded.",
        ) from None


def _statement(cell: SourceCell, index: int, node: ast.stmt, *, lazy: bool) -> Statement:
    names = cell_names(ast.Module([node], []), lazy_annotations=lazy)
    nodes = all_within(node)
    magics = tuple(_magics_in(nodes))
    hidden = frozenset(name for each in magics for name in _names_in(each))
    later = names.reads_later | names.annotation_reads | hidden | _asked_for(node)
    later |= named_in_texts(nodes)
    return Statement(
        index, cell, node, names, later, magics,
        (node_line(node), _first_column(node)), (node.end_lineno or 1, node.end_col_offset or 0),
        nodes,
    )  # fmt: skip


def _asked_for(node: ast.stmt) -> frozenset[str]:
    """What a decorated function may ask for by name: resources by parameters and keys."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.decorator_list:
        return frozenset()
    parameters = {each.arg for each in parameter_nodes(node.args) if each.annotation is not None}
    keys = {
        part.value
        for each in node.decorator_list
        for part in all_within(each).of(ast.Constant)
        if isinstance(part.value, str)
    }
    return frozenset(parameters | {key for key in keys if key.isidentifier()})


def node_line(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators = getattr(node, "decorator_list", ())
    return min(int(line) for line in [node.lineno, *(each.lineno for each in decorators)])


def _first_column(node: ast.stmt) -> int:
    return 0 if getattr(node, "decorator_list", ()) else node.col_offset


def _magics_in(nodes: Nodes) -> Iterator[Magic]:
    for each in nodes.of(ast.Call):
        match each:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="get_ipython"), args=[]), attr=method
                ),
                args=arguments,
            ) if method in _METHODS:
                texts = [part.value for part in arguments if isinstance(part, ast.Constant)]
                if _METHODS[method] == "shell":
                    texts = ["!", *texts]
                yield Magic(*map(str, texts[:3])) if len(texts) > 1 else Magic(str(texts[0]), "")


def _names_in(magic: Magic) -> frozenset[str]:
    """The names that a magic's line and body may read."""
    if magic.name in _TRANSPARENT:
        return frozenset(_WORD.findall(f"{magic.line}\n{magic.body}"))
    return expanded_names(magic.line) | expanded_names(magic.body)


def _magic_cell(cell: SourceCell, index: int, magic: Magic) -> Statement:
    """The statement that a whole cell of a magic is; an asset cell binds its asset's name."""
    lines = cell.text.count("\n") + 1
    if magic.name in _ASSET_CELLS:
        # its options may name resources, types and configuration: any word may be a name
        later = frozenset(_WORD.findall(magic.line)) | _body_reads(cell, magic)
        names = _binding(magic)
    else:
        names, later = _NOTHING, _names_in(magic)
    return Statement(
        index, cell, None, names, later, (magic,), (1, 0), (lines, len(cell.text.encode()))
    )


def _binding(magic: Magic) -> CellNames:
    named = _WORD.search(magic.line.partition(" ")[0].rpartition("/")[2])
    return structs.replace(_NOTHING, binds=frozenset({named[0]})) if named else _NOTHING


def _body_reads(cell: SourceCell, magic: Magic) -> frozenset[str]:
    if magic.name != "asset":  # SQL: tables may be frames of the notebook, `:day` a name
        return frozenset(_WORD.findall(magic.body))
    python = _ended(_transformed("\n" + magic.body))
    tree = _parsed(cell, python)
    names, texts = cell_names(python), named_in_texts(all_within(tree))
    return names.needs | names.reads_later | names.annotation_reads | texts
