"""How a state looks, as a page draws it."""

from __future__ import annotations

from assetbook.surfaces.display.theme import Look


def look_json(look: Look) -> dict[str, str]:
    """Its colour, symbol and word."""
    return {"colour": look.colour, "symbol": look.symbol, "word": look.word}
