"""``--detach``: a run in a process that outlives the kernel or terminal that asked for it.

That process is loaded from a bundle, the source as it was when the run was asked for, so that no
later edit reaches the run. Whoever asked waits until the run is recorded as started.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from assetbook.errors import NotLoadedError, RunFailedError, UsageError, error_from
from assetbook.execution.processes.quick_start import command_of
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.outcome import MaterializeOutcome
from assetbook.instance.partitions_asked import NOTHING_ASKED
from assetbook.instance.states import Standing
from assetbook.keys import RunId, new_run_id
from assetbook.notebook.location_source import LocationSource, source_of
from assetbook.planning.steps import Plan
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.detached_run import DetachedRun
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.making import planned
from assetbook.surfaces.partition_options import partition_arguments
from assetbook.surfaces.run_bundle import launched_notebooks

_PROGRAM = "assetbook.surfaces.detached_process"
_PAUSE = 0.05  # seconds between two looks
_started: list[subprocess.Popen[bytes]] = []  # not waited for, and not taken for forgotten ones


class KeptLocation(msgspec.Struct, frozen=True):
    """A location whose source is in the store."""

    source: LocationSource
    bundle: str | None
    """The bundle's digest; None for a module, which is run as it is."""
    cells: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What its cells are known as where the run is asked for, by id: ``In[4]``."""


class Asked(msgspec.Struct, frozen=True):
    """The verb that the other process is to call, with its arguments as plain values."""

    verb: str
    arguments: Mapping[str, Any]


def detach(
    at: Desk, selection: str, options: Options, more: Mapping[str, Any], *, job: str | None = None
) -> MaterializeOutcome:
    """The run, started from what this notebook's cells were as they ran; ``more`` is what
    ``materialize`` takes beside the selection and its options, or what ``launch`` takes beside the
    name of the ``job`` of assets that selects them.

    Raises DefinitionError for what cannot be kept as a bundle, or loads to other code than it has
    here; NotLoadedError where no notebook is live; UsageError for what no other process can get.
    """
    loaded = at.loaded()
    live, path = _saved(at, "materialize --detach")
    plan, now = planned(live, loaded, selection, options)
    if plan.all_fresh:
        return MaterializeOutcome(None, plan, live.instance, loaded.resources)
    asked = Asked("launch", {**_as_json(more), "name": job})
    if job is None:
        said = {**structs.asdict(options), **partition_arguments(options.partitions)}
        if options.partitions == NOTHING_ASKED:
            del said["partitions"]
        arguments = {**said, **_as_json(more), "selection": [selection]}
        asked = Asked("materialize", arguments)
    run_id = _started_from(live, path, (loaded, now), asked)
    return MaterializeOutcome(None, plan, live.instance, loaded.resources, detached=run_id)


def detach_job(at: Desk, name: str, plan: Plan, more: Mapping[str, Any]) -> MaterializeOutcome:
    """The same for a job of ops that has this plan; ``more`` is what ``launch`` takes beside its
    name."""
    live, path = _saved(at, "launch --detach")
    loaded, (now, _, _) = live.loaded(), live.standing()
    asked = Asked("launch", {**_as_json(more), "name": name})
    launched = launched_notebooks(live.instance, name)
    run_id = _started_from(live, path, (loaded, now), asked, launched)
    return MaterializeOutcome(None, plan, live.instance, loaded.resources, detached=run_id)


def _saved(at: Desk, asked: str) -> tuple[LiveNotebook, Path]:
    """The notebook and its file; raises NotLoadedError if that is not known."""
    if isinstance(at, LiveNotebook) and at.path is not None and at.location is not None:
        return at, at.path
    raise NotLoadedError(
        asked,
        "this notebook's file is not known, and what is to run by itself is kept under its name",
        "Say where it is: set ASSETBOOK_NOTEBOOK before the kernel starts.",
    )


def _started_from(
    live: LiveNotebook,
    path: Path,
    defined: tuple[Loaded, Standing],
    asked: Asked,
    launched: Collection[str] = (),
) -> RunId | None:
    """The id of the run, started from the cells as they ran, and from the notebooks that are
    ``launched``; None if there was nothing to do."""
    sources = live.run_sources(*defined, needed=True, launched=launched)
    kind, _, cell = live.origin
    detached = DetachedRun(new_run_id(), kind, cell, sources.snapshot)
    cells = {each.cell.id: str(each.cell) for each in live.session.executed}
    kept = KeptLocation(source_of(path), str(sources.bundle), cells)
    steps = start_detached(live.instance, kept, detached, asked)
    return detached.run_id if steps else None


def refuse_objects(verb: str, assets: object, executor: object, **given: object) -> None:
    """Raises UsageError for what ``verb`` was given that no other process can get."""
    asked = f"{verb}(detach=True)"
    if not isinstance(assets, str):
        raise UsageError(
            asked,
            "its assets are objects of this process, which no other one has",
            "Name assets of a notebook.",
        )
    if executor is not None and not isinstance(executor, str):
        given = {**given, "executor": executor}
    for name, value in given.items():
        if value:
            raise UsageError(
                asked,
                f"{name}= is an object of this process, which no other one has",
                f"Leave {name}= out, or run it here.",
            )


def _as_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as another process gets them."""
    try:
        return {name: json.loads(json.dumps(value)) for name, value in given.items()}
    except (TypeError, ValueError) as error:
        raise UsageError(
            "detach=True",
            f"an argument is no plain value, which is all that another process gets: {error}",
            "Give plain values, or run it here.",
        ) from None


