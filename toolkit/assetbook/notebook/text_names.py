"""Names that code reaches through text: ``eval``, ``getattr``, ``globals()``, ``query``, SQL.

Constant text is read, also where it is a name bound to one (``Text.name``). What is computed
cannot be followed, and is noted.
"""

from __future__ import annotations

import ast
import contextlib
import re
from functools import cached_property
from typing import Literal

import msgspec

from assetbook.notebook.canonical import is_text
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.notebook.tree_walk import Nodes, all_within

TextKind = Literal["python", "query", "sql", "name", "module"]


class Text(msgspec.Struct, frozen=True):
    """A text from which names are read: constant ``text``, or that of the global ``name``."""

    kind: TextKind
    text: str | None
    name: str | None
    call: str
    """The call that reads it, for messages: ``eval``, ``df.query``."""


class TextReads(msgspec.Struct, frozen=True):
    """What a piece of code reads through text."""

    texts: tuple[Text, ...] = ()
    computed: tuple[str, ...] = ()
    """Calls whose text is computed, so that what they read is unknown."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Root name and attribute of each ``getattr(root, "attribute")``."""
    computed_attributes: tuple[str, ...] = ()
    """Root names of ``getattr(root, computed)``: unknown if the root is a module."""


_WORD = r'(?:[^\W\d]\w*|"[^"]+")'
_ALIAS = (
    r"(?:\s+(?:as\s+)?(?!(?:join|left|right|inner|outer|full|cross|on|using|where|group|order|"
    r"limit|union|select|set|values|natural|positional|asof|semi|anti|pivot|having)\b)\w+)?"
)
_TABLES = re.compile(
    rf"\b(?:from|join|into|update|table|describe|summarize)\s+(?:only\s+)?"
    rf"({_WORD}(?:\.{_WORD})*{_ALIAS}(?:\s*,\s*{_WORD}{_ALIAS})*)",
    re.IGNORECASE,
)
_AT_NAME = re.compile(r"@\s*([^\W\d]\w*)")
_SQL_METHODS = frozenset({"sql", "from_query", "query_df"})
_DUCKDB_METHODS = frozenset({"execute", "query", "sql", "table", "view", "from_query"})
_READ_TEXT = frozenset({"eval", "exec", "globals"})
_TEXT_READERS = _SQL_METHODS | _DUCKDB_METHODS | _READ_TEXT
_FROM_SOURCE = frozenset({"getsource", "getsourcelines", "_getframe", "currentframe", "stack"})


def names_in(kind: TextKind, text: str) -> frozenset[str]:
    """The names that a text of some kind reads; raises SyntaxError for wrong Python."""
    if kind in ("name", "module"):
        return frozenset({text})
    if kind == "query":
        return frozenset(_AT_NAME.findall(text))
    if kind == "sql":
        return frozenset(
            listed.strip().split()[0].strip('"').partition(".")[0]
            for found in _TABLES.findall(text)
            for listed in found.split(",")
        )
    tree = parse_quietly(text.strip())
    return frozenset(each.id for each in all_within(tree).of(ast.Name))


def text_reads(nodes: Nodes, *, is_module: bool) -> TextReads:
    """What code reads through text; ``is_module`` says that ``locals()`` are its globals."""
    reader = _Reader(nodes, is_module)
    return TextReads(
        tuple(dict.fromkeys(reader.texts)),
        tuple(sorted(set(reader.computed))),
        tuple(sorted(set(reader.attributes))),
        tuple(sorted(set(reader.computed_attributes))),
    )


def named_in_texts(nodes: Nodes) -> frozenset[str]:
    """The names that constant texts in code read; nothing of texts that are no Python."""
    if not any(_called(each) in _TEXT_READERS for each in nodes.of(ast.Call)):
        return frozenset()  # as in nearly all code
    found: set[str] = set()
    for each in text_reads(nodes, is_module=False).texts:
        if each.text is not None and each.kind != "module":
            with contextlib.suppress(SyntaxError, ValueError):
                found |= names_in(each.kind, each.text)
    return frozenset(found)


def _called(call: ast.Call) -> str:
    func = call.func
    return getattr(func, "attr", "") or getattr(func, "id", "")


