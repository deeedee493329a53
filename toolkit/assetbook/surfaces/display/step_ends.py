"""How the steps of a recorded run ended, read from its events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import structs

from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.parts import ErrorInfo
from assetbook.events.records import Event
from assetbook.events.run_events import KernelUse, KernelUsed, StepEnded, StepStarted, StepSucceeded
from assetbook.kernels.kernel_end import ended_text, memory_text
from assetbook.surfaces.display.formatting import counted, duration_text, first_line, size_text
from assetbook.surfaces.display.status import FAILED, PASSED, RUNNING, STEPS, WARNED, check_look
from assetbook.surfaces.display.theme import Look
from assetbook.surfaces.rows import row_count, stored_size


class StepEnd(msgspec.Struct, frozen=True):
    """One step; one that has not ended is running."""

    step: str
    look: Look = RUNNING
    duration: float | None = None
    """Seconds; None until it ends."""
    facts: tuple[str, ...] = ()
    message: str = ""
    error: ErrorInfo | None = None
    kernel: KernelUse | None = None
    """What the kernel had used of a step that ran a notebook; None for others."""

    @property
    def said(self) -> tuple[str, ...]:
        """Its status, then its facts, its time and its message's first line."""
        took = () if not self.duration else (duration_text(self.duration),)
        message = (first_line(self.message),) if self.message else ()
        return (self.look.word, *self.facts, *took, *message)

    @property
    def more(self) -> str:
        """The whole message, if it has several lines and no error tells it."""
        return self.message if "\n" in self.message.strip() and self.error is None else ""

    def to_json(self) -> dict[str, Any]:
        """It as plain values."""
        return {
            "step": self.step,
            "status": self.look.word,
            "duration_seconds": self.duration,
            "message": self.message,
            "error": self.error.traceback if self.error is not None else None,
            "kernel": _kernel_json(self.kernel) if self.kernel is not None else None,
        }


def step_ends(events: Iterable[Event]) -> dict[str, StepEnd]:
    """Each step that began or ended, by name, in that order."""
    ends: dict[str, StepEnd] = {}
    for event in events:
        if isinstance(event, StepStarted):
            ends[event.step] = StepEnd(event.step)
        elif isinstance(event, StepSucceeded):
            before = ends.get(event.step) or StepEnd(event.step)
            ends[event.step] = structs.replace(before, look=STEPS["done"], duration=event.duration)
        elif isinstance(event, KernelUsed) and event.step in ends:
            before = ends[event.step]
            facts = (*before.facts, kernel_text(event.use))
            ends[event.step] = structs.replace(before, facts=facts, kernel=event.use)
        elif isinstance(event, AssetMaterialized) and event.step:
            ends[event.step] = _materialized(event, ends.get(event.step))
        elif isinstance(event, CheckEvaluated) and event.step:
            ends[event.step] = _checked(event, ends.get(event.step))
        elif isinstance(event, AssetObserved) and event.step:
            ends[event.step] = StepEnd(event.step, STEPS["done"], event.duration, ("observed",))
        elif isinstance(event, StepEnded):
            before = ends.get(event.step) or StepEnd(event.step)
            ends[event.step] = StepEnd(
                event.step,
                STEPS[event.status],
                event.duration,
                (kernel_text(before.kernel),) if before.kernel is not None else (),
                event.message,
                event.error,
                before.kernel,
            )
    return ends


def kernel_text(use: KernelUse) -> str:
    """``killed (SIGKILL), peak memory 11.8 GB, 3.2 s of CPU``."""
    how = f"{ended_text(use.exit_code)}, " if use.exit_code is not None else ""
    return (
        f"{how}peak memory {memory_text(use.peak_memory)}, {duration_text(use.cpu_seconds)} of CPU"
    )


def _kernel_json(use: KernelUse) -> dict[str, Any]:
    return {
        "exit_code": use.exit_code,
        "peak_memory_bytes": use.peak_memory,
        "cpu_seconds": use.cpu_seconds,
    }


def _materialized(event: AssetMaterialized, before: StepEnd | None) -> StepEnd:
    facts = list(before.facts) if before is not None else []
    rows = row_count(event)
    if rows is not None:
        facts.append(counted(rows, "row"))
    size = stored_size(event)
    if size is not None:
        facts.append(size_text(size))
    return StepEnd(event.step, STEPS["done"], event.duration, tuple(facts))


def _checked(event: CheckEvaluated, before: StepEnd | None) -> StepEnd:
    """The end of a check's own step; a check that an asset's function answers adds to its step."""
    look = check_look(event.passed and event.error is None, event.severity)
    if before is not None and before.look is STEPS["done"]:
        return structs.replace(before, facts=(*before.facts, f"{event.check} {look.word}"))
    if before is not None and look is PASSED and before.look in (WARNED, FAILED):
        return before  # another check of the same call
    return StepEnd(event.step, look, event.duration, message=event.description, error=event.error)
