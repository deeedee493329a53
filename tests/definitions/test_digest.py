"""Digests of text."""

from __future__ import annotations

from assetbook.definitions.digest import text_digest


def test_a_digest_is_the_same_everywhere() -> None:
    assert text_digest("") == "cae66941d9efbd404e4d88758ea67670"
    assert text_digest("a") != text_digest("b")
    assert len(text_digest("\ud800")) == 32
