"""What a person may do about a run, each with why: the verbs that help as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from assetbook.errors import AssetbookError
from assetbook.instance.former_runs import former_run, how_it_ended
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kernels_kept_until
from assetbook.kernels.kept_notebook import KeptNotebook
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.formatting import instant_text, short_id


class Way(msgspec.Struct, frozen=True):
    """One verb with its words."""

    verb: str
    words: tuple[str, ...]
    label: str
    why: str


def ways_on(
    instance: Instance, run: RunRecord, notebooks: Mapping[str, KeptNotebook]
) -> list[dict[str, Any]]:
    """The verbs that help, the likeliest first; ``notebooks`` are those that its steps ran."""
    return [msgspec.to_builtins(each) for each in _ways(instance, run, notebooks)]


def _ways(
    instance: Instance, run: RunRecord, notebooks: Mapping[str, KeptNotebook]
) -> Iterator[Way]:
    name = short_id(run.id)
    if run.status in ON_THEIR_WAY:
        yield Way("cancel", (name,), "Cancel", "ends it wherever it runs; what it has made stays")
        return
    if run.status != "success":
        yield from _resuming(instance, run, notebooks)
    if run.status == "failed":
        why = "what failed, and what comes after it"
        yield Way("retry", (name, "--from-failure"), "Retry from failure", why)
    yield Way("retry", (name,), "Retry all", "each of its steps once more, with the code of now")


def _resuming(
    instance: Instance, run: RunRecord, notebooks: Mapping[str, KeptNotebook]
) -> Iterator[Way]:
    name = short_id(run.id)
    if run.status == "failed" and any(each.bad is not None for each in notebooks.values()):
        why = "; ".join(_from_cells(instance, notebooks))
        yield Way("resume", (name,), "Resume", why)
        return
    with suppress(AssetbookError):  # a run of which too little is left
        if former_run(instance, run.id, "resume").was_broken_off:
            why = f"it {how_it_ended(run)}: does what is left, and uses what it had made"
            yield Way("resume", (name,), "Resume", why)


def _from_cells(instance: Instance, notebooks: Mapping[str, KeptNotebook]) -> Iterator[str]:
    kept_until = kernels_kept_until(instance, notebooks)
    for step, kept in notebooks.items():
        if kept.bad is None:
            continue
        until = kept_until.get(step)
        if until is None:
            yield "begins at the first cell: its kernel is gone"
        else:
            yield f"goes on from {kept.bad}: its kernel is kept until {instant_text(until)}"
