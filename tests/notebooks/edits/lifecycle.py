"""How definitions begin, move and end: renames, deletions, failures, factories, restarts."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

FACTORY = code("""
    def make(n):
        @asset(name=f"made_{{n}}")
        def inner():
            return n * {times}
        return inner

    made = [make(n) for n in {numbers}]
    """)
LOOP = code("""
    loops = []
    for day in {days}:
        @asset(name=f"day_{{day}}")
        def daily(day=day):
            return day
        loops.append(daily)
    """)
READER = "@asset\ndef reader(primary):\n    return helped(primary)"
PRIMARY = "@asset\ndef primary():\n    return {value}"
STEADY = "@asset\ndef steady():\n    return 1"
MADE = ("made_1", "made_2", "day_1", "day_2")
FIRST = dict.fromkeys(("first", "steady", "lonely", *MADE), "fresh")
FRESH = dict.fromkeys(("primary", "reader", "steady", *MADE), "fresh")
LATER = {key: state for key, state in FRESH.items() if key != "day_2"} | {
    "made_3": "fresh",
    "day_3": "fresh",
}
NOT_RUN = ("unknown", "not run")

NOTEBOOK = Notebook(
    name="lifecycle",
    about="renames, deletions, failures, rebinding, one key in two cells, factories, restarts",
    made=(*MADE, "made_3", "day_3"),
    cells={
        "imports": "from assetbook import asset",
        "helped": "def helped(x):\n    return x + 1",
        "first": "@asset\ndef first():\n    return 1",
        "steady": STEADY,
        "lonely": "@asset\ndef lonely():\n    return 5",
        "factory": FACTORY.format(times=1, numbers="(1, 2)"),
        "loop": LOOP.format(days="(1, 2)"),
    },
    steps=(
        Edit(
            change="a failed run of an asset's cell",
            cells={"first": 'raise ValueError("half written")'},
            fails="must",
            expect=FIRST,
            why="definitions end only when their cell runs again successfully without them",
        ),
        Edit(
            change="a cell deleted whose asset nobody reads",
            delete=("lonely",),
            expect={key: state for key, state in FIRST.items() if key != "lonely"},
            why="definitions end when their cell is deleted",
        ),
        Edit(
            change="an asset renamed in its cell, and a reader added",
            cells={"first": PRIMARY.format(value=1), "reader": READER},
            expect=FRESH | {"primary": "missing", "reader": "missing"},
            why="a changed key is another asset; the old one ended with its cell's next run",
        ),
        Edit(
            change="the asset's name bound to a value",
            before="primary = 7",
            expect=FRESH,
            why="rebinding the name keeps the asset",
        ),
        Edit(
            change="the same key from a second cell",
            cells={"second": PRIMARY.format(value=2)},
            expect=FRESH | {"primary": "stale", "reader": ("stale", "primary")},
            why="of two living cells with one key, the one run last wins",
        ),
        Edit(
            change="the first cell run again, nothing materialized since",
            cells={"first": PRIMARY.format(value=1)},
            settle=False,
            expect=FRESH,
            why="the one run last wins: this is the recorded code again",
        ),
        Edit(
            change="the cell whose definition had lost deleted",
            delete=("second",),
            expect=FRESH,
            why="the living cell's definition stays",
        ),
        Edit(
            change="an asset cut and pasted into a new cell",
            cells={"pasted": STEADY},
            delete=("steady",),
            expect=FRESH,
            why="an asset is its key and code, not its cell",
        ),
        Edit(
            change="a factory's list grows",
            cells={"factory": FACTORY.format(times=1, numbers="(1, 2, 3)")},
            expect=FRESH | {"made_3": "missing"},
            why="the new one has no version, the others are as they were",
        ),
        Edit(
            change="the function that a factory makes",
            cells={"factory": FACTORY.format(times=2, numbers="(1, 2, 3)")},
            expect=FRESH | dict.fromkeys(("made_1", "made_2", "made_3"), "stale"),
            moved=("made_1", "made_2", "made_3"),
            why="it is the code of each",
        ),
        Edit(
            change="a loop's days: one goes, one comes",
            cells={"loop": LOOP.format(days="(1, 3)")},
            expect={**LATER, "day_3": "missing"},
            why="each asset captured its own day; the cell no longer makes day_2",
        ),
        Edit(
            change="the loop's variable bound to something else",
            before="day = 9",
            expect=LATER,
            why="a default is its captured value",
        ),
        Edit(
            change="all definitions run again, in another order",
            cells={
                "reader": READER,
                "loop": LOOP.format(days="(1, 3)"),
                "first": PRIMARY.format(value=1),
                "helped": "def helped(x):\n    return x + 1",
            },
            expect=LATER,
            why="order of execution alone changes nothing",
        ),
        Edit(
            change="the kernel restarted, no cell run",
            restart=True,
            expect=dict.fromkeys(LATER, NOT_RUN),
            why="what no living cell defines but the last snapshot does is unknown",
        ),
        Edit(
            change="only the reader's cell run, neither its helper's nor its input's",
            settle=False,
            cells={"imports": "from assetbook import asset", "reader": READER},
            expect=dict.fromkeys(LATER, NOT_RUN) | {"reader": ("stale|unknown", "helped")},
            why="its helper is unbound, which is part of the version; its input is unknown",
        ),
        Edit(
            change="the helper's cell run too",
            settle=False,
            cells={"helped": "def helped(x):\n    return x + 1"},
            expect=dict.fromkeys(LATER, NOT_RUN) | {"reader": ("unknown", "primary")},
            why="its own code is as recorded, its input is unknown",
        ),
        Edit(
            change="all cells run",
            settle=False,
            rerun="all",
            expect=LATER,
            why="every definition is back, with the recorded code",
        ),
        Edit(
            change="a cell deleted whose asset others read",
            delete=("first",),
            expect=LATER | {"primary": "unknown", "reader": ("unknown", "primary")},
            why="an asset that others read is unknown after its cell is deleted",
        ),
        Edit(
            change="an asset forgotten",
            settle=False,
            before="%forget steady",
            expect={key: state for key, state in LATER.items() if key != "steady"}
            | {"primary": "unknown", "reader": ("unknown", "primary")},
            gone=("steady",),
            why="definitions end by %forget",
        ),
    ),
)
