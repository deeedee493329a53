"""Where a selection went wrong, as people see it: the text around the fault, and a caret."""

from __future__ import annotations

import pytest

from assetbook.dependencies.selection_parser import parse
from assetbook.errors import SelectionError


def test_the_message_shows_text_and_caret() -> None:
    with pytest.raises(SelectionError) as raised:
        parse("orders and\nnot (raw/x")
    assert str(raised.value) == (
        "this selection: this `(` is not closed\n"
        "  orders and not (raw/x\n"
        "                 ^\n"
        "Add a `)`."
    )


def test_the_caret_stands_under_wide_characters() -> None:
    with pytest.raises(SelectionError) as raised:
        parse("注文 =")
    assert raised.value.found.splitlines()[1:] == ["  注文 =", "  \u3000\u3000 ^"]


def test_long_texts_are_shown_around_the_fault() -> None:
    with pytest.raises(SelectionError) as raised:
        parse("a " * 500 + "= " + "b " * 500)
    shown, pointer = raised.value.found.splitlines()[1:]
    assert shown[pointer.index("^")] == "="
    assert len(shown) == 102
