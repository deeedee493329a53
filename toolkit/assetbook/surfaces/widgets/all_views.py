"""``dashboard``: all views of a store in one place, live in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from assetbook.errors import UsageError, did_you_mean
from assetbook.instance.instance import Instance
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.desk import Desk, StoreDesk, current_desk
from assetbook.surfaces.display.html import Html, style_tag, tag
from assetbook.surfaces.display.view import View, framed
from assetbook.surfaces.run_verbs import runs
from assetbook.surfaces.scheduling import schedules
from assetbook.surfaces.verbs import assets, lineage
from assetbook.surfaces.widgets.showing import can_show_widgets

_HIDES_WHAT_IS_DEAD = (
    ".jp-OutputArea-child:not(:has(.assetbook-widget)):has(+ .jp-OutputArea-child .{name})"
    " {{ display: none }}"
)
"""In a notebook that is opened again Lab would say above the picture that a widget is missing."""


@named_arguments
class Dashboard:
    """All views of a store; it shows itself, live where widgets can be, else as a still picture.

    ``instance`` is the store that is shown, with the assets of all its notebooks; None is the live
    notebook, or that of the project around this folder. ``view`` names one that is shown alone: one
    of `VIEWS`. Raises UsageError for any other.
    """

    def __init__(
        self, instance: Instance | None = None, *, view: str = "", desk: Desk | None = None
    ) -> None:
        if view and view not in VIEWS:
            raise UsageError(
                f"the view `{view}` of a dashboard",
                "there is none of that name",
                did_you_mean(view, VIEWS) or f"There are: {', '.join(VIEWS)}.",
            )
        self.view = view
        self.desk = desk or (current_desk() if instance is None else StoreDesk(instance))

    def __str__(self) -> str:
        return str(self._still())

    def __repr__(self) -> str:
        return str(self)

    def to_json(self) -> Any:
        """What its still picture tells, for ``--json``."""
        return self._still().to_json()

    def _ipython_display_(self) -> None:
        show_live(self.desk, self.view or "dashboard", {}, self._still())

    def _still(self) -> View:
        shown = VIEWS[self.view or "lineage"](desk=self.desk)  # what the tabs begin with
        assert isinstance(shown, View), "without an action a verb lists all"
        return shown


VIEWS: Final[Mapping[str, Callable[..., object]]] = {
    "lineage": lineage,
    "assets": assets,
    "launch": assets,
    "runs": runs,
    "partitions": assets,
    "automation": schedules,
}
"""The views that can be shown alone, each with the verb whose picture stands in for it."""


@named_arguments
def dashboard(view: str | None = None, *, desk: Desk | None = None) -> Dashboard:
    """All views in one place: assets and their lineage, runs and logs, partitions, schedules; or
    the ``view`` of that name alone."""
    return Dashboard(view=view or "", desk=desk)


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
