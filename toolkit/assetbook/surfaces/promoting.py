"""Promoting a notebook: what loading it gives is compared with what ran, and locked."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assetbook.automation.moved_pins import follow_pin
from assetbook.errors import NotLoadedError, SelectionError, UsageError
from assetbook.instance.bundles import Bundle, keep_bundle
from assetbook.instance.data_parity import DataParity, Told
from assetbook.instance.lock_file import LOCK, Lock, lock_path, write_lock
from assetbook.instance.materializing import origin_of
from assetbook.instance.pins import pin
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments
from assetbook.notebook.location_source import source_of
from assetbook.surfaces.asked_process import ask_process
from assetbook.surfaces.asking import select
from assetbook.surfaces.desk import Desk, live_desk
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.promotion_view import PromotionView
from assetbook.surfaces.health import Finding
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.locking import (
    LoadedNotebook,
    data_of,
    findings_from,
    loaded_cells,
    lock_of,
    promotable,
    with_data,
    wrong_definitions,
)
from assetbook.surfaces.run_bundle import new_bundle
from assetbook.surfaces.slice_cells import SliceCell
from assetbook.surfaces.unsaved_notice import say_unsaved

Paths = str | os.PathLike[str]


@named_arguments
def promote(
    selection: str = "", *, dry_run: bool = False, notebook: Paths = "", desk: Desk | None = None
) -> PromotionView:
    """Compares what loading the notebook gives with what running it gave, and locks that.

    Code versions go to ``assetbook.lock`` beside the notebook, and its pin moves to this source, if
    all of the selection passes and no literal in it looks like a secret.
    What nobody ran is settled by running the whole notebook once, in a kernel. ``dry_run`` only
    compares. The notebook is never written. Says before which cells of the live one are not saved.
    """
    at = desk or live_desk()
    if isinstance(at, LiveNotebook) and at.run_by is None and at.path is not None:
        raise NotLoadedError("promoting here", "this process has only loaded the notebook")
    source = source_of(Path(notebook) if notebook else _own_path(at))
    if source.module is not None:
        raise UsageError(
            f"promote {source}", "it is a module, whose code is in git", "Name a notebook."
        )
    say_unsaved(at, source)
    asked = {"verb": "promote", "load": "slice", "selection": selection, "dry_run": dry_run}
    answered = ask_process(source, asked)
    cells = [SliceCell.from_json(each) for each in answered["cells"]]
    title = f"promote {source.path.name}"
    return PromotionView(title, answered["summary"], findings_from(answered), cells)


def promote_loaded(
    notebook: LoadedNotebook, asked: Mapping[str, Any], told: Told
) -> dict[str, Any]:
    """What promoting a notebook that is loaded in this process answers.

    ``told`` is given what goes on while assets are made again.
    """
    live = notebook.live
    now, _, _ = live.standing()
    chosen = select(now, asked["selection"] or "*", live.instance)
    keys = [key for key in notebook.keys if key in chosen]
    cells = [each.to_json() for each in loaded_cells(notebook)]
    found = promotable(notebook, keys)
    if not asked["selection"]:
        found += wrong_definitions(live)
    session = live.session
    automates = session.jobs or session.schedules or session.sensors
    if not found and not asked["selection"] and automates:
        summary = _pinned_alone(notebook, dry_run=asked["dry_run"])
        return {"summary": summary, "findings": found, "cells": cells}
    if not found:
        raise SelectionError(
            f"promote {notebook.path.name} {asked['selection']}".rstrip(),
            "it defines none of that" if asked["selection"] else "it defines no asset and no job",
            "See `%assets`.",
        )
    if wrong := _wrong(found):
        return {"summary": _not_the_same(wrong, found), "findings": found, "cells": cells}
    # running assets may change what their code reaches: what is locked is of before
    lock, source = lock_of(notebook, keys), _source(notebook, keys)
    data = data_of(notebook, keys, told)
    found = [with_data(code, data[key]) for code, key in zip(found, keys, strict=True)]
    assets, said = counted(len(keys), "asset"), _counts(data.values())
    if wrong := _wrong(found):
        summary = _not_the_same(wrong, found)
    elif asked["dry_run"]:
        summary = f"{assets} would be locked; {said}"
    else:
        summary = f"{assets} locked in {LOCK}; {_promote(notebook, lock, source)}; {said}"
    return {"summary": summary, "findings": found, "cells": cells}


def _pinned_alone(notebook: LoadedNotebook, *, dry_run: bool) -> str:
    """Moves the pin of a notebook that defines no assets, unless it is a dry run; says so."""
    source = _source(notebook, [])
    if not dry_run:
        return f"no assets to lock; {_promote(notebook, None, source)}"
    said = source if isinstance(source, str) else "its pin would be this source"
    return f"no assets to lock; {said}"


def _not_the_same(wrong: int, found: Sequence[Finding]) -> str:
    return f"{wrong} of {counted(len(found), 'asset')} not the same: nothing is locked"


def _wrong(found: Iterable[Finding]) -> int:
    return sum(each.status == "bad" for each in found)


def _counts(data: Iterable[DataParity]) -> str:
    """``data of 9 the same, of 2 close, of 3 not compared``"""
    count = Counter(each.answer for each in data)
    said = {
        "the same": count["same"],
        "close": count["close"],
        "not compared": count["not compared"],
    }
    return "data " + ", ".join(f"of {each} {words}" for words, each in said.items() if each)


def _source(notebook: LoadedNotebook, keys: Sequence[AssetKey]) -> Bundle | str:
    """What the notebook's pin would name, which is not stored yet; in words why its pin stays.

    Raises DefinitionError for a literal that looks like a secret.
    """
    live, document = notebook.live, notebook.live.document
    if live.location is None or document is None:
        return "it is no location, and has no pin"
    wrong = _wrong(promotable(notebook, [key for key in notebook.keys if key not in keys]))
    if wrong:
        return f"its pin stays, since {counted(wrong, 'other asset')} would not be the same"
    return new_bundle(live.instance, document, live.location)


def _promote(notebook: LoadedNotebook, lock: Lock | None, source: Bundle | str) -> str:
    """Writes the lock, if there is one, and moves the pin; says what became of the pin."""
    live = notebook.live
    if lock is not None:
        write_lock(lock_path(notebook.path), notebook.path, lock)
    if isinstance(source, str):
        return source
    bundle, snapshot = keep_bundle(live.instance, source), live.kept_snapshot()
    by = origin_of("cli", source.location)
    pin(live.instance, source.location, bundle, snapshot, by=by)
    moved = follow_pin(live.instance, source.location, bundle, snapshot)
    runs = f", which {', '.join(moved)} run{'s' * (len(moved) == 1)} now" if moved else ""
    return f"its pin is this source{runs}"


def _own_path(at: Desk | None) -> Path:
    path = at.path if isinstance(at, LiveNotebook) else None
    if path is None:
        raise NotLoadedError(
            "the notebook", "nobody says which one is meant", "Give the path of its file."
        )
    return path
