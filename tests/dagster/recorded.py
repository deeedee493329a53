"""What Dagster itself has and does, as ``record.py`` wrote it down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECORDED: dict[str, Any] = json.loads(
    Path(__file__).with_name("recorded.json").read_text(encoding="utf-8")
)
NAMES: dict[str, list[str] | None] = RECORDED["names"]
"""Dagster's public names with their parameters; None for what has none."""
