"""A cell as typed, turned into Python: magics become calls, ``!`` lines calls that can fail.

IPython's own transformer does the work, and is loaded only for cells that have such a line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from assetbook.notebook.cell_names import SHELL_CALL, cell_names

_NEEDS_IPYTHON = re.compile(r"^\s*(?:[%!?,;/]|>>>|In \[)|=\s*[%!]|\?\s*$", re.MULTILINE)
_IPYTHON_CALL = re.compile(
    r"(?P<before>.*?)get_ipython\(\)\.(?P<method>system|getoutput|run_line_magic|run_cell_magic)"
    r"\((?P<arguments>.*)\)\s*"
)
_LEADING_BLANK = re.compile(r"(?:[ \t]*\n)*")
_MAGIC_OPTIONS = re.compile(r"(?:-\w+(?:\s*[\d.]+)?\s+)*")

_PYTHON_MAGICS = frozenset({"time", "timeit", "prun", "capture", "memit", "mprun", "lprun"})
_SHELL_MAGICS = frozenset({"!", "sx", "system", "sc", "bash", "sh", "script"})


class PythonText(msgspec.Struct, frozen=True):
    """A cell in Python.

    source: the Python text, line by line the cell's (a ``!`` or ``%`` line that goes on after a
        backslash takes one line here).
    hidden_reads: names read inside magics and ``!`` lines: ``{name}``, ``$name``, and the code
        that ``%time`` and its like run.
    has_shell: a ``!`` line or a shell magic is in it.
    magics: names of the magics used, in order, each once.
    """

    source: str
    hidden_reads: frozenset[str] = frozenset()
    has_shell: bool = False
    magics: tuple[str, ...] = ()


@lru_cache(256)
def needs_ipython(text: str) -> bool:
    """Whether a line of a cell may be none of Python; loading asks several times for each."""
    return _NEEDS_IPYTHON.search(text) is not None


def python_text(text: str) -> PythonText:
    """``text`` as Python; unchanged if no line of it needs IPython."""
    if not needs_ipython(text):
        return PythonText(text)
    from IPython.core.inputtransformer2 import TransformerManager

    transformed: str = TransformerManager().transform_cell(text)
    typed = set(text.splitlines())
    blank = _LEADING_BLANK.match(text)
    found = _Escapes()
    lines = [
        line if line.rstrip("\n") in typed else found.rewritten(line)
        for line in transformed.splitlines(keepends=True)
    ]
    # IPython drops blank first lines; tracebacks need them counted.
    return found.as_text("\n" * (blank[0].count("\n") if blank else 0) + "".join(lines))


def strip_comment(line: str) -> str:
    """A magic's argument line without its trailing ``# comment``.

    A ``#`` inside quotes, or with no blank before it (``a#b``), starts no comment; a quote that
    nothing closes is an apostrophe.
    """
    position = 0
    while position < len(line):
        char = line[position]
        if char == "#" and (position == 0 or line[position - 1].isspace()):
            return line[:position].rstrip()
        position = _after_quoted(line, position) if char in "\"'" else position + 1
    return line.rstrip()


def _after_quoted(line: str, start: int) -> int:
    quoted = re.compile(r"""(["'])(?:\\.|(?!\1).)*\1""").match(line, start)
    return quoted.end() if quoted else start + 1


class _Escapes:
    """Rewrites the calls that IPython's transformer made, and notes what was in them."""

    def __init__(self) -> None:
        self._reads: set[str] = set()
        self._magics: list[str] = []
        self._has_shell = False

    def as_text(self, source: str) -> PythonText:
        magics = tuple(dict.fromkeys(self._magics))
        return PythonText(source, frozenset(self._reads), self._has_shell, magics)

    def rewritten(self, line: str) -> str:
        call = _IPYTHON_CALL.fullmatch(line)
        if call is None:
            return line
        arguments: tuple[str, ...] = ast.literal_eval(f"({call['arguments']},)")
        if call["method"] in ("run_line_magic", "run_cell_magic"):
            self._note_magic(*arguments)
            return line
        self._has_shell = True
        self._reads |= expanded_names(arguments[0])
        capture = call["method"] == "getoutput"
        end = "\n" if line.endswith("\n") else ""
        return f"{call['before']}{SHELL_CALL}({arguments[0]!r}, capture={capture}){end}"

    def _note_magic(self, name: str, line: str, body: str = "") -> None:
        self._magics.append(name)
        self._has_shell |= name in _SHELL_MAGICS or line.lstrip().startswith("!")
        self._reads |= expanded_names(line)
        if name in _PYTHON_MAGICS:
            inner = python_text(body or _MAGIC_OPTIONS.sub("", line, count=1))
            self._has_shell |= inner.has_shell
            self._reads |= inner.hidden_reads | _python_reads(inner.source)


def expanded_names(command: str) -> frozenset[str]:
    """The names that ``{expression}`` and ``$name`` read in a ``!`` or magic line.

    None, where the braces are no Python (``awk '{print $1}'``): IPython then leaves all as it is.
    """
    try:
        return frozenset(name for part in _fields(command) for name in cell_names(part).needs)
    except (SyntaxError, ValueError):
        return frozenset()


def _fields(command: str) -> Iterator[str]:
    from IPython.utils.text import DollarFormatter

    for _, field, _, _ in DollarFormatter().parse(command):
        if field is not None:
            yield field.strip()


def _python_reads(source: str) -> frozenset[str]:
    try:
        return cell_names(source).needs - {SHELL_CALL}
    except SyntaxError:
        return frozenset()  # options of a magic this module does not know; it says so itself
