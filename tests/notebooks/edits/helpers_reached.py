"""Functions that assets call: helpers of helpers, aliases, moved cells, two on one line."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook

FRESH = dict.fromkeys(("direct", "by_alias", "low_end", "high_end", "capped", "late"), "fresh")

NOTEBOOK = Notebook(
    name="helpers_reached",
    about="helpers, helpers of helpers, aliases, lambdas, captured defaults",
    cells={
        "imports": "from assetbook import asset",
        "unit": "def unit():\n    return 2",
        "double": "def double(x):\n    return x * unit()",
        "alias": "twice = double",
        "lambdas": "low, high = (lambda x: x + 1), (lambda x: x + 2)",
        "limit": "LIMIT = 3",
        "cap": "def cap(x, limit=LIMIT):\n    return min(x, limit)",
        "now": "def cap_now(x):\n    return min(x, LIMIT)",
        "direct": "@asset\ndef direct():\n    return double(5)",
        "by_alias": "@asset\ndef by_alias():\n    return twice(5)",
        "low_end": "@asset\ndef low_end():\n    return low(5)",
        "high_end": "@asset\ndef high_end():\n    return high(5)",
        "capped": "@asset\ndef capped():\n    return cap(10)",
        "late": "@asset\ndef late():\n    return cap_now(10)",
    },
    steps=(
        Edit(
            change="the body of a helper's helper",
            cells={"unit": "def unit():\n    return 3"},
            expect=FRESH | {"direct": ("stale", "unit"), "by_alias": ("stale", "unit")},
            moved=("direct", "by_alias"),
            why="helpers count transitively, also those in other cells",
        ),
        Edit(
            change="the helper, but not the cell that holds its alias",
            cells={"double": "def double(x):\n    return x * unit() + 1"},
            expect=FRESH | {"direct": ("stale", "double")},
            moved=("direct",),
            why="an alias counts by the function it holds, which is still the old one",
        ),
        Edit(
            change="the cell that holds the alias, run again",
            cells={"alias": "twice = double"},
            expect=FRESH | {"by_alias": "stale"},
            moved=("by_alias",),
            why="now the alias holds the edited function",
        ),
        Edit(
            change="a helper renamed, with its caller",
            cells={
                "unit": "def unit_price():\n    return 3",
                "double": "def double(x):\n    return x * unit_price() + 1",
                "alias": "twice = double",
            },
            expect=FRESH | {"direct": ("stale", "double"), "by_alias": "stale"},
            why="the caller's syntax tree names another function",
        ),
        Edit(
            change="a helper moved to a new cell, unchanged",
            cells={"moved_here": "def unit_price():\n    return 3"},
            delete=("unit",),
            expect=FRESH,
            why="a helper counts by its code, not by its cell",
        ),
        Edit(
            change="unchanged cells run again, in another order",
            cells={
                "direct": "@asset\ndef direct():\n    return double(5)",
                "cap": "def cap(x, limit=LIMIT):\n    return min(x, limit)",
                "double": "def double(x):\n    return x * unit_price() + 1",
                "moved_here": "def unit_price():\n    return 3",
                "lambdas": "low, high = (lambda x: x + 1), (lambda x: x + 2)",
            },
            expect=FRESH,
            why="new function objects with the same code are the same code",
        ),
        Edit(
            change="a new function beside a helper, which nothing calls",
            cells={"moved_here": "def unit_price():\n    return 3\n\ndef unused():\n    return 9"},
            expect=FRESH,
            why="only what is reached counts",
        ),
        Edit(
            change="the second of two lambdas on one line",
            cells={"lambdas": "low, high = (lambda x: x + 1), (lambda x: x + 20)"},
            expect=FRESH | {"high_end": ("stale", "high")},
            moved=("high_end",),
            why="each lambda counts by its own code, not by its line",
        ),
        Edit(
            change="the two lambdas change places",
            cells={"lambdas": "high, low = (lambda x: x + 1), (lambda x: x + 20)"},
            expect=FRESH | {"high_end": ("stale", "high"), "low_end": ("stale", "low")},
            moved=("high_end", "low_end"),
            why="a name counts by the function it holds",
        ),
        Edit(
            change="a constant rebound after a default argument captured it",
            cells={"limit": "LIMIT = 5"},
            expect=FRESH | {"late": ("stale", "LIMIT")},
            moved=("late",),
            why="a default is its captured value; a global is read when called",
        ),
        Edit(
            change="the function with that default, run again",
            cells={"cap": "def cap(x, limit=LIMIT):\n    return min(x, limit)"},
            expect=FRESH | {"capped": ("stale", "cap")},
            moved=("capped",),
            why="the default captured the new value though no text changed",
        ),
        Edit(
            change="a constant changed (nothing is run)",
            cells={"limit": "LIMIT = 7"},
            expect=FRESH | {"late": ("stale", "LIMIT")},
            why="the global's value is part of the version",
        ),
        Edit(
            change="and changed back before anything ran",
            cells={"limit": "LIMIT = 5"},
            settle=False,
            expect=FRESH,
            why="the code version equals the recorded one again",
        ),
    ),
)
