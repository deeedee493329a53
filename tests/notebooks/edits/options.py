"""What is declared beside the code: code versions, config, resources, managers, labels."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Expect, Notebook, code

ASSETS = (
    "plain",
    "stamped",
    "connected",
    "daily",
    "picked",
    "loaded",
    "scaled",
    "table",
    "labelled",
    "grouped",
)
FRESH = dict.fromkeys(ASSETS, "fresh")
PLAIN = "{decorator}\ndef plain():\n    return scale(2)"
STAMPED = '@asset(code_version="{version}")\ndef stamped():\n    return scale(2)'
DAY = "class DayConfig(Config):\n    day: int = {day}"
DAILY = "@asset\ndef daily(config: DayConfig):\n    return config.day"
PICKED = "%%asset picked --config {config} --define\nconfig.day * 10"
PICK = "class PickConfig(Config):\n    day: int = {day}"
WAREHOUSE = code("""
    class Warehouse(ConfigurableResource):
        url: str = "a"

        def rows(self):
            return len(self.url) + {more}
    """)
LOADED = "@asset\ndef loaded(warehouse: Warehouse):\n    return warehouse.rows()"
TABLE = '{decorator}\ndef table():\n    return pd.DataFrame({{"x": [1, 2]}})'
LABELLED = code("""
    @asset({options})
    def labelled():
        return 1
    """)
BY_MANAGER = Expect("fresh", volatile="a user's own manager: a data version of its own each time")
BY_AUTHOR = Expect("fresh", volatile="the author's code_version stands for the helper too")

NOTEBOOK = Notebook(
    name="options",
    about="code_version, Config, resources, I/O managers, descriptions and other labels",
    cells={
        "imports": code("""
            import sqlite3
            import pandas as pd
            from assetbook import Config, ConfigurableResource, Definitions, ResourceParam, asset
            """),
        "scale": "def scale(x):\n    return x * 2",
        "conn": 'conn = sqlite3.connect(":memory:")',
        "day_config": DAY.format(day=1),
        "pick_config": PICK.format(day=1),
        "warehouse_class": WAREHOUSE.format(more=0),
        "warehouse": 'warehouse = Warehouse(url="abc")',
        "definitions": 'defs = Definitions(resources={"factor": 3})',
        "plain": PLAIN.format(decorator="@asset"),
        "stamped": STAMPED.format(version="1"),
        "connected": code("""
            @asset(code_version="1")
            def connected():
                return conn.execute("select 1").fetchone()[0]
            """),
        "daily": DAILY,
        "picked": PICKED.format(config="PickConfig"),
        "loaded": LOADED,
        "scaled": "@asset\ndef scaled(factor: ResourceParam[int]):\n    return factor * 2",
        "table": TABLE.format(decorator="@asset"),
        "labelled": LABELLED.format(options='group_name="raw"'),
        "grouped": "%%asset grouped --group raw --define\n1",
    },
    steps=(
        Edit(
            change="a helper under an unchanged author's code version",
            cells={"scale": "def scale(x):\n    return x * 3"},
            expect=FRESH | {"plain": ("stale", "scale"), "stamped": BY_AUTHOR},
            moved=("plain", "stamped"),
            why="an author's code_version replaces the computed one",
        ),
        Edit(
            change="the author's code version",
            cells={"stamped": STAMPED.format(version="2")},
            expect=FRESH | {"stamped": ("stale", "code version")},
            why="changing it makes stale",
        ),
        Edit(
            change="a code version added to a fresh asset",
            cells={"plain": PLAIN.format(decorator='@asset(code_version="1")')},
            expect=FRESH,
            why="adding one to a fresh asset keeps it fresh",
        ),
        Edit(
            change="a connection opened anew under an author's code version",
            cells={"conn": 'conn = sqlite3.connect(":memory:")'},
            expect=FRESH,
            why="it stands for everything unversionable that the code reaches",
        ),
        Edit(
            change="a Config class run again with another default, the asset not",
            cells={"day_config": DAY.format(day=2)},
            expect=FRESH,
            why="the asset holds the class that its annotation named when it was defined",
        ),
        Edit(
            change="the asset run again, now with the other default",
            cells={"daily": DAILY},
            expect=FRESH | {"daily": ("stale", "config")},
            moved=("daily",),
            why="freshness compares with the definition's default config",
        ),
        Edit(
            change="the default of an asset cell's --config class",
            cells={"pick_config": PICK.format(day=2), "picked": PICKED.format(config="PickConfig")},
            expect=FRESH | {"picked": ("stale", "config")},
            moved=("picked",),
            why="an asset cell's config counts as any other",
        ),
        Edit(
            change="another --config class with another default",
            cells={"picked": PICKED.format(config="DayConfig")},
            expect=FRESH | {"picked": "fresh|stale"},
            why="both classes give day=2; whether the class's own name counts is left open",
        ),
        Edit(
            change="an equal resource made anew",
            cells={"warehouse": 'warehouse = Warehouse(url="abc")'},
            expect=FRESH,
            why="resources count by their configuration",
        ),
        Edit(
            change="a resource's configuration",
            cells={"warehouse": 'warehouse = Warehouse(url="abcd")'},
            expect=FRESH | {"loaded": ("stale", "warehouse")},
            moved=("loaded",),
            why="a resource's configuration is part of provenance",
        ),
        Edit(
            change="a method of a resource class, all its users run again",
            cells={
                "warehouse_class": WAREHOUSE.format(more=5),
                "warehouse": 'warehouse = Warehouse(url="abcd")',
                "loaded": LOADED,
            },
            expect=FRESH | {"loaded": ("stale", "warehouse")},
            moved=("loaded",),
            why="a resource's class counts where it is defined in the notebook",
        ),
        Edit(
            change="a plain object given as a resource",
            cells={"definitions": 'defs = Definitions(resources={"factor": 4})'},
            expect=FRESH | {"scaled": ("stale", "factor")},
            moved=("scaled",),
            why="resources of any type count",
        ),
        Edit(
            change="the I/O manager",
            cells={
                "kept": "from assetbook import InMemoryIOManager\nkept = InMemoryIOManager()",
                "table": TABLE.format(decorator='@asset(io_manager_key="kept")'),
            },
            expect=FRESH | {"table": ("stale", "kept")},
            why="a changed I/O manager makes stale",
        ),
        Edit(
            change="description, tags, owners, group, kinds and metadata",
            cells={
                "labelled": LABELLED.format(
                    options='group_name="marts", description="One.", tags={"tier": "gold"}, '
                    'owners=["ann@example.com"], kinds={"python"}, metadata={"rows": 1}'
                ),
                "grouped": "%%asset grouped --group marts --define\n1",
            },
            expect=FRESH | {"table": BY_MANAGER},
            why="labels change no value",
        ),
    ),
)
