"""A loaded notebook held against its lock and its data, and what a promotion of it would lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec

from assetbook.instance.data_parity import DataParity, Told, data_parity
from assetbook.instance.lock_file import Lock, Locked, lock_path, read_lock
from assetbook.instance.observed_reads import names_seen
from assetbook.keys import AssetKey
from assetbook.notebook.document import LOAD_TAG
from assetbook.notebook.slicing import slice_of
from assetbook.planning.parity import UNPROVEN, Parity
from assetbook.surfaces.health import Finding
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.slice_cells import SliceCell, slice_cells
from assetbook.surfaces.suggestion import typed

_PASSES = frozenset({"proven", "volatile"})
_VOLATILE = "data not compared: its code is another one at each load"


class LoadedNotebook(msgspec.Struct, frozen=True):
    """A notebook that was loaded without being run, with the answers of its comparison."""

    live: LiveNotebook
    path: Path
    answers: Mapping[AssetKey, Parity]

    def code(self, key: AssetKey, without: Collection[str] = ()) -> str:
        """The code version of an asset with names left out."""
        loaded = self.live.loaded()
        maker = loaded.graph.makers[key]
        names = maker.ignore | frozenset(without)
        return loaded.provenance.code_ignoring(maker, names).digest

    def is_volatile(self, key: AssetKey) -> bool:
        """Whether each load gives it another code version."""
        return self.answers.get(key, UNPROVEN).answer == "volatile"

    @property
    def keys(self) -> list[AssetKey]:
        """The assets that it makes, upstream first."""
        graph = self.live.loaded().graph
        return [key for key in graph.order if key in graph.makers]


def lock_of(notebook: LoadedNotebook, keys: Collection[AssetKey]) -> Lock:
    """What would be locked: the ``keys`` as loaded, others of the notebook as they are locked."""
    before = read_lock(lock_path(notebook.path)).of(notebook.path)
    kept = {key: each for key, each in before.items() if key in notebook.keys}
    return {**kept, **{key: _locked(notebook, key) for key in keys}}


def loaded_cells(notebook: LoadedNotebook) -> list[SliceCell]:
    """What loading it ran, cell by cell, and why."""
    live = notebook.live
    if live.document is None:
        return []
    found = slice_of(live.document, observed=names_seen(live.instance))
    return slice_cells(found, live.loaded().cells)


def promotable(notebook: LoadedNotebook, keys: Collection[AssetKey]) -> list[Finding]:
    """A verdict for each asset: whether loading it gives the code that running gave."""
    return [_verdict(key, notebook.answers.get(key, UNPROVEN)) for key in keys]


def data_of(
    notebook: LoadedNotebook, keys: Sequence[AssetKey], told: Told
) -> dict[AssetKey, DataParity]:
    """For each asset whether, made again here, it gives the data that its latest version has.

    Runs their code; what it prints is dropped. ``told`` is given what goes on.
    """
    live, volatile = notebook.live, DataParity("not compared", _VOLATILE)
    steady = [key for key in keys if not notebook.is_volatile(key)]
    now, _, _ = live.standing()
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        found = data_parity(live.instance, live.loaded(), now, steady, told)
    return {key: found.get(key, volatile) for key in keys}


def with_data(code: Finding, data: DataParity) -> Finding:
    """One verdict of both."""
    said = f"{code.said}; {data.said}"
    if data.is_wrong:
        return Finding(code.what, said, "bad", data.remedy)
    doubtful = data.answer == "close" or data.remedy
    return Finding(code.what, said, "warn" if doubtful else "good", data.remedy)


def held_against_lock(notebook: LoadedNotebook) -> list[Finding]:
    """A finding for each asset: whether it is the locked one, and loads as it ran."""
    locked = read_lock(lock_path(notebook.path)).of(notebook.path)
    gone = [key for key in locked if key not in notebook.keys]
    wrong = notebook.live.wrong()
    gone = [key for key in gone if key not in wrong]
    held = [_held(notebook, key, locked) for key in notebook.keys]
    return [*held, *map(_gone, gone), *wrong_definitions(notebook.live)]


def wrong_definitions(live: LiveNotebook) -> list[Finding]:
    """A finding for each definition that is left out for what is wrong with it."""
    return [
        Finding(str(key), f"its definition cannot be used: {fault}", "bad", "Mend its definition.")
        for key, fault in live.wrong().items()
    ]


def findings_from(answered: Mapping[str, Any]) -> list[Finding]:
    """The findings that another process answered."""
    return [Finding(**each) for each in answered["findings"]]


def findings_json(findings: Collection[Finding]) -> list[dict[str, Any]]:
    """Plain values, for another process."""
    return [
        {"what": each.what, "said": each.said, "status": each.status, "remedy": each.remedy}
        for each in findings
    ]


def _locked(notebook: LoadedNotebook, key: AssetKey) -> Locked:
    answer = notebook.answers.get(key, UNPROVEN)
    roots = {name.partition(".")[0].partition("[")[0] for name in answer.names}
    without = tuple(sorted(roots)) if notebook.is_volatile(key) else ()
    return Locked(notebook.code(key, without), without)


def _verdict(key: AssetKey, answer: Parity) -> Finding:
    said = f"{answer.answer}: {answer.reason}"
    if answer.answer in _PASSES:
        return Finding(str(key), said)
    whole = f"`{typed('plan', shell=True)} --load all`"
    remedy = {
        "differs": f"Tag the cell that is lacking `{LOAD_TAG}`.",
        "edited since": "Run the edited cells in the notebook and save it, or run all of it by "
        f"{whole}; then promote again.",
        "unproven": "It cannot be settled: does the notebook run from top to bottom?",
    }[answer.answer]
    return Finding(str(key), said, "bad", remedy)


def _held(notebook: LoadedNotebook, key: AssetKey, locked: Lock) -> Finding:
    answer = notebook.answers.get(key, UNPROVEN)
    name = str(key)
    if answer.answer == "differs":
        return _verdict(key, answer)
    entry = locked.get(key)
    promote = f"`{typed('promote', shell=True)}` locks it."
    if entry is None:
        return Finding(name, f"not locked; {answer.answer}", "warn", promote)
    if notebook.code(key, entry.without) != entry.code:
        return Finding(
            name,
            f"its code is not the locked one ({answer.answer})",
            "bad",
            f"Promote it again, or take the change back: {promote}",
        )
    return Finding(name, f"as it is locked; {answer.answer}")


def _gone(key: AssetKey) -> Finding:
    said = "it is locked, and nothing defines it"
    return Finding(str(key), said, "bad", "Define it again, or promote the notebook without it.")
