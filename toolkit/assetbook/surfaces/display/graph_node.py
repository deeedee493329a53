"""What a lineage picture says of one node, and the words for it that all pictures share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from assetbook.surfaces.display.theme import LOOKS, look_of


class GraphNode(msgspec.Struct, frozen=True):
    """One node: its id in the edges, and all the text that a picture shows of it.

    ``note`` is a few words beside the state ("3,000 rows · 2 min ago"), ``title`` the longer
    text of the tooltip (the state's reason). ``checks`` are the numbers passed and failed.
    A node without a state (a check, an asset from outside) shows its kind in the state's place;
    an op has none, and shows its note alone.
    """

    id: str
    label: str
    state: str | None = None
    note: str = ""
    title: str = ""
    group: str | None = None
    checks: tuple[int, int] | None = None
    kind: Literal["asset", "external", "check", "op"] = "asset"

    @property
    def word(self) -> str:
        """The state's word, or the kind where there is no state."""
        return look_of(self.state).word or ("" if self.kind in ("asset", "op") else self.kind)

    @property
    def spoken(self) -> str:
        """All that the picture shows of the node, as one sentence."""
        group = f"group {self.group}" if self.group else ""
        said = (self.label, self.word, self.title, self.note, group, self.checks_in_words)
        return ", ".join(part for part in said if part)

    @property
    def checks_in_words(self) -> str:
        """The checks that passed and failed; empty where none has run."""
        passed, failed = self.checks or (0, 0)
        if not passed and not failed:
            return ""
        first = f"{passed or failed} {'check' if (passed or failed) == 1 else 'checks'}"
        if not passed:
            return f"{first} failed"
        return f"{first} passed, {failed} failed" if failed else f"{first} passed"


def summary(nodes: Sequence[GraphNode]) -> str:
    """How many nodes there are and how many in each state, in the order of the states."""
    counts = Counter(node.state for node in nodes if node.state)
    known = [state for state in LOOKS if state in counts]
    others = sorted(state for state in counts if state not in LOOKS)
    noun = "op" if _are_ops(nodes) else "node"
    noun += "" if len(nodes) == 1 else "s"
    states = ", ".join(f"{counts[state]} {look_of(state).word}" for state in [*known, *others])
    return f"{len(nodes)} {noun}" + (f": {states}" if states else "")


def picture_name(nodes: Sequence[GraphNode]) -> str:
    """What a screen reader calls the whole picture."""
    return f"{'Graph' if _are_ops(nodes) else 'Lineage'} of {summary(nodes)}"


def _are_ops(nodes: Sequence[GraphNode]) -> bool:
    return bool(nodes) and all(node.kind == "op" for node in nodes)
