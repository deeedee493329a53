"""What a failure looks like: the user's frames with their cells, and the whole for the log."""

from __future__ import annotations

import linecache
import os
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

from assetbook.definitions.secret import scrub
from assetbook.errors import NotebookCellError, RunFailedError
from assetbook.events.parts import ErrorInfo
from assetbook.notebook.cell_places import cell_title
from assetbook.planning.steps import Step

_OWN = f"{Path(__file__).resolve().parent.parent}{os.sep}"
_INSTALLED = ("site-packages", "dist-packages", "/lib/python3")
Where = Callable[[str, int], str]
"""Says where a line is: ``In[4], line 3`` for (a cell's code file name, 3)."""


def error_info(error: BaseException, where: Where) -> ErrorInfo:
    """The failure as it is kept, secrets scrubbed."""
    kind = type(error)
    if isinstance(error, NotebookCellError):  # its kernel is another process
        return ErrorInfo(
            kind=f"{kind.__module__}.{kind.__qualname__}",
            message=scrub(str(error)),
            where=error.asked,
            traceback=scrub(error.traceback),
        )
    called = partial(cell_name, where=where)
    return ErrorInfo(
        kind=kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}",
        message=scrub(str(error)),
        where=_last_place(error.__traceback__, where),
        traceback=scrub(named_traceback(kind, error, user_part(error.__traceback__), called)),
    )


def failure_of(step: Step, error: BaseException | None) -> BaseException | None:
    """The same error; of a step whose code asked to end the process one that says so.

    That would end the run, whose other steps do not need it, and the kernel's cell with it.
    """
    if not isinstance(error, SystemExit):
        return error
    failure = RunFailedError(
        f"the step `{step.name}`",
        f"its code asked to end the process (SystemExit: {error})",
        "Raise another exception where it has failed; where it has not, let it return.",
    )
    return failure.with_traceback(error.__traceback__)


def user_part(trace: TracebackType | None) -> TracebackType | None:
    """The traceback without assetbook's own frames at its beginning."""
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OWN):
        trace = trace.tb_next
    return trace


def user_lines(error: BaseException, where: Where) -> list[str]:
    """The failure for a person: each of their frames with its line, then the error.

    Frames of installed libraries are left out, but for the one that raised.
    """
    frames = list(traceback.walk_tb(user_part(error.__traceback__)))
    shown: list[str] = []
    for number, (frame, line) in enumerate(frames):
        filename = frame.f_code.co_filename
        last = number == len(frames) - 1
        if filename.startswith(_OWN) or (_is_installed(filename) and not last):
            continue
        name = frame.f_code.co_name
        inside = "" if name == "<module>" else f" in {name}()"
        shown.append(f"  {where(filename, line)}{inside}")
        source = _source_line(filename, line, frame.f_globals)
        if source:
            shown.append(f"    {source}")
    shown += [line.rstrip("\n") for line in traceback.format_exception_only(type(error), error)]
    return [scrub(line) for line in shown]


def cell_name(filename: str, where: Where) -> str:
    """What people call the code that is compiled as ``filename``: of a cell its place and its first
    line, ``<In[4]: import pandas as pd>``; of a file the file's own name."""
    kept = linecache.cache.get(filename)
    if kept is None or len(kept) == 1 or kept[1] is not None:  # a file has a time
        return filename
    cell = where(filename, 1).removesuffix(", line 1")
    if cell == filename or filename.startswith(f"<{cell}: "):
        return filename
    lines = (line.strip() for line in kept[2])
    return cell_title(cell, next(filter(None, lines), ""))


def cell_names_known(where: Where) -> dict[str, str]:
    """What people call the code of every cell, by the name under which it is compiled."""
    called = ((filename, cell_name(filename, where)) for filename in [*linecache.cache])
    return {filename: name for filename, name in called if name != filename}


def named_traceback(
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
    called: Callable[[str], str],
) -> str:
    """The traceback as Python writes it, with code under the names by which it is ``called``."""
    if kind is None or error is None:  # logged where nothing was raised
        return "NoneType: None\n"
    whole = traceback.TracebackException(kind, error, trace)
    _name_cells(whole, called)
    return "".join(whole.format())


def _name_cells(whole: traceback.TracebackException, called: Callable[[str], str]) -> None:
    for each in (whole.__cause__, whole.__context__, *(whole.exceptions or ())):
        if each is not None:
            _name_cells(each, called)
    for frame in whole.stack:
        frame.filename = called(frame.filename)


def _last_place(trace: TracebackType | None, where: Where) -> str | None:
    """The innermost line of the user's own code."""
    place = None
    for frame, line in traceback.walk_tb(user_part(trace)):
        filename = frame.f_code.co_filename
        if not _is_installed(filename) and not filename.startswith(_OWN):
            place = where(filename, line)
    return place


def _is_installed(filename: str) -> bool:
    if filename.startswith("<"):  # a cell, by its first line
        return filename.startswith("<frozen")
    return any(part in filename for part in _INSTALLED)


def _source_line(filename: str, line: int, names: dict[str, object]) -> str:
    return linecache.getline(filename, line, names).strip()
