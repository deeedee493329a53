"""The list of pools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assetbook.instance.pool_standing import PoolStanding
from assetbook.storage.turns import PoolSlot
from assetbook.surfaces.display.formatting import short_id
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.view import View, headline, muted

_HEADS = ("pool", "slots", "taken by", "waiting, next first")
_NONE = "No pools: [tool.assetbook.concurrency.pools] in pyproject.toml gives them slots."


class PoolTable(View):
    """The pools that have a limit, and who has or wants their slots."""

    def __init__(self, pools: Sequence[PoolStanding]) -> None:
        self.pools = tuple(pools)

    def __len__(self) -> int:
        """How many pools there are."""
        return len(self.pools)

    def __iter__(self) -> Iterator[PoolStanding]:
        """The pools, by name."""
        return iter(self.pools)

    def __str__(self) -> str:
        return self._grid().text() or _NONE

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.pools:
            return muted(_NONE)
        return join((headline("Pools"), self._grid().html()))

    def to_json(self) -> list[dict[str, Any]]:
        """One dict a pool."""
        return [
            {
                "name": pool.name,
                "limit": pool.limit,
                "taken": [_slot_json(slot) for slot in pool.taken],
                "waiting": [_slot_json(slot) for slot in pool.waiting],
            }
            for pool in self.pools
        ]

    def _grid(self) -> Grid:
        return Grid(_HEADS, tuple(_line(pool) for pool in self.pools))


def _line(pool: PoolStanding) -> tuple[Cell | str, ...]:
    limit = "no limit" if pool.limit is None else f"of {pool.limit}"
    return (
        Cell(pool.name, tag("span", pool.name, class_="assetbook-name")),
        f"{len(pool.taken)} {limit}",
        _steps(pool.taken),
        _steps(pool.waiting),
    )


def _steps(slots: Sequence[PoolSlot]) -> str:
    """``orders (run 4f2a1c), prices (run 4f2a1c)``."""
    return ", ".join(f"{slot.step} (run {short_id(slot.run_id)})" for slot in slots)


def _slot_json(slot: PoolSlot) -> dict[str, Any]:
    return {"run": slot.run_id, "step": slot.step, "priority": slot.priority}
