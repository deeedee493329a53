"""Asset cells: what their own text reads, hides, binds, and that running one materializes it."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Expect, Notebook, code

ASSETS = (
    "raw/orders",
    "total",
    "scaled",
    "own_factor",
    "listed",
    "maybe_level",
    "worded",
    "fetched",
    "tallied",
)
STATES = dict.fromkeys(ASSETS, "fresh") | {
    "files_read": Expect("fresh", as_of=False),
    "shelled": Expect("fresh", as_of=True),
}
ORDERS = "%%asset raw/orders{define}\n{rows}"
TOTAL = "%%asset total --define\ntotal = sum(orders){more}\nprint('shown only')\n[total][:1]"
WAREHOUSE = 'warehouse = Warehouse(url="{url}")'

NOTEBOOK = Notebook(
    name="asset_cells",
    about="names that a %%asset cell reads, hides or may hide; its options; running it",
    files={"data/a.csv": "x\n1\n"},
    cells={
        "imports": "from assetbook import ConfigurableResource, asset",
        "warehouse_class": "class Warehouse(ConfigurableResource):\n    url: str = ''",
        "warehouse": WAREHOUSE.format(url="abc"),
        "rate": "RATE = 2",
        "factor": "factor = 10",
        "row": "row = 1",
        "flag": "FLAG = False",
        "level": "level = 4",
        "word": 'WORD = "one"',
        "cache": "_tally = {}",
        "scale": "def scale(x):\n    return x * RATE",
        "orders": ORDERS.format(define=" --define", rows="[1, 2, 3]"),
        "total": TOTAL.format(more=""),
        "scaled": "%%asset scaled --define\nscale(5)",
        "own_factor": "%%asset own_factor --define\nfactor = 3\nfactor * 2",
        "listed": "%%asset listed --define\n[row * 2 for row in (1, 2)]",
        "maybe_level": "%%asset maybe_level --define\nif FLAG:\n    level = 1\nlevel * 2",
        "worded": '%%asset worded --define\nf"{WORD}!"',
        "fetched": "%%asset fetched --define\nlen(warehouse.url)",
        "tallied": code("""
            %%asset tallied --define --ignore _tally
            _tally.setdefault(1, 2)
            _tally[1]
            """),
        "files_read": (
            "%%asset files_read --define --reads data/a.csv\n"
            'with open("data/a.csv") as file:\n    text = file.read()\ntext'
        ),
        "shelled": '%%asset shelled --define\nlines = !echo {WORD}\n"|".join(lines)',
    },
    steps=(
        Edit(
            change="a constant below a helper",
            cells={"rate": "RATE = 3"},
            expect=STATES | {"scaled": ("stale", "RATE")},
            moved=("scaled",),
            why="helpers of asset cells count transitively",
        ),
        Edit(
            change="a notebook variable that the cell binds before it reads it",
            cells={"factor": "factor = 20"},
            expect=STATES,
            why="an asset cell is a local scope: its own factor hides the notebook's",
        ),
        Edit(
            change="a notebook variable named like a comprehension's",
            cells={"row": "row = 2"},
            expect=STATES,
            why="a comprehension's variable is its own",
        ),
        Edit(
            change="a notebook variable that the cell binds on one path only",
            cells={"level": "level = 5"},
            expect=STATES | {"maybe_level": ("stale", "level")},
            moved=("maybe_level",),
            why="a binding made only on some path must not hide a later read",
        ),
        Edit(
            change="a variable read in an f-string and in a shell line",
            cells={"word": 'WORD = "two"'},
            expect=STATES | {"worded": ("stale", "WORD"), "shelled": ("stale", "WORD")},
            moved=("worded", "shelled"),
            why="{WORD} is a read in both",
        ),
        Edit(
            change="a resource that the cell uses by name",
            cells={"warehouse": WAREHOUSE.format(url="abcd")},
            expect=STATES | {"fetched": ("stale", "warehouse")},
            moved=("fetched",),
            why="resource objects bound in the notebook are inputs by name",
        ),
        Edit(
            change="a file that --reads names",
            files={"data/a.csv": "x\n2\n"},
            expect=STATES | {"files_read": ("stale", "a.csv")},
            moved=("files_read",),
            why="reads counts by content",
        ),
        Edit(
            change="a cache that --ignore names, emptied",
            before="_tally.clear()",
            expect=STATES,
            why="ignored names count for nothing",
        ),
        Edit(
            change="an asset's cell run unchanged",
            cells={"orders": ORDERS.format(define="", rows="[1, 2, 3]")},
            expect=STATES,
            why="it is fresh: its stored output is shown again; --define is no code",
        ),
        Edit(
            change="an asset's cell edited and run",
            cells={"orders": ORDERS.format(define="", rows="[1, 2, 4]")},
            expect=STATES | {"total": ("stale", "orders")},
            why="running an asset cell materializes it; the input is found by its last part",
        ),
        Edit(
            change="an asset's cell edited and only defined",
            cells={"orders": ORDERS.format(define=" --define", rows="[1, 2, 5]")},
            expect=STATES | {"raw/orders": "stale", "total": ("stale", "orders")},
            moved=("raw/orders",),
            why="--define only registers",
        ),
        Edit(
            change="a cell that reads an asset's variable is edited",
            cells={"total": TOTAL.format(more=" + 1")},
            expect=STATES | {"total": "stale"},
            moved=("total",),
            why="the cell's own code",
        ),
        Edit(
            change="assets' cells run upwards, unchanged",
            cells={
                "total": TOTAL.format(more=" + 1"),
                "scaled": "%%asset scaled --define\nscale(5)",
                "orders": ORDERS.format(define=" --define", rows="[1, 2, 5]"),
            },
            expect=STATES,
            why="order of execution alone changes nothing",
        ),
    ),
)
