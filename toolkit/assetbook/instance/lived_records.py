"""The code of assets as it was when their cells ran, kept beside each snapshot's records.

A session writes it, and so does whoever runs all cells. Loading a notebook without running it
hands on what was known before, so that it is never compared with itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec

from assetbook.definitions.digest import text_digest
from assetbook.dependencies.code_changes import manifest_of
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.snapshots import recall
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.notebook.lived_cells import Lived
from assetbook.notebook.source_digests import digest_of, digests_of
from assetbook.planning.parity import Answer, Coded, Parity, Recorded, RunBy


class LivedRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One asset's code as it was, and the cells of that time."""

    by: RunBy
    code: str
    manifest: str
    """The digest of the manifest's text."""
    cells: str
    """The digest of the text of the cells, as :data:`Lived` has them."""
    files: dict[str, str] = {}
    """The files of the project's own modules that the code reached, by their paths from the
    project's root, with their digests."""


def with_lived(
    snapshot: Snapshot,
    before: Mapping[str, AssetRecord],
    by: RunBy | None,
    lived: Lived,
    texts: dict[str, str],
    now: Standing,
    instance: Instance,
) -> Snapshot:
    """The snapshot with what each asset's code was when its cells ran; its texts are added.

    ``before`` are earlier records by key. What they say stays where cells ran with the same code,
    and for all if ``by`` is None, which stands for a load that ran only what definitions need.
    ``now`` has the code that the snapshot was taken of. Reads the store.
    """
    cells = json.dumps(lived, separators=(",", ":"))
    ran = {} if by is None else _codes_that_ran(instance, before)
    records = []
    for record in snapshot.assets:
        known = before.get(record.key)
        if known is not None and (by is None or ran.get(record.key) == record.code):
            record = msgspec.structs.replace(record, lived=known.lived, parity=known.parity)
        elif by is not None and record.code and record.manifest:
            texts[text_digest(cells)] = cells
            files = digests_of(_files_of(now, record.key), instance.root)
            made = LivedRecord(by, record.code, record.manifest, text_digest(cells), files)
            text = msgspec.json.encode(made).decode()
            texts[text_digest(text)] = text
            record = msgspec.structs.replace(record, lived=text_digest(text))
        records.append(record)
    return msgspec.structs.replace(snapshot, assets=tuple(records))


def _codes_that_ran(instance: Instance, records: Mapping[str, AssetRecord]) -> dict[str, str]:
    """The code of each asset when its cells ran, of those of which that is known."""
    lived = {key: each.lived for key, each in records.items() if each.lived}
    texts = instance.store.texts(list(lived.values()))
    return {
        key: msgspec.json.decode(texts[digest], type=LivedRecord).code
        for key, digest in lived.items()
        if digest in texts
    }


def lived_of(
    instance: Instance, records: Mapping[AssetKey, AssetRecord]
) -> dict[AssetKey, tuple[Recorded, LivedRecord, Lived]]:
    """What is known of how the cells of each asset ran; those of which nothing is are left out."""
    texts = instance.store.texts([each.lived for each in records.values() if each.lived])
    found = {
        key: msgspec.json.decode(texts[each.lived], type=LivedRecord)
        for key, each in records.items()
        if each.lived in texts
    }
    more = instance.store.texts(
        list({digest for each in found.values() for digest in (each.manifest, each.cells)})
    )
    return {
        key: (
            Recorded(Coded(each.code, json.loads(more.get(each.manifest, "{}"))), each.by),
            each,
            {cell: tuple(said) for cell, said in json.loads(more.get(each.cells, "{}")).items()},
        )
        for key, each in found.items()
    }


def loaded_codes(now: Standing) -> dict[AssetKey, Coded]:
    """The code versions of what is loaded, as they are compared."""
    return {
        key: Coded(
            defined.code.digest,
            manifest_of(defined.code),
            tuple(each.name for each in defined.code.unknowns),
        )
        for key, defined in now.defined.items()
        if defined.code is not None
    }


def with_answers(
    snapshot: Snapshot, answers: Mapping[AssetKey, Parity], codes: Mapping[AssetKey, Coded]
) -> Snapshot:
    """The snapshot with the answers of the load that it was taken of."""
    records = [
        msgspec.structs.replace(record, parity=(codes[key].digest, answer.answer, answer.reason))
        if (key := AssetKey.from_text(record.key)) in codes
        and (answer := answers.get(key)) is not None
        else record
        for record in snapshot.assets
    ]
    return msgspec.structs.replace(snapshot, assets=tuple(records))


def known_records(instance: Instance, location: str | None) -> dict[AssetKey, AssetRecord]:
    """What the newest snapshot of a location says of each asset."""
    newest = recall(instance, location)
    assets = newest.assets if newest is not None else ()
    return {AssetKey.from_text(each.key): each for each in assets}


def answers_in(records: Mapping[AssetKey, AssetRecord], now: Standing) -> dict[AssetKey, Parity]:
    """The answers of the last load, as far as they are about the code as it is now."""
    found = {}
    for key, record in records.items():
        defined = now.defined.get(key)
        code = defined.code.digest if defined is not None and defined.code is not None else None
        if record.parity and record.parity[0] == code:
            answer: Answer = record.parity[1]  # type: ignore[assignment]
            found[key] = Parity(answer, record.parity[2])
    return found


def edited_files(record: LivedRecord, root: Path) -> list[str]:
    """The modules whose files are others than when the cells ran, in the project at ``root``."""
    return [Path(name).name for name, was in record.files.items() if digest_of(root / name) != was]


def _files_of(now: Standing, key: str) -> list[Path]:
    """The files of the project's own modules that an asset's code was taken from."""
    defined = now.defined.get(AssetKey.from_text(key))
    return [Path(each) for each in defined.code.files] if defined and defined.code else []
