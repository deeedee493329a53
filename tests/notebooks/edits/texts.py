"""What a cell's text says without meaning it: comments, formatting, docstrings, annotations."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

FRESH = dict.fromkeys(("kept", "described", "looked_up", "noted", "steady"), "fresh")

NOTEBOOK = Notebook(
    name="texts",
    about="comments, formatting, docstrings, local names and annotations",
    cells={
        "imports": "import inspect\nfrom assetbook import asset",
        "clean": code('''
            def clean(rows):
                """Rows above zero."""
                limit = 0
                return [row for row in rows if row > limit]
            '''),
        "scale": code('''
            class Scale:
                """A factor."""
                factor = 2

                def apply(self, row):
                    """The row, scaled."""
                    return row * self.factor
            '''),
        "documented": 'def documented():\n    """One way."""\n    return 1',
        "shown": 'def shown():\n    """One help."""\n    return 1',
        "kept": code('''
            @asset
            def kept():
                """Kept rows."""
                rows = [3, -1, 4, 1000]
                return [Scale().apply(row) for row in clean(rows)]
            '''),
        "described": "@asset\ndef described():\n    return documented.__doc__",
        "looked_up": "@asset\ndef looked_up():\n    return inspect.getdoc(shown)",
        "noted": '%%asset noted --define\n"first words"',
        "steady": "@asset\ndef steady():\n    return 1",
    },
    steps=(
        Edit(
            change="comments in the asset, its helper and its class",
            cells={
                "clean": code('''
                    # Rows below zero are refunds.
                    def clean(rows):
                        """Rows above zero."""
                        limit = 0  # not -1
                        # all of them
                        return [row for row in rows if row > limit]
                    '''),
                "scale": code('''
                    class Scale:
                        """A factor."""
                        # kept small
                        factor = 2

                        def apply(self, row):
                            """The row, scaled."""
                            # no rounding
                            return row * self.factor
                    '''),
                "kept": code('''
                    # the rows we keep
                    @asset  # unpartitioned
                    def kept():
                        """Kept rows."""
                        rows = [3, -1, 4, 1000]  # by hand
                        return [Scale().apply(row) for row in clean(rows)]
                    '''),
            },
            expect=FRESH,
            why="code counts without comments",
        ),
        Edit(
            change="formatting: brackets, line breaks, a trailing comma, 1000 as 1_000",
            cells={
                "clean": code('''
                    def clean(rows):
                        """Rows above zero."""
                        limit = (0)
                        return [
                            row
                            for row in rows
                            if (row > limit)
                        ]
                    '''),
                "kept": code('''
                    @asset
                    def kept():
                        """Kept rows."""

                        rows = [
                            3,
                            -1,
                            4,
                            1_000,
                        ]
                        return [ Scale().apply( row ) for row in clean( rows ) ]
                    '''),
            },
            expect=FRESH,
            why="the syntax tree is the same",
        ),
        Edit(
            change="quotes of a docstring read through __doc__, not its words",
            cells={"documented": "def documented():\n    '''One way.'''\n    return 1"},
            expect=FRESH,
            why="the value of __doc__ is the same",
        ),
        Edit(
            change="docstrings of asset, helper, class and method edited, one removed",
            cells={
                "clean": code('''
                    def clean(rows):
                        """The rows that are sales."""
                        limit = 0
                        return [row for row in rows if row > limit]
                    '''),
                "scale": code('''
                    class Scale:
                        """A factor of two."""
                        factor = 2

                        def apply(self, row):
                            return row * self.factor
                    '''),
                "kept": code('''
                    @asset
                    def kept():
                        """The rows we keep, scaled."""
                        rows = [3, -1, 4, 1000]
                        return [Scale().apply(row) for row in clean(rows)]
                    '''),
            },
            expect=FRESH,
            why="docstrings are not code, and a description changes nothing",
        ),
        Edit(
            change="the docstring that an asset reads through __doc__",
            cells={"documented": 'def documented():\n    """Another way."""\n    return 1'},
            expect=FRESH | {"described": ("stale", "documented")},
            moved=("described",),
            why="a docstring that __doc__ reads is a value",
        ),
        Edit(
            change="the docstring that an asset reads through inspect.getdoc",
            cells={"shown": 'def shown():\n    """Other help."""\n    return 1'},
            expect=FRESH | {"looked_up": ("stale|unknown", "shown")},
            moved=("looked_up",),
            why="never fresh where the value could differ: library code reads __doc__ here",
        ),
        Edit(
            change="the first string of a cell body",
            cells={"noted": '%%asset noted --define\n"other words"'},
            expect=FRESH | {"noted": "stale"},
            moved=("noted",),
            why="a cell body's first string is its value, not a docstring",
        ),
        Edit(
            change="a comment and a blank line in a cell body",
            cells={"noted": '%%asset noted --define\n# the words\n\n"other words"  # as agreed'},
            expect=FRESH,
            why="code counts without comments, in an asset's cell as elsewhere",
        ),
        Edit(
            change="a local name of a helper",
            cells={
                "clean": code("""
                    def clean(rows):
                        lowest = 0
                        return [row for row in rows if row > lowest]
                    """)
            },
            expect=FRESH | {"kept": ("stale", "clean")},
            why="local names are code",
        ),
        Edit(
            change="an annotation of a helper",
            cells={
                "clean": code("""
                    def clean(rows: list[int]):
                        lowest = 0
                        return [row for row in rows if row > lowest]
                    """)
            },
            expect=FRESH | {"kept": ("stale", "clean")},
            why="annotations are code",
        ),
    ),
)
