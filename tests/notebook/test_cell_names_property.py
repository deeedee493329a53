"""``cell_names`` agrees with the compiler, on the code of the standard library and of pandas."""

from __future__ import annotations

import ast
import importlib.util
import random
import re
import sysconfig
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.notebook.bytecode_names import UNWRITTEN, bytecode_names

from assetbook.notebook.cell_names import cell_names

SEED = 20130101
SAMPLE = 20
FIELDS = ("reads", "reads_later", "binds", "binds_later")


def _files() -> list[Path]:
    library = Path(sysconfig.get_path("stdlib"))
    spec = importlib.util.find_spec("pandas")
    assert spec is not None and spec.origin is not None
    files = [each for each in library.rglob("*.py") if "site-packages" not in each.parts]
    files += (Path(spec.origin).parent / "core").rglob("*.py")
    return random.Random(SEED).sample(sorted(files), k=len(files))


def _source(file: Path) -> str | None:
    """The file's text; None for the library's own examples of text that is no Python."""
    try:
        source = file.read_text(encoding="utf-8")
        return source if _compiles(source) else None
    except (UnicodeDecodeError, ValueError):
        return None


def _compiles(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except SyntaxError:
            return False
    return True


def _cells(source: str) -> Iterator[str]:
    """The whole file, each of its statements, and each function's body set free as a cell."""
    yield source
    lines = source.splitlines(keepends=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    for statement in tree.body:
        yield ast.get_source_segment(source, statement) or ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first, last = node.body[0], node.body[-1]
            if first.lineno > node.lineno:
                yield _as_cell("".join(lines[first.lineno - 1 : last.end_lineno]))


def _as_cell(body: str) -> str:
    """A function's body in which a return ends the cell as a raise does."""
    text = re.sub(r"\breturn\b", "raise", textwrap.dedent(body))
    return re.sub(r"\bnonlocal\b", "global", text)


def disagreements(cell: str) -> list[str]:
    """Where the walk and the compiler differ; empty if nowhere.

    The compiler's code follows a ``with`` that swallows an exception; the walk does so only for
    some. Its answer must lie between the compiler's with that path and without it.
    """
    walked = cell_names(cell)
    most = bytecode_names(cell, withs_may_swallow=True)
    least = bytecode_names(cell, withs_may_swallow=False) if "with" in cell else most
    found: list[str] = []
    for field in FIELDS:
        names = getattr(walked, field) - UNWRITTEN
        missing, extra = getattr(least, field) - names, names - getattr(most, field)
        found += [f"{field} lacks {name}" for name in sorted(missing)]
        found += [f"{field} has {name}" for name in sorted(extra)]
    return found


def _check(files: list[Path]) -> int:
    count = 0
    for file in files:
        source = _source(file)
        for cell in filter(_compiles, _cells(source) if source else ()):
            count += 1
            assert not disagreements(cell), f"{file.name}:\n{cell}"
    return count


def test_walk_and_compiler_agree_on_a_sample() -> None:
    assert _check(_files()[:SAMPLE]) > 300


@pytest.mark.long
def test_walk_and_compiler_agree_on_all_code() -> None:
    assert _check(_files()) > 20_000


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("if a:\n    x = 1\nx", "reads x"),
        ("for i in n:\n    x\n    del x", "reads x"),
        ("try:\n    x = f()\nfinally:\n    x", "reads x"),
    ],
)
def test_the_compiler_sees_perhaps_unbound_names(cell: str, told: str) -> None:
    field, name = told.split()
    assert name in getattr(bytecode_names(cell, withs_may_swallow=True), field)
