"""``reproduce``: a copy of a notebook with the world of one of its runs, to step into it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC
from pathlib import Path

from assetbook.errors import AssetbookError, SelectionError, UsageError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.run_events import KernelUsed
from assetbook.instance.former_runs import FormerRun, former_run
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks
from assetbook.instance.value_reading import refuse_let_go, refuse_wiped
from assetbook.io.durable_path import new_beside, put_in_place
from assetbook.kernels.kept_notebook import KeptNotebook
from assetbook.kernels.reproduction import Reproduction
from assetbook.kernels.run_reads import RunRead, reads_in
from assetbook.kernels.run_source import source_in
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments
from assetbook.storage.run_record import RunRecord
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.formatting import short_id
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.runs_meant import refuse_unnamed
from assetbook.surfaces.suggestion import typed


@named_arguments
def reproduce(
    run: str = "", *, into: str | Path | None = None, desk: Desk | None = None
) -> Sentence:
    """Writes a copy of the notebook that a run ran, with the run's modules, parameters and versions
    of assets: run all its cells, and it stops where the run did.

    ``run`` is the beginning of its id; without it UsageError names those that may be meant. The
    copy, ``report-4f2a1c-Copy.ipynb``, and what it needs is in a folder of its own, which is made
    in ``into`` (None: beside the notebook). It needs no kernel of the run, and is no code location.
    Raises SelectionError for a run that ran no notebook, or whose notebook is kept no longer,
    ConflictError for one that has not ended, UsageError if the folder is there already.
    """
    at = desk or current_desk()
    refuse_unnamed(at.instance, "reproduce", run)
    former = former_run(at.instance, run, "reproduce")
    kept = _kept(at.instance, former)
    name = f"{kept.origin.stem}-{short_id(former.record.id)}"
    folder = (_place(at.instance, kept) if into is None else Path(into).absolute()) / name
    _refuse_present(folder)
    made = Reproduction(
        former.record.id,
        f"run {short_id(former.record.id)} of {kept.name}",
        _ended(former.record, kept),
        kept,
        source_in(kept.folder),
        [*reads_in(kept.folder), *_inputs(at.instance, former.record.id, kept)],
        at.instance.values.root.parent,
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    copy = f"{name}-Copy.ipynb"
    with new_beside(folder) as new:
        new.mkdir()
        made.write(new, folder, copy)
        put_in_place(new, folder)
    path = os.path.relpath(folder / copy)
    notes = [*made.notes, *_gone(at.instance, made.reads)]
    return Sentence("\n".join([f"{path}: {_what_to_do(kept)}", *notes]))


def _what_to_do(kept: KeptNotebook) -> str:
    if kept.bad is None:
        return "Run all its cells: they do as they did in the run, which ended well."
    return f"Run all its cells: it stops in what was {kept.bad}, `{kept.bad.first_line}`."


def _kept(instance: Instance, former: FormerRun) -> KeptNotebook:
    """The notebook of the run; of several the one that failed."""
    record = former.record
    found = list(kept_notebooks(instance, record.id, record.steps).values())
    if found:
        return next((each for each in found if each.bad is not None), found[0])
    asked = f"reproduce {former.name}"
    if instance.events(run_id=record.id, kinds=[KernelUsed], limit=1):
        raise SelectionError(
            asked,
            "its notebook is kept no longer, which goes with the run's logs",
            f"`{typed('launch')} {record.asked}` runs it again, as it is now.",
        )
    raise SelectionError(
        asked,
        "it ran no notebook",
        f"`{typed('value')} NAME@V` reads what a step of it read, `{typed('retry')} {former.name}` "
        "does it again.",
    )


def _inputs(instance: Instance, run_id: str, kept: KeptNotebook) -> Iterator[RunRead]:
    """The versions of which the notebook made assets in that run."""
    events = (each.event for each in instance.events(run_id=run_id, kinds=[AssetMaterialized]))
    for event in (each for each in events if isinstance(each, AssetMaterialized)):
        if event.metadata.get("notebook", {}).get("value") == str(kept.path):
            for each in event.inputs.values():
                if each.version is not None:  # a source has none
                    yield RunRead(each.key, each.partition, "", each.version, each.store)


def _place(instance: Instance, kept: KeptNotebook) -> Path:
    """The notebook's folder; the project's where that is gone."""
    folder = kept.origin.parent
    return folder if folder.is_dir() else instance.root


def _refuse_present(folder: Path) -> None:
    if folder.exists():
        raise UsageError(
            f"the folder {folder}",
            "it is there already",
            f"Open the copy in it, remove it, or name another place: `{typed('reproduce')} RUN"
            " --into FOLDER`.",
        )


def _ended(run: RunRecord, kept: KeptNotebook) -> str:
    at = run.ended_at or run.started_at
    when = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if run.status == "success":
        return f"ended well on {when}"
    return f"{run.status} in {kept.bad} on {when}" if kept.bad else f"{run.status} on {when}"


def _gone(instance: Instance, reads: Iterable[RunRead]) -> Iterator[str]:
    """What cannot be read again of what the run read."""
    for read in reads:
        try:
            key = AssetKey.from_text(read.key)
            version = instance.version(key, read.reference, partition=read.partition)
            refuse_wiped(version)
            refuse_let_go(version, instance.store_of(version.store))
        except AssetbookError as error:
            yield f"It read {read}, which cannot be read again: {error.found}."
