"""Checks: what blocks a version, what does not, and what editing a check does."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

FRESH = {"orders": "fresh", "total": "fresh"}
ORDERS = "@asset\ndef orders():\n    return {rows}"
NOT_EMPTY = code("""
    @asset_check(asset="orders", blocking=True)
    def not_empty(orders):
        {body}
    """)
SMALL = code("""
    @asset_check(asset="total")
    def small(total):
        return AssetCheckResult(passed=total < {limit})
    """)
LONG_ENOUGH = "return AssetCheckResult(passed=len(orders) > 0)"
BLOCKED = ("blocked", "not_empty")

NOTEBOOK = Notebook(
    name="checks",
    about="blocking and other checks that pass, fail, err, come, go and are edited",
    cells={
        "imports": "from assetbook import AssetCheckResult, asset, asset_check",
        "orders": ORDERS.format(rows="[1, 2]"),
        "total": "@asset\ndef total(orders):\n    return sum(orders)",
        "not_empty": NOT_EMPTY.format(body=LONG_ENOUGH),
        "small": SMALL.format(limit=100),
    },
    steps=(
        Edit(
            change="a comment in a blocking check",
            cells={"not_empty": NOT_EMPTY.format(body=LONG_ENOUGH + "  # at least one")},
            expect=FRESH,
            why="code counts without comments, in checks too",
        ),
        Edit(
            change="a check that does not block fails",
            cells={"small": SMALL.format(limit=0)},
            after="%materialize total --force --only",
            fails="may",
            expect=FRESH,
            why="only blocking checks block",
        ),
        Edit(
            change="a blocking check edited, not run",
            cells={
                "not_empty": NOT_EMPTY.format(
                    body="return AssetCheckResult(passed=len(orders) >= 1)"
                )
            },
            expect={"orders": "fresh|blocked", "total": "fresh"},
            why="a check is no part of a value: never stale; whether its old verdict still "
            "counts is left open",
        ),
        Edit(
            change="a blocking check fails on other data",
            cells={"orders": ORDERS.format(rows="[]")},
            after="%materialize orders --only",
            fails="may",
            expect={"orders": BLOCKED, "total": ("stale", "orders")},
            why="a blocking check of the version failed; blocked is not inherited, but inputs "
            "are compared with the latest version, also a blocked one",
        ),
        Edit(
            change="the good data again",
            settle=False,
            cells={"orders": ORDERS.format(rows="[1, 2]")},
            after="%materialize orders --only",
            expect=FRESH,
            why="the new version passed, and its data version is what downstream recorded",
        ),
        Edit(
            change="a blocking check raises, same data",
            cells={"not_empty": NOT_EMPTY.format(body='raise ValueError("no answer")')},
            after="%materialize orders --force --only",
            fails="may",
            expect={"orders": BLOCKED, "total": "fresh"},
            why="a blocking check errored; an asset below a blocked version has its own state",
        ),
        Edit(
            change="the check mended, and run with the asset",
            settle=False,
            cells={"not_empty": NOT_EMPTY.format(body=LONG_ENOUGH)},
            after="%materialize orders --force --only",
            expect=FRESH,
            why="the new version passed",
        ),
        Edit(
            change="a blocking check added, not run",
            cells={"positive": NOT_EMPTY.format(body=LONG_ENOUGH).replace("not_empty", "positive")},
            expect={"orders": ("blocked", "positive"), "total": "fresh"},
            why="a blocking check of the version has not run",
        ),
        Edit(
            change="the blocking check that never ran removed",
            settle=False,
            delete=("positive",),
            expect=FRESH,
            why="nothing blocks any more",
        ),
    ),
)
