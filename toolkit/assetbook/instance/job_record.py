"""A job as it was defined: its ops, what they need of each other, their code and configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.collection import Job
from assetbook.definitions.config_form import Form, config_form, plain_values
from assetbook.definitions.flat_graph import FlatOp
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.run_config import RunConfig
from assetbook.definitions.secret_literals import masked
from assetbook.dependencies.selection import AssetSelection
from assetbook.execution.recording import add_texts
from assetbook.instance.provenance import Tracked
from assetbook.types.resolution import type_name


class OpRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One op of a job."""

    path: str
    """The names of its graphs and its own, with dots."""
    op: str = ""
    """The name of the op that is called; empty if the path ends with it."""
    needs: tuple[str, ...] = ()
    """The paths of the ops whose outputs it takes."""
    code: str = ""
    """The digest of its function and all that this reaches."""
    config: dict[str, str] = {}
    """The types of the fields of its configuration."""
    manifest: str | None = None
    """The digest of the manifest of that code; None where nobody keeps its text."""
    form: Form = ()
    """The fields of its configuration; see :mod:`assetbook.definitions.config_form`."""


class JobRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One job."""

    name: str
    description: str = ""
    selection: str = ""
    """What a job of assets selects; empty for one of ops."""
    ops: tuple[OpRecord, ...] = ()
    config: dict[str, str] = {}
    """The types of the fields that its config mapping takes; empty without one."""
    tags: dict[str, str] = {}
    cell: str = ""
    form: Form = ()
    """The fields that its config mapping takes; empty without one."""
    given: dict[str, dict[str, Any]] = {}
    """By op or asset's function the fields that the job itself gives, with their values."""
    partitions: dict[str, Any] = {}
    """What it says itself that divides it, as data; empty where it says nothing."""


def job_records(
    jobs: Iterable[tuple[Job, str]], provenance: Tracked, texts: dict[str, str] | None = None
) -> tuple[JobRecord, ...]:
    """The jobs, each given with its cell, as they are now; the texts of the code of their ops are
    added to ``texts``, if that is given."""
    return tuple(_record(job, cell, provenance, texts) for job, cell in jobs)


def selection_text(job: UnresolvedAssetJobDefinition) -> str:
    """What a job of assets selects, as it is typed; ``*`` for all assets."""
    return target_text(job.selection)


def target_text(given: object) -> str:
    """A selection as it may be given to a job or schedule, as it is typed."""
    if given is None:
        return "*"
    given = tuple(given) if isinstance(given, list) else given
    words = [_words(each) for each in (given if isinstance(given, tuple) else (given,))]
    return words[0] if len(words) == 1 else " or ".join(f"({each})" for each in words) or "*"


def config_fields(config_type: type | None) -> dict[str, str]:
    """The types of the fields of a Config class; none for None."""
    fields: dict[str, Any] = getattr(config_type, "model_fields", {})
    return {name: type_name(each.annotation) for name, each in fields.items()}


def _record(job: Job, cell: str, provenance: Tracked, texts: dict[str, str] | None) -> JobRecord:
    ops = job.ops.values() if isinstance(job, JobDefinition) else ()
    mapping = job.config.config_type if isinstance(job.config, ConfigMapping) else None
    return JobRecord(
        name=job.name,
        description=masked(job.description or ""),
        selection="" if isinstance(job, JobDefinition) else selection_text(job),
        ops=tuple(_op(each, provenance, texts) for each in ops),
        config=config_fields(mapping),
        tags={name: masked(text, name) for name, text in job.tags.items()},
        cell=cell,
        form=config_form(mapping),
        given=_given(job),
        partitions=job.partitions_def.to_data() if job.partitions_def is not None else {},
    )


def _given(job: Job) -> dict[str, dict[str, Any]]:
    """What the job says of its ops or assets; nothing where only a function of it tells."""
    if not isinstance(job.config, RunConfig | Mapping):
        return {}
    found = job.config.to_dict() if isinstance(job.config, RunConfig) else dict(job.config)
    ops = found["ops"] if isinstance(found.get("ops"), Mapping) else found
    by_name = {
        name: each.get("config") if isinstance(each, Mapping) and "config" in each else each
        for name, each in ops.items()
    }
    return {name: values for name, each in by_name.items() if (values := plain_values(each))}


def _op(flat: FlatOp, provenance: Tracked, texts: dict[str, str] | None) -> OpRecord:
    name, code = flat.op.name, provenance.code_of_op(flat.op)
    return OpRecord(
        path=flat.path,
        op="" if flat.path.rpartition(".")[2] == name else name,
        needs=flat.needs,
        code=code.digest,
        config=config_fields(flat.op.config_type),
        manifest=add_texts(code, texts) if texts is not None else None,
        form=config_form(flat.op.config_type, flat.op.config),
    )


def _words(one: object) -> str:
    if isinstance(one, str):
        return one
    return str(one if isinstance(one, AssetSelection) else AssetSelection.assets(one))
