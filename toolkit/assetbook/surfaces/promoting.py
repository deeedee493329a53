"""Promoting a notebook, and validating that it is what was promoted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assetbook.errors import AssetbookError, NotLoadedError
from assetbook.instance.data_parity import DataParity
from assetbook.instance.lock_file import LOCK, Lock, lock_path, read_lock, write_lock
from assetbook.instance.materializing import origin_of
from assetbook.instance.pins import pin
from assetbook.keys import AssetKey
from assetbook.notebook.location_source import source_of
from assetbook.surfaces.asking import select
from assetbook.surfaces.desk import Desk, live_desk
from assetbook.surfaces.display.findings_view import FindingsView
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.promotion_view import PromotionView
from assetbook.surfaces.health import Finding
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.locking import (
    LoadedNotebook,
    data_of,
    loaded_cells,
    lock_of,
    promotable,
    with_data,
)
from assetbook.surfaces.run_bundle import kept_bundle
from assetbook.surfaces.slice_cells import SliceCell

Paths = str | os.PathLike[str]


def promote(
    selection: str = "", *, dry_run: bool = False, notebook: Paths = "", desk: Desk | None = None
) -> PromotionView:
    """Compares what loading the notebook gives with what running it gave, and locks that.

    Code versions go to ``assetbook.lock`` beside the notebook, and its pin moves to this source, if
    all of the selection passes and no literal in it looks like a secret.
    What nobody ran is settled by running the whole notebook once, in a kernel. ``dry_run`` only
    compares. The notebook is never written.
    """
    at = desk or live_desk()
    if isinstance(at, LiveNotebook) and at.run_by is None and at.path is not None:
        raise NotLoadedError("promoting here", "this process has only loaded the notebook")
    path = Path(notebook) if notebook else _own_path(at)
    answered = _ask(path, "promote", {"selection": selection, "dry_run": dry_run})
    cells = [SliceCell.from_json(each) for each in answered["cells"]]
    title = f"promote {path.name}"
    return PromotionView(title, answered["summary"], _findings(answered), cells)


def validate(notebooks: Sequence[Paths] = (), *, desk: Desk | None = None) -> FindingsView:
    """Loads each notebook and holds it against its lock, as for CI; without names those that are
    locked in this folder and below, or the live one."""
    at = desk or live_desk()
    live = at if isinstance(at, LiveNotebook) else None
    paths = [Path(each) for each in notebooks] or ([_own_path(live)] if live else _locked_here())
    found = [each for path in paths for each in _validated(path)]
    wrong = _wrong(found)
    summary = f"{counted(len(paths), 'notebook')}, " + (f"{wrong} wrong" if wrong else "all well")
    return FindingsView("validate", summary, found)


def promote_loaded(notebook: LoadedNotebook, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What promoting a notebook that is loaded in this process answers."""
    live = notebook.live
    now, _, _ = live.standing()
    chosen = select(now, asked["selection"] or "*", live.instance)
    keys = [key for key in notebook.keys if key in chosen]
    cells = [each.to_json() for each in loaded_cells(notebook)]
    found, lock, said = promotable(notebook, keys), lock_of(notebook, keys), ""
    if not _wrong(found):  # running the code may change what it reaches: the lock is of before
        data = data_of(notebook, keys)
        found = [with_data(code, data[key]) for code, key in zip(found, keys, strict=True)]
        said = f"; {_counts(data.values())}" if data else ""
    assets = counted(len(keys), "asset")
    if wrong := _wrong(found):
        summary = f"{wrong} of {assets} not the same: nothing is locked"
    elif asked["dry_run"]:
        summary = f"{assets} would be locked{said}"
    else:
        summary = f"{assets} locked in {LOCK}{_locked(notebook, keys, lock)}{said}"
    return {"summary": summary, "findings": found, "cells": cells}


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


def _locked(notebook: LoadedNotebook, keys: Sequence[AssetKey], lock: Lock) -> str:
    """Writes the lock and moves the pin; says what became of the pin.

    The source is kept first: one with a literal that looks like a secret raises DefinitionError,
    and lock and pin are as before.
    """
    live, document = notebook.live, notebook.live.document
    path = lock_path(notebook.path)
    wrong = _wrong(promotable(notebook, [key for key in notebook.keys if key not in keys]))
    if live.location is None or document is None or wrong:
        write_lock(path, notebook.path, lock)
        other = counted(wrong, "other asset")
        return f"; its pin stays, since {other} would not be the same" if wrong else ""
    bundle = kept_bundle(live.instance, document, live.location)
    write_lock(path, notebook.path, lock)
    now, _, _ = live.standing()
    snapshot = live.run_sources(live.loaded(), now).snapshot
    pin(live.instance, live.location, bundle, snapshot, by=origin_of("cli", live.location))
    return "; its pin is this source"


def _validated(path: Path) -> Iterable[Finding]:
    try:
        answered = _ask(path, "validate", {})
    except AssetbookError as error:
        yield Finding(path.name, f"{error.asked}: {error.found}", "bad", error.remedy)
        return
    for each in _findings(answered):
        yield Finding(f"{path.name} {each.what}", each.said, each.status, each.remedy)


def _ask(path: Path, verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    from assetbook.kernels.own_process import LOCATION_PROCESS, call_in_process

    asked = {"verb": verb, "load": "slice", **arguments}
    answered: dict[str, Any] = call_in_process(source_of(path), LOCATION_PROCESS, asked)
    if "findings" not in answered:
        raise NotLoadedError(
            f"the notebook {path}", "it cannot be loaded", "What is wrong is said above."
        )
    return answered


def _findings(answered: Mapping[str, Any]) -> list[Finding]:
    return [Finding(**each) for each in answered["findings"]]


def _own_path(at: Desk | None) -> Path:
    path = at.path if isinstance(at, LiveNotebook) else None
    if path is None:
        raise NotLoadedError(
            "the notebook", "nobody says which one is meant", "Give the path of its file."
        )
    return path


def _locked_here() -> list[Path]:
    found = [
        lock.parent / name
        for lock in sorted(Path().rglob(LOCK))
        for name in read_lock(lock).notebooks
    ]
    if not found:
        raise NotLoadedError(
            "the notebooks of this folder", f"there is no {LOCK} in it or below",
            "Name notebooks, or promote one first: `assetbook promote flights.ipynb`.",
        )  # fmt: skip
    return found
