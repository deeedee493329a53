"""What of a module's text makes one of its names when the module is imported.

A reloader that patches functions in place does not run the rest of a module again. What that rest
has computed is still what the file would give, as long as all text that made it is the same.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from assetbook.notebook.canonical import canonical, without_docstring
from assetbook.notebook.tree_walk import all_within

_CALLS_NOTHING = (
    ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp,
    ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.JoinedStr, ast.FormattedValue,
    ast.keyword, ast.Pass, ast.unaryop, ast.operator, ast.boolop, ast.cmpop,
)  # fmt: skip
_SEES_ALL = frozenset(
    {"globals", "locals", "vars", "exec", "eval", "getattr", "setattr", "modules"}
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, eq=False)
class _Statement:
    """A statement at a module's top level."""

    binds: Collection[str]
    runs: list[ast.AST]
    """What of it runs on import."""
    inner: list[ast.AST] = field(default_factory=list)
    """What runs only if somebody takes what it binds."""
    acts: bool = True
    """Whether it may change what other statements made."""


def made_the_same(one: list[ast.stmt], other: list[ast.stmt], name: str) -> bool:
    """Whether two texts of a module say the same of how ``name`` is made.

    What may act on it counts, too: all statements that call anything, and the functions and
    classes of the module that these name. It is not thought of that importing another module
    changes this one's constants, or that a class's methods are called while it is being defined.
    """
    return _making(one, name) == _making(other, name)


def _making(body: list[ast.stmt], name: str) -> list[bytes]:
    own = {each.name for each in body if isinstance(each, _Function | ast.ClassDef)}
    counted = _counted([_statement(each, own) for each in body], name)
    if _SEES_ALL.isdisjoint(_names(counted)):
        return [canonical(node) for node in counted]
    return [canonical(node) for node in body]


def _counted(statements: Iterable[_Statement], name: str) -> list[ast.AST]:
    """What bears on ``name``, in the order of the text."""
    needed, before = {name}, -1
    counted: list[ast.AST] = []
    while len(needed) != before:
        before = len(needed)
        counted = []
        for each in statements:
            taken = not needed.isdisjoint(each.binds)
            counted += each.runs if taken or each.acts else []
            counted += each.inner if taken else []
        needed.update(_names(counted))
    return counted


def _statement(node: ast.stmt, own: Collection[str]) -> _Statement:
    if isinstance(node, _Function | ast.ClassDef):
        if not _names(node.decorator_list).isdisjoint(own):
            return _Statement([node.name], [node])
        return _class(node) if isinstance(node, ast.ClassDef) else _function(node)
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [(each.asname or each.name).partition(".")[0] for each in node.names]
        return _Statement(names, [node], acts="*" in names)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        bound = [each.id for each in targets if isinstance(each, ast.Name)]
        acts = len(bound) < len(targets) or not _call_nothing([node.value])
        return _Statement(bound, [node], acts=acts)
    if _never_runs(node):
        return _Statement([], [])
    return _Statement([], [node])


def _function(node: _Function) -> _Statement:
    runs: list[ast.AST] = [*node.decorator_list, *_defaults(node)]
    acts = bool(node.decorator_list) or not _call_nothing(_defaults(node))
    inner: list[ast.AST] = [node.args, *without_docstring(node.body)]
    return _Statement([node.name], runs, inner, acts)


def _class(node: ast.ClassDef) -> _Statement:
    """The bodies of its methods run only for those who take the class; nor do its literals act."""
    runs: list[ast.AST] = [*node.decorator_list]
    inner: list[ast.AST] = []
    for each in (*node.bases, *node.keywords, *without_docstring(node.body)):
        if isinstance(each, _Function):
            method = _function(each)
            runs += method.runs
            inner += method.inner
        else:
            given = each.value if isinstance(each, ast.Assign | ast.AnnAssign) else each
            (inner if _call_nothing([given]) else runs).append(each)
    return _Statement([node.name], runs, inner)


def _defaults(node: _Function) -> Iterator[ast.expr]:
    yield from node.args.defaults
    yield from (each for each in node.args.kw_defaults if each is not None)


def _never_runs(node: ast.stmt) -> bool:
    """Whether it is a docstring, or what a module does only where it is run as a program."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and ast.unparse(node.test) == "__name__ == '__main__'"
    )


def _call_nothing(values: Iterable[ast.AST | None]) -> bool:
    nodes = all_within(*(each for each in values if each is not None))
    return all(isinstance(node, _CALLS_NOTHING) for node in nodes)


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    """The names and attributes that are read or bound within."""
    every = all_within(*nodes)
    names = {each.id for each in every if isinstance(each, ast.Name)}
    return names | {each.attr for each in every if isinstance(each, ast.Attribute)}
