"""``dashboard``: all views of a store in one place, live in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.instance.instance import Instance
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.asking import rows_at
from assetbook.surfaces.desk import Desk, StoreDesk, current_desk
from assetbook.surfaces.display.asset_table import AssetTable
from assetbook.surfaces.display.html import Html, style_tag, tag
from assetbook.surfaces.display.view import View, framed
from assetbook.surfaces.widgets.showing import can_show_widgets

_HIDES_WHAT_IS_DEAD = (
    ".jp-OutputArea-child:not(:has(.assetbook-widget)):has(+ .jp-OutputArea-child .{name})"
    " {{ display: none }}"
)
"""In a notebook that is opened again Lab would say above the picture that a widget is missing."""


@named_arguments
class Dashboard:
    """All views of a store; it shows itself, live where widgets can be, else as a still picture.

    ``instance`` is the store that is shown; None is that of the live notebook, or of the project
    around this folder.
    """

    def __init__(self, instance: Instance | None = None, *, desk: Desk | None = None) -> None:
        self.desk = desk or (current_desk() if instance is None else StoreDesk(instance))

    def __str__(self) -> str:
        return str(self._still())

    def __repr__(self) -> str:
        return str(self)

    def to_json(self) -> Any:
        """The assets, for ``--json``."""
        return self._still().to_json()

    def _ipython_display_(self) -> None:
        show_live(self.desk, "dashboard", {}, self._still())

    def _still(self) -> View:
        _, rows = rows_at(self.desk)
        return AssetTable(rows)


@named_arguments
def dashboard(*, desk: Desk | None = None) -> Dashboard:
    """All views in one place: assets and their lineage, runs and logs, partitions, schedules."""
    return Dashboard(desk=desk)


def show_live(desk: Desk, view: str, given: Mapping[str, Any], still: View) -> None:
    """Shows a view in the cell that runs: ``still``, and above it the live one where there can be
    one, which hides the still one."""
    from IPython.display import display

    if not can_show_widgets():
        display({"text/html": framed(still.html()), "text/plain": str(still)}, raw=True)
        return
    from assetbook.surfaces.widgets.live_view import LiveView, new_still

    name = new_still()
    display(LiveView(desk, view, given, name))
    alone = style_tag(_HIDES_WHAT_IS_DEAD.format(name=name))
    picture: Html = tag("div", alone, framed(still.html()), class_=f"ab-still {name}")
    display({"text/html": picture, "text/plain": str(still)}, raw=True)
