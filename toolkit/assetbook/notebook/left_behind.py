"""What runs of a cell have left behind when the last of them failed.

A statement that raised, and all after it, did nothing that lasts; those before it did, and so did
the runs before, as far as nothing was bound anew.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache

from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.cell_text import python_text
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.notebook.statements import node_line


def left_behind(text: str, line: int, before: str, *, defined: bool) -> str:
    """The text of what a cell has left behind, whose last run was of ``text`` and failed.

    ``line`` is where it failed, from 1; 0 if nothing of it ran. ``before`` is what its earlier runs
    had left. ``defined`` says whether the failed one has defined anything: the cell of a magic
    counts as a whole then.
    """
    if _is_magic(text):
        return text if defined else before
    ran = [each for each in _statements(text) if (each[0].end_lineno or 0) < line]
    done = "\n".join(said for _, said in ran)
    if _is_magic(before):
        return done if defined else before
    return "\n".join(filter(None, [_not_bound_again(before, done), done]))


def line_of_failure(error: BaseException | None, filename: str) -> int:
    """The line of the code of that file name that raised; 0 if none of it did."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            return trace.tb_lineno
        trace = trace.tb_next
    return 0


@lru_cache(256)
def left_imported(text: str) -> Mapping[str, str]:
    """By the names that an import of the text bound, and nothing below it: what they are from."""
    found: dict[str, str] = {}
    for node, _ in _statements(text):
        names = cell_names(ast.Module([node], []))
        for name in names.binds:
            found.pop(name, None)
        found.update(names.imports)
    return found


def _is_magic(text: str) -> bool:
    return text.lstrip().startswith("%%")


def _statements(text: str) -> list[tuple[ast.stmt, str]]:
    """The statements of a cell, each with its lines as they were typed; none of what is no Python.

    Lines are counted as tracebacks do.
    """
    typed = text.lstrip("\n")
    try:
        source = python_text(typed).source
        body = parse_quietly(source).body
    except (SyntaxError, ValueError):
        return []
    lines = source.splitlines()
    if len(typed.splitlines()) == len(lines):  # it has no `!` line that goes on
        lines = typed.splitlines()
    return [(each, "\n".join(lines[node_line(each) - 1 : each.end_lineno])) for each in body]


def _not_bound_again(before: str, done: str) -> str:
    """The statements of ``before`` whose names ``done`` does not bind without reading them."""
    if not done:
        return before
    names = cell_names(python_text(done).source)
    again = names.binds - names.reads
    kept = []
    for node, said in _statements(before):
        binds = cell_names(ast.Module([node], [])).binds
        if said not in done and not (binds and binds <= again):
            kept.append(said)
    return "\n".join(kept)
