"""Which versions another making can be compared with: the same is to be made of the same."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assetbook.dependencies.asset_state import Recorded
from assetbook.dependencies.reasons import OF_CODE, ReasonKind, text_of
from assetbook.errors import AssetbookError
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.states import Standing
from assetbook.instance.value_reading import refuse_let_go, refuse_overwritten, refuse_wiped
from assetbook.io.built_in import is_given
from assetbook.keys import AssetKey, version_name
from assetbook.storage.version import Version

_MADE_OTHERWISE = OF_CODE | {
    ReasonKind.CONFIG_CHANGED,
    ReasonKind.IO_MANAGER_CHANGED,
    ReasonKind.INPUT_REPLACED,
    ReasonKind.INPUT_ADDED,
    ReasonKind.INPUT_REMOVED,
    ReasonKind.SOURCE_FILES_NAMED,
    ReasonKind.SOURCE_FILES_CHANGED,
    ReasonKind.CODE_NOT_RECORDED,
}
_MATERIALIZE = "Materialize it in the notebook, then promote again."


class Uncompared(msgspec.Struct, frozen=True):
    """Why an asset is not made again to compare it."""

    why: str
    remedy: str = ""
    """What makes it comparable; empty where nothing does."""


def uncompared(loaded: Loaded, now: Standing, key: AssetKey) -> Uncompared | None:
    """Why the latest version of an asset says nothing about another making; None if it does."""
    if outside := _acts_outside(loaded, key):
        return Uncompared(outside)
    record = now.recorded.get(key)
    if record is None:
        return Uncompared("no version of it is recorded", _MATERIALIZE)
    event = record.event
    if event.wiped_at is not None:
        return Uncompared(f"@{record.name} was wiped", _MATERIALIZE)
    if event.value is None or event.value.kind == "custom":
        return Uncompared(f"the store has no value of @{record.name}", _MATERIALIZE)
    otherwise = [each for each in now.states[key].reasons if each.kind in _MADE_OTHERWISE]
    if otherwise:
        why = f"@{record.name} was made otherwise: {text_of(tuple(otherwise))}"
        return Uncompared(why, _MATERIALIZE)
    if event.as_of is not None:
        readers = f" ({', '.join(event.readers[:3])})" if event.readers else ""
        return Uncompared(f"it reads the world outside{readers}")
    return None


def _acts_outside(loaded: Loaded, key: AssetKey) -> str:
    """Why its step must not be run for a comparison, or cannot be one; empty if it may be."""
    maker, resources = loaded.graph.makers[key], loaded.resources()
    for port in maker.outputs:
        if not port.has_value:
            return "it is made for its effect, and has no value"
        if is_given(port.io_manager_key, resources):
            return f"its I/O manager `{port.io_manager_key}` keeps it outside the store"
    for each in loaded.graph.inputs[key]:
        if each.manager_key is not None:
            return f"the input manager `{each.manager_key}` loads `{each.key}`"
    return ""


def inputs_then(
    instance: Instance, loaded: Loaded, now: Standing, keys: Iterable[AssetKey]
) -> dict[AssetKey, Version] | Uncompared:
    """The versions that the latest making of ``keys`` read, by asset; why not if one cannot be
    read any more. One definition makes the keys."""
    records = [now.recorded[key] for key in keys if key in now.recorded]
    if len({each.event.run_id for each in records}) > 1:
        return Uncompared("several runs made what is made together here", _MATERIALIZE)
    found: dict[AssetKey, Version] = {}
    for key in keys:
        for port in loaded.graph.inputs[key]:
            version = _read_then(instance, port.name, port.key, records)
            if isinstance(version, Uncompared):
                return version
            found[port.key] = version
    return found


def _read_then(
    instance: Instance, name: str, key: AssetKey, records: Iterable[Recorded]
) -> Version | Uncompared:
    for record in records:
        was = record.event.inputs.get(name)
        if was is not None and was.version is not None and was.key == key.text:
            number = version_name(was.version, was.store or record.store)
            return _readable(instance, key, number)
    return Uncompared(f"which version of `{key}` it read is not recorded", _MATERIALIZE)


def _readable(instance: Instance, key: AssetKey, number: str) -> Version | Uncompared:
    try:
        version = instance.version(key, number)
        refuse_wiped(version)
        refuse_let_go(version, instance.store_of(version.store))
        if instance.latest_materialization(key) != version:
            refuse_overwritten(version, "read")
    except AssetbookError as error:
        return Uncompared(f"`{key}@{number}`, which it read: {error.found}", _MATERIALIZE)
    if instance.file_gone(version):
        return Uncompared(f"the file of `{key}@{number}`, which it read, is gone", _MATERIALIZE)
    return version
