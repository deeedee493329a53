"""The table that comes out: rows of medians for one asset, as Markdown."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_COLUMNS = ("work", "assetbook", "Dagster", "Hamilton", "raw limit", "ratios", "we aim for")


@dataclass(frozen=True)
class Row:
    """One kind of work: what it took each contestant, and how to write it down."""

    work: str
    figures: Mapping[str, float]
    """By contestant; seconds or bytes."""
    unit: str
    aim: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Said beside a contestant's figure: other sizes, other promises."""

    def cells(self) -> list[str]:
        """The row's cells, in the order of the columns."""
        shown = [self._cell(name) for name in _COLUMNS[1:5]]
        return [self.work, *shown, self._ratios(), self.aim]

    def _cell(self, name: str) -> str:
        if name not in self.figures:
            return "–"
        note = self.notes.get(name)
        return written(self.figures[name], self.unit) + (f" ({note})" if note else "")

    def _ratios(self) -> str:
        ours = self.figures["assetbook"]
        said = [
            f"{name} {_brief(theirs / ours)} × ours"
            for name, theirs in self.figures.items()
            if name in _COLUMNS[2:4]
        ]
        if self.figures.get("raw limit"):
            said.append(f"ours {_brief(ours / self.figures['raw limit'])} × raw")
        return "; ".join(said)


def written(figure: float, unit: str) -> str:
    """The figure in its unit: ``µs``, ``ms``, ``s`` from seconds, ``B`` or ``MB`` from bytes."""
    scale = {"µs": 1e6, "ms": 1e3, "s": 1.0, "B": 1.0, "MB": 1e-6}[unit]
    return f"{_brief(figure * scale)} {unit}"


def _brief(figure: float) -> str:
    """Three digits at most."""
    if figure >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.2g}"


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [_COLUMNS, tuple("---" for _ in _COLUMNS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def run_alone(measure: Callable[[int, int], list[Row]], *, assets: int, rounds: int) -> None:
    """Measures one script's rows, with the sizes of its command line, and prints them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=int, default=assets)
    parser.add_argument("--rounds", type=int, default=rounds)
    given = parser.parse_args()
    print(markdown(measure(given.assets, given.rounds)))
