"""The syntax tree of a live function, lambda or class.

A cell's text is found by its file name, which IPython makes from the text itself, so it can never
be another text's. A file on disk may have been edited since it was imported: its text counts only
if it compiles to the very code that is live.
"""

from __future__ import annotations

import ast
import functools
import linecache
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import msgspec

from assetbook.notebook.bare_code import RELOADED, bare_code, codes_by_name, same_code
from assetbook.notebook.quiet_parsing import parse_quietly, warned_before
from assetbook.notebook.tree_walk import children

FunctionTree = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUTURE_FLAGS = 0x1FE0000
"""The flags that ``from __future__ import ...`` sets on code."""
_NO_NAME = "<string>"
"""The name of code that was given none: generated methods, and from 3.13 on all of `python -c`."""
_UNREADABLE = (OSError, SyntaxError, ValueError)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The tree of a piece of code and the text it was read from."""

    tree: FunctionTree | ast.ClassDef
    lines: tuple[str, ...]
    filename: str
    flags: int = 0
    """What ``from __future__ import ...`` set on its code."""

    @property
    def line(self) -> int:
        """The number (from 1) of its first line, decorators included."""
        decorators: list[ast.expr] = getattr(self.tree, "decorator_list", [])
        return min([self.tree.lineno, *(each.lineno for each in decorators)])

    @property
    def text(self) -> str:
        """Its whole lines of source."""
        return "".join(self.lines[self.line - 1 : self.tree.end_lineno]).rstrip("\n")


class NotFound(msgspec.Struct, frozen=True):
    """Why the source of a piece of code cannot be had, as the end of a sentence."""

    why: str


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """A text that was parsed: its functions by name and first line, its classes by name."""

    stamp: object
    lines: tuple[str, ...]
    functions: dict[tuple[str, int], list[FunctionTree]]
    classes: dict[str, list[ast.ClassDef]]
    codes: dict[str, list[CodeType]] | None
    """Compiled code by qualified name; None for a cell, whose text needs no proof."""


_sources: dict[str, _Source | NotFound] = {}


def source_of(code: CodeType, home: str = "") -> Found | NotFound:
    """The tree that ``code`` was compiled from, or why there is none.

    ``home`` is the file of its module, where a reloader's code is looked for, which names none.
    """
    filename = file_of(code, home)
    source = _source(filename)
    if isinstance(source, NotFound):
        return source
    if source.codes is not None:
        compiled = same_code(code, source.codes)
        if compiled is None:
            return NotFound(edited(filename))
        code = compiled
    trees = source.functions.get((code.co_name, code.co_firstlineno), [])
    tree = trees[0] if len(trees) == 1 else _by_position(code, trees)
    if tree is None:
        return NotFound("its source cannot be found")
    return Found(tree, source.lines, filename, code.co_flags & FUTURE_FLAGS)


def file_of(code: CodeType, home: str = "") -> str:
    """The name of the file that ``code`` is from; ``home`` for what a reloader added to it."""
    return home if home and code.co_filename == RELOADED else code.co_filename


def edited(filename: str) -> str:
    """Why what was taken from a file is not what it says now."""
    return f"{Path(filename).name} was edited and not reloaded"


def old_one(filename: str, cell: str) -> str:
    """Why what was taken from a file before it was reloaded is not what it gives now.

    ``cell`` is the one that imports it; empty if that is not known.
    """
    again = f"import it again ({cell})" if cell else "import it again"
    return f"{Path(filename).name} was reloaded since, and this is the old one: {again}"


def class_source(cls: type, filename: str) -> Found | None:
    """The tree of a class that was defined in ``filename``; None if it is not there just once."""
    source = _source(filename)
    if isinstance(source, NotFound):
        return None
    trees = source.classes.get(cls.__qualname__, [])
    return Found(trees[0], source.lines, filename) if len(trees) == 1 else None


def file_stamp(filename: str) -> object:
    """What changes when a source does: a cell's entry, or a file's time, size and inode."""
    entry = linecache.cache.get(filename)
    if entry is not None and len(entry) > 1 and entry[1] is None:
        return id(entry[2])
    try:
        status = os.stat(filename)  # noqa: PTH116 -- five times as fast as Path.stat
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def is_cell(filename: str) -> bool:
    """Whether a code file name is that of text that never was on disk, such as a cell."""
    if filename == _NO_NAME:
        return False
    entry = linecache.cache.get(filename)
    return entry is not None and len(entry) > 1 and entry[1] is None


def top_level(filename: str) -> list[ast.stmt] | NotFound:
    """The statements of a module's file as it is on disk now."""
    return _top_level(filename, file_stamp(filename))


