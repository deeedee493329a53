"""What of a version decides the state of its partition, in a few words.

The rules look at its code, configuration, manager and files, which the partitions of an asset
mostly share, and at the data that it read. Rows with the same ``kind`` are judged once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import xxhash

from assetbook.events.asset_events import AssetMaterialized


def facts_of(event: AssetMaterialized) -> tuple[int | None, str, float | None, str | None]:
    """The ``kind``, ``inputs``, ``as_of`` and ``path`` of what an event made."""
    value = event.value
    read = [each.data_version for _, each in sorted(event.inputs.items())]
    known = [each for each in read if each is not None]
    plain = event.wiped_at is None and len(known) == len(read)
    return (
        _kind(event) if plain else None,
        data_versions_of(known),
        None if event.as_of is None else event.as_of.timestamp(),
        None if value is None else value.path,
    )


def data_versions_of(versions: Sequence[str]) -> str:
    """The data versions of several inputs, in the order of their names, as one."""
    if len(versions) < 2:
        return "".join(versions)
    return xxhash.xxh3_128_hexdigest("\0".join(versions).encode())


def _kind(event: AssetMaterialized) -> int:
    code, value = event.code, event.value
    decisive: list[Any] = [
        (code.digest, code.authored, code.manifest, code.unknowns),
        (event.config, event.config_text, event.reads),
        None if value is None else (value.io_manager, value.path is None),
        event.as_of is None,
        [(name, each.key) for name, each in sorted(event.inputs.items())],
        event.meaning,
    ]
    return xxhash.xxh3_64_intdigest(msgspec.json.encode(decisive))
