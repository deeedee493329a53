"""What a step that runs a notebook needs of its run: where that is kept, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from assetbook.events.run_events import KernelUse, KernelUsed
from assetbook.execution.environment import RunEnvironment
from assetbook.keys import folder_name
from assetbook.planning.steps import Step


class NotebookKeeping(msgspec.Struct, frozen=True):
    """For one attempt of a step."""

    run_id: str = ""
    """The run that the step is of; empty in a context built for a test."""
    folder: Path | None = None
    """Where the notebook is kept, which may not exist yet; None for nowhere."""
    tell: Callable[[str], None] = lambda said: None
    """Is told how far it is."""
    used: Callable[[KernelUse], None] = lambda use: None
    """Records what a kernel had used that ran it."""
    after: Path | None = None
    """Where the notebook of the run is kept that this one goes on with; None for none."""
    variables: Mapping[str, str] = msgspec.field(default_factory=dict)
    """The fields of the configuration that were given as environment variables, with the names of
    these."""


def keeping_of(
    environment: RunEnvironment, run_id: str, step: Step, variables: Mapping[str, str]
) -> NotebookKeeping:
    """The keeping of a step in its run."""

    def tell(said: str) -> None:
        environment.reporter.step_progress(step, said)

    def used(use: KernelUse) -> None:
        now = environment.clock.now()
        environment.store.later([KernelUsed(at=now, run_id=run_id, step=step.name, use=use)])

    root = environment.notebook_files
    if root is None:
        return NotebookKeeping(run_id, None, tell, used, None, variables)
    name = folder_name(step.name)
    again = f".{step.retry}" if step.retry else ""
    folder = root / folder_name(run_id) / f"{name}{again}"
    before = _before(environment, root, name)
    return NotebookKeeping(run_id, folder, tell, used, before, variables)


def _before(environment: RunEnvironment, root: Path, name: str) -> Path | None:
    """The folder of the step in the run that this one goes on with."""
    again = environment.reexecution
    if again is None or again.kind not in ("resume", "from_failure"):
        return None
    return last_try(root / folder_name(again.parent_run_id), name)


def last_try(run: Path, name: str) -> Path | None:
    """Where the last attempt of a step has kept its notebook; None for none. See ``all_tries``."""
    return next(iter(all_tries(run, name)), None)


def all_tries(run: Path, name: str) -> list[Path]:
    """Where the attempts of a step have kept notebooks, below the folder of its run, the last one
    first. ``name`` is the step's, as a folder's."""
    again = (each for each in run.glob(f"{name}.*") if each.suffix[1:].isdigit())
    tries = sorted(again, key=lambda each: int(each.suffix[1:]), reverse=True)
    return [each for each in (*tries, run / name) if each.is_dir()]
