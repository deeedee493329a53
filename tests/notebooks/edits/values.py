"""Arrays, tables, connections, handles and locks that assets reach."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

ASSETS = ("weighed", "rated", "over_big", "asked", "handled", "guarded")
OPAQUE = {
    "over_big": ("unknown", "BIG"),
    "asked": ("unknown", "conn"),
    "handled": ("unknown", "handle"),
}
STATES = dict.fromkeys(ASSETS, "fresh") | OPAQUE
WEIGHED = {"weighed": ("stale", "WEIGHTS")}
RATED = {"rated": ("stale", "RATES")}
ASKED = '{decorator}\ndef asked():\n    return conn.execute("select 1").fetchone()[0]'

NOTEBOOK = Notebook(
    name="values",
    about="numpy and pandas by content, large ones and live resources unknown, locks ignored",
    files={"words.txt": "one\n"},
    unsettled=("over_big", "handled"),
    cells={
        "imports": code("""
            import logging
            import sqlite3
            import sys
            import threading
            import numpy as np
            import pandas as pd
            from assetbook import asset
            """),
        "weights": "WEIGHTS = np.array([1, 2, 3])",
        "rates": 'RATES = pd.DataFrame({"x": [1, 2], "y": ["a", "b"]})',
        "big": "BIG = np.zeros(200_000)",
        "conn": 'conn = sqlite3.connect(":memory:")',
        "handle": 'handle = open("words.txt")',
        "lock": 'lock = threading.Lock()\nlog = logging.getLogger("first")',
        "weighed": "@asset\ndef weighed():\n    return [str(WEIGHTS.dtype), *map(int, WEIGHTS)]",
        "rated": code("""
            @asset
            def rated():
                return RATES.assign(z=1)
            """),
        "over_big": "@asset\ndef over_big():\n    return float(BIG.sum())",
        "asked": ASKED.format(decorator="@asset"),
        "handled": "@asset\ndef handled():\n    return handle.name",
        "guarded": code("""
            @asset
            def guarded():
                with lock:
                    log.info("held")
                    print("held", file=sys.stderr)
                    return 1
            """),
    },
    steps=(
        Edit(
            change="an equal array and an equal frame",
            cells={
                "weights": "WEIGHTS = np.array([1, 2, 3])",
                "rates": 'RATES = pd.DataFrame({"x": [1, 2], "y": ["a", "b"]})',
            },
            expect=STATES,
            unsettled=("asked",),
            why="small arrays and frames count by content",
        ),
        Edit(
            change="an equal array that is a strided view",
            cells={"weights": "WEIGHTS = np.array([1, 9, 2, 9, 3, 9])[::2]"},
            expect=STATES,
            unsettled=("asked",),
            why="content is not memory layout",
        ),
        Edit(
            change="an array's value",
            cells={"weights": "WEIGHTS = np.array([1, 2, 4])"},
            expect=STATES | WEIGHED,
            moved=("weighed",),
            unsettled=("asked",),
            why="small arrays count by content",
        ),
        Edit(
            change="an array's value set in place",
            before="WEIGHTS[0] = 8",
            expect=STATES | WEIGHED,
            moved=("weighed",),
            unsettled=("asked",),
            why="live objects count",
        ),
        Edit(
            change="an array's dtype, equal values",
            cells={"weights": "WEIGHTS = np.array([8, 2, 4], dtype=np.int32)"},
            expect=STATES | WEIGHED,
            moved=("weighed",),
            unsettled=("asked",),
            why="the type counts",
        ),
        Edit(
            change="a frame's value",
            cells={"rates": 'RATES = pd.DataFrame({"x": [1, 3], "y": ["a", "b"]})'},
            expect=STATES | RATED,
            moved=("rated",),
            unsettled=("asked",),
            why="small frames count by content",
        ),
        Edit(
            change="a frame's column name",
            cells={"rates": 'RATES = pd.DataFrame({"w": [1, 3], "y": ["a", "b"]})'},
            expect=STATES | RATED,
            moved=("rated",),
            unsettled=("asked",),
            why="names are content",
        ),
        Edit(
            change="a frame's index",
            cells={
                "rates": 'RATES = pd.DataFrame({"w": [1, 3], "y": ["a", "b"]}, index=["p", "q"])'
            },
            expect=STATES | RATED,
            moved=("rated",),
            unsettled=("asked",),
            why="the index is content",
        ),
        Edit(
            change="a lock and a logger",
            cells={"lock": 'lock = threading.RLock()\nlog = logging.getLogger("second")'},
            expect=STATES,
            unsettled=("asked",),
            why="loggers, locks and standard handles are ignored",
        ),
        Edit(
            change="a connection opened anew",
            cells={"conn": 'conn = sqlite3.connect(":memory:")'},
            expect=STATES,
            unsettled=("asked",),
            why="a connection cannot be versioned, before and after",
        ),
        Edit(
            change="ignore={'conn'}, then materialized",
            cells={"asked": ASKED.format(decorator='@asset(ignore={"conn"})')},
            after="%materialize asked --force --only",
            expect=STATES | {"asked": "fresh"},
            unsettled=("asked",),
            why="ignore settles what cannot be versioned",
        ),
        Edit(
            change="an ignored connection opened anew",
            cells={"conn": 'conn = sqlite3.connect(":memory:")'},
            expect=STATES | {"asked": "fresh"},
            why="ignored names count for nothing",
        ),
        Edit(
            change="the big array made small",
            cells={"big": "BIG = np.zeros(20)"},
            expect=STATES | {"asked": "fresh", "over_big": "stale|unknown"},
            why="the recorded version did not know what BIG was",
        ),
    ),
)
