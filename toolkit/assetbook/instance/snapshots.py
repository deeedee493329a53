"""What a location defines, as the store remembers it: read by views and after a restart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.automation import AutomationCondition
from assetbook.definitions.code import CodeVersion
from assetbook.definitions.config_form import Form, config_form
from assetbook.definitions.declared_metadata import declared
from assetbook.definitions.parts import Parts
from assetbook.definitions.secret_literals import masked
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import Defined
from assetbook.dependencies.reasons import OF_CODE
from assetbook.dependencies.step_waits import CheckNode
from assetbook.errors import StoreError
from assetbook.execution.recording import add_texts
from assetbook.instance.asset_record import SCRATCH, AssetRecord, CheckRecord, Snapshot
from assetbook.instance.automation_code import FunctionCodes
from assetbook.instance.instance import Instance
from assetbook.instance.job_record import JobRecord, job_records
from assetbook.instance.loaded import Loaded
from assetbook.instance.schedule_record import ScheduleRecord, schedule_records
from assetbook.instance.sensor_record import SensorRecord, conditions_record, sensor_records
from assetbook.instance.snapshot_pages import (
    assets_of,
    held_by,
    jobs_of,
    row_of,
    snapshot_content,
    taken_of,
    taken_snapshot,
)
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.metadata import to_wire
from assetbook.storage.sources import StoredContent


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
    now = now.of_wholes() if now.of_wholes is not None else now
    schedules, sensors = automations_of(loaded, texts)
    records = [
        _record(loaded, now, now.defined[key], texts, owners.get(key, ""))
        for key in loaded.graph.specs
        if key not in loaded.graph.remembered
    ]
    taken = Snapshot(
        location=loaded.location or SCRATCH,
        at=at,
        assets=tuple(records),
        jobs=job_records(loaded.jobs, loaded.provenance, texts),
        schedules=schedules,
        sensors=sensors,
        cell=cell,
    )
    return taken, texts


def automations_of(
    loaded: Loaded, texts: dict[str, str] | None = None
) -> tuple[tuple[ScheduleRecord, ...], tuple[SensorRecord, ...]]:
    """The schedules and the sensors of a location, the one of its conditions among them.

    The texts of their code are added to ``texts``, if that is given.
    """
    codes = FunctionCodes(loaded.provenance, texts)
    conditions = list(_conditions(loaded))
    sensors = sensor_records(loaded.sensors, codes.of_sensor)
    of_conditions = conditions_record(len(conditions), codes.of_conditions(conditions))
    schedules = schedule_records(loaded.schedules, codes.of_schedule)
    return schedules, (*sensors, *of_conditions)


def _conditions(loaded: Loaded) -> Iterator[tuple[str, AutomationCondition]]:
    """The conditions of assets, checks and jobs, each with what it is of."""
    graph = loaded.graph
    specs = [(f"asset {key}", spec) for key, spec in graph.specs.items()]
    checks = [(f"check {node.key}", node.spec) for some in graph.checks.values() for node in some]
    jobs = [(f"job {job.name}", job) for job, _ in loaded.jobs]
    own = [
        each for each, key in zip(specs, graph.specs, strict=True) if key not in graph.remembered
    ]
    for name, each in (*own, *checks, *jobs):
        condition = getattr(each, "automation_condition", None)
        if condition is not None:
            yield name, condition


def remember(instance: Instance, snapshot: Snapshot, texts: Mapping[str, str]) -> str:
    """The digest of what the snapshot holds, which is stored, with its texts, when it returns.

    A snapshot that is as the newest one is not taken again.
    """
    content, pages = snapshot_content(snapshot)
    newest = instance.store.snapshot(snapshot.location)
    row = row_of(content, snapshot)
    instance.store.put_texts(texts)
    instance.store.put_content(content, pages)
    if newest is None or msgspec.structs.replace(taken_of(newest), at=row.at) != row:
        instance.store.put_snapshot(snapshot.location, msgspec.json.encode(row))
    return content.digest


def recall(instance: Instance, location: str | None) -> Snapshot | None:
    """The newest snapshot of a location (None: the scratch one); None if there is none."""
    stored = instance.store.snapshot(location or SCRATCH)
    return None if stored is None else taken_snapshot(instance.store, stored)


def recall_all(instance: Instance) -> dict[str, Snapshot]:
    """The newest snapshot of every location, in the order in which they were taken."""
    found = instance.store.snapshots().values()
    return {stored.location: taken_snapshot(instance.store, stored) for stored in found}


def recall_content(instance: Instance, digest: str) -> tuple[AssetRecord, ...]:
    """The assets of the snapshot of that digest, as a run or a pin names it.

    Raises StoreError if it is not in the store.
    """
    return assets_of(instance.store, _stored(instance, digest).content)


def recalled(instance: Instance, digest: str) -> Snapshot:
    """All that the snapshot of that digest holds; raises as ``recall_content``."""
    stored = _stored(instance, digest)
    return held_by(instance.store, stored.content, stored.at)


def _stored(instance: Instance, digest: str) -> StoredContent:
    stored = instance.store.content(digest)
    if stored is None or stored.content.kind != "snapshot":
        raise StoreError(f"the snapshot {digest[:12]}", "it is not in the store")
    return stored


def recall_jobs(instance: Instance, digest: str) -> tuple[JobRecord, ...]:
    """The jobs of the snapshot of that digest; none if it is not in the store."""
    stored = instance.store.content(digest)
    return () if stored is None else jobs_of(stored.content)


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
        description=masked(spec.description or ""),
        documentation=masked(loaded.texts.get(key, "")),
        kinds=tuple(sorted(spec.kinds)),
        owners=spec.owners,
        tags={name: masked(text, name) for name, text in spec.tags.items()},
        metadata=_masked({name: to_wire(each) for name, each in declared(spec.metadata).items()}),
        inputs={name: read.text for name, read in defined.inputs.items()},
        deps=tuple(dep.asset_key.text for dep in spec.deps),
        checks=tuple(node.spec.name for node in graph.check_nodes(key)),
        code=code.digest if code is not None else None,
        authored=defined.authored,
        manifest=manifest,
        unknowns=tuple(unknown.why for unknown in code.unknowns) if code is not None else (),
        config=_kept(defined.config, texts),
        io_manager=defined.io_manager,
        type=now.types.get(key, ""),
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
        partitions=spec.partitions_def.to_data() if spec.partitions_def is not None else {},
        mappings=_mappings(graph, key),
        partitions_a_call=_a_call(maker),
        places=_places(code),
        freshness=spec.freshness_policy.to_data() if spec.freshness_policy is not None else {},
        automation=now.automation.get(key, ""),
        form=form_of(maker),
    )


def form_of(maker: AssetsDefinition | None) -> Form:
    """The fields that configure the function; none for a graph, which is configured by op."""
    if maker is None or maker.graph is not None:
        return ()
    return config_form(maker.config_type, maker.config)


def _mappings(graph: AssetGraph, key: AssetKey) -> dict[str, dict[str, Any]]:
    """The author's own partition mappings."""
    ports = graph.inputs.get(key, ())
    found = {port.name: port.partition_mapping for port in ports}
    found |= {dep.asset_key.text: dep.partition_mapping for dep in graph.specs[key].deps}
    own = {name: mapping for name, mapping in found.items() if mapping is not None}
    if not own:
        return {}
    from assetbook.definitions.partitions.mapping_data import mapping_data

    return {name: mapping_data(mapping) for name, mapping in own.items()}


def _a_call(maker: AssetsDefinition | None) -> int:
    policy = maker.backfill_policy if maker is not None else None
    return 1 if policy is None else policy.max_partitions_per_run or 0


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


def _masked(value: Any, name: str = "") -> Any:
    """A JSON value whose texts that look like secrets are masked."""
    if isinstance(value, str):
        return masked(value, name)
    if isinstance(value, dict):
        # the text of a metadata value is under `value`, its name one level above
        return {key: _masked(each, name if key == "value" else key) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(each, name) for each in value]
    return value


def _kept(parts: Parts | None, texts: dict[str, str]) -> str | None:
    """The digest of the parts, whose text is kept."""
    if parts is None:
        return None
    texts[parts.digest] = parts.text
    return parts.digest
