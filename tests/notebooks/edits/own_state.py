"""What an asset's own code fills, consumes or stores: state, hence unknown."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

STATES = {
    "looked": ("unknown", "_cache"),
    "stored": ("unknown", "LAST"),
    "ticked": ("unknown", "tick"),
    "fed": ("unknown", "feed"),
    "drawn": ("unknown", "rng"),
    "called": ("unknown", "counted"),
    "gathered": "fresh",
    "steady": "fresh",
}
LOOKED = "{decorator}\ndef looked():\n    return lookup(2)"
LOOKUP = code("""
    def lookup(x):
        if x not in _cache:
            _cache[x] = x * {factor}
        return _cache[x]
    """)
NEVER = ("stored", "ticked", "fed", "drawn", "called")

NOTEBOOK = Notebook(
    name="own_state",
    about="caches, counters, iterators and generators that running the asset changes",
    unsettled=NEVER,
    cells={
        "imports": "import random\nfrom assetbook import asset",
        "cache": "_cache = {}",
        "lookup": LOOKUP.format(factor=2),
        "counter": code("""
            def counter():
                n = 0
                def step():
                    nonlocal n
                    n += 1
                    return n
                return step

            tick = counter()
            """),
        "feed": "feed = iter(list(range(1000)))",
        "rng": "rng = random.Random(0)",
        "count_calls": code("""
            def counted():
                counted.calls += 1
                return counted.calls

            counted.calls = 0
            """),
        "looked": LOOKED.format(decorator="@asset"),
        "stored": code("""
            @asset
            def stored():
                global LAST
                LAST = globals().get("LAST", 0) + 1
                return LAST
            """),
        "ticked": "@asset\ndef ticked():\n    return tick()",
        "fed": "@asset\ndef fed():\n    return next(feed)",
        "drawn": "@asset\ndef drawn():\n    return rng.random()",
        "called": "@asset\ndef called():\n    return counted()",
        "gathered": code("""
            @asset
            def gathered():
                rows = []
                seen = {}
                for n in (1, 2):
                    rows.append(n)
                    seen[n] = True
                return rows
            """),
        "steady": "@asset\ndef steady():\n    return 1",
    },
    steps=(
        Edit(
            change="nothing",
            cells={"steady": "@asset\ndef steady():\n    return 1"},
            expect=STATES,
            unsettled=("looked",),
            why="a reached value that reached code stores into or mutates is state, hence "
            "unknown; what it binds and fills locally is not",
        ),
        Edit(
            change="nothing again: this time the cache was full before the run",
            cells={"steady": "@asset\ndef steady():\n    return 1"},
            expect=STATES,
            unsettled=("looked",),
            why="that a run happened to change nothing does not make the cache a constant",
        ),
        Edit(
            change="ignore={'_cache'}, then materialized",
            cells={"looked": LOOKED.format(decorator='@asset(ignore={"_cache"})')},
            after="%materialize looked --force --only",
            expect=STATES | {"looked": "fresh"},
            unsettled=("looked",),
            why="ignore says that it is only a cache",
        ),
        Edit(
            change="the cache cleared by hand",
            before="_cache.clear()",
            expect=STATES | {"looked": "fresh"},
            why="ignored names count for nothing, and the value is computed again",
        ),
        Edit(
            change="the code that fills the ignored cache",
            before="_cache.clear()",
            cells={"lookup": LOOKUP.format(factor=3)},
            expect=STATES | {"looked": ("stale", "lookup")},
            moved=("looked",),
            why="the cache is ignored, the helper is not",
        ),
    ),
)
