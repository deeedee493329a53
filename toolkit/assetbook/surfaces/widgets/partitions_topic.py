"""The partitions of an asset as a page watches them: keys once, and a letter for each one's state.

Keys and letters come in blocks of a thousand, so that a page is told again of those blocks alone
in which something changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.partitions.multi import MultiPartitionsDefinition
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.surfaces.asking import partition_states, row_at, rows_at
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.widgets.assets_topic import locations_of
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.running import running_partitions

BLOCK: Final = 1000
LETTERS: Final[Mapping[str, str]] = {
    "fresh": "f",
    "stale": "s",
    "unknown": "u",
    "missing": "m",
    "blocked": "b",
    "failed": "x",
    "running": "r",
}
"""By state the letter that stands for it."""
_MOST_FORMER: Final = 100


def partitions_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """The assets that have partitions, and those of one of them (``given["key"]``, else the first).

    ``keys`` and ``states`` are blocks by number; of partitions of several dimensions the keys of
    each of these are told instead, the last one's changing fastest. Raises SelectionError for an
    asset that there is not.
    """
    now, rows = rows_at(desk)
    divided = [row.key for row in rows if row.key in now.partitions]
    document: dict[str, Any] = {
        "choices": {key.text: _choice(desk, now, key) for key in divided},
        "key": None,
    }
    asked = str(given.get("key") or "")
    if asked:
        key = row_at(desk, now, rows, asked).key
    elif divided:
        key = divided[0]
    else:
        return document
    document["key"] = key.text
    document["name"] = str(key)
    if key in now.partitions:
        document |= _partitions(desk, now, key)
    return document


def _choice(desk: Desk, now: Standing, key: AssetKey) -> dict[str, Any]:
    return {"name": str(key), "text": now.partitions[key].text}


def _partitions(desk: Desk, now: Standing, key: AssetKey) -> dict[str, Any]:
    states = partition_states(desk, now, key)
    running = running_partitions(desk.instance, now, key)
    keys = now.partitions[key].keys
    letters = "".join(LETTERS["running" if each in running else states[each]] for each in keys)
    counts = Counter(letters)
    former = [each for each, state in states.items() if state == "former"]
    definition = now.graph.specs[key].partitions_def
    found: dict[str, Any] = {
        "location": locations_of(desk).get(key, ""),
        "external": key not in now.graph.makers,
        "about": definition.describe() if definition is not None else "",
        "total": len(keys),
        "states": _blocks(letters),
        "counts": {state: counts[letter] for state, letter in LETTERS.items() if counts[letter]},
        "former": former[:_MOST_FORMER],
        "former_total": len(former),
    }
    dimensions = _dimensions(desk, definition, len(keys))
    return found | ({"dimensions": dimensions} if dimensions else {"keys": _keys(keys)})


def _keys(keys: Sequence[str]) -> dict[str, Any]:
    """A block as one text with a line for each key; as a list where a key has lines itself."""
    blocks = _blocks(list(keys))
    return {
        at: some if any("\n" in each for each in some) else "\n".join(some)
        for at, some in blocks.items()
    }


def _blocks(whole: Sequence[Any]) -> dict[str, Any]:
    starts = range(0, len(whole), BLOCK)
    return {str(at // BLOCK): whole[at : at + BLOCK] for at in starts}


def _dimensions(
    desk: Desk, definition: PartitionsDefinition | None, total: int
) -> list[dict[str, Any]]:
    """The keys of each dimension; none for partitions of a single one."""
    if not isinstance(definition, MultiPartitionsDefinition):
        return []
    known = desk.instance.known_partitions()
    found = [
        {"name": name, "keys": list(known.keys(each))}
        for name, each in definition.dimensions.items()
    ]
    return found if _product(found) == total else []  # else the clock moved on between the two


def _product(dimensions: Iterable[Mapping[str, Any]]) -> int:
    total = 1
    for each in dimensions:
        total *= len(each["keys"])
    return total
