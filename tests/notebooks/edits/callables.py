"""Callables that are not plain functions: partials, closures, decorators, caches, attributes."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

ASSETS = ("added", "closed", "wrapped", "worn", "memo", "rated", "nested_def")
FRESH = dict.fromkeys(ASSETS, "fresh")
LOUD = code("""
    def loud(f):
        @functools.wraps(f)
        def wrapper():
            return f() + {amount}
        return wrapper
    """)
MAKE = "def make(n):\n    def inner(x):\n        return x {operator} n\n    return inner"

NOTEBOOK = Notebook(
    name="callables",
    about="partials, closures, decorators, functools caches, function attributes",
    cells={
        "imports": "import functools\nfrom assetbook import asset",
        "add": "def add(n, x):\n    return n + x",
        "partial": "add_some = functools.partial(add, 3)",
        "make": MAKE.format(operator="+"),
        "plus": "plus = make(1)",
        "loud": LOUD.format(amount=1),
        "base": "@loud\ndef base():\n    return 10",
        "factor": "def factor():\n    return 3",
        "cached": "@functools.lru_cache\ndef cached(x):\n    return x * factor()",
        "rate": "def rate(x):\n    return x * rate.factor\n\nrate.factor = 2",
        "deep": "DEPTH = 1",
        "added": "@asset\ndef added():\n    return add_some(1)",
        "closed": "@asset\ndef closed():\n    return plus(1)",
        "wrapped": "@asset\ndef wrapped():\n    return base()",
        "worn": "@asset\n@loud\ndef worn():\n    return 20",
        "memo": "@asset\ndef memo():\n    return cached(2)",
        "rated": "@asset\ndef rated():\n    return rate(2)",
        "nested_def": code("""
            @asset
            def nested_def():
                class Inner:
                    def read(self):
                        return [(lambda: DEPTH + n)() for n in (1, 2)]
                return Inner().read()
            """),
    },
    steps=(
        Edit(
            change="a partial's argument",
            cells={"partial": "add_some = functools.partial(add, 4)"},
            expect=FRESH | {"added": ("stale", "add_some")},
            moved=("added",),
            why="a partial counts by its function and its arguments",
        ),
        Edit(
            change="a partial's function run again unchanged, the partial not",
            cells={"add": "def add(n, x):\n    return n + x"},
            expect=FRESH,
            why="the partial holds an old object with the same code",
        ),
        Edit(
            change="a partial's function edited, the partial's cell not run",
            cells={"add": "def add(n, x):\n    return n + x + 100"},
            expect=FRESH,
            why="a partial counts by the function it holds, the old one",
        ),
        Edit(
            change="the partial's cell run",
            cells={"partial": "add_some = functools.partial(add, 4)"},
            expect=FRESH | {"added": ("stale", "add")},
            moved=("added",),
            why="the partial now holds the edited function",
        ),
        Edit(
            change="a closure's captured value",
            cells={"plus": "plus = make(2)"},
            expect=FRESH | {"closed": ("stale", "plus")},
            moved=("closed",),
            why="closure cells count by value",
        ),
        Edit(
            change="the factory of a closure, the closure not made anew",
            cells={"make": MAKE.format(operator="*")},
            expect=FRESH,
            why="the closure that lives is the old one; its maker isn't called by the asset",
        ),
        Edit(
            change="the closure made anew by the edited factory",
            cells={"plus": "plus = make(5)"},
            expect=FRESH | {"closed": ("stale", "plus")},
            moved=("closed",),
            why="the closure's own code and its captured value differ",
        ),
        Edit(
            change="a decorator's wrapper edited; what it decorates isn't run again",
            cells={"loud": LOUD.format(amount=2)},
            expect=FRESH,
            why="the decorated functions still hold the old wrapper",
        ),
        Edit(
            change="the decorated helper and the decorated asset, run again",
            cells={
                "base": "@loud\ndef base():\n    return 10",
                "worn": "@asset\n@loud\ndef worn():\n    return 20",
            },
            expect=FRESH | {"wrapped": "stale", "worn": "stale"},
            moved=("wrapped", "worn"),
            why="the wrapper is code that the asset runs",
        ),
        Edit(
            change="the function below a wrapper",
            cells={"base": "@loud\ndef base():\n    return 11"},
            expect=FRESH | {"wrapped": ("stale", "base")},
            moved=("wrapped",),
            why="__wrapped__ and the wrapper's closure are reached",
        ),
        Edit(
            change="a helper behind functools.lru_cache",
            cells={"factor": "def factor():\n    return 4"},
            expect=FRESH | {"memo": ("stale", "factor")},
            moved=("memo",),
            why="caches of functools are cleared before a step, so that none can hide a change",
        ),
        Edit(
            change="the cached function's cell run again unchanged",
            cells={"cached": "@functools.lru_cache\ndef cached(x):\n    return x * factor()"},
            expect=FRESH,
            why="a new, empty cache around the same code",
        ),
        Edit(
            change="the size of the cache",
            cells={
                "cached": "@functools.lru_cache(maxsize=2)\ndef cached(x):\n    return x * factor()"
            },
            expect=FRESH | {"memo": "fresh|stale"},
            why="no value depends on it, but the decorator's text is code: both are right",
        ),
        Edit(
            change="a function's attribute",
            before="rate.factor = 3",
            expect=FRESH | {"rated": ("stale", "rate")},
            moved=("rated",),
            why="function attributes count",
        ),
        Edit(
            change="a global read three scopes down",
            cells={"deep": "DEPTH = 2"},
            expect=FRESH | {"nested_def": ("stale", "DEPTH")},
            moved=("nested_def",),
            why="names read in nested functions, lambdas and classes are reached",
        ),
    ),
)
