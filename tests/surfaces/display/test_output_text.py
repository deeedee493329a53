"""What a step printed, as text."""

from __future__ import annotations

import pytest
from tests.surfaces.view_examples import printed

from assetbook.surfaces.display.output_text import printed_text


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["a\n", "b"], "a\nb"),
        ([" 10 %\r 5", "0 %\r100 %\ndone\n"], "100 %\ndone\n"),
        (["windows\r\n"], "windows\n"),
        (["\x1b[31mred\x1b[0m \x1b[1;32mgreen\x1b[m"], "red green"),
        (["\x1b]0;a title\x07\x1b[2Kline"], "line"),
    ],
    ids=["pieces", "bar", "crlf", "colours", "title"],
)
def test_printed_text_is_what_remains_on_the_screen(pieces: list[str], text: str) -> None:
    assert printed_text(printed("x", "stdout", piece) for piece in pieces) == text


def test_logs_and_displays_have_lines_of_their_own() -> None:
    records = [
        printed("x", "stdout", "half a line"),
        printed("x", "log", "careful", "WARNING"),
        printed("x", "display", "<Figure>"),
        printed("x", "stderr", "rest"),
    ]
    assert printed_text(records) == "half a line\nWARNING careful\n<Figure>\nrest"
