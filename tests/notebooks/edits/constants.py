"""Constants: by type and canonical bytes, never by ``==``."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

FRESH = {"shown": "fresh", "steady": "fresh"}
LEVELS = "class Level(Enum):\n    LOW = {low}\n    HIGH = 9"
MOMENT = "MOMENT = datetime(2026, 10, 25, 2, 30{more})"


def _stale(change: str, cell: str, source: str, names: str, why: str) -> Edit:
    expect = FRESH | {"shown": ("stale", names)}
    return Edit(change, expect, why, cells={cell: source}, moved=("shown",))


def _fresh(change: str, cells: dict[str, str], why: str) -> Edit:
    return Edit(change, FRESH, why, cells=cells)


NOTEBOOK = Notebook(
    name="constants",
    about="constants that an asset reads: numbers, text, containers, patterns, enum members",
    cells={
        "imports": code("""
            import re
            from datetime import UTC, datetime
            from decimal import Decimal
            from enum import Enum
            from assetbook import asset
            """),
        "count": "COUNT = 3",
        "flag": "FLAG = 1",
        "zero": "ZERO = 0.0",
        "nan": 'NAN = float("nan")',
        "price": 'PRICE = Decimal("1.0")',
        "order": 'ORDER = {"a": 1, "b": 2}',
        "tags": 'TAGS = {"x", "y", "z"}',
        "pair": "PAIR = (1, 2)",
        "nested": 'NESTED = {"a": [1, (2, {"b": 3})]}',
        "text": 'TEXT = "a"',
        "pattern": 'PATTERN = re.compile("a+")',
        "levels": LEVELS.format(low=1),
        "level": "LEVEL = Level.LOW",
        "moment": MOMENT.format(more=""),
        "unread": "UNREAD = 1",
        "shown": code("""
            @asset
            def shown():
                plain = [COUNT, FLAG, ZERO, NAN, PRICE, ORDER, PAIR, NESTED, TEXT, MOMENT]
                special = [type(TAGS).__name__, sorted(TAGS), PATTERN.pattern, PATTERN.flags]
                return [repr(thing) for thing in (*plain, *special, LEVEL.name, LEVEL.value)]
            """),
        "steady": "@asset\ndef steady():\n    return 1",
    },
    steps=(
        _stale("3 to 5", "count", "COUNT = 5", "COUNT", "another value"),
        _stale("1 to True", "flag", "FLAG = True", "FLAG", "1 == True, but the type counts"),
        _stale("True to 1.0", "flag", "FLAG = 1.0", "FLAG", "True == 1.0, but the type counts"),
        _stale("1.0 to 1", "flag", "FLAG = 1", "FLAG", "1.0 == 1, but the type counts"),
        _stale("0.0 to -0.0", "zero", "ZERO = -0.0", "ZERO", "equal by ==, not by bytes"),
        _fresh("another NaN", {"nan": 'NAN = float("NaN")'}, "NaN equals itself"),
        _stale(
            "a Decimal's scale", "price", 'PRICE = Decimal("1.00")', "PRICE", "the scale counts"
        ),
        _stale("dict order", "order", 'ORDER = {"b": 2, "a": 1}', "ORDER", "dict order counts"),
        _fresh(
            "set order",
            {"tags": 'TAGS = {"z", "y", "x"}'},
            "set order does not count, and no hash seed shows",
        ),
        _stale("set to frozenset", "tags", 'TAGS = frozenset("xyz")', "TAGS", "the type counts"),
        _stale("tuple to list", "pair", "PAIR = [1, 2]", "PAIR", "the type counts"),
        _stale(
            "a value three levels down",
            "nested",
            'NESTED = {"a": [1, (2, {"b": 4})]}',
            "NESTED",
            "containers count by content",
        ),
        _stale(
            "1 to True inside containers",
            "nested",
            'NESTED = {"a": [True, (2, {"b": 4})]}',
            "NESTED",
            "types count at every depth",
        ),
        Edit(
            change="a constant changed in place, its cell not run",
            before='NESTED["a"].append(9)',
            expect=FRESH | {"shown": ("stale", "NESTED")},
            moved=("shown",),
            why="live objects count as the kernel has them, not as a cell's text says",
        ),
        _stale("text to bytes", "text", 'TEXT = b"a"', "TEXT", "the type counts"),
        _fresh(
            "the same pattern compiled again",
            {"pattern": 'PATTERN = re.compile("a+")'},
            "patterns count by pattern and flags",
        ),
        _stale(
            "a pattern's flags",
            "pattern",
            'PATTERN = re.compile("a+", re.IGNORECASE)',
            "PATTERN",
            "patterns count by pattern and flags",
        ),
        _stale(
            "a pattern's text",
            "pattern",
            'PATTERN = re.compile("b+", re.IGNORECASE)',
            "PATTERN",
            "patterns count by pattern and flags",
        ),
        _fresh(
            "an enum member's value, the constant not bound anew",
            {"levels": LEVELS.format(low=2)},
            "the constant holds a member of the old class",
        ),
        _stale(
            "the constant bound to the new member",
            "level",
            "LEVEL = Level.LOW",
            "LEVEL",
            "enum members count by name and value",
        ),
        _stale("another enum member", "level", "LEVEL = Level.HIGH", "LEVEL", "another member"),
        _stale(
            "the fold of an hour that comes twice",
            "moment",
            MOMENT.format(more=", fold=1"),
            "MOMENT",
            "equal by ==, but another instant",
        ),
        _stale(
            "a time gets a zone",
            "moment",
            MOMENT.format(more=", tzinfo=UTC"),
            "MOMENT",
            "another value",
        ),
        _fresh("a constant that nothing reads", {"unread": "UNREAD = 2"}, "only what is reached"),
        _fresh(
            "all cells of unchanged constants, upwards",
            {
                "nan": 'NAN = float("NaN")',
                "price": 'PRICE = Decimal("1.00")',
                "tags": 'TAGS = frozenset("zyx")',
                "count": "COUNT = 5",
            },
            "new objects of equal content",
        ),
    ),
)
