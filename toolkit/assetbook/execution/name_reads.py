"""Which global names an asset reads through text while it runs: ``eval``, ``df.query("@x")``, SQL.

Python tells of each text that is run, and of each library that asks for its caller's frame to look
names up there. So nothing is put in the way of the code that runs: its names are looked up as
always, at the usual speed. A name counts if the text names it and the caller's module has it.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from assetbook.execution.audit_watch import AuditWatch
from assetbook.notebook.bytecode_names import global_names
from assetbook.notebook.calling_frame import call_in, name_of_call, texts_passed
from assetbook.notebook.local_modules import is_framework, is_installed_file, is_local_module
from assetbook.notebook.text_names import TextKind, names_in

_WALKERS = frozenset({"duckdb", "polars", "patsy", "formulaic"})
"""Packages that look for names in frames further out than the one that they ask for."""
_SQL = frozenset({"duckdb", "polars"})
_FRAME_FUNCTIONS = frozenset({"currentframe", "_getframe", "stack"})
_WORD = re.compile(r"[^\W\d]\w*")


class SeenNames:
    """What was read so far."""

    def __init__(self) -> None:
        self.names: dict[tuple[str, str], str] = {}
        """The call that read it, by module and name."""
        self.unseen: dict[str, None] = {}
        """Calls that looked names up for a text that could not be seen."""

    def doubts(self, ignore: Collection[str] = ()) -> list[str]:
        """A sentence for each of those calls, unless the author said that it counts for nothing."""
        return [
            f"`{each}` was given a text that cannot be seen: what it read cannot be told"
            for each in self.unseen
            if each not in ignore
        ]


@contextmanager
def observe_names() -> Iterator[SeenNames]:
    """What this context, and every context copied from it, reads through text until the end."""
    seen = SeenNames()
    with _watch.watched_by(seen):
        yield seen


def _told(seen: SeenNames, event: str, arguments: tuple[Any, ...]) -> None:
    if not arguments:
        return
    raised_in = sys._getframe(2)
    if event == "exec":
        _text_is_run(seen, raised_in, arguments[0])
    else:
        _frame_is_asked_for(seen, raised_in, arguments[0])


_watch = AuditWatch("assetbook_seen_names", frozenset({"exec", "sys._getframe"}), _told)


def _text_is_run(seen: SeenNames, caller: FrameType, code: object) -> None:
    if not isinstance(code, CodeType) or not _is_project(caller):
        return
    module = str(caller.f_globals.get("__name__"))
    names = [each for each in global_names(code).loads if (module, each) not in seen.names]
    if names:  # else finding the call would be for nothing
        _note(seen, caller, names, name_of_call(call_in(caller)) or "eval")


def _frame_is_asked_for(seen: SeenNames, asking: FrameType, given: object) -> None:
    """A library, or native code through ``inspect``, asks for a frame: the project's own counts."""
    asks = str(asking.f_globals.get("__name__"))
    # logging wants to know the line alone; walking out each time would take most of a log line
    if asks == "logging" or is_framework(asks):
        return
    library, caller = _way_out(asking)
    if caller is None:
        return
    inner = next((each for each in library if not _is_standard(each)), None)
    if inner is None:
        if given is caller and library and asking.f_code.co_name == "currentframe":
            _native_asks(seen, caller)
        return
    package = str(inner.f_globals.get("__name__")).partition(".")[0]
    if given is caller or package in _WALKERS:
        outer = library[-1]
        said = name_of_call(call_in(caller)) or outer.f_code.co_name
        kind = _kind_of(outer, package)
        for text in _arguments(outer):
            _note(seen, caller, _names(kind, text), said)


def _way_out(frame: FrameType) -> tuple[list[FrameType], FrameType | None]:
    """The frames of installed code from ``frame`` outwards, and the project's that called them."""
    library: list[FrameType] = []
    at: FrameType | None = frame
    while at is not None and not _is_project(at):
        if is_framework(str(at.f_globals.get("__name__"))):
            return library, None
        library.append(at)
        at = at.f_back
    return library, at


def _native_asks(seen: SeenNames, caller: FrameType) -> None:
    """Native code looks at its caller's names: DuckDB, for the tables of a query."""
    call = call_in(caller)
    said = name_of_call(call)
    if said.rpartition(".")[2] in _FRAME_FUNCTIONS:
        return  # the project's own code asks, as its text shows
    texts = texts_passed(caller, call) if call is not None else None
    if texts is None:
        seen.unseen[said or "a library"] = None
    for text in texts or ():
        _note(seen, caller, _names("sql", text), said)


def _kind_of(outer: FrameType, package: str) -> TextKind:
    if package in _SQL:
        return "sql"
    method = outer.f_code.co_name in ("query", "eval") and "self" in outer.f_code.co_varnames
    return "query" if package == "pandas" and method else "python"


def _arguments(frame: FrameType) -> list[str]:
    """The texts among the arguments that a function of a library was called with."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    values = [frame.f_locals.get(name) for name in code.co_varnames[:count]]
    return [each for each in values if isinstance(each, str)]


def _names(kind: TextKind, text: str) -> Iterable[str]:
    try:
        return names_in(kind, text)
    except SyntaxError:  # a formula, say
        return _WORD.findall(text)


def _note(seen: SeenNames, frame: FrameType, names: Iterable[str], said: str) -> None:
    """Notes those names that are its module's, and no local variables of the frame."""
    code = frame.f_code
    local: set[str] = set()
    if code.co_flags & _OPTIMIZED:
        local = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
    module = str(frame.f_globals.get("__name__"))
    for name in names:
        if name not in local and name in frame.f_globals:
            seen.names.setdefault((module, name), said)


_OPTIMIZED = 0x1


def _is_project(frame: FrameType) -> bool:
    filename = frame.f_code.co_filename
    if filename.startswith("<"):
        return not filename.startswith("<frozen ") and is_local_module(
            frame.f_globals.get("__name__")
        )
    return not is_installed_file(filename)


def _is_standard(frame: FrameType) -> bool:
    filename = frame.f_code.co_filename
    return filename.startswith(("<frozen ", _standard_folder())) and "-packages" not in filename


@cache
def _standard_folder() -> str:
    return str(Path(sysconfig.get_path("stdlib")))
