"""What a location defines, as the store remembers it: read by views and after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from assetbook.definitions.declared_metadata import declared
from assetbook.definitions.parts import Parts
from assetbook.definitions.secret import scrub
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_state import Defined
from assetbook.dependencies.reasons import OF_CODE
from assetbook.execution.recording import add_texts
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.metadata import from_wire, to_wire

SCRATCH = "scratch"
"""The location of a session whose notebook is not known."""


class AssetRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One asset as it was defined."""

    key: str
    group: str = "default"
    description: str = ""
    kinds: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    metadata: dict[str, Any] = {}
    """In wire form."""
    inputs: dict[str, str] = {}
    deps: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    code: str | None = None
    authored: str | None = None
    manifest: str | None = None
    unknowns: tuple[str, ...] = ()
    config: str | None = None
    io_manager: str = "io_manager"
    resources: tuple[str, ...] = ()
    """The parts of its configuration that are resources."""
    reads: str | None = None
    max_age: float | None = None
    """Seconds."""
    blocking: dict[str, str | None] = {}
    """The code versions of its blocking checks."""
    made_with: tuple[str, ...] = ()
    """The other assets of the same function."""
    cell: str = ""
    external: bool = False
    owner: str = ""
    """The other location that it belongs to; empty if it belongs to this one."""
    equal_code: str | None = None
    """The code of its latest version, if only names that are ignored since differ from it."""
    lived: str = ""
    """The digest of what its code was when its cells ran; empty if that is not known."""
    parity: tuple[str, ...] = ()
    """Of the last load: the code that was loaded, the answer to whether it is the same, why."""


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a location defined at one time."""

    location: str
    at: datetime
    assets: tuple[AssetRecord, ...] = ()
    cell: str = ""
    """The cell after which it was taken."""

    @property
    def specs(self) -> dict[AssetKey, AssetSpec]:
        """The assets as specs whose dependencies are all that they follow."""
        return {AssetKey.from_text(each.key): spec_of(each) for each in self.assets}

    @property
    def claimed(self) -> tuple[AssetKey, ...]:
        """The assets that belong to this location by its own word."""
        return tuple(AssetKey.from_text(each.key) for each in self.assets if self.claims(each))

    def claims(self, record: AssetRecord) -> bool:
        """Whether the asset belongs to this location by its own word; a scratch one owns none."""
        return self.location != SCRATCH and not record.owner and not record.external

    @property
    def inputs(self) -> dict[AssetKey, dict[str, AssetKey]]:
        """What each asset reads, by parameter."""
        return {
            AssetKey.from_text(each.key): {
                name: AssetKey.from_text(text) for name, text in each.inputs.items()
            }
            for each in self.assets
        }


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Snapshot)


def snapshot_of(
    loaded: Loaded,
    now: Standing,
    at: datetime,
    cell: str = "",
    owners: Mapping[AssetKey, str] = {},
) -> tuple[Snapshot, dict[str, str]]:
    """The snapshot of what is loaded, and the source texts that it refers to by digest.

    ``owners`` names the other locations that assets belong to.
    """
    texts: dict[str, str] = {}
    records = [
        _record(loaded, now, now.defined[key], texts, owners.get(key, ""))
        for key in loaded.graph.specs
        if key not in loaded.graph.remembered
    ]
    location = loaded.location or SCRATCH
    return Snapshot(location=location, at=at, assets=tuple(records), cell=cell), texts


def remember(instance: Instance, snapshot: Snapshot, texts: Mapping[str, str]) -> None:
    """Stores a snapshot and its texts; durable when it returns."""
    instance.store.put_texts(texts)
    instance.store.put_snapshot(snapshot.location, _encoder.encode(snapshot))


def recall(instance: Instance, location: str | None) -> Snapshot | None:
    """The newest snapshot of a location (None: the scratch one); None if there is none."""
    stored = instance.store.snapshot(location or SCRATCH)
    return None if stored is None else _decoder.decode(stored.body)


def recall_all(instance: Instance) -> dict[str, Snapshot]:
    """The newest snapshot of every location, in the order in which they were taken."""
    found = instance.store.snapshots().values()
    return {stored.location: _decoder.decode(stored.body) for stored in found}


def _record(
    loaded: Loaded, now: Standing, defined: Defined, texts: dict[str, str], owner: str
) -> AssetRecord:
    graph, key = loaded.graph, defined.key
    spec = graph.specs[key]
    maker = graph.makers.get(key)
    code, manifest = defined.code, None
    if code is not None:
        manifest = add_texts(code, texts)
    return AssetRecord(
        key=key.text,
        group=spec.group_name,
        description=scrub(spec.description or ""),
        kinds=tuple(sorted(spec.kinds)),
        owners=spec.owners,
        tags=dict(spec.tags),
        metadata={name: to_wire(value) for name, value in declared(spec.metadata).items()},
        inputs={name: read.text for name, read in defined.inputs.items()},
        deps=tuple(dep.asset_key.text for dep in spec.deps),
        checks=tuple(node.spec.name for node in graph.check_nodes(key)),
        code=code.digest if code is not None else None,
        authored=defined.authored,
        manifest=manifest,
        unknowns=tuple(unknown.why for unknown in code.unknowns) if code is not None else (),
        config=_kept(defined.config, texts),
        io_manager=defined.io_manager,
        resources=tuple(sorted(defined.resources)),
        reads=_kept(defined.reads, texts),
        max_age=defined.max_age.total_seconds() if defined.max_age is not None else None,
        blocking=dict(defined.blocking_checks),
        made_with=tuple(each.text for each in maker.keys if each != key) if maker else (),
        cell=loaded.cells.get(key, ""),
        external=defined.external,
        owner=owner,
        equal_code=_equal_code(now, defined),
    )


def _equal_code(now: Standing, defined: Defined) -> str | None:
    record = now.recorded.get(defined.key)
    if defined.code_as_before is None or record is None:
        return None
    differs = any(reason.kind in OF_CODE for reason in now.states[defined.key].reasons)
    return None if differs else record.event.code.digest


def _kept(parts: Parts | None, texts: dict[str, str]) -> str | None:
    """The digest of the parts, whose text is kept."""
    if parts is None:
        return None
    texts[parts.digest] = parts.text
    return parts.digest


def spec_of(record: AssetRecord) -> AssetSpec:
    """The asset as a spec whose dependencies are all that it follows."""
    follows = dict.fromkeys([*record.inputs.values(), *record.deps])
    return AssetSpec(
        AssetKey.from_text(record.key),
        deps=[AssetKey.from_text(each) for each in follows],
        description=record.description or None,
        group_name=record.group if record.group != "default" else None,
        code_version=record.authored,
        owners=record.owners,
        tags=record.tags,
        metadata={name: from_wire(wire) for name, wire in record.metadata.items()},
        kinds=record.kinds,
    )
