"""What a location defines, as the store remembers it: read by views and after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from assetbook.definitions.code import CodeVersion
from assetbook.definitions.declared_metadata import declared
from assetbook.definitions.parts import Parts
from assetbook.definitions.secret import scrub
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_state import Defined
from assetbook.dependencies.reasons import OF_CODE
from assetbook.dependencies.step_waits import CheckNode
from assetbook.execution.recording import add_texts
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.metadata import from_wire, to_wire

SCRATCH = "scratch"
"""The location of a session whose notebook is not known."""


class CheckRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One check as it was defined."""

    name: str
    blocking: bool = False
    own_step: bool = False
    """Whether a function of its own answers it."""
    code: str | None = None
    inputs: dict[str, str] = {}
    deps: tuple[str, ...] = ()


class AssetRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One asset as it was defined."""

    key: str
    group: str = "default"
    description: str = ""
    documentation: str = ""
    """The text right above its cell in the notebook, as Markdown."""
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
    maker: str = ""
    """The name of its function; empty if that is the asset's own."""
    can_subset: bool = False
    """Whether its function can make it without the other assets."""
    follows: tuple[str, ...] = ()
    """Other assets of the same function that it is made from."""
    check_records: tuple[CheckRecord, ...] = ()
    places: tuple[str, ...] = ()
    """The cells and files in which the code is that it reaches: ``cell 4``, ``helpers.py``."""


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a location defined at one time."""

    location: str
    at: datetime
    assets: tuple[AssetRecord, ...] = ()
    cell: str = ""
    """The cell after which it was taken."""
    sources: dict[str, str] = {}
    """By path from the project's root, the digests of the files that it was loaded from; empty if
    it was taken from a live notebook."""
    wrong: tuple[str, ...] = ()
    """What is wrong with definitions that were left out for it, a sentence each."""
    broken: str = ""
    """Why the location cannot be loaded as its files are now: the error's text. The rest is what it
    defined before."""

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
    """Stores a snapshot and its texts, unless the newest is the same; durable when it returns."""
    before = recall(instance, snapshot.location)
    if before is not None and msgspec.structs.replace(before, at=snapshot.at) == snapshot:
        return
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
        documentation=scrub(loaded.texts.get(key, "")),
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
        maker=maker.name if maker and maker.name != key.parts[-1] else "",
        can_subset=maker.can_subset if maker else False,
        follows=tuple(sorted(each.text for each in maker.internal_deps.get(key, ())))
        if maker
        else (),
        check_records=tuple(_check(now, node) for node in graph.check_nodes(key)),
        places=_places(code),
    )


def _check(now: Standing, node: CheckNode) -> CheckRecord:
    return CheckRecord(
        name=node.spec.name,
        blocking=node.spec.blocking,
        own_step=node.own_step,
        code=now.check_codes.get(node.key),
        inputs={port.name: port.key.text for port in node.inputs},
        deps=tuple(dep.asset_key.text for dep in node.spec.additional_deps),
    )


def _places(code: CodeVersion | None) -> tuple[str, ...]:
    pieces = code.pieces.values() if code is not None else ()
    return tuple(sorted({piece.where for piece in pieces if piece.where}))


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
