"""A slice keeps the jobs of a notebook, with the ops and graphs that they need."""

from __future__ import annotations

import pytest
from tests.notebook.test_slicing import document, taken

from assetbook.notebook.reachable import JOBS, reachable_in
from assetbook.notebook.session import Cell
from assetbook.notebook.slicing import slice_of

IMPORTS = "from assetbook import define_asset_job, graph, job, op"
OP = "@op\ndef one():\n    return LIMIT"
GRAPH = "@graph\ndef pair():\n    one(); one()"
LIMIT = "LIMIT = 3"
FREE = "print(LIMIT)"


@pytest.mark.parametrize(
    ("cells", "jobs"),
    [
        ([IMPORTS, LIMIT, OP, "@job\ndef nightly():\n    one()", FREE], ["nightly"]),
        ([IMPORTS, LIMIT, OP, GRAPH, "weekly = pair.to_job('weekly')", FREE], ["weekly"]),
        ([IMPORTS, "every = [define_asset_job(n) for n in ('a', 'b')]", "print(1)"], ["a", "b"]),
        (
            [
                IMPORTS,
                LIMIT,
                OP,
                GRAPH,
                "def make(name):\n    return pair.to_job(name)",
                "first = make('first')",
                FREE,
            ],
            ["first"],
        ),
        (["import assetbook as ab", "weekly = ab.define_asset_job('weekly')", "1"], ["weekly"]),
    ],
)
def test_jobs_and_what_they_need_are_taken(cells: list[str], jobs: list[str]) -> None:
    found = slice_of(document(cells))
    statements = taken(found)
    assert all(each.cell.text != cells[-1] for each in statements)
    names: dict[str, object] = {"__name__": "__main__"}
    for each in statements:
        exec(each.cell.text, names)
    living = reachable_in(names, Cell("x", 1)).values()
    assert [each.definition.name for each in living if isinstance(each.definition, JOBS)] == jobs


def test_ops_that_no_job_needs_are_left() -> None:
    assert taken(slice_of(document([IMPORTS, LIMIT, OP, GRAPH]))) == []
