"""How wide text is likely to be."""

from __future__ import annotations

import pytest

from assetbook.surfaces.display.text_width import columns_of, cut_to_pixels, pixels_of


@pytest.mark.parametrize(("text", "columns"), [("orders", 6), ("漢字", 4), ("e\u0301", 1), ("", 0)])
def test_terminal_columns_are_counted(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_text_that_fits_is_left_whole() -> None:
    assert cut_to_pixels("orders", 80, 12) == "orders"


@pytest.mark.parametrize("text", ["a_rather_long_name_of_an_asset", "漢字" * 20, "W" * 40])
def test_cut_text_fits_with_its_ellipsis(text: str) -> None:
    cut = cut_to_pixels(text, 100, 12)
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert 80 < pixels_of(cut, 12) <= 100
