"""The line after a cell that divides its asset otherwise: what of the old partitions counts."""

from __future__ import annotations

from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.surfaces.suggestion import typed


def divided_otherwise(before: Standing | None, now: Standing) -> list[str]:
    """A line for each asset that has other partitions than a cell ago, and versions under those."""
    if before is None:
        return []
    lines = []
    for key, spec in now.graph.specs.items():
        was = before.graph.specs.get(key)
        if was is None or was.partitions_def == spec.partitions_def:
            continue
        if key in before.recorded:
            lines.append(_line(key, was.partitions_def, spec.partitions_def, before, now))
    return lines


def _line(
    key: AssetKey,
    was: PartitionsDefinition | None,
    new: PartitionsDefinition | None,
    before: Standing,
    now: Standing,
) -> str:
    if was is None or new is None:
        return f"{_head(key, was, new)}: {_kept(key, was, before)}"
    made, left = now.partitions[key].made, len(now.partitions[key].former)
    same = was.meaning == new.meaning
    counts = "count as made" if same else "are stale, since each stands for another part"
    found = [f"{made} of its versions have a key of today's and {counts}"] if made else []
    found += [f"{left} former ones are kept"] if left else []
    return f"{_head(key, was, new)}: {'; '.join(found)}"


def _head(key: AssetKey, was: PartitionsDefinition | None, new: PartitionsDefinition | None) -> str:
    names = [each.describe() if each is not None else "no partitions" for each in (was, new)]
    return f"`{key}` is divided otherwise: {names[0]} → {names[1]}"


def _kept(key: AssetKey, was: PartitionsDefinition | None, before: Standing) -> str:
    if was is None:
        number = before.recorded[key].number
        return f"its whole value is kept, `{typed(f'value {key}@{number}')}`"
    count = before.partitions[key].made + len(before.partitions[key].former)
    return f"its {count} partitions are kept, `{typed(f'versions {key}')}`"
