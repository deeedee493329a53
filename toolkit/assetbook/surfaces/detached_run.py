"""A run that goes on by itself: what the process that runs it is told, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import structs

from assetbook.errors import DefinitionError
from assetbook.events.parts import Origin, OriginKind
from assetbook.instance.instance import Instance
from assetbook.instance.job_record import JobRecord
from assetbook.instance.snapshots import recall_content, recall_jobs
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey, RunId
from assetbook.planning.steps import Plan
from assetbook.surfaces.display.formatting import counted, short_id
from assetbook.surfaces.suggestion import typed


class DetachedRun(msgspec.Struct, frozen=True):
    """Which run it is, and who asked for it."""

    run_id: RunId
    kind: OriginKind
    cell: str | None = None
    """The cell in which it was asked for."""
    snapshot: str | None = None
    """The digest of what was defined there; None where only a file was."""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the process that runs it."""
        return structs.asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> DetachedRun:
        """What ``to_json`` gave."""
        return cls(**given)

    def origin(self, of_process: Origin) -> Origin:
        """The run's origin, for one that the process itself would have."""
        return structs.replace(of_process, kind=self.kind, cell=self.cell, detached=True)

    def refuse_other_code(self, instance: Instance, plan: Plan, now: Standing) -> None:
        """Raises DefinitionError if what is loaded now is not what was defined where it was asked
        for: values that cells made anew, or a cell that loading leaves out."""
        if self.snapshot is None:
            return
        asked = {AssetKey.from_text(each.key): each for each in _records(instance, self.snapshot)}
        for key in (key for step in plan if step.kind == "asset" for key in step.keys):
            code, there = now.defined[key].code, asked.get(key.asset)
            if there is not None and code is not None and there.code not in (None, code.digest):
                raise _other_code(f"`{key}`", there.cell)

    def refuse_other_job(self, instance: Instance, now: JobRecord) -> None:
        """The same for a job of ops: raises DefinitionError if the code of one is not what it was
        where it was asked for."""
        jobs = recall_jobs(instance, self.snapshot) if self.snapshot is not None else ()
        for there in (each for each in jobs if each.name == now.name):
            codes = {each.path: each.code for each in there.ops}
            for op in now.ops:
                if codes.get(op.path, op.code) != op.code:
                    raise _other_code(f"`{op.path}` of the job `{now.name}`", there.cell)


def _other_code(what: str, cell: str) -> DefinitionError:
    return DefinitionError(
        f"a detached run of {what}",
        f"its code, loaded by itself, is not what it is in {cell or 'the kernel'}"
        ": something that it reaches is made anew by each load, or by a cell that "
        "loading leaves out",
        "Run it here, without --detach; `%promote --dry-run` says what differs.",
    )


def _records(instance: Instance, snapshot: str) -> Any:
    return recall_content(instance, snapshot)


def detached_text(run_id: str, steps: int) -> str:
    """What is said of a run that goes on by itself: how to see it, and how to end it."""
    short = short_id(run_id)
    look, end = typed(f"attach {short}"), typed(f"cancel {short}")
    said = f"run {short} goes on by itself: {counted(steps, 'step')}"
    return f"{said}\n{look} shows it, {end} ends it"
