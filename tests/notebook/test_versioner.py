"""Code versions: which code counts, by which object, and what the author leaves out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.notebook.changed_values import READS_X, UNVERSIONABLE
from tests.notebook.live_notebook import LiveNotebook, digest_of, version_of

from assetbook.keys import AssetKey


def test_an_unchanged_helper_may_move_to_another_cell() -> None:
    helper = "def g(a):\n    return a + 1\n"
    use = "def f(): return g(1)"
    assert digest_of(helper, use) == digest_of("import math\n\n# moved\n" + helper + "Y = 3", use)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f():\n    return 1 + 2\n", "def f():  # why\n\n    return (1 +\n        2)\n"),
        ("def f():\n    return 1\n", 'def f():\n    """Says one."""\n    return 1\n'),
        ("def f():\n    return 'a'\n", 'def f():\n    return "a"\n'),
    ],
    ids=["formatting", "docstring", "quotes"],
)
def test_the_look_of_code_does_not_count(before: str, after: str) -> None:
    assert digest_of(before) == digest_of(after)


def test_recursion_and_cycles_end() -> None:
    cells = (
        "def f(n):\n    return g(n)\n",
        "def g(n):\n    return f(n - 1) if n else X\n",
        "X = {}\nX['self'] = X\nX['f'] = f\nX['n'] = 1\n",
    )
    notebook = LiveNotebook()
    notebook.run(*cells)
    first = notebook.digest()
    notebook.run(*cells)
    assert notebook.digest() == first
    notebook.run("X['n'] = 2")
    assert notebook.digest() != first


def test_a_partial_of_the_old_object_is_equal_to_the_new() -> None:
    notebook = LiveNotebook()
    notebook.run("def g(a): return a", "import functools\np = functools.partial(g, 1)")
    notebook.run("def f(): return p() + g(2)")
    first = notebook.digest()
    notebook.run("def g(a): return a")
    assert notebook.digest() == first


def test_an_instance_counts_by_its_own_class() -> None:
    notebook = LiveNotebook()
    notebook.run("class A:\n    def m(self): return 1\na = A()", "def f(): return a.m()")
    first = notebook.digest()
    notebook.run("class A:\n    def m(self): return 2")
    assert notebook.digest() == first


def test_a_default_is_its_captured_value() -> None:
    notebook = LiveNotebook()
    notebook.run("N = 1", "def f(n=N): return n")
    first = notebook.digest()
    notebook.run("N = 2")
    assert notebook.digest() == first
    notebook.run("def f(n=N): return n")
    assert notebook.digest() != first


def test_a_patched_code_object_is_noticed() -> None:
    notebook = LiveNotebook()
    notebook.run("def g(): return 1", "def f(): return g()", "def h(): return 2")
    first = notebook.digest()
    notebook.names["g"].__code__ = notebook.names["h"].__code__
    assert notebook.digest() != first


def test_reached_functions_caches_are_given_back() -> None:
    notebook = LiveNotebook()
    notebook.run("import functools\n@functools.cache\ndef g(a): return a", "def f(): return g(1)")
    notebook.names["f"]()
    assert notebook.names["g"].cache_info().currsize == 1
    for clear in notebook.versioner.caches(notebook.names["f"]):
        clear()
    assert notebook.names["g"].cache_info().currsize == 0


def test_a_cached_property_is_cleared_and_does_not_count() -> None:
    notebook = LiveNotebook()
    notebook.run(
        "import functools\nclass A:\n    @functools.cached_property\n    def p(self): return 1\na = A()",  # noqa: E501
        "def f(): return a.p",
    )
    first = notebook.digest()
    notebook.names["f"]()
    assert notebook.digest() == first
    for clear in notebook.versioner.caches(notebook.names["f"]):
        clear()
    assert "p" not in vars(notebook.names["a"])


def test_loggers_locks_and_handles_are_ignored() -> None:
    use = "def f():\n    log.info('x')\n    with lock: return out"
    cells = "import logging, threading, sys\nlog = logging.getLogger('{}')\nlock = threading.{}()\nout = sys.{}"  # noqa: E501
    one = digest_of(cells.format("a", "Lock", "stdout"), use)
    assert one == digest_of(cells.format("b", "RLock", "stderr"), use)


def test_ignored_names_count_for_nothing_anywhere() -> None:
    cells = ("def g():\n    _cache['a'] = 1\n    return conn", "def f(): return g()")
    setup = "import sqlite3\nconn = sqlite3.connect(':memory:')\nconn.close()\n_cache = {}"
    version = version_of(setup, *cells)
    assert {each.name for each in version.unknowns} == {"conn", "_cache"}
    assert version_of(setup, *cells, ignore={"conn", "_cache"}).unknowns == ()


def test_an_authors_version_stands_for_the_unknown() -> None:
    version = version_of(UNVERSIONABLE["connection"], READS_X, authored=True)
    assert version.unknowns == ()


def test_a_reached_definition_counts_by_its_key() -> None:
    from assetbook.keys import AssetKey

    notebook = LiveNotebook()
    notebook.run("X = object()", READS_X)
    notebook.keys[id(notebook.names["X"])] = AssetKey("orders")
    first = notebook.digest()
    notebook.run("X = object()")
    notebook.keys[id(notebook.names["X"])] = AssetKey("orders")
    assert notebook.digest() == first
    notebook.keys[id(notebook.names["X"])] = AssetKey("flights")
    notebook.run("def f():\n    return  X\n")
    assert notebook.digest() != first


def test_a_constant_that_was_a_builtin_is_noticed() -> None:
    notebook = LiveNotebook()
    notebook.run("def f(): return max(1, 2)")
    first = notebook.digest()
    notebook.run("def max(a, b): return a")
    assert notebook.digest() != first


_SHELL = """
from IPython.core.interactiveshell import InteractiveShell
from assetbook.notebook.versioner import Versioner
shell = InteractiveShell()
def run(text):
    result = shell.run_cell(text)
    result.raise_error()
versioner = Versioner(definition_of=lambda each: None, project_root=None)
run("LIMIT = 3\\nclass A:\\n    def m(self): return LIMIT\\na = A()")
run("ops = [lambda x: x, lambda x: -x]")
run("def f(): return open('x'), a.m(), ops, get_ipython()")
first = versioner.version(shell.user_ns["f"])
assert first.unknowns == (), first.unknowns
assert first.readers == ("open",), first.readers
run("def f(): return open('x'), a.m(), ops, get_ipython()")
assert versioner.version(shell.user_ns["f"]).digest == first.digest
run("LIMIT = 4")
assert versioner.version(shell.user_ns["f"]).digest != first.digest
print("done")
"""


def test_it_works_in_a_real_shell(tmp_path: Path) -> None:
    env = {**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", _SHELL], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().endswith("done"), done.stderr


def test_a_definition_read_as_a_global_is_named_with_its_reader() -> None:
    notebook = LiveNotebook()
    notebook.run("orders = object()", "def helper(): return orders + 1", "def f(): return helper()")
    notebook.keys[id(notebook.names["orders"])] = AssetKey("orders")
    assert notebook.version().reads_assets == (("orders", "`helper`"),)
