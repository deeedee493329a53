"""Lines from bytes that arrive in pieces."""

from __future__ import annotations

import pytest

from assetbook.execution.pipes import message_lines
from assetbook.execution.pipes.message_lines import MessageLines


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_lines_are_whole_however_they_arrive(size: int) -> None:
    text = "{'a': 1}\n\n  \n{'ü': 2}\r\nrest".encode()
    lines = MessageLines()
    found = [each for at in range(0, len(text), size) for each in lines.feed(text[at : at + size])]
    assert found == [b"{'a': 1}", "{'ü': 2}\r".encode()]
    assert list(lines.rest()) == [b"rest"]
    assert list(lines.rest()) == []


def test_a_line_too_long_is_dropped_while_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_lines, "LONGEST_LINE", 10)
    lines = MessageLines()
    assert list(lines.feed(b"x" * 8)) == []
    assert list(lines.feed(b"x" * 8)) == []
    assert len(lines._held) == 0
    assert list(lines.feed(b"x\n0123456789\n")) == [17, b"0123456789"]
