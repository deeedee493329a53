"""An asset cell's body: its value, its scope, and what it refuses."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import DefinitionError
from assetbook.notebook.asset_cell import CellFunction
from assetbook.notebook.shell_line import ShellLineError


def cell(text: str, name: str = "total", effect: bool = False, **namespace: Any) -> CellFunction:
    """The body of ``%%asset NAME``, in a notebook with these variables."""
    return CellFunction(name, f"\n{text}", namespace, where="In[4]", effect=effect)


@pytest.mark.parametrize(
    ("text", "value_from", "value"),
    [
        ("1 + 2", "the last expression", 3),
        ("x = 1\nx + 2", "the last expression", 3),
        ("total = 3\ntotal + 1", "the variable total", 3),
        ("for i in range(4):\n    total = i", "the variable total", 3),
        ("with open('/dev/null') as total:\n    pass\ntotal = 3", "the variable total", 3),
        ("total = 3;", "the variable total", 3),
        ("total = 3\nprint('x');", "the variable total", 3),
        ("(\n 1 +\n 2\n)  # the end", "the last expression", 3),
        ("def total():\n    return 1\ntotal = total() + 2", "the variable total", 3),
    ],
)
def test_the_value_is_the_variable_or_the_last_expression(
    text: str, value_from: str, value: object
) -> None:
    body = cell(text)
    assert body.value_from == value_from
    with capture_output():
        assert body() == value


def test_inputs_go_before_the_notebooks_names() -> None:
    body = cell("orders + rate", orders="the definition", rate=2)
    assert body.reads == {"orders", "rate"}
    assert body(orders=1) == 3


def test_nothing_leaks_into_the_notebook() -> None:
    namespace = {"rate": 2}
    body = CellFunction(
        "total",
        "\nimport math\nfor i in range(3):\n    rate = rate + i\ndef f(): return i\ntotal = rate",
        namespace,
        where="In[4]",
    )
    assert body() == 5
    assert namespace == {"rate": 2}
    assert body() == 5


def test_the_bodys_functions_see_the_bodys_names() -> None:
    body = cell("factor = 3\ndef scaled(x):\n    return x * factor\nscaled(2)")
    assert body() == 6


def test_the_last_expression_is_displayed_beside_the_variable() -> None:
    InteractiveShell.instance()
    body = cell("total = [1, 2, 3]\n'shown', total[:1]")
    with capture_output() as shown:
        assert body() == [1, 2, 3]
    assert [output.data["text/plain"] for output in shown.outputs] == ["('shown', [1])"]


def test_a_semicolon_displays_nothing() -> None:
    InteractiveShell.instance()
    with capture_output() as shown:
        assert cell("total = 3\n'hidden';")() == 3
    assert shown.outputs == []


def test_the_value_itself_is_not_displayed_twice() -> None:
    InteractiveShell.instance()
    with capture_output() as shown:
        assert cell("[1, 2]")() == [1, 2]
    assert shown.outputs == []


def test_a_body_may_await() -> None:
    body = cell("import asyncio\nawait asyncio.sleep(0)\nx = 2\nawait asyncio.sleep(0, x + 1)")
    assert asyncio.run(body()) == 3
    bound = cell("import asyncio\ntotal = await asyncio.sleep(0, 3)")
    assert asyncio.run(bound()) == 3
    looped = cell("async def some():\n    yield 1\n[each async for each in some()]")
    assert asyncio.run(looped()) == [1]


def test_a_body_without_value_needs_effect() -> None:
    with pytest.raises(
        DefinitionError, match=r"it has no value: .*\nEnd it with the value.*--effect"
    ):
        cell("x = 1")
    with pytest.raises(DefinitionError, match="it has no value"):
        cell("1 + 2;")
    with pytest.raises(DefinitionError, match="it has no value"):
        cell("")
    body = cell("x = 1", effect=True)
    assert body.value_from == "nothing" and body() is None


def test_an_effects_last_expression_is_displayed() -> None:
    InteractiveShell.instance()
    with capture_output() as shown:
        assert cell("'sent'", effect=True)() is None
    assert [output.data["text/plain"] for output in shown.outputs] == ["'sent'"]


@pytest.mark.parametrize(
    "text",
    [
        "total + 1",
        "total = total + 1",
        "total += 1",
        "def f():\n    return total\nf()",
        "!echo {total}\n3",
    ],
)
def test_an_asset_cannot_read_its_own_name(text: str) -> None:
    with pytest.raises(DefinitionError, match="it reads `total`, its own name"):
        cell(text, total=1)


def test_its_own_definition_is_never_its_value() -> None:
    body = cell("if flag:\n    total = 1", flag=False, total=asset(name="total")(lambda: 1))
    with pytest.raises(DefinitionError, match=r"without binding `total`\nBind it on every path"):
        body()


def test_a_star_import_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"`from math import \*`, which hides"):
        cell("from math import *\nsin(1)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = (", r"line 2: '\(' was never closed"),
        ("x = 1\nreturn x", "line 3: 'return' outside function"),
        ("yield 1", "line 2: 'yield' outside function"),
        ("break", "line 2: 'break' outside loop"),
    ],
)
def test_a_misspelt_body_names_its_line(text: str, found: str) -> None:
    with pytest.raises(DefinitionError, match=f"asset cell `total`: {found}"):
        cell(text)


def test_a_traceback_shows_the_cells_own_lines() -> None:
    body = cell("x = 1\n\n# a comment\ny = x / 0\ny")
    with pytest.raises(ZeroDivisionError) as raised:
        body()
    frame = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno, frame.line) == (body.filename, 5, "y = x / 0")


def test_a_traceback_counts_blank_lines_before_a_magic() -> None:
    body = cell("\n\nxs = !echo 1\n1 / 0")
    with pytest.raises(ZeroDivisionError) as raised:
        body()
    assert traceback.extract_tb(raised.value.__traceback__)[-1].lineno == 5


def test_a_failing_shell_line_fails_the_body() -> None:
    with pytest.raises(ShellLineError, match=r"exit code 3[\s\S]*\|\| true"):
        cell("!exit 3\n1")()
    assert cell("!false || true\n1")() == 1


def test_shell_lines_read_the_bodys_names() -> None:
    body = cell("name = 'a'\nlines = !echo $name {other}\nlist(lines)", other="b")
    assert "other" in body.reads
    assert body() == ["a b"]


def test_the_same_text_has_the_same_file_name() -> None:
    assert cell("1").filename == cell("1").filename != cell("2").filename


def test_annotations_may_be_postponed() -> None:
    body = cell("from __future__ import annotations\ndef f(x: NotThere): return x\nf(3)")
    assert body() == 3
