"""A code location in a process of its own: it is loaded, then a verb is called.

It is started with the interpreter of the notebook's kernel, in the notebook's folder.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from assetbook.errors import AssetbookError, RunFailedError
from assetbook.instance.rebuilding import MODULES, NOTEBOOKS
from assetbook.kernels.memory_bound import bound_memory
from assetbook.keys import AssetKey
from assetbook.notebook.kept_modules import import_only_from
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.run_notebooks import read_notebooks_from
from assetbook.planning.parity import Coded
from assetbook.project import find_project
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.headless import failed, run_verb
from assetbook.surfaces.health import Finding
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.loading import KeptSource, load_into, new_shell
from assetbook.surfaces.location_answer import answer_of, texts_of
from assetbook.surfaces.locking import (
    LoadedNotebook,
    findings_json,
    held_against_lock,
    wrong_definitions,
)
from assetbook.surfaces.parity_check import codes_from_json, codes_to_json, compare_load
from assetbook.surfaces.promoting import promote_loaded
from assetbook.surfaces.sensor_answers import sensor_answers
from assetbook.surfaces.slow_notice import told_if_slow
from assetbook.surfaces.tick_answer import tick_answer

_CODES = "codes"
"""Asks for the codes alone, of which nothing is compared."""
_ANSWERING = frozenset({"tick", "sensors"})
"""Verbs of the daemon's, each for a function that says what is to run; they make nothing."""
_COMPARING = frozenset({"promote", "validate"})
"""Verbs that answer with findings; whoever asks says what went wrong."""


def main() -> None:
    """Loads the location and calls the verb that the first argument (JSON) names, if any.

    The answer goes, as JSON, to the file whose path is the second argument.
    """
    serve(json.loads(sys.argv[1]), Path(sys.argv[2]))


def serve(asked: dict[str, Any], answer: Path) -> None:
    """Does what is asked in this process, and writes the answer to that file."""
    _end_in_order(asked)
    if asked.get("verb") in _ANSWERING:
        bound_memory()
    answer.write_text(json.dumps(answered(asked, answer)), encoding="utf-8")


def _end_in_order(asked: Mapping[str, Any]) -> None:
    """Has whoever terminates this process interrupt it, so that its run and resources come to an
    end; a run that goes on by itself may have been asked for where interrupts are ignored."""
    signal.signal(signal.SIGTERM, _interrupted)
    if asked.get("arguments", {}).get("detached"):
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupted(number: int, frame: FrameType | None) -> None:
    """What an interrupt would do now: a commit in progress is finished first."""
    handler = signal.getsignal(signal.SIGINT)
    (handler if callable(handler) else signal.default_int_handler)(signal.SIGINT, frame)


def answered(asked: dict[str, Any], answer: Path) -> dict[str, Any]:
    """How it went: whether well, how many steps, and the location where it could be loaded.

    While code runs that may end the process, the file ``answer`` says what that would have been.
    """
    source = LocationSource.from_json(asked["source"])
    kept = KeptSource(**asked["kept"]) if "kept" in asked else None
    verb = asked.get("verb")
    try:
        if kept is not None:
            import_only_from(source.path.parent / MODULES)
            kept_there = source.path.parent / NOTEBOOKS
            read_notebooks_from(kept_there, find_project(source.folder).root)
        shell = new_shell()
        gc.freeze()  # what was imported stays until the end: no collection need go through it
        # what is only compared is no newer load than the one that it is compared with
        live = load_into(
            shell,
            source,
            asked["load"],
            kept,
            remembered=verb != _CODES,
            cell_words=asked.get("cells"),
        )
        if verb == "tick":
            return {"success": True, **tick_answer(live, asked)}
        if verb == "sensors":
            return {"success": True, "answers": sensor_answers(live, asked)}
        if verb == _CODES:
            return {"success": True, "codes": codes_to_json(live)}
        if verb == "validate" and live.document is None:
            return {"success": True, "findings": findings_json(_loads(live))}
        if verb is not None and kept is None and live.document is not None:
            answers = compare_load(live, source.path, lambda: _loaded_again(source))
            if verb in _COMPARING:
                return _held(LoadedNotebook(live, source.path, answers), source, asked, answer)
        location: dict[str, Any] = {"location": answer_of(live).to_json()}
    except AssetbookError as error:
        return failed(error, quiet=verb in (None, "tick", "sensors") or verb in _COMPARING)
    if asked.get("texts"):
        location["texts"] = texts_of(live)
        location["wrong"] = {str(key): fault for key, fault in live.loaded().wrong.items()}
    if verb is None:
        return {"success": True, "steps": 0, **location}
    return {**run_verb(asked), **location}


def _loads(live: LiveNotebook) -> list[Finding]:
    """The findings of a module or package that could be loaded."""
    count = counted(len(live.loaded().graph.makers), "asset")
    return [Finding("", f"it loads: {count}"), *wrong_definitions(live)]


def _held(
    notebook: LoadedNotebook, source: LocationSource, asked: Mapping[str, Any], answer: Path
) -> dict[str, Any]:
    """The findings of promoting or validating what is loaded."""
    if asked["verb"] == "validate":
        found: dict[str, Any] = {"findings": held_against_lock(notebook)}
    else:
        told = partial(_told, source, answer)
        try:
            found = promote_loaded(_settled(notebook, source), asked, told)
        except KeyboardInterrupt:
            raise RunFailedError(
                f"promote {source}", "it was interrupted", "Do it again."
            ) from None
    return {"success": True, **found, "findings": findings_json(found["findings"])}


@contextmanager
def _told(source: LocationSource, answer: Path, text: str) -> Iterator[None]:
    """Says what goes on if it takes long; should the process die of it, the answer says so."""
    found = f"its process ended while {text}"
    remedy = "Does its code end the process? Was there memory enough?"
    died = failed(RunFailedError(f"promote {source}", found, remedy), quiet=True)
    answer.write_text(json.dumps(died), encoding="utf-8")
    with told_if_slow(text):
        yield


def _settled(notebook: LoadedNotebook, source: LocationSource) -> LoadedNotebook:
    """The notebook with answers also for assets of which no run is recorded.

    All of it is run in a kernel for that, once for its sources: the store remembers.
    """
    if all(each.answer != "unproven" for each in notebook.answers.values()):
        return notebook
    from assetbook.kernels.whole_notebook import whole_notebook

    path, live = notebook.path, notebook.live
    kernel = whole_notebook(path, lambda stream, text: None, going_on=True)
    with told_if_slow("running all cells once, in a kernel, for what nobody ran"), kernel:
        live.recall_others()
        answers = compare_load(live, path, lambda: _loaded_again(source))
    return LoadedNotebook(live, path, answers)


def _loaded_again(source: LocationSource) -> Mapping[AssetKey, Coded]:
    """The codes that another process gets of the notebook."""
    from assetbook.kernels.own_process import LOCATION_PROCESS, call_in_process

    answered = call_in_process(source, LOCATION_PROCESS, {"verb": _CODES, "load": "slice"})
    if not answered["success"]:
        raise RunFailedError(f"loading {source} once more", "it failed", "Load it again.")
    return codes_from_json(answered["codes"])
