"""Giving an asset another name, with all that is recorded of it and what notebooks last defined."""

from __future__ import annotations

import json

from msgspec import structs

from assetbook.errors import SelectionError
from assetbook.events.asset_events import AssetRenamed
from assetbook.events.parts import CodeRef, Origin
from assetbook.execution.recording import add_texts
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.snapshots import recall_all, remember
from assetbook.instance.value_reading import only_read_here
from assetbook.keys import AssetKey


def rename_asset(
    instance: Instance,
    old: AssetKey,
    new: AssetKey,
    origin: Origin,
    loaded: Loaded | None = None,
) -> int:
    """The number of versions that the asset has under its new name; durable when it returns.

    Value files stay where they are. Versions that ``new`` has already, as from a cell that ran
    under the new name, follow those of ``old``. Where ``loaded`` defines ``new`` by the code that
    made ``old``, but for the name of its function, that counts as the same code.

    Raises SelectionError if nothing is recorded of ``old``, ConflictError while a run is on its
    way, and if ``new`` clashes with another asset.
    """
    asked = f"rename `{old}` to `{new}`"
    if old == new:
        raise SelectionError(asked, "that is its name already")
    there = instance.latest_materialization(old)
    if there is not None and there.store is not None:
        raise only_read_here(asked, there)
    if not instance.events(key=old, limit=1):
        raise SelectionError(
            asked, f"nothing is recorded of `{old}`", f"Call it `{new}` in its cell."
        )
    instance.end_dead_runs()
    before, code = _same_code(instance, old, new, loaded) if loaded is not None else (None, None)
    event = AssetRenamed(
        at=instance.clock.now(),
        key=new.text,
        old=old.text,
        code=code,
        code_before=before,
        origin=origin,
    )
    instance.store.commit([event])
    _rename_in_snapshots(instance, old, new)
    return len(instance.versions(new))


def _same_code(
    instance: Instance, old: AssetKey, new: AssetKey, loaded: Loaded
) -> tuple[str | None, CodeRef | None]:
    """The code version of the latest ``old``, and what it is under the new name; None: another."""
    latest, maker = instance.latest_materialization(old), loaded.graph.makers.get(new)
    if latest is None or maker is None or latest.event.code.manifest is None:
        return None, None
    was = latest.event.code
    text = instance.store.texts([latest.event.code.manifest]).get(latest.event.code.manifest)
    own = [name for name in json.loads(text or "{}") if name.startswith("asset:")]
    now = loaded.provenance.code_of(maker)
    if len(own) != 1 or now is None:
        return None, None
    called = loaded.provenance.code_called(maker, own[0].removeprefix("asset:"))
    if called.digest != was.digest:
        return None, None
    texts: dict[str, str] = {}
    manifest = add_texts(now, texts)
    instance.store.put_texts(texts)
    return was.digest, CodeRef(digest=now.digest, manifest=manifest)


def renamed_in(snapshot: Snapshot, old: AssetKey, new: AssetKey) -> Snapshot:
    """The snapshot under the new name; what it says of ``new`` itself counts more."""
    known = {record.key for record in snapshot.assets}
    records = tuple(
        _renamed(record, old.text, new.text)
        for record in snapshot.assets
        if not (record.key == old.text and new.text in known)
    )
    return structs.replace(snapshot, assets=records)


def _rename_in_snapshots(instance: Instance, old: AssetKey, new: AssetKey) -> None:
    own = instance.own.snapshots()
    before = {location: each for location, each in recall_all(instance).items() if location in own}
    after = {location: renamed_in(each, old, new) for location, each in before.items()}
    if after == before:
        return
    for snapshot in after.values():  # all of them, so that their order stays
        remember(instance, snapshot, {})


def _renamed(record: AssetRecord, old: str, new: str) -> AssetRecord:
    def name(text: str) -> str:
        return new if text == old else text

    return structs.replace(
        record,
        key=name(record.key),
        inputs={parameter: name(text) for parameter, text in record.inputs.items()},
        deps=tuple(map(name, record.deps)),
        made_with=tuple(map(name, record.made_with)),
    )
