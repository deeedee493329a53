"""``%wipe``: values and all that may hold their data, gone for good."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from assetbook.errors import SelectionError
from assetbook.instance.materializing import origin_of
from assetbook.instance.new_names import never_made, of_partition
from assetbook.instance.value_reading import only_read_here
from assetbook.instance.wiping import WipePlan, older_copies, plan_wipes
from assetbook.instance.wiping import wipe as wipe_now
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.asking import versioned_name
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.wipe_view import WipeView
from assetbook.surfaces.suggestion import typed


@named_arguments
def wipe(
    names: str | Sequence[str],
    *,
    partition: str | None = None,
    yes: bool = False,
    kept: bool = False,
    desk: Desk | None = None,
) -> WipeView:
    """Wipes values for good, of assets or of single versions (``orders@3``), with their previews,
    logs and captured outputs.

    ``partition`` is the only one of which all versions go. Without ``yes`` it only says what would
    go. Kept versions stay unless they are named, or
    ``kept``. That there was a version stays known: when, by whom, from what and of how many rows.
    """
    at = desk or current_desk()
    words = [names] if isinstance(names, str) else list(names)
    plans = plan_wipes(at.instance, _asked(at, words, partition), kept=kept)
    plans = [each for each in plans if not each.is_empty] or plans
    _refuse_nothing(at, plans)
    older = [each.name for each in older_copies(at.instance)]
    if not yes:
        options = "" if partition is None else f" --partition {shlex.quote(partition)}"
        options += " --kept --yes" if kept else " --yes"
        command = typed(f"wipe {' '.join(map(shlex.quote, words))}{options}")
        return WipeView(plans, command=command, older=older)
    return WipeView(plans, wipe_now(at.instance, plans, origin_of(*at.origin)), older=older)


def _asked(
    at: Desk, words: Sequence[str], partition: str | None
) -> dict[AssetKey, set[int] | None]:
    """The versions that are named, by asset; None stands for all of it."""
    asked: dict[AssetKey, set[int] | None] = {}
    for word in words:
        key, reference = versioned_name(at, word)
        numbers = asked.setdefault(key, set())
        if reference is None and partition is not None:
            at.instance.version(key, partition=partition)  # raises where there is none
            of_it = of_partition(at.instance.own.versions(key), partition)
            asked[key] = {*(numbers or ()), *(each.number for each in of_it)}
        elif reference is None:
            asked[key] = None
        elif numbers is not None:
            version = at.instance.version(key, reference, partition=partition)
            if version.store is not None:
                raise only_read_here(f"wipe `{version.key}@{version.name}`", version)
            numbers.add(version.number)
    return asked


def _refuse_nothing(at: Desk, plans: Sequence[WipePlan]) -> None:
    if any(not each.is_empty for each in plans):
        return
    key = plans[0].key
    if not at.instance.own.versions(key, newest=1):
        there = at.instance.versions(key, 1)
        if there:
            raise only_read_here(f"wipe `{key}`", there[0])
        raise never_made(at.instance.own, key)
    if plans[0].kept:
        raise SelectionError(
            f"wipe `{key}`", "all that is left of it is kept", f"`{typed(f'wipe {key} --kept')}`"
        )
    raise SelectionError(
        f"wipe `{key}`", "it was wiped before", f"`{typed(f'versions {key}')}` says when."
    )
