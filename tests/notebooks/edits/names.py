"""Names that only text shows, and names that are unbound or builtins."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

KNOWN = ("evaluated", "executed", "indexed", "mained", "queried", "in_sql", "optional", "summed")
RATE_READERS = ("evaluated", "executed", "indexed", "mained")
STATES = dict.fromkeys(KNOWN, "fresh") | {
    "built": ("unknown", "eval"),
    "asked_by_name": ("unknown", "getattr"),
    "picked": ("unknown", "globals"),
    "queried_by_name": ("unknown", "query"),
    "from_formula": "fresh|unknown",
}
NEVER = ("built", "asked_by_name", "picked", "queried_by_name", "from_formula")

NOTEBOOK = Notebook(
    name="names",
    about="eval, exec, globals(), __main__, getattr, DataFrame.query, SQL; unbound; builtins",
    unsettled=NEVER,
    cells={
        "imports": code("""
            import math
            import __main__
            import duckdb
            import pandas as pd
            from assetbook import asset
            """),
        "rate": "RATE = 2",
        "limit": "limit = 1",
        "frame": 'FRAME = pd.DataFrame({"x": [1, 2, 3]})',
        "formula": 'FORMULA = "RATE * 3"',
        "maybe": code("""
            def maybe():
                try:
                    return EXTRA
                except NameError:
                    return 0
            """),
        "evaluated": '@asset\ndef evaluated():\n    return eval("RATE * 2")',
        "executed": code("""
            @asset
            def executed():
                scope = {}
                exec("answer = RATE + 1", None, scope)
                return scope["answer"]
            """),
        "indexed": '@asset\ndef indexed():\n    return globals()["RATE"]',
        "mained": "@asset\ndef mained():\n    return __main__.RATE",
        "queried": '@asset\ndef queried():\n    return FRAME.query("x > @limit")',
        "in_sql": code("""
            @asset
            def in_sql():
                return int(duckdb.sql("select sum(x) from FRAME").fetchall()[0][0])
            """),
        "optional": "@asset\ndef optional():\n    return maybe()",
        "summed": "@asset\ndef summed():\n    return sum([1, 2])",
        "built": '@asset\ndef built():\n    return eval("".join(["RA", "TE"]))',
        "asked_by_name": code("""
            @asset
            def asked_by_name():
                return getattr(math, "".join(["fl", "oor"]))(2.5)
            """),
        "picked": '@asset\ndef picked():\n    return globals()["".join(["RA", "TE"])]',
        "queried_by_name": code("""
            @asset
            def queried_by_name():
                name = "".join(["li", "mit"])
                return FRAME.query(f"x > @{name}")
            """),
        "from_formula": "@asset\ndef from_formula():\n    return eval(FORMULA)",
    },
    steps=(
        Edit(
            change="a constant read by name in text",
            cells={"rate": "RATE = 3"},
            expect=STATES
            | dict.fromkeys(RATE_READERS, ("stale", "RATE"))
            | {"built": ("stale", "RATE"), "from_formula": "stale|unknown"},
            moved=(*RATE_READERS, "built", "picked", "from_formula"),
            why="names in text count as far as text shows them, or were seen; else unknown",
        ),
        Edit(
            change="a variable that DataFrame.query reads with @",
            cells={"limit": "limit = 2"},
            expect=STATES | {"queried": ("stale", "limit"), "queried_by_name": ("stale", "limit")},
            moved=("queried", "queried_by_name"),
            why="@limit in constant text is a read; in computed text it was seen",
        ),
        Edit(
            change="a frame that SQL and queries read",
            cells={"frame": 'FRAME = pd.DataFrame({"x": [1, 2, 30]})'},
            expect=STATES
            | {
                "queried": ("stale", "FRAME"),
                "in_sql": ("stale", "FRAME"),
                "queried_by_name": "stale|unknown",
            },
            moved=("queried", "in_sql"),
            why="SQL that reads variables is a read",
        ),
        Edit(
            change="the text of a query",
            cells={"queried": '@asset\ndef queried():\n    return FRAME.query("x >= @limit")'},
            expect=STATES | {"queried": "stale"},
            moved=("queried",),
            why="text in code is code",
        ),
        Edit(
            change="an unbound name that a helper reads becomes bound",
            cells={"extra": "EXTRA = 5"},
            expect=STATES | {"optional": ("stale", "EXTRA")},
            moved=("optional",),
            why="that a reached name was unbound is part of the version",
        ),
        Edit(
            change="and is deleted again",
            before="del EXTRA",
            expect=STATES | {"optional": ("stale", "EXTRA")},
            moved=("optional",),
            why="from bound to unbound",
        ),
        Edit(
            change="a builtin shadowed",
            cells={"shadow": "def sum(numbers):\n    return 100"},
            expect=STATES | {"summed": ("stale", "sum")},
            moved=("summed",),
            why="that a reached name was a builtin is part of the version",
        ),
        Edit(
            change="the builtin's shadow removed",
            before="del sum",
            expect=STATES | {"summed": ("stale", "sum")},
            moved=("summed",),
            why="the builtin is back, and the recorded version used the shadow",
        ),
    ),
)
