"""The README's example as printed, and the commands that it names."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.cells import ROOT, readme_cells
from tests.notebooks.kernel import Kernel

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

VERSIONS = """
import assetbook
for version in assetbook.Instance.get().versions("large_orders"):
    print(version.number)
"""


def test_example_runs_as_printed(tmp_path: Path) -> None:
    cells = readme_cells(README)
    with Kernel(tmp_path, "first", {"PYTHONDONTWRITEBYTECODE": ""}) as kernel:
        written = [kernel.run(cell.source, f"cell-{n}") for n, cell in enumerate(cells)]
        numbers = kernel.run(VERSIONS)
    assert any(
        "`large_orders` became stale (constant SMALLEST 20 → 30)" in each for each in written
    )
    assert numbers.split() == ["2", "1"]


def test_example_has_about_ten_lines() -> None:
    lines = [line for cell in readme_cells(README) for line in cell.source.splitlines()]
    assert 8 <= len(lines) <= 14


def test_commands_are_targets_of_the_makefile() -> None:
    named = set(re.findall(r"^make ([\w-]+)", README, re.M))
    assert named == {"demo", "test"}
    assert not [each for each in named if not re.search(rf"^{each}:", MAKEFILE, re.M)]
