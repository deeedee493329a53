"""A view as a widget: its page talks over the widget's comm with this kernel.

Beside it stands a still picture for where there is no kernel: a saved notebook on a code host, or
nbconvert's HTML. The widget hides it as soon as it has something to show itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from assetbook.surfaces.desk import Desk
from assetbook.surfaces.widgets.channel import Channel
from assetbook.surfaces.widgets.greeting import WEB
from assetbook.surfaces.widgets.room import room_of


class LiveView(anywidget.AnyWidget):
    """The view of that name on ``desk``, as long as its kernel lives. ``still`` names the picture
    that stands in for it; empty: there is none."""

    _esm = (WEB / "loader.js").read_text(encoding="utf-8")
    view = traitlets.Unicode().tag(sync=True)
    given = traitlets.Dict().tag(sync=True)
    still = traitlets.Unicode().tag(sync=True)

    def __init__(self, desk: Desk, view: str, given: Mapping[str, Any], still: str = "") -> None:
        super().__init__(view=view, given=dict(given), still=still)
        self._channel = Channel(room_of(desk), self.send)
        self.on_msg(lambda _, content, buffers: self._channel.receive(content))
        _answer_beside_cells(self.comm)

    def close(self) -> None:
        """Ends its updates and takes it away from all pages."""
        self._channel.close()
        super().close()


def new_still() -> str:
    """A name that no other picture has."""
    return f"still-{uuid.uuid4().hex[:12]}"


def _answer_beside_cells(comm: Any) -> None:
    """Has what the page sends answered while a cell runs.

    ipykernel 7.4 sends it to the subshell of the comm's last message, which for a widget made in a
    cell is the main one that is busy; ``default`` is the subshell that the page asked for. The name
    is private: where it is not there, pages are answered when their subshells are, as before.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, default: default
