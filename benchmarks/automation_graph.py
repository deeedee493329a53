"""The graph whose conditions everybody evaluates: chains of ten assets."""

from __future__ import annotations

from datetime import UTC, datetime

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS = "2025-11-21"
"""The first of a hundred days."""


def above(number: int) -> list[str]:
    """What the asset of that number is made of: the one before it, but for every tenth."""
    return [f"asset_{number - 1}"] if number % 10 else []
