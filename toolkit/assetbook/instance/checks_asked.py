"""What a selection says of checks: which run alone, and which run with the assets that it names."""

from __future__ import annotations

import msgspec

from assetbook.dependencies.selection import AssetSelection
from assetbook.dependencies.selection_graph import SelectionGraph
from assetbook.errors import SelectionError

_NAMED = 3


class ChecksAsked(msgspec.Struct, frozen=True):
    """What a selection means once its checks are told apart from its assets."""

    selection: str
    """The assets, as typed."""
    alone: tuple[str, ...] = ()
    """The checks, as ``orders:full``, that run alone; empty where assets are made."""
    beside: frozenset[str] | None = None
    """The checks that run with those assets; None for all of theirs."""


def checks_asked(text: str, graph: SelectionGraph) -> ChecksAsked:
    """What ``text`` means; the text itself where it says nothing of checks.

    Raises SelectionError for what means neither an asset nor a check, and for assets beside checks
    of others.
    """
    selection = AssetSelection.from_string(text)
    if not selection.says_checks:
        return ChecksAsked(text)
    checks, assets = selection.resolve_checks(graph), selection.resolve(graph)
    of = dict.fromkeys(name.rpartition(":")[0] for name in sorted(checks))
    if not assets:
        if not checks:
            raise SelectionError(
                f"the selection `{text}`", "it selects no asset and no check", "See `%assets`."
            )
        return ChecksAsked(" or ".join(f'key:"{each}"' for each in of), tuple(sorted(checks)))
    names = {str(key) for key in assets}
    if others := [name for name in sorted(checks) if name.rpartition(":")[0] not in names]:
        shown = ", ".join(f"`{each}`" for each in others[:_NAMED])
        raise SelectionError(
            f"the selection `{text}`",
            f"it selects assets, and checks of others: {shown}",
            "Run these by themselves, after the assets or before them.",
        )
    return ChecksAsked(text, beside=checks)
