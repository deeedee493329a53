"""What the code of loaded cells is called."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable

from IPython.core.compilerop import CachingCompiler

from assetbook.surfaces.cell_files import named_after_cells


def defined(compiler: CachingCompiler, text: str) -> Callable[[], int]:
    names: dict[str, Callable[[], int]] = {}
    exec(compiler(text, compiler.cache(text, 1), "exec"), names)
    return names["f"]


def test_code_is_called_by_its_cell() -> None:
    compiler = named_after_cells()()
    assert compiler.get_code_name("1", "1", 3).startswith("<ipython-input-3-")
    compiler.cell = "<cell 3: def f():>"
    f = defined(compiler, "def f():\n    return 1\n")
    assert f.__code__.co_filename == "<cell 3: def f():>"
    assert inspect.getsource(f) == "def f():\n    return 1\n"


def test_a_cell_with_another_text_keeps_the_first_ones_lines() -> None:
    compiler = named_after_cells()()
    compiler.cell = "<cell 4: def f():>"
    first = defined(compiler, "def f():\n    return 1\n")
    second = defined(compiler, "def f():\n    return 2\n")
    again = defined(compiler, "def f():\n    return 1\n")
    names = [each.__code__.co_filename for each in (first, second, again)]
    assert names[0] == names[2] != names[1]
    assert [linecache.getline(name, 2) for name in names[:2]] == [
        "    return 1\n",
        "    return 2\n",
    ]
