"""A reached value that reached code changes is state, hence unknown."""

from __future__ import annotations

import pytest
from tests.notebook.live_notebook import LiveNotebook, version_of

STATE = {
    "stored item": ("X = {}", "X['a'] = 1", "X"),
    "deleted item": ("X = {'a': 1}", "del X['a']", "X"),
    "stored attribute": ("class A: pass\nX = A()", "X.a = 1", "X"),
    "append": ("X = []", "X.append(1)", "X"),
    "nested append": ("X = {'a': []}", "X['a'].append(1)", "X"),
    "setdefault": ("X = {}", "X.setdefault('a', []).append(1)", "X"),
    "alias": ("X = {}", "y = X\n    y['a'] = 1", "X"),
    "setattr": ("class A: pass\nX = A()", "setattr(X, 'a', 1)", "X"),
    "heap": ("import heapq\nX = [1]", "heapq.heappush(X, 1)", "X"),
    "frame column": ("import pandas as pd\nX = pd.DataFrame({'a': [1]})", "X['b'] = 1", "X"),
    "frame in place": (
        "import pandas as pd\nX = pd.DataFrame({'a': [1]})",
        "X.drop(columns='a', inplace=True)",
        "X",
    ),
    "array sort": ("import numpy as np\nX = np.array([2, 1])", "X.sort()", "X"),
    "array item": ("import numpy as np\nX = np.array([2, 1])", "X[0] = 1", "X"),
    "out argument": ("import numpy as np\nX = np.array([2, 1])", "np.add(1, 1, out=X)", "X"),
    "global counter": ("X = 0", "global X\n    X += 1", "X"),
    "class attribute": ("class X:\n    n = 0", "X.n = 1", "X"),
    "function attribute": ("def X(): pass", "X.n = 1", "X"),
    "own method": (
        "class A:\n    n = 0\n    def inc(self): self.n += 1\nX = A()",
        "X.inc()",
        "X",
    ),
    "class's own method": (
        "class X:\n    n = 0\n    @classmethod\n    def inc(cls): cls.n += 1",
        "X.inc()",
        "X",
    ),
    "in a helper": ("X = []\ndef g(): X.append(1)", "g()", "X"),
    "stored by another helper": (
        "X = 0\ndef g():\n    global X\n    X = 1",
        "g()\n    print(X)",
        "X",
    ),
}


@pytest.mark.parametrize(("cell", "use", "name"), STATE.values(), ids=STATE.keys())
def test_changed_state_is_unknown(cell: str, use: str, name: str) -> None:
    unknowns = version_of(cell, f"def f():\n    {use}\n    return 1").unknowns
    assert [each.name for each in unknowns] == [name]
    assert f"`{name}` is changed by the asset's own code" in unknowns[0].why


def test_a_changed_default_is_state() -> None:
    version = version_of(
        "def g(a, seen=[]):\n    seen.append(a)\n    return seen", "def f(): return g(1)"
    )
    assert [each.name for each in version.unknowns] == ["g(seen=...)"]


def test_a_counting_closure_is_state() -> None:
    version = version_of(
        "def make():\n    n = 0\n    def count():\n        nonlocal n\n        n += 1\n"
        "        return n\n    return count\ncount = make()",
        "def f(): return count()",
    )
    assert [each.name for each in version.unknowns] == ["count.n"]


@pytest.mark.parametrize(
    ("cell", "use"),
    [
        ("", "x = []\n    x.append(1)"),
        ("import numpy as np", "np.add(1, 2)"),
        ("import os", "os.path.join('a', 'b')"),
        ("import polars as pl\nX = pl.DataFrame({'a': [2, 1]})", "X.sort('a')"),
        ("import pandas as pd\nX = pd.DataFrame({'a': [2, 1]})", "X.drop(columns='a')"),
        ("X = 'abc'", "X.replace('a', 'b')"),
        ("class A:\n    def __init__(self): self.n = 0", "A()"),
        ("class A:\n    n = 0\n    def inc(self): self.n += 1\nX = A()", "X.n"),
        ("import logging\nlog = logging.getLogger()", "log.disabled = True"),
        ("def g(a): a['x'] = 1", "g({})"),
        ("X = 0", "global Y\n    Y = X"),
    ],
)
def test_what_changes_nothing_reached_is_no_state(cell: str, use: str) -> None:
    assert version_of(cell, f"def f():\n    {use}\n    return 1").unknowns == ()


def test_a_cell_body_that_changes_a_notebook_value_is_unknown() -> None:
    notebook = LiveNotebook()
    notebook.run("X = [1]\nY = [1]")
    version = notebook.versioner.version(notebook.cell("X += [2]\nY = Y + [3]\nY"))
    assert [each.name for each in version.unknowns] == ["X"]
