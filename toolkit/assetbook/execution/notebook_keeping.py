"""What a step that runs a notebook needs of its run: where that is kept, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assetbook.execution.environment import RunEnvironment
from assetbook.keys import folder_name
from assetbook.planning.steps import Step


@dataclass(frozen=True, slots=True)
class NotebookKeeping:
    """For one attempt of a step."""

    run_id: str = ""
    """The run that the step is of; empty in a context built for a test."""
    folder: Path | None = None
    """Where the notebook is kept, which may not exist yet; None for nowhere."""
    tell: Callable[[str], None] = lambda said: None
    """Is told how far it is."""


def keeping_of(environment: RunEnvironment, run_id: str, step: Step) -> NotebookKeeping:
    """The keeping of a step in its run."""

    def tell(said: str) -> None:
        environment.reporter.step_progress(step, said)

    root = environment.notebook_files
    if root is None:
        return NotebookKeeping(run_id, None, tell)
    again = f".{step.retry}" if step.retry else ""
    name = f"{folder_name(step.name)}{again}"
    return NotebookKeeping(run_id, root / folder_name(run_id) / name, tell)
