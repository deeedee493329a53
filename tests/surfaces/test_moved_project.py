"""A project that was moved, or edited, since a session ran its notebook."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.surfaces.test_parity import lived, planned, write

MODULES = {
    "moved_prices.py": "def price(x):\n    return base(x)\n\ndef base(x):\n    return x * 2\n",
    "parts/moved_parts.py": "def more(x):\n    return x + 1\n",
}
CELLS = {
    "load": "%load_ext assetbook",
    "setup": "import sys\nsys.path += ['', 'parts']\nfrom assetbook import asset",
    "imports": "import moved_prices\nfrom moved_parts import more as plus",
    "by_module": "@asset\ndef by_module():\n    return moved_prices.price(2)",
    "by_name": "@asset\ndef by_name():\n    return plus(3)",
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A project elsewhere than where its notebook ran."""
    before, path = tmp_path / "before", list(sys.path)
    (before / "parts").mkdir(parents=True)
    for name, text in MODULES.items():
        (before / name).write_text(text, encoding="utf-8")
    lived(before, CELLS)
    write(before, CELLS)
    yield Path(shutil.move(before, tmp_path / "after"))
    sys.path[:] = path
    for name in MODULES:
        sys.modules.pop(Path(name).stem, None)


def test_a_moved_project_is_proven_until_a_module_is_edited(folder: Path) -> None:
    assert [each["answer"] for each in planned(folder).values()] == ["proven", "proven"]
    for name, old, new in (
        ("moved_prices.py", "x * 2", "x * 3"),
        ("parts/moved_parts.py", "x + 1", "x + 2"),
    ):
        file = folder / name
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = planned(folder)
    said = {key: (each["answer"], each["reason"]) for key, each in found.items()}
    assert said == {
        "by_module": ("edited since", "others than in the session: moved_prices.py"),
        "by_name": ("edited since", "others than in the session: moved_parts.py"),
    }
