"""Each reader of the list is found in code that names it, and its exceptions are not."""

from __future__ import annotations

import sys

import pytest
from tests.notebook.live_notebook import LiveNotebook, version_of

from assetbook.notebook.readers import name_of_object, reader_groups

NAMES = [
    (name.replace("*", "some_x"), group)
    for group in reader_groups()
    for name in group.names
    if name != "__assetbook_shell__"
]
ATTRIBUTES = [name.replace("*", "x") for group in reader_groups() for name in group.attributes]
UNSEEDED = {name for name, group in NAMES if group.unless_seeded}
EXCEPTIONS = {
    name.replace("*", "x") for group in reader_groups() for name in group.exceptions
} - UNSEEDED


def call_of(name: str) -> str:
    """A function that calls ``name``, importing its module by itself."""
    module, _, attribute = name.rpartition(".")
    if not module:
        return f"def f(): return {name}('a.csv')"
    argument = "" if name in UNSEEDED else "'a.csv'"
    return f"def f():\n    import {module}\n    return {module}.{attribute}({argument})"


@pytest.mark.parametrize("name", [name for name, _ in NAMES])
def test_a_call_of_a_listed_name_is_a_reader(name: str) -> None:
    assert name in version_of(call_of(name)).readers


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_a_listed_attribute_of_anything_is_a_reader(attribute: str) -> None:
    assert version_of(f"def f(a): return a.{attribute}()").readers == (f".{attribute}",)


@pytest.mark.parametrize("name", sorted(EXCEPTIONS))
def test_exceptions_are_no_readers(name: str) -> None:
    assert name not in version_of(call_of(name)).readers


@pytest.mark.parametrize("name", sorted(UNSEEDED))
def test_a_seed_settles_what_draws_at_random(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    call = f"def f():\n    import {module}\n    return {module}.{attribute}"
    assert version_of(f"{call}(seed=1)").readers == ()
    assert version_of(f"{call}(1)").readers == ()
    assert version_of(f"{call}(None)").readers == (name,)


@pytest.mark.parametrize(
    ("cell", "use", "reader"),
    [
        ("import pandas as pd", "pd.read_csv('a')", "pandas.read_csv"),
        ("from pandas import read_csv as load", "load('a')", "pandas.read_csv"),
        ("import pandas as pd\nload = pd.read_csv", "load('a')", "pandas.read_csv"),
        (
            "import functools, pandas as pd\nload = functools.partial(pd.read_csv, sep=';')",
            "load('a')",
            "pandas.read_csv",
        ),
        (
            "import pandas as pd\nloads = {'csv': pd.read_csv}",
            "loads['csv']('a')",
            "pandas.read_csv",
        ),
        ("from polars import scan_parquet", "scan_parquet('a')", "polars.scan_parquet"),
        ("from pyarrow.csv import read_csv", "read_csv('a')", "pyarrow.csv.read_csv"),
        ("from pyarrow import parquet as pq", "pq.read_table('a')", "pyarrow.parquet.read_table"),
        ("import duckdb", "duckdb.sql('select 1')", "duckdb.sql"),
        ("from os import environ", "environ['HOME']", "os.environ"),
        ("import os", "os.environ.get('HOME')", "os.environ.get"),
        ("import os", "os.path.exists('a')", "os.path.exists"),
        ("from datetime import datetime", "datetime.now()", "datetime.datetime.now"),
        ("import datetime as dt", "dt.datetime.now()", "datetime.datetime.now"),
        ("from pathlib import Path", "Path('a').read_text()", ".read_text"),
        ("import pathlib\nhere = pathlib.Path('a')", "here.read_text()", ".read_text"),
        ("from time import time as now", "now()", "time.time"),
        ("import numpy as np", "np.random.rand(3)", "numpy.random.rand"),
        ("from numpy.random import rand", "rand(3)", "numpy.random.rand"),
        ("import numpy as np", "np.random.default_rng()", "numpy.random.default_rng"),
        ("from uuid import uuid4", "uuid4()", "uuid.uuid4"),
        ("import random", "random.random()", "random.random"),
        ("import requests", "requests.get('a')", "requests.get"),
        ("import pandas as pd", "pd.DataFrame().sample(3)", ".sample()"),
        ("def load(a): return open(a)", "load('a')", "open"),
        ("class L:\n    def load(self): return open('a')\nl = L()", "l.load()", "open"),
    ],
)
def test_a_reader_is_found_behind_any_name(cell: str, use: str, reader: str) -> None:
    notebook = LiveNotebook()
    notebook.run(cell, f"def f(): return {use}")
    assert notebook.version().readers == (reader,)


@pytest.mark.parametrize(
    ("cell", "use"),
    [
        ("import numpy as np", "np.random.default_rng(42).random()"),
        ("import pandas as pd", "pd.DataFrame({'a': [1]}).groupby('a').sum()"),
        ("def read_config(): return 1", "read_config()"),
        ("class A:\n    def read_all(self): return 1\na = A()", "a.read_all()"),
        ("import ast", "list(ast.walk(ast.parse('a')))"),
        ("from datetime import datetime", "datetime(2024, 1, 1)"),
        ("import re, math, json", "json.loads(re.sub('a', '1', 'a')) + math.pi"),
        ("import sys, platform, secrets", "sys.getsizeof(1)"),
    ],
)
def test_other_code_reads_nothing(cell: str, use: str) -> None:
    version = version_of(cell, f"def f(): return {use}")
    assert (version.readers, version.unknowns) == ((), ())


def test_shell_lines_and_magics_read() -> None:
    notebook = LiveNotebook()
    shell = notebook.cell("__assetbook_shell__('ls', capture=False)\n1")
    magic = notebook.cell("get_ipython().run_line_magic('env', 'HOME')\n1")
    assert notebook.versioner.version(shell).readers == ("! lines",)
    assert notebook.versioner.version(magic).readers == (".run_line_magic",)


def test_a_module_loaded_in_the_place_of_another_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pyarrow import csv

    monkeypatch.delitem(sys.modules, "pyarrow.csv")
    monkeypatch.setitem(sys.modules, "its_stand_in", csv)
    assert name_of_object(csv.read_csv) != "pyarrow.csv.read_csv"  # looks at what is loaded
    monkeypatch.delitem(sys.modules, "its_stand_in")
    monkeypatch.setitem(sys.modules, "pyarrow.csv", csv)
    assert name_of_object(csv.read_csv) == "pyarrow.csv.read_csv"


@pytest.mark.parametrize("use", ["hash('a')", "id(f)", "decimal.getcontext()"])
def test_what_differs_between_processes_reads(use: str) -> None:
    assert version_of("import decimal", f"def f(): return {use}").readers


def test_a_class_that_hashes_itself_reads_nothing() -> None:
    version = version_of(
        "class A:\n    def __hash__(self): return hash((1, 2))", "def f(): return {A(): 1}"
    )
    assert version.readers == ()
