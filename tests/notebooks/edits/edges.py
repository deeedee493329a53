"""What assets owe to each other: data versions, keys of inputs, order, external assets."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Expect, Notebook, code

ASSETS = (
    "raw",
    "alt",
    "side",
    "counted",
    "doubled",
    "given",
    "below_given",
    "after_push",
    "from_ext",
    "left",
    "right",
)
ALWAYS_NEW = Expect("fresh", volatile="no manager stored a value: each version is another")
STATES = dict.fromkeys(ASSETS, "fresh") | {
    "pushed": ALWAYS_NEW,
    "sent": ALWAYS_NEW,
    "orders_ext": "missing",
}
RAW = "@asset\ndef raw():\n    return {rows}"
COUNTED = '@asset(ins={{"rows": AssetIn(key="{key}")}})\ndef counted(rows):\n    return sum(rows)'
DOUBLED = "{decorator}\ndef doubled(counted):\n    return counted * 2"
GIVEN = code("""
    @asset
    def given():
        return Output({value}, data_version=DataVersion("{version}"))
    """)
BOTH = code("""
    @multi_asset(outs={{"left": AssetOut(), "right": AssetOut()}})
    def both():
        return {left}, 2
    """)
ONLY_RAW = "%materialize raw --force --only"

NOTEBOOK = Notebook(
    name="edges",
    about="inputs by data version, renamed inputs, order-only dependencies, effects, externals",
    made=("left", "right"),
    unsettled=("orders_ext",),
    cells={
        "imports": code("""
            import sqlite3
            from assetbook import (
                AssetIn, AssetKey, AssetOut, AssetSpec, DataVersion, Output, asset, multi_asset,
            )
            """),
        "conn": 'conn = sqlite3.connect(":memory:")',
        "raw": RAW.format(rows="[1, 2, 3]"),
        "alt": "@asset\ndef alt():\n    return [1, 2, 3]",
        "side": "@asset\ndef side():\n    return 1",
        "counted": COUNTED.format(key="raw"),
        "doubled": DOUBLED.format(decorator="@asset"),
        "given": GIVEN.format(value=1, version="v1"),
        "below_given": "@asset\ndef below_given(given):\n    return 0",
        "pushed": "@asset\ndef pushed() -> None:\n    pass",
        "after_push": '@asset(deps=["pushed"])\ndef after_push():\n    return 1',
        "sent": '%%asset sent --effect --define\nprint("sent")',
        "orders_ext": 'orders_ext = AssetSpec("orders_ext")',
        "from_ext": "@asset(deps=[orders_ext])\ndef from_ext():\n    return 1",
        "both": BOTH.format(left=1),
    },
    steps=(
        Edit(
            change="an upstream materialized again, same data",
            after=ONLY_RAW,
            expect=STATES,
            why="the same data version again leaves downstream fresh",
        ),
        Edit(
            change="an upstream's code, giving the same data, materialized",
            cells={"raw": RAW.format(rows="list(range(1, 4))")},
            after="%materialize raw --only",
            expect=STATES,
            why="downstream compares data versions, not code",
        ),
        Edit(
            change="an upstream edited, not materialized",
            cells={"raw": RAW.format(rows="[1, 2, 3, 4]")},
            expect=STATES
            | {"raw": "stale", "counted": ("stale", "raw"), "doubled": ("stale", "counted")},
            why="stale is inherited",
        ),
        Edit(
            change="an upstream materialized, other data",
            cells={"raw": RAW.format(rows="[1, 2, 3, 4, 5]")},
            after="%materialize raw --only",
            expect=STATES | {"counted": ("stale", "raw"), "doubled": ("stale", "counted")},
            moved=("raw",),
            why="an input's data version differs from the recorded one",
        ),
        Edit(
            change="the middle materialized too, by coincidence with the same sum",
            cells={"raw": RAW.format(rows="[10, 5]")},
            after="%materialize raw --only\n%materialize counted --only",
            expect=STATES,
            moved=("raw",),
            why="the middle's data version came out the same: nothing below it changed",
        ),
        Edit(
            change="an upstream that reaches a connection, materialized, same data",
            cells={"raw": RAW.format(rows='[10, 5] if conn.execute("select 1") else []')},
            after="%materialize raw --only",
            expect=STATES
            | {
                "raw": ("unknown", "conn"),
                "counted": ("unknown", "raw"),
                "doubled": ("unknown", "counted"),
            },
            why="unknown is inherited",
        ),
        Edit(
            change="the connection removed from the code, all materialized",
            cells={"raw": RAW.format(rows="[10, 5]")},
            after="%materialize * --unknown --sources",
            unsettled=("raw", "counted", "doubled"),
            expect=STATES,
            why="nothing unversioned is left",
        ),
        Edit(
            change="an input renamed to another key, whose data is another",
            cells={"counted": COUNTED.format(key="alt")},
            expect=STATES | {"counted": ("stale", "alt"), "doubled": ("stale", "counted")},
            moved=("counted",),
            why="the input's key differs from the recorded one",
        ),
        Edit(
            change="an input renamed to another key, whose data is the same",
            cells={
                "twin": "@asset\ndef twin():\n    return [1, 2, 3]",
                "counted": COUNTED.format(key="twin"),
            },
            after="%materialize twin",
            expect=STATES
            | {
                "twin": "fresh",
                "counted": ("stale", "twin"),
                "doubled": ("stale", "counted"),
            },
            why="an asset whose input's key differs from the recorded one is stale",
        ),
        Edit(
            change="an input renamed to a key without any version",
            cells={
                "newborn": "@asset\ndef newborn():\n    return [1, 2, 3]",
                "counted": COUNTED.format(key="newborn"),
            },
            expect=STATES
            | {
                "twin": "fresh",
                "newborn": "missing",
                "counted": ("stale", "newborn"),
                "doubled": ("stale", "counted"),
            },
            why="an asset with an input that has no version is stale",
        ),
        Edit(
            change="an order-only dependency added, an unread asset's cell deleted",
            delete=("twin",),
            cells={"doubled": DOUBLED.format(decorator='@asset(deps=[AssetKey("side")])')},
            expect=STATES | {"newborn": "fresh"},
            why="order-only dependencies carry no data version",
        ),
        Edit(
            change="what one only waits for has other data",
            cells={"side": "@asset\ndef side():\n    return 2"},
            after="%materialize side --only",
            expect=STATES | {"newborn": "fresh"},
            moved=("side",),
            why="order-only dependencies carry no data version",
        ),
        Edit(
            change="the order-only dependency removed",
            cells={"doubled": DOUBLED.format(decorator="@asset")},
            expect=STATES | {"newborn": "fresh"},
            why="order-only dependencies carry no data version",
        ),
        Edit(
            change="another value under the author's same data version",
            cells={"given": GIVEN.format(value=2, version="v1")},
            after="%materialize given --only",
            expect=STATES | {"newborn": "fresh"},
            why="an author's DataVersion wins",
        ),
        Edit(
            change="the same value under another data version of the author",
            cells={"given": GIVEN.format(value=2, version="v2")},
            after="%materialize given --only",
            expect=STATES | {"newborn": "fresh", "below_given": ("stale", "given")},
            moved=("given",),
            why="an author's DataVersion wins",
        ),
        Edit(
            change="assets without a value, materialized again",
            after="%materialize pushed --force --only\n%materialize sent --force --only",
            expect=STATES | {"newborn": "fresh"},
            moved=("pushed", "sent"),
            why="each version is unique, and downstream may only order on it",
        ),
        Edit(
            change="an external asset's description",
            cells={"orders_ext": 'orders_ext = AssetSpec("orders_ext", description="In SAP.")'},
            expect=STATES | {"newborn": "fresh"},
            why="labels change no value",
        ),
        Edit(
            change="one value of a function that makes two assets",
            cells={"both": BOTH.format(left=10)},
            expect=STATES | {"newborn": "fresh", "left": "stale", "right": "stale"},
            moved=("left",),
            why="the one function is the code of both",
        ),
    ),
)
