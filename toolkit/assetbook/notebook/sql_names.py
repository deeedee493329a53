"""Which tables a text of SQL reads, and which of its words read the world outside.

The tree decides where sqlglot can make one, since names of common table expressions shadow tables.
Where it cannot (it knows most, not all, of DuckDB's language), every name that could be a table's
counts: that may read too much into a text, never too little.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assetbook.notebook.cell_body import TableName
from assetbook.notebook.sql_readers import (
    file_reader,
    reads_outside,
    statement_reads,
    table_function_reads,
)
from assetbook.notebook.sql_tokens import SqlTokens, names_nothing

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokenizer_core import Token


@dataclass(slots=True)
class SqlNames:
    """What a text names."""

    tables: dict[tuple[str, ...], TableName] = field(default_factory=dict)
    readers: set[str] = field(default_factory=set)
    """Functions and statements that read files, hosts, clocks or chance."""
    created: set[tuple[str, ...]] = field(default_factory=set)
    """Tables and views that the text itself has made so far, in lower case."""


def names_in_sql(text: SqlTokens, dialect: str = "duckdb") -> SqlNames:
    """The tables and readers of all statements, in the order in which they are named."""
    found = SqlNames()
    for statement in text.statements():
        tree = _tree(text, statement, dialect)
        first = statement[0].text.lower()
        if statement_reads(first):
            found.readers.add(first)
        if tree is None:
            _from_tokens(statement, found)
        else:
            _from_tree(tree, statement[0].start, found)
    return found


def _tree(text: SqlTokens, statement: Sequence[Token], dialect: str) -> exp.Expr | None:
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    source = text.with_dollars[statement[0].start : statement[-1].end + 1]
    try:
        with _quiet():
            trees = [tree for tree in parse(source, read=dialect) if tree is not None]
    except (SqlglotError, RecursionError):
        return None
    if len(trees) != 1 or trees[0].find(exp.Command) is not None:
        return None
    return trees[0]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps sqlglot from saying that it does not know a statement: then the tokens serve."""
    logger = logging.getLogger("sqlglot")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _from_tree(tree: exp.Expr, start: int, found: SqlNames) -> None:
    from sqlglot import exp

    target = tree.find(exp.Table) if isinstance(tree, exp.Create | exp.Insert | exp.Drop) else None
    for node in tree.walk():
        if isinstance(node, exp.Table):
            if node is target and not isinstance(tree, exp.Insert):
                continue
            _take_table(node, start, found)
        elif isinstance(node, exp.Func):
            name = _function_name(node)
            if reads_outside(name, len(list(node.iter_expressions()))):
                found.readers.add(name)
        elif isinstance(node, exp.TableSample) and not node.args.get("seed"):
            found.readers.add("tablesample")
    if isinstance(tree, exp.Create) and isinstance(target, exp.Table):
        found.created.add(_own(part.name for part in target.parts))


def _take_table(node: exp.Table, start: int, found: SqlNames) -> None:
    from sqlglot import exp

    if isinstance(node.this, exp.Parameter | exp.Placeholder):
        return  # a value is no table: the database says so
    if isinstance(node.this, exp.Func):
        name = _function_name(node.this)
        if table_function_reads(name):
            found.readers.add(name)
        return
    parts = tuple(part.name for part in node.parts)
    if not parts or not parts[-1]:
        return
    if len(parts) == 1:
        reader = file_reader(parts[0])
        if reader:
            found.readers.add(reader)
            return
        if _is_shadowed(node, parts[0]):
            return
    if _own(parts) in found.created:
        return
    at = node.parts[0].meta.get("start", -1 - start)
    found.tables.setdefault(parts, TableName(parts, at + start))


def _own(parts: Iterable[str]) -> tuple[str, ...]:
    """A table's name in lower case, without the schema in which a text makes its own."""
    lower = tuple(part.lower() for part in parts)
    return lower[1:] if len(lower) == 2 and lower[0] in ("main", "temp", "public") else lower


def _is_shadowed(table: exp.Expr, name: str) -> bool:
    """Whether a common table expression of that name is in sight of a table."""
    from sqlglot import exp

    child: exp.Expr = table
    node = table.parent
    while node is not None:
        within = node.args.get("with_") or node.args.get("with")
        if isinstance(within, exp.With) and child is not within:
            if _defines(within.expressions, name):
                return True
        elif isinstance(node, exp.With) and isinstance(child, exp.CTE):
            before = node.expressions[: _index_of(node.expressions, child)]
            if _defines(before, name) or _calls_itself(node, child, table, name):
                return True
        child, node = node, node.parent
    return False


def _index_of(nodes: Sequence[exp.Expr], wanted: exp.Expr) -> int:
    return next(at for at, each in enumerate(nodes) if each is wanted)


def _defines(expressions: Iterable[Any], name: str) -> bool:
    return any(each.alias.lower() == name.lower() for each in expressions)


def _calls_itself(within: exp.With, cte: exp.CTE, table: exp.Expr, name: str) -> bool:
    """Whether a name in a recursive expression is its own: on the right of its UNION alone."""
    from sqlglot import exp

    if not within.args.get("recursive") or cte.alias.lower() != name.lower():
        return False
    union = cte.this.unnest() if hasattr(cte.this, "unnest") else cte.this
    return isinstance(union, exp.SetOperation) and _is_below(table, union.args["expression"])


def _is_below(node: exp.Expr | None, above: object) -> bool:
    while node is not None and node is not above:
        node = node.parent
    return node is not None


def _function_name(node: exp.Func) -> str:
    from sqlglot import exp

    if isinstance(node, exp.Anonymous):
        return str(node.name).lower()
    written = node.meta.get("name")
    return str(written or node.sql_name()).lower()


def _from_tokens(statement: Sequence[Token], found: SqlNames) -> None:
    """Takes every chain of names that no parenthesis follows, and each function's name."""
    at = int(statement[0].token_type.name == "COMMAND")
    while at < len(statement):
        chain, after = _chain(statement, at)
        if not chain:
            at += 1
            continue
        is_function = after < len(statement) and statement[after].token_type.name == "L_PAREN"
        name = chain[-1].lower()
        if is_function and (reads_outside(name, 1) or _looks_like_reader(name)):
            found.readers.add(name)
        elif not is_function:
            parts = tuple(chain)
            if len(parts) == 1 and file_reader(parts[0]):
                found.readers.add(file_reader(parts[0]))
            found.tables.setdefault(parts, TableName(parts, statement[at].start, sure=False))
        at = after


def _chain(statement: Sequence[Token], at: int) -> tuple[list[str], int]:
    """The names of ``a.b.c`` that begins at a token, and where it ends."""
    names: list[str] = []
    while at < len(statement) and _is_name(statement[at]):
        names.append(statement[at].text)
        if at + 1 >= len(statement) or statement[at + 1].token_type.name != "DOT":
            return names, at + 1
        at += 2
    return names, at


def _is_name(token: Token) -> bool:
    kind = token.token_type.name
    quoted = kind in ("IDENTIFIER", "STRING")
    return quoted or (token.text[:1].isidentifier() and not names_nothing(token))


def _looks_like_reader(name: str) -> bool:
    return name.startswith("read_") or name.endswith("_scan")
