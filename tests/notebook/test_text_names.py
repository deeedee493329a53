"""Names in text: counted as far as constant text shows them, else unknown."""

from __future__ import annotations

import pytest
from tests.notebook.live_notebook import LiveNotebook, version_of

from assetbook.notebook.text_names import names_in

CONSTANT = {
    "eval": "eval('X + 1')",
    "exec": "exec('print(X)')",
    "globals item": "globals()['X']",
    "globals get": "globals().get('X')",
    "query": "df.query('a > @X')",
    "frame eval": "df.eval('b = a + @X')",
    "pandas eval": "pd.eval('X + 1')",
    "sql": "duckdb.sql('select * from X')",
    "sql join": "duckdb.sql('select * from t join \"X\" using (a)')",
    "sql method": "df.sql('SELECT * FROM t, X WHERE a')",
    "text in a local": "eval(text) if (text := None) else exec('X')",
    "text in a global": "df.query(QUERY)",
    "main": "__import__('__main__').X if False else getattr(main, 'X')",
}
SETUP = "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\nQUERY = 'a > @X'\nimport duckdb\nimport sys\n"  # noqa: E501


@pytest.mark.parametrize(
    "use", [each for name, each in CONSTANT.items() if name not in ("main", "text in a local")]
)
def test_names_in_constant_text_are_reached(use: str) -> None:
    version = version_of(SETUP, "X = 1", f"def f(): return {use}")
    assert "constant:X" in version.pieces
    assert version.unknowns == ()


@pytest.mark.parametrize(
    "use",
    [
        "eval(a)",
        "eval('X' + a)",
        "exec(f'{a}')",
        "globals()[a]",
        "globals()",
        "df.query(a)",
        "df.query(f'a > {a}')",
        "duckdb.sql(f'select * from {a}')",
        "getattr(pd, a)",
        "__import__(a)",
        "sys.modules[a]",
    ],
)
def test_computed_text_is_unknown(use: str) -> None:
    version = version_of(SETUP, f"def f(a): return {use}")
    assert len(version.unknowns) == 1
    assert "computed" in version.unknowns[0].why


def test_a_local_constant_text_is_read() -> None:
    version = version_of(SETUP, "X = 1", "def f():\n    q = 'a > @X'\n    return df.query(q)")
    assert "constant:X" in version.pieces
    assert version.unknowns == ()


def test_names_of_the_main_module_are_reached() -> None:
    notebook = LiveNotebook()
    notebook.run("def f():\n    from __main__ import __name__ as n\n    return n")
    assert notebook.version().unknowns == ()


def test_plain_getattr_of_a_row_is_no_unknown() -> None:
    assert version_of("def f(row, column): return getattr(row, column)").unknowns == ()


def test_a_cells_locals_are_the_notebooks() -> None:
    notebook = LiveNotebook()
    notebook.run("X = 1")
    version = notebook.versioner.version(notebook.cell("locals()['X']"))
    assert "constant:X" in version.pieces
    assert notebook.versioner.version(notebook.cell("vars()")).unknowns


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select a from t", {"t"}),
        ("from t select a", {"t"}),
        ("SELECT * FROM a AS x, b JOIN c USING (k)", {"a", "b", "c"}),
        ("insert into t select * from u", {"t", "u"}),
        ("select extract(year from d) from s.t", {"d", "s"}),
    ],
)
def test_tables_of_sql_are_named(sql: str, names: set[str]) -> None:
    assert names_in("sql", sql) == names


@pytest.mark.parametrize(
    ("cell", "use", "name"),
    [
        ("e = eval", "e('X')", "e"),
        ("import functools\np = functools.partial(eval, 'X')", "p()", "p"),
        ("table = {'g': globals}", "table['g']()['X']", "table[...]"),
        ("", "list(map(eval, ['X']))", "eval"),
    ],
    ids=["alias", "partial", "held", "passed on"],
)
def test_eval_under_another_name_is_unknown(cell: str, use: str, name: str) -> None:
    version = version_of(f"X = 1\n{cell}", f"def f(): return {use}")
    assert [each.name.replace("'g'", "...") for each in version.unknowns] == [name]


def test_eval_of_the_builtins_module_reads_its_text() -> None:
    version = version_of("import builtins\nX = 1", "def f(): return builtins.eval('X')")
    assert "constant:X" in version.pieces


def test_asking_for_subclasses_is_unknown() -> None:
    version = version_of("class A: pass", "def f(): return A.__subclasses__()")
    assert [each.why for each in version.unknowns] == [
        "`__subclasses__()` is asked for: which classes there are then cannot be told"
    ]


def test_the_dict_of_a_local_module_is_all_of_it() -> None:
    notebook = LiveNotebook()
    notebook.run("import types\nown = types.ModuleType('own_names')\nown.n = 1")
    notebook.run("def f(): return own.__dict__['n']")
    first = notebook.digest()
    notebook.run("own.n = 2")
    assert notebook.digest() != first
