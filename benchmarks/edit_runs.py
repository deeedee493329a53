"""How a contestant plays the table of edits: each run in a fresh process, forked from a warm one.

Before an edit everything has just been computed by a clean run. After it the contestant runs with
the cache that this left, and what it serves is compared with a clean run: one without any cache.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LIMIT = 60
"""Seconds after which a run counts as one that hangs."""

Run = Callable[[Mapping[str, Any]], dict[str, dict[str, Any]]]
"""Runs a state here; gives of each asset its ``value``, ``computed`` and ``told``, or ``error``."""


def perform(run: Run) -> None:
    """Plays the notebooks on standard input; prints the outcomes as the last line."""
    books = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        played = {name: _play(states, run, Path(folder)) for name, states in books.items()}
    print(json.dumps(played))


def _play(states: list[dict[str, Any]], run: Run, folder: Path) -> list[dict[str, Any]]:
    """What came of each edit: runs with the cache, clean twice, and clean before the edit."""
    here, kept = folder / "book", folder / "kept"
    before, played = {}, []
    for number, state in enumerate(states):
        served = {}
        if number:
            _swap(kept, here)
            _write(here, state)
            served = _in_child(here, state, run)
        _write(_emptied(here), state)
        other = _in_child(here, state, run)
        _write(_emptied(here), state)
        clean = _in_child(here, state, run)
        _swap(here, kept)
        if number:
            change = {"change": state["change"], "served": served, "clean": clean}
            played.append({**change, "other": other, "before": before})
        before = clean
    return played


def _swap(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _write(folder: Path, state: Mapping[str, Any]) -> None:
    """The state's files, and no other source; caches stay."""
    for path in folder.rglob("*"):
        if path.suffix in (".py", ".csv", ".txt") and path.parts[-2] in ("book", "duties", "data"):
            path.unlink()
    (folder / "pyproject.toml").write_text('[project]\nname = "book"\nversion = "1"\n')
    for path, text in state["files"].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def _in_child(folder: Path, state: Mapping[str, Any], run: Run) -> dict[str, dict[str, Any]]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(LIMIT)
        with os.fdopen(writing, "w") as stream:
            stream.write(json.dumps(_quietly(folder, state, run)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"*": {"error": "the process died, or hung"}}


def _quietly(folder: Path, state: Mapping[str, Any], run: Run) -> dict[str, dict[str, Any]]:
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    if "EDITS_SHOW" not in os.environ:
        os.dup2(nowhere, 2)
    try:
        return run(state)
    except BaseException as error:  # noqa: BLE001  what a notebook's own code raises
        traceback.print_exc()
        return {"*": {"error": f"{type(error).__name__}: {error}"}}
