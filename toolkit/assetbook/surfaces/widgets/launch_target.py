"""What one launch would take: the form of its configuration, and the partitions to pick from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from assetbook.definitions.config_form import Form, with_values
from assetbook.definitions.partitions.data import from_data
from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.errors import SelectionError, did_you_mean
from assetbook.instance.job_record import JobRecord
from assetbook.instance.snapshots import form_of, recall_all
from assetbook.instance.states import Standing
from assetbook.kernels.notebook_as_job import job_name
from assetbook.keys import AssetKey
from assetbook.surfaces.asking import partition_states, rows_at, select
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.known_jobs import KnownJob
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.widgets.assets_topic import locations_of
from assetbook.surfaces.widgets.launch_topic import id_of, is_of_ops, jobs_here
from assetbook.surfaces.widgets.notebook_form import notebook_form

_MOST_NAMES = 200
_MOST_KEYS = 400


class Section(msgspec.Struct, frozen=True):
    """The fields of one function, notebook or job."""

    name: str
    """Whose they are, as ``--config NAME.FIELD=VALUE`` names it; empty for a notebook's."""
    fields: Form


def launch_target(desk: Desk, given: Mapping[str, Any]) -> Any:
    """What ``given`` means: a ``selection`` of assets, a ``job`` by its id, or a ``notebook``.

    Raises SelectionError for what there is not, DefinitionError for parameters of a notebook that
    cannot be read.
    """
    if job := str(given.get("job") or ""):
        return _job_target(desk, _job_of(desk, job))
    if notebook := str(given.get("notebook") or ""):
        fields = notebook_form(desk.instance.root, notebook)
        return {
            "sections": [Section("", fields)] if fields else [],
            "by_words": True,
            "op": job_name(Path(notebook)),
            "steps": [_step(notebook, [])],
        }
    return _asset_target(desk, str(given.get("selection") or "*"))


def _job_of(desk: Desk, name: str) -> KnownJob:
    jobs = jobs_here(desk)
    found = [each for each in jobs if id_of(each) == name]
    if found:
        return found[0]
    names = [id_of(each) for each in jobs]
    remedy = did_you_mean(name, names) or f"There are: {', '.join(names) or 'none'}."
    raise SelectionError(f"the job `{name}`", "there is none of that name now", remedy)


def _job_target(desk: Desk, job: KnownJob) -> dict[str, Any]:
    record = job.record
    own = from_data(record.partitions) if record.partitions else None
    if not is_of_ops(record):
        found = _asset_target(desk, record.selection, record.given, job.location)
        return {**found, "selection": record.selection}
    sections = [
        Section(each.path, with_values(each.form, record.given.get(each.path, {})))
        for each in record.ops
        if each.form
    ]
    return {
        "location": job.location,
        "sections": sections,
        "by_words": len(record.ops) == 1 and bool(sections),
        "mapped": bool(record.form),
        "steps": _steps(record),
        "partitions": None if own is None else _partitions(desk, own),
        "one_partition": True,
    }


def _steps(record: JobRecord) -> list[dict[str, Any]]:
    return [_step(each.path, each.needs) for each in record.ops]


def _step(name: str, needs: Sequence[str]) -> dict[str, Any]:
    after = f"after {', '.join(needs)}" if needs else "it runs whenever it is launched"
    return {"name": name, "why": after, "conditional": False}


def _asset_target(
    desk: Desk,
    selection: str,
    given: Mapping[str, Mapping[str, Any]] | None = None,
    location: str = "",
) -> dict[str, Any]:
    now, rows = rows_at(desk)
    chosen = select(now, selection, desk.instance)
    keys = [row.key for row in rows if row.key in chosen and not row.external]
    where = locations_of(desk)
    if location:
        keys = [key for key in keys if where.get(key) == location]
    locations = sorted({where[key] for key in keys if key in where})
    forms = _forms(desk, keys)
    return {
        "names": [str(key) for key in keys[:_MOST_NAMES]],
        "count": len(keys),
        "location": location or (locations[0] if len(locations) == 1 else ""),
        "locations": locations,
        "sections": [
            Section(name, with_values(form, (given or {}).get(name, {})))
            for name, form in forms.items()
        ],
        "partitions": _partitions_of(desk, now, keys),
    }


def _forms(desk: Desk, keys: Iterable[AssetKey]) -> dict[str, Form]:
    """The fields of each function that makes some of the assets, by its name."""
    found: dict[str, Form] = {}
    if isinstance(desk, LiveNotebook):
        makers = desk.loaded().graph.makers
        found = {makers[key].name: form_of(makers[key]) for key in keys if key in makers}
    else:
        snapshots = recall_all(desk.instance).values()
        records = {each.key: each for snapshot in snapshots for each in snapshot.assets}
        for key in keys:
            if (record := records.get(key.text)) is not None:
                found[record.maker or key.parts[-1]] = record.form
    return {name: form for name, form in found.items() if form}


def _partitions_of(desk: Desk, now: Standing, keys: Iterable[AssetKey]) -> dict[str, Any] | None:
    """The partitions of the first asset that has some, and how those of all stand."""
    divided = [key for key in keys if key in now.partitions]
    if not divided:
        return None
    counts: dict[str, int] = {}
    for key in divided:
        for state in partition_states(desk, now, key).values():
            counts[state] = counts.get(state, 0) + 1
    definitions = {now.graph.specs[key].partitions_def for key in divided} - {None}
    first = now.graph.specs[divided[0]].partitions_def
    assert first is not None, "what has partitions says by what"
    return {
        **_partitions(desk, first),
        "assets": len(divided),
        "alike": len(definitions) == 1,
        "counts": counts,
    }


def _partitions(desk: Desk, definition: PartitionsDefinition) -> dict[str, Any]:
    """What there is to pick from; of very many the newest ones, of which a field offers some."""
    keys = desk.instance.known_partitions().keys(definition)
    return {
        "text": definition.describe(),
        "total": len(keys),
        "first": keys[0] if keys else None,
        "last": keys[-1] if keys else None,
        "some": list(keys[-_MOST_KEYS:]),
    }