@functools.lru_cache(64)
def _top_level(filename: str, _stamp: object) -> list[ast.stmt] | NotFound:
    try:
        with tokenize.open(filename) as file:
            return parse_quietly(file.read()).body
    except _UNREADABLE:
        return _unreadable(filename)


def _source(filename: str) -> _Source | NotFound:
    stamp = file_stamp(filename)
    known = _sources.get(filename)
    if isinstance(known, _Source) and known.stamp == stamp:
        return known
    made = _sources[filename] = _read(filename, stamp)
    return made


def _read(filename: str, stamp: object) -> _Source | NotFound:
    cell = is_cell(filename)
    if not cell and (filename.startswith("<") or stamp is None):
        return _unreadable(filename)
    try:
        if cell:
            text = "".join(linecache.cache[filename][2])  # type: ignore[misc]
        else:
            with tokenize.open(filename) as file:
                text = file.read()
        tree = parse_quietly(text)
        codes = None if cell else _compiled(tree, filename)
    except _UNREADABLE:
        return _unreadable(filename)
    functions: dict[tuple[str, int], list[FunctionTree]] = {}
    classes: dict[str, list[ast.ClassDef]] = {}
    for node, qualified in _definitions(tree, lambdas="lambda" in text):
        if isinstance(node, ast.ClassDef):
            classes.setdefault(qualified, []).append(node)
        else:
            name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            functions.setdefault((name, _first_line(node)), []).append(node)
    return _Source(stamp, tuple(text.splitlines(keepends=True)), functions, classes, codes)


def _compiled(tree: ast.Module, filename: str) -> dict[str, list[CodeType]]:
    with warned_before():
        return codes_by_name(compile(tree, filename, "exec", 0, dont_inherit=True))


def _unreadable(filename: str) -> NotFound:
    if filename.startswith("<"):
        return NotFound("it was made by code without a source")
    if Path(filename).exists():
        return NotFound(f"{Path(filename).name} cannot be read as Python")
    return NotFound(f"its file {Path(filename).name} is gone")


def _definitions(
    tree: ast.Module, *, lambdas: bool
) -> Iterator[tuple[FunctionTree | ast.ClassDef, str]]:
    """All functions, lambdas and classes, each with its qualified name.

    Without ``lambdas`` there are none, so that no expression is looked into.
    """
    todo: list[tuple[ast.AST, str]] = [(tree, "")]
    while todo:
        node, prefix = todo.pop()
        if isinstance(node, ast.ClassDef):
            yield node, prefix + node.name
            prefix = f"{prefix}{node.name}."
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, prefix + node.name
            prefix = f"{prefix}{node.name}.<locals>."
        elif isinstance(node, ast.Lambda):
            yield node, prefix + "<lambda>"
        todo += [
            (child, prefix)
            for child in children(node)
            if lambdas or not isinstance(child, ast.expr)
        ]


def _first_line(node: FunctionTree) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return decorators[0].lineno if decorators else node.lineno


def _by_position(code: CodeType, trees: list[FunctionTree]) -> FunctionTree | None:
    """Which of several functions on one line ``code`` is: that whose body spans all of it."""
    places = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in code.co_positions()
        if line and end_line and column is not None and end_column is not None and end_column
    ]
    if not places:
        return _by_content(code, trees)
    spans = [tree for tree in trees if all(_covers(_body(tree), *place) for place in places)]
    return min(spans, key=_length, default=None)


def _by_content(code: CodeType, trees: list[FunctionTree]) -> FunctionTree | None:
    """The first lambda that compiles to ``code``: Python 3.12 places no code of ``lambda: 1``."""
    wanted = bare_code(code)
    for tree in trees:
        if isinstance(tree, ast.Lambda):
            flags = code.co_flags & FUTURE_FLAGS
            made = compile(ast.Expression(tree), "", "eval", flags, dont_inherit=True)
            if any(bare_code(each) == wanted for each in made.co_consts if _is_code(each)):
                return tree
    return None


def _is_code(value: object) -> bool:
    return isinstance(value, CodeType)


def _body(tree: FunctionTree) -> tuple[ast.AST, ast.AST]:
    return (tree.body, tree.body) if isinstance(tree, ast.Lambda) else (tree, tree)


def _covers(body: tuple[ast.AST, ast.AST], start: tuple[int, int], end: tuple[int, int]) -> bool:
    first, last = vars(body[0]), vars(body[1])
    return (first["lineno"], first["col_offset"]) <= start and end <= (
        last["end_lineno"],
        last["end_col_offset"],
    )


def _length(tree: FunctionTree) -> tuple[int, int]:
    place = vars(tree)
    return place["end_lineno"] - tree.lineno, place["end_col_offset"] - tree.col_offset