def start_detached(
    instance: Instance,
    kept: KeptLocation,
    detached: DetachedRun,
    asked: Asked,
    runner: Runner | None = None,
) -> int:
    """How many steps the run has that was started, by now recorded; 0 if all was fresh.

    ``runner`` is one that was started ahead. Raises what kept it from starting. An interrupt
    meanwhile ends the process; nothing has begun then.
    """
    told = {
        "source": kept.source.to_json(),
        "bundle": kept.bundle,
        "asked": {
            "verb": asked.verb,
            "arguments": {**asked.arguments, "detached": detached.to_json()},
            "json": False,
            "cells": dict(kept.cells),
        },
    }
    instance.store.flush()  # the bundle, which the other process reads
    runner = runner or Runner()
    process = runner.process
    try:
        runner.give(told)
        return _steps(instance, detached.run_id, process, runner.answer)
    except BaseException:
        runner.kill()
        raise
    finally:
        os.close(runner.answer)
        _started[:] = [each for each in [*_started, process] if each.poll() is None]


class Runner:
    """A process that waits to be told what it is to run; it ends with this one until it is."""

    def __init__(self) -> None:
        self.answer, end = os.pipe()
        try:
            # what its steps print is in the run's log; it has nobody to show it to
            self.process = subprocess.Popen(
                command_of(sys.executable, _PROGRAM, str(end)),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(end,),
                start_new_session=True,  # neither a terminal's signals nor a kernel's end reach it
            )
        finally:
            os.close(end)

    def give(self, told: Mapping[str, Any]) -> None:
        """Tells it what to run: from now on it lives by itself."""
        assert self.process.stdin is not None
        with self.process.stdin as stdin, suppress(BrokenPipeError):
            stdin.write(json.dumps(told).encode())

    def close(self) -> None:
        """Ends one that was told nothing."""
        self.kill()
        self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()
        os.close(self.answer)

    def kill(self) -> None:
        """Ends it with all that it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _steps(instance: Instance, run_id: RunId, process: subprocess.Popen[bytes], answer: int) -> int:
    """The steps of the run, once it is recorded; raises what its process says instead."""
    while True:
        over = process.poll() is not None  # before the look, so that no start is missed
        if found := instance.store.runs(beginning=run_id, limit=1):
            return len(found[0].steps)
        if over:
            said = json.loads(os.read(answer, 1 << 20) or b"{}")
            if "error" in said:
                raise error_from(said["error"])
            if said.get("steps") == 0:
                return 0
            raise RunFailedError(
                "the detached run", f"its process ended with {process.returncode} before it began"
            )
        time.sleep(_PAUSE)
