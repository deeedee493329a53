"""A module that IPython's ``%autoreload`` keeps up to date while it is edited, in each mode.

It reloads before a cell runs, so that each mode is set at the end of the step before.
"""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

ASSETS = ("by_module", "by_name", "by_class", "by_pattern", "by_default")
FRESH = dict.fromkeys(ASSETS, "fresh")
TEXT = code('''
    import re{imports}

    WORD = re.compile({pattern})
    HOUR = 60 * {minutes}

    def price(x):
        """The price."""
        return base(x) * 2

    def base(x):
        return {base}

    def words(text):
        return {words}

    def hours(x, of={of}):
        return x * of * HOUR

    class Shop:
        tax = 1

        def total(self, x):
            return x {sign} self.tax{more}
    ''')
PLAIN = {
    "imports": "",
    "pattern": '"a+"',
    "minutes": "60",
    "base": "x + 1",
    "words": "len(WORD.findall(text))",
    "of": "1",
    "sign": "+",
    "more": "",
}


def _text(**edited: str) -> dict[str, str]:
    return {"prices.py": TEXT.format(**PLAIN | edited) + "\n"}


TAXED = "level(x)\n\ndef level(x):\n    return x + 5"

NOTEBOOK = Notebook(
    name="reloaded_in_place",
    about="functions and classes that a reloader changes in place",
    files=_text(),
    cells={
        "mode": "%load_ext autoreload\n%autoreload 2",
        "imports": code("""
            import prices
            from assetbook import asset
            from prices import Shop, hours, price, words
            """),
        "by_module": "@asset\ndef by_module():\n    return prices.price(3)",
        "by_name": "@asset\ndef by_name():\n    return price(3)",
        "by_class": "@asset\ndef by_class():\n    return Shop().total(2)",
        "by_pattern": "@asset\ndef by_pattern():\n    return words('aa b a')",
        "by_default": "@asset\ndef by_default():\n    return hours(2)",
    },
    steps=(
        Edit(
            change="mode 2: the body of a helper's helper",
            files=_text(base="x + 2"),
            expect=FRESH | {"by_module": ("stale", "base"), "by_name": ("stale", "base")},
            moved=("by_module", "by_name"),
            why="it was reloaded; the constants are made as before, though nothing made them again",
        ),
        Edit(
            change="mode 2: the function that reads a computed constant",
            files=_text(words="10 + len(WORD.findall(text))"),
            expect=FRESH
            | {
                "by_module": ("stale", "base"),
                "by_name": ("stale", "base"),
                "by_pattern": ("stale", "words"),
            },
            moved=("by_pattern",),
            why="the function changed, and the constant is known",
        ),
        Edit(
            change="mode 2: arithmetic",
            files=_text(minutes="61"),
            expect=FRESH | {"by_default": ("stale", "HOUR"), "by_pattern": ("stale", "words")},
            moved=("by_default",),
            why="what the compiler works out is a literal",
        ),
        Edit(
            change="mode 2: a default",
            files=_text(minutes="61", of="2"),
            expect=FRESH | {"by_default": ("stale", "hours")},
            moved=("by_default",),
            why="it is patched in place",
        ),
        Edit(
            change="mode 2: a method",
            files=_text(minutes="61", sign="-"),
            expect=FRESH | {"by_default": ("stale", "hours"), "by_class": ("stale", "Shop")},
            moved=("by_class",),
            why="it is patched in place",
        ),
        Edit(
            change="mode 2: an import and a comment",
            after="%autoreload 1\n%aimport prices",
            files=_text(imports="\nimport math  # later", minutes="61", sign="-"),
            expect=FRESH,
            why="nothing that is reached changed",
        ),
        Edit(
            change="mode 1: a helper that is new",
            files=_text(base=TAXED),
            expect=FRESH
            | {
                "by_module": ("stale", "base"),
                "by_name": ("stale", "base"),
                "by_default": ("stale", "HOUR"),
                "by_class": ("stale", "Shop"),
            },
            moved=("by_module", "by_name"),
            why="its caller changed, and what is new is looked into",
        ),
        Edit(
            change="mode 1: the helper that was added",
            after="%autoreload 2",
            files=_text(base=TAXED.replace("5", "6")),
            expect=FRESH | {"by_module": ("stale", "level"), "by_name": ("stale", "level")},
            moved=("by_module", "by_name"),
            why="what a reloader added has no file of its own: it is the module's",
        ),
        Edit(
            change="mode 2: a computed constant",
            files=_text(base=TAXED, pattern='"a"'),
            expect=FRESH
            | {
                "by_module": ("stale", "level"),
                "by_name": ("stale", "level"),
                "by_pattern": ("stale", "WORD"),
            },
            moved=("by_pattern",),
            why="where more than definitions was edited, the reloader runs the whole module again",
        ),
        Edit(
            change="mode 2: a method and a helper, after the whole module ran again",
            files=_text(pattern='"a"', base="x + 2", more=" + 7"),
            expect=FRESH
            | {
                "by_module": ("stale", "base"),
                "by_name": ("stale", "base"),
                "by_class": ("unknown", "import it again (In["),
            },
            why="the reloader patches what the module holds, and the notebook's class is older",
        ),
        Edit(
            change="imported again",
            after="%autoreload 3",
            cells={"imports": "from prices import Shop, hours, price, words"},
            settle=False,
            expect=FRESH
            | {
                "by_module": ("stale", "base"),
                "by_name": ("stale", "base"),
                "by_class": ("stale", "Shop"),
            },
            moved=("by_class",),
            why="the notebook's names are the module's again",
        ),
        Edit(
            change="mode 3: a method and a helper",
            after="%autoreload 0",
            files=_text(pattern='"a"', base="x"),
            expect=FRESH
            | {
                "by_module": ("stale", "base"),
                "by_name": ("stale", "base"),
                "by_class": ("stale", "Shop"),
            },
            moved=("by_module", "by_name", "by_class"),
            why="all are reloaded",
        ),
        Edit(
            change="mode 0: a default and a method, not reloaded",
            files=_text(pattern='"a"', base="x", of="3", more=" + 8"),
            expect=FRESH
            | {
                "by_default": ("unknown", "prices.py was"),
                "by_class": ("unknown", "prices.py was edited and not reloaded"),
            },
            why="a default is not in a function's code, and yet is not what the file says",
        ),
        Edit(
            change="reloaded by hand, and the from-imports hold the old ones",
            cells={"reload": "import importlib\nimportlib.reload(prices)"},
            settle=False,
            expect=FRESH
            | {
                "by_default": ("unknown", "import it again (In["),
                "by_class": ("unknown", "import it again (In["),
            },
            why="the module has newer ones, and the notebook's names were bound before",
        ),
        Edit(
            change="imported again after that",
            cells={"imports": "from prices import Shop, hours, price, words"},
            settle=False,
            expect=FRESH | {"by_default": ("stale", "hours"), "by_class": ("stale", "Shop")},
            moved=("by_default", "by_class"),
            why="the notebook's names are the module's again",
        ),
    ),
)
