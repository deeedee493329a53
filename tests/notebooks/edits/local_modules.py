"""Modules beside the notebook: reloaded or not, from-imports, packages, files gone."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

ASSETS = ("by_module", "by_name", "by_constant", "by_package", "by_class", "by_cache", "alone")
FRESH = dict.fromkeys(ASSETS, "fresh")
PRICING = code("""
    RATE = {rate}


    def price(x):
        return x * RATE{more}


    def unrelated():
        return {unrelated}
    """)
TAX = code("""
    import functools
    from duties import rates

    def tax(x):
        return x + {tax}

    class Duty:
        def of(self, x):
            return x * {duty}

    @functools.lru_cache
    def listed(x):
        return x * rates.level()
    """)
EDITED = ("unknown", "pricing.py")
PRICED_AGAIN = "\n".join(
    f"%materialize {name} --force --only" for name in ("by_module", "by_name", "by_constant")
)


def _pricing(rate: int = 2, more: str = "", unrelated: int = 0) -> str:
    return PRICING.format(rate=rate, more=more, unrelated=unrelated) + "\n"


NOTEBOOK = Notebook(
    name="local_modules",
    about="functions and constants of modules in the notebook's own folder",
    files={
        "pricing.py": _pricing(),
        "duties/__init__.py": "",
        "duties/tax.py": TAX.format(tax=1, duty=2),
        "duties/rates.py": "def level():\n    return 3\n",
    },
    cells={
        "imports": code("""
            import importlib
            import duties.rates
            import duties.tax
            import pricing
            from assetbook import asset
            """),
        "from_import": "from pricing import price",
        "by_module": "@asset\ndef by_module():\n    return pricing.price(3)",
        "by_name": "@asset\ndef by_name():\n    return price(3)",
        "by_constant": "@asset\ndef by_constant():\n    return pricing.RATE",
        "by_package": "@asset\ndef by_package():\n    return duties.tax.tax(1)",
        "by_class": "@asset\ndef by_class():\n    return duties.tax.Duty().of(2)",
        "by_cache": "@asset\ndef by_cache():\n    return duties.tax.listed(2)",
        "alone": "@asset\ndef alone():\n    return 1",
    },
    steps=(
        Edit(
            change="a comment in a module, not reloaded",
            files={"pricing.py": "# Prices in euros.\n" + _pricing()},
            expect=FRESH,
            why="the file still compiles to the live functions' code, some lines further down",
        ),
        Edit(
            change="a function that nothing reaches, reloaded and imported again",
            files={"pricing.py": _pricing(unrelated=1)},
            cells={
                "reload": "importlib.reload(pricing)",
                "from_import": "from pricing import price",
            },
            expect=FRESH,
            why="of a local module counts what is reached",
        ),
        Edit(
            change="a function edited, reloaded and imported again",
            files={"pricing.py": _pricing(more=" + 1")},
            cells={
                "reload": "importlib.reload(pricing)",
                "from_import": "from pricing import price",
            },
            expect=FRESH | {"by_module": ("stale", "price"), "by_name": ("stale", "price")},
            moved=("by_module", "by_name"),
            why="reached functions of local modules count",
        ),
        Edit(
            change="a function edited, not reloaded",
            files={"pricing.py": _pricing(more=" + 2")},
            expect=FRESH | {"by_module": EDITED, "by_name": EDITED},
            why="file and live function disagree",
        ),
        Edit(
            change="the file put back",
            files={"pricing.py": _pricing(more=" + 1")},
            settle=False,
            expect=FRESH,
            why="file and live function agree again, and with the recorded version",
        ),
        Edit(
            change="a function edited and reloaded, but a from-import holds the old one",
            files={"pricing.py": _pricing(more=" + 3")},
            cells={"reload": "importlib.reload(pricing)"},
            expect=FRESH | {"by_module": ("stale", "price"), "by_name": ("unknown", "price")},
            moved=("by_module",),
            why="a name imported with from m import f is older than the reloaded module",
        ),
        Edit(
            change="the from-import run again, then materialized",
            cells={"from_import": "from pricing import price"},
            after="%materialize by_name --force --only",
            unsettled=("by_name",),
            expect=FRESH,
            why="now all hold the file's functions",
        ),
        Edit(
            change="a module's constant, reloaded",
            files={"pricing.py": _pricing(rate=4, more=" + 3")},
            cells={
                "reload": "importlib.reload(pricing)",
                "from_import": "from pricing import price",
            },
            expect=FRESH
            | {
                "by_module": ("stale", "RATE"),
                "by_name": ("stale", "RATE"),
                "by_constant": ("stale", "RATE"),
            },
            moved=("by_module", "by_name", "by_constant"),
            why="constants of local modules count, reached through functions too",
        ),
        Edit(
            change="a module's constant, not reloaded",
            files={"pricing.py": _pricing(rate=5, more=" + 3")},
            expect=FRESH | {"by_module": EDITED, "by_name": EDITED, "by_constant": EDITED},
            why="file and live module disagree",
        ),
        Edit(
            change="the file put back once more",
            files={"pricing.py": _pricing(rate=4, more=" + 3")},
            settle=False,
            expect=FRESH,
            why="file and live module agree again",
        ),
        Edit(
            change="a module's constant set from the notebook",
            before="pricing.RATE = 9",
            expect=FRESH
            | {
                "by_module": ("stale|unknown", "RATE"),
                "by_name": ("stale|unknown", "RATE"),
                "by_constant": ("stale|unknown", "RATE"),
            },
            moved=("by_module", "by_name", "by_constant"),
            why="the live value differs from the recorded one and from the file's",
        ),
        Edit(
            change="and set back",
            before="pricing.RATE = 4",
            settle=False,
            after=PRICED_AGAIN,
            expect=FRESH,
            why="file and live module agree",
        ),
        Edit(
            change="a package's function, reloaded",
            files={"duties/tax.py": TAX.format(tax=2, duty=2)},
            cells={"reload_tax": "importlib.reload(duties.tax)"},
            expect=FRESH | {"by_package": ("stale", "tax")},
            moved=("by_package",),
            why="packages beside the notebook are local modules",
        ),
        Edit(
            change="a method of a package's class, reloaded",
            files={"duties/tax.py": TAX.format(tax=2, duty=5)},
            cells={"reload_tax": "importlib.reload(duties.tax)"},
            expect=FRESH | {"by_class": ("stale", "Duty")},
            moved=("by_class",),
            why="reached classes of local modules count",
        ),
        Edit(
            change="a function behind another module's functools cache, reloaded",
            files={"duties/rates.py": "def level():\n    return 40\n"},
            cells={"reload_rates": "importlib.reload(duties.rates)"},
            expect=FRESH | {"by_cache": ("stale", "level")},
            moved=("by_cache",),
            why="reached from module to module, and no full cache may hide it",
        ),
        Edit(
            change="the module's file deleted",
            files={"pricing.py": None},
            expect=FRESH
            | {
                "by_module": ("unknown", "pricing"),
                "by_name": ("unknown", "pricing"),
                "by_constant": ("unknown", "pricing"),
            },
            why="the file is gone",
        ),
        Edit(
            change="the module's file put back",
            files={"pricing.py": _pricing(rate=4, more=" + 3")},
            after=PRICED_AGAIN,
            expect=FRESH,
            unsettled=("by_module", "by_name", "by_constant"),
            why="file and live module agree",
        ),
        Edit(
            change="a function edited, the kernel restarted, all cells run",
            files={"pricing.py": _pricing(rate=4, more=" + 5")},
            restart=True,
            rerun="all",
            expect=FRESH | {"by_module": ("stale", "price"), "by_name": ("stale", "price")},
            moved=("by_module", "by_name"),
            why="a new kernel imports the edited file",
        ),
    ),
)
