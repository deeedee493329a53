"""How a run stands, in one line."""

from __future__ import annotations

from typing import Any

from assetbook.storage.store import RunRecord, RunStatus
from assetbook.surfaces.display.formatting import first_line, short_id
from assetbook.surfaces.display.html import Html, visible
from assetbook.surfaces.display.run_table import run_json
from assetbook.surfaces.display.status import run_look
from assetbook.surfaces.display.view import View, quiet_line


class RunEnd(View):
    """The run as it stands; ``said`` is what is told of it beside its status, ``wanted`` how it was
    to end."""

    def __init__(self, run: RunRecord, said: str = "", *, wanted: RunStatus = "success") -> None:
        self.run = run
        self.said = said
        self.wanted = wanted

    @property
    def is_well(self) -> bool:
        """Whether it has ended as was wanted."""
        return self.run.status == self.wanted

    def __str__(self) -> str:
        look = run_look(self.run.status)
        said = f"{look.symbol} run {short_id(self.run.id)}  {self._said(look.word)}"
        return visible(said, one_line=True)

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        look = run_look(self.run.status)
        return quiet_line(look, f"run {short_id(self.run.id)}", self._said(look.word))

    def to_json(self) -> dict[str, Any]:
        """The run as plain values."""
        return run_json(self.run)

    def _said(self, word: str) -> str:
        more = (self.said, first_line(self.run.message))
        return " · ".join([word, *(part for part in more if part)])
