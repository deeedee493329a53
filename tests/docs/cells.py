"""The code cells of a page in Markdown, as a notebook would hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
RAISES = "raises-exception"

_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=fence)\s*$", re.M | re.S
)
_OPTION = re.compile(r":(?P<name>[\w-]+):\s*(?P<value>.*)")


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell: its source, the line of the page that it begins on, and its tags."""

    source: str
    line: int
    tags: frozenset[str] = frozenset()

    @property
    def raises(self) -> bool:
        """Whether the page shows it as one that fails."""
        return RAISES in self.tags


def page_cells(text: str) -> list[Cell]:
    """The ``{code-cell}`` blocks of a page of the documentation, in order."""
    return [_cell(found, text) for found in _blocks(text, "{code-cell} ipython3")]


def readme_cells(text: str) -> list[Cell]:
    """The ``python`` blocks of a plain Markdown file, in order."""
    return [_cell(found, text) for found in _blocks(text, "python")]


def _blocks(text: str, info: str) -> list[re.Match[str]]:
    return [found for found in _FENCE.finditer(text) if found["info"].strip() == info]


def _cell(found: re.Match[str], text: str) -> Cell:
    """The cell of a block; option lines such as ``:tags: [a, b]`` may come first."""
    lines = found["body"].splitlines()
    tags: set[str] = set()
    while lines and (option := _OPTION.fullmatch(lines[0])):
        if option["name"] == "tags":
            tags |= set(re.findall(r"[\w-]+", option["value"]))
        lines.pop(0)
    source = "\n".join(lines).strip("\n")
    return Cell(source, text[: found.start()].count("\n") + 1, frozenset(tags))