class _Reader:
    def __init__(self, nodes: Nodes, is_module: bool) -> None:
        self.texts: list[Text] = []
        self.computed: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.computed_attributes: list[str] = []
        self._namespaces = {"globals", "vars", "locals"} if is_module else {"globals"}
        self._subscribed: set[int] = set()
        self._has_duckdb = any(each.id == "duckdb" for each in nodes.of(ast.Name))
        self._nodes = nodes
        for subscript in nodes.of(ast.Subscript):
            self._subscript(subscript)
        for call in nodes.of(ast.Call):
            self._call(call)
        called = {id(each.func) for each in nodes.of(ast.Call)}
        for name in nodes.of(ast.Name):
            if name.id in _READ_TEXT and id(name) not in called:  # ``map(eval, texts)``
                self.computed.append(name.id)
        self.computed += [
            "sys.modules" for each in nodes.of(ast.Attribute) if _is_sys_modules(each)
        ]

    @cached_property
    def _locals(self) -> dict[str, list[str] | None]:
        return _constant_locals(self._nodes)

    def _subscript(self, node: ast.Subscript) -> None:
        if self._is_namespace(node.value):
            self._subscribed.add(id(node.value))
            self._text("name", node.slice, "globals()")

    def _is_namespace(self, node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in self._namespaces
            and not node.args
        )

    def _call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            self._method(node, node.func)
        elif isinstance(node.func, ast.Name):
            self._function(node, node.func.id)
        if self._is_namespace(node) and id(node) not in self._subscribed:
            self.computed.append("globals()")

    def _function(self, node: ast.Call, name: str) -> None:
        if name in ("eval", "exec") and node.args:
            self._text("python", node.args[0], name)
        elif name in ("getattr", "hasattr") and len(node.args) > 1:
            self._getattr(node.args[0], node.args[1])
        elif name in ("__import__", "import_module") and node.args:
            self._text("module", node.args[0], name)
        elif name == "sql" and node.args:
            self._text("sql", node.args[0], name)
        elif name in _FROM_SOURCE:
            self.computed.append(name)

    def _method(self, node: ast.Call, func: ast.Attribute) -> None:
        name = func.attr
        if name == "get" and node.args and self._is_namespace(func.value):
            self._subscribed.add(id(func.value))
            self._text("name", node.args[0], "globals()")
        elif name == "import_module" and node.args:
            self._text("module", node.args[0], name)
        elif name in _FROM_SOURCE and isinstance(func.value, ast.Name):
            self.computed.append(f"{func.value.id}.{name}")
        elif name in _SQL_METHODS or (self._has_duckdb and name in _DUCKDB_METHODS):
            if node.args:
                self._text("sql", node.args[0], f".{name}")
        elif name in ("query", "eval") and node.args:
            of = func.value.id if isinstance(func.value, ast.Name) else ""
            kind: TextKind = "python" if of in ("pd", "pandas", "builtins") else "query"
            self._text(kind, node.args[0], f".{name}")

    def _getattr(self, target: ast.expr, name: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        texts = self._constants(name)
        if texts is None:
            self.computed_attributes.append(target.id)
        else:
            self.attributes += [(target.id, text) for text in texts]

    def _text(self, kind: TextKind, node: ast.expr, call: str) -> None:
        texts = self._constants(node)
        if texts is not None:
            self.texts += [Text(kind, text, None, call) for text in texts]
        elif isinstance(node, ast.Name) and node.id not in self._locals:
            self.texts.append(Text(kind, None, node.id, call))
        elif kind != "query" or not isinstance(node, ast.Lambda | ast.Compare):
            self.computed.append(call)

    def _constants(self, node: ast.expr) -> list[str] | None:
        """The texts that ``node`` may be; None if it is computed."""
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.Name):
            return self._locals.get(node.id)
        return None


def _is_sys_modules(node: ast.Attribute) -> bool:
    return node.attr == "modules" and isinstance(node.value, ast.Name) and node.value.id == "sys"


def _constant_locals(nodes: Nodes) -> dict[str, list[str] | None]:
    """Names that the code binds, with the texts it gives them; None if it gives anything else."""
    found: dict[str, list[str] | None] = {}
    texts: dict[int, str] = {}  # by id of the target
    for assignment in nodes.of(ast.Assign):
        if is_text(assignment.value):
            text = ast.literal_eval(assignment.value)
            texts.update({id(each): text for each in assignment.targets})
    for parameter in nodes.of(ast.arg):
        found[parameter.arg] = None
    for node in nodes.of(ast.Name):
        if not isinstance(node.ctx, ast.Load):
            known = found.setdefault(node.id, [])
            if known is not None and id(node) in texts:
                known.append(texts[id(node)])
            else:
                found[node.id] = None
    return found
