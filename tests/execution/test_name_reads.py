"""Names read through text: what is seen while code runs, and what is not noted."""

from __future__ import annotations

import pytest
from tests.notebook.live_notebook import LiveNotebook

from assetbook.execution.name_reads import SeenNames, observe_names

SETUP = """
import logging
from collections import namedtuple
import duckdb, pandas as pd, polars as pl
rate, other, spare = 2, 3, 4
frame = pd.DataFrame({"a": [1, 2, 3]})
polar = pl.DataFrame({"a": [1, 2]})
con = duckdb.connect()
run = eval
"""


def seen_in(body: str) -> SeenNames:
    """What is seen while ``f``, a function of a cell with this body, is called."""
    notebook = LiveNotebook()
    notebook.run(SETUP, "def f(given='rate'):\n    " + body.replace("\n", "\n    "))
    called = compile("f()", "called", "exec")
    with observe_names() as seen:
        exec(called, notebook.names)
    return seen


def names_in(body: str) -> dict[str, str]:
    return {name: said for (_, name), said in seen_in(body).names.items()}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("eval('rate' + ' + 1')", {"rate": "eval"}),
        ("run('rate + other')", {"rate": "run", "other": "run"}),
        ("list(map(eval, ['rate']))", {"rate": "list"}),
        ("exec(compile('x = rate', 'made', 'exec'))", {"rate": "exec"}),
        ("eval('[rate for _ in [1]]')", {"rate": "eval"}),
        ("frame.query(f'a > @{given}')", {"rate": "frame.query"}),
        ("frame.eval('b = a * @' + given)", {"rate": "frame.eval"}),
        ("pd.eval(given + '+ 1')", {"rate": "pd.eval"}),
        ("frame.pipe(lambda each: each.query('a > @rate'))", {"rate": "each.query"}),
        ("duckdb.sql(f'select * from {\"frame\"}').fetchall()", {"frame": "duckdb.sql"}),
        ("con.execute(f'select * from {\"frame\"}')", {"frame": "con.execute"}),
        ("q = 'select * from frame'\ncon.execute(query=q)", {"frame": "con.execute"}),
        ("con.sql('select * from ' + 'frame').df()", {"frame": "con.sql"}),
        ("pl.sql('select * from ' + 'polar').collect()", {"polar": "pl.sql"}),
    ],
)  # fmt: skip
def test_names_in_text_that_runs_are_seen(body: str, found: dict[str, str]) -> None:
    assert names_in(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "rate + other",
        "x = rate\neval('x')",
        "eval('given')",
        "frame.query('a > 1')",
        "logging.getLogger('rate').info('rate')",
        "namedtuple('rate', 'other')",
        "eval('undefined') if False else None",
        "frame.groupby('a').sum()",
    ],
)
def test_other_reads_are_not_noted(body: str) -> None:
    assert names_in(body) == {}


def test_a_text_that_cannot_be_seen_is_said() -> None:
    seen = seen_in("con.execute('select * from {}'.format('frame'))")
    assert (list(seen.unseen), seen.names) == (["con.execute"], {})


def test_text_that_a_local_module_runs_is_its_own() -> None:
    notebook = LiveNotebook()
    notebook.names["__name__"] = "pricing"
    notebook.run("level = 1", "def f(): return eval('lev' + 'el')")
    with observe_names() as seen:
        notebook.names["f"]()
    assert seen.names == {("pricing", "level"): "eval"}


def test_nothing_is_noted_after_the_block() -> None:
    notebook = LiveNotebook()
    notebook.run(SETUP, "def f(): return eval('rate')")
    with observe_names() as seen:
        pass
    notebook.names["f"]()
    assert seen.names == {}
