"""What is left of a cell whose last run failed."""

from __future__ import annotations

import pytest

from assetbook.notebook.left_behind import left_behind

DEFINED = "@asset\ndef orders():\n    return 1"
CELL = "%%asset orders\n1"


@pytest.mark.parametrize(
    ("text", "line", "before", "left"),
    [
        pytest.param("n = 1\nm = int('x')", 2, "", "n = 1", id="what ran before the error"),
        pytest.param("n = 1\nf(\n    2\n)\nm = 3", 2, "", "n = 1", id="a statement of many lines"),
        pytest.param("def broken(:", 0, DEFINED, DEFINED, id="no Python, after a good run"),
        pytest.param("1 / 0\nn = 2", 1, "n = 1", "n = 1", id="the first line failed"),
        pytest.param("n = 2\n1 / 0", 2, "n = 1", "n = 2", id="bound anew"),
        pytest.param("n = n + 1\n1 / 0", 2, "n = 1", "n = 1\nn = n + 1", id="made of what was"),
        pytest.param("n = 2\n1 / 0", 2, "n = 2\nm = 3", "m = 3\nn = 2", id="the same again"),
        pytest.param("n = 1\n!ls\n1 / 0", 3, "", "n = 1\n!ls", id="a shell line"),
        pytest.param("@wraps\ndef f():\n    pass\n1 / 0", 4, "", "@wraps\ndef f():\n    pass",
                     id="a decorated function"),
        pytest.param("\n\nn = 1\n1 / 0", 2, "", "n = 1", id="blank lines, which IPython drops"),
    ],
)  # fmt: skip
def test_what_is_left_of_a_cell_that_failed(text: str, line: int, before: str, left: str) -> None:
    assert left_behind(text, line, before, defined=False) == left


@pytest.mark.parametrize(
    ("text", "before", "defined", "left"),
    [
        pytest.param("%%asset orders\n1 / 0", CELL, True, "%%asset orders\n1 / 0", id="its own"),
        pytest.param("%%asset orders --nosuch\n2", CELL, False, CELL, id="refused"),
        pytest.param("import math\n1 / 0", CELL, False, CELL, id="an asset cell before"),
        pytest.param(f"{DEFINED}\n1 / 0", CELL, True, DEFINED, id="defined otherwise"),
    ],
)
def test_a_cell_of_a_magic_counts_as_a_whole(
    text: str, before: str, defined: bool, left: str
) -> None:
    assert left_behind(text, text.count("\n") + 1, before, defined=defined) == left
