"""A ``%%asset`` cell as a function: its body is module code in a copy of the namespace.

Nothing it binds leaks into the notebook. Its value is the variable named like the asset if the
body binds one (then the last expression is only displayed), else the last expression.
"""

from __future__ import annotations

import ast
import hashlib
import linecache
from collections.abc import Mapping
from types import CodeType
from typing import Any

import msgspec

from assetbook.errors import DefinitionError
from assetbook.notebook.cell_body import CellBody, ValueFrom
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.cell_names import SHELL_CALL, CellNames, cell_names
from assetbook.notebook.cell_text import python_text
from assetbook.notebook.shell_line import shell_function


class _Compiled(msgspec.Struct, frozen=True):
    body: CodeType | None
    last: CodeType | None
    """The last expression; None if there is none or it ends with ``;``."""


class CellFunction(CellBody):
    """The body of an asset cell; called with the values of its inputs by name.

    ``name`` is the Python name of the asset. Raises DefinitionError if the body cannot be an
    asset: a syntax error, ``import *``, a read of its own name, or no value.
    """

    def __init__(
        self,
        name: str,
        text: str,
        namespace: Mapping[str, Any],
        *,
        where: str,
        effect: bool = False,
    ) -> None:
        self.__name__ = name
        python = python_text(text)
        tree = _parsed(name, python.source)
        self.names: CellNames = cell_names(python.source)
        self.hidden_reads = python.hidden_reads
        self.namespace = namespace
        self.filename = _filename(name, python.source)
        self.code = CellCode(
            source=python.source,
            tree=tree,
            namespace=namespace,
            where=where,
            hidden_reads=python.hidden_reads,
            names=self.names,
        )
        self._compiled = _compiled(name, tree, python.source, self.filename)
        self.value_from = self._value_from(effect)
        self._refuse(effect)

    @property
    def shows_itself(self) -> bool:
        """Whether the body displays something of its own at its end, so that its value need not."""
        return self.value_from.startswith("the variable") and self._compiled.last is not None

    @property
    def reads(self) -> frozenset[str]:
        """The names whose value may come from outside the body, in shell lines too."""
        return self.names.needs | self.hidden_reads

    @property
    def binds(self) -> frozenset[str]:
        """The names that the body binds."""
        return self.names.binds

    @property
    def awaits(self) -> bool:
        """Whether the body awaits something at its top level."""
        return _is_async(self._compiled)

    def __call__(self, **inputs: Any) -> Any:
        """The value; a coroutine of it if the body awaits. The last expression is displayed if
        it is not the value."""
        names = {**self.namespace, **inputs}
        names.pop(self.__name__, None)  # its own definition is no value of it
        names[SHELL_CALL] = shell_function(names)
        if self.awaits:
            return self._run_async(names)
        shown = None
        if self._compiled.body is not None:
            exec(self._compiled.body, names)
        if self._compiled.last is not None:
            shown = eval(self._compiled.last, names)
        return self._value(names, shown)

    async def _run_async(self, names: dict[str, Any]) -> Any:
        shown = None
        for code, keep in ((self._compiled.body, False), (self._compiled.last, True)):
            if code is not None:
                result = eval(code, names)
                if code.co_flags & _CO_COROUTINE:
                    result = await result
                shown = result if keep else None
        return self._value(names, shown)

    def _value(self, names: dict[str, Any], shown: Any) -> Any:
        if self.value_from == "nothing":
            _display(shown)
            return None
        if self.value_from == "the last expression":
            return shown
        _display(shown)
        if self.__name__ not in names:
            raise DefinitionError(
                f"the value of `{self.__name__}`",
                f"the cell ran to its end without binding `{self.__name__}`",
                "Bind it on every path, or end the cell with the value.",
            )
        return names[self.__name__]

    def _value_from(self, effect: bool) -> ValueFrom:
        if effect:
            return "nothing"
        if self.__name__ in self.names.binds:
            return f"the variable {self.__name__}"
        return "the last expression" if self._compiled.last is not None else "nothing"

    def _refuse(self, effect: bool) -> None:
        name = self.__name__
        if self.names.star_imports:
            module = min(self.names.star_imports)
            raise DefinitionError(
                f"the asset cell `{name}`",
                f"it says `from {module} import *`, which hides what it reads",
                "Import the names that it uses.",
            )
        if name in self.names.reads or (name in self.reads and name not in self.names.binds):
            raise DefinitionError(
                f"the asset cell `{name}`",
                f"it reads `{name}`, its own name, before it binds it",
                "Read the source under another name; an asset cannot be its own input.",
            )
        if self.value_from == "nothing" and not effect:
            raise DefinitionError(
                f"the asset cell `{name}`",
                f"it has no value: it ends without an expression and never binds `{name}`",
                f"End it with the value, bind `{name}`, or say `%%asset {name} --effect`.",
            )


_CO_COROUTINE = 0x80
_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def _parsed(name: str, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise _misspelt(name, error) from None


def _misspelt(name: str, error: SyntaxError) -> DefinitionError:
    return DefinitionError(
        f"the asset cell `{name}`",
        f"line {error.lineno}: {error.msg}",
        (error.text or "").rstrip(),
    )


def _compiled(name: str, tree: ast.Module, source: str, filename: str) -> _Compiled:
    """The body, and its last expression by itself; known to tracebacks by ``filename``."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    statements = list(tree.body)
    expression = None
    if statements and isinstance(statements[-1], ast.Expr) and not _ends_silently(source):
        expression = ast.Expression(statements[-1].value)
        statements.pop()
    module = ast.Module(statements, tree.type_ignores) if statements else None
    try:  # what only the compiler rejects, such as a `return` outside a function
        return _Compiled(
            None if module is None else compile(module, filename, "exec", _FLAGS, True),
            None if expression is None else compile(expression, filename, "eval", _FLAGS, True),
        )
    except SyntaxError as error:
        raise _misspelt(name, error) from None


def _ends_silently(source: str) -> bool:
    """Whether the cell ends with ``;``, as in IPython: not counting comments."""
    if ";" not in source:
        return False
    import io
    import tokenize

    ignored = {tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER, tokenize.DEDENT}
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in ignored
    ]
    return bool(tokens) and tokens[-1].string == ";"


def _filename(name: str, source: str) -> str:
    """A file name for the body's code: the same text has the same name."""
    digest = hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:12]
    return f"<asset cell {name}, {digest}>"


def _is_async(compiled: _Compiled) -> bool:
    return any(
        code is not None and code.co_flags & _CO_COROUTINE
        for code in (compiled.body, compiled.last)
    )


def _display(value: Any) -> None:
    """Displays a last expression that is not the value, as a cell would."""
    if value is None:
        return
    import sys

    module = sys.modules.get("IPython.display")
    if module is None:
        print(repr(value))
    else:
        module.display(value)
