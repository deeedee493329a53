"""Verbs' views that stay live where a person looks at them in a notebook; elsewhere pictures."""

from __future__ import annotations

from typing import Any

from assetbook.surfaces.display.view import View
from assetbook.surfaces.widgets.all_views import show_live
from assetbook.surfaces.widgets.showing import somebody_looks


def register_live_views(shell: Any) -> None:
    """Makes ``shell`` show views live that say how (see `View.living`)."""
    _formatter(shell).for_type(View, _show)


def unregister_live_views(shell: Any) -> None:
    """Lets ``shell`` show pictures again."""
    _formatter(shell).pop(View, None)


def _formatter(shell: Any) -> Any:
    return shell.display_formatter.ipython_display_formatter


def _show(view: View) -> None:
    """Shows it live; raises NotImplementedError where it is to show as the picture that it is."""
    if view.live is None or not somebody_looks():
        raise NotImplementedError
    show_live(view.live.desk, view.live.name, view.live.given, view)
