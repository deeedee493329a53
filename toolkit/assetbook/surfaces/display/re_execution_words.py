"""That a run does another one again, in a few words and as plain values."""

from __future__ import annotations

from assetbook.definitions.partitions.key_tags import PARTITION_TAG
from assetbook.events.parts import Reexecution
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.formatting import asked_text, short_id


def again_text(again: Reexecution | None) -> str:
    """``resumes 9f2a1c``, ``retries 9f2a1c from failure``; with a number if nobody asked for it.

    Empty for a run of its own.
    """
    if again is None:
        return ""
    parent = short_id(again.parent_run_id)
    if again.kind == "resume":
        return f"resumes {parent}"
    if again.kind == "selection":
        return f"retries {again.selection} of {parent}"
    begun = f"retry {again.retry_number} of" if again.retry_number else "retries"
    return f"{begun} {parent}{' from failure' if again.kind == 'from_failure' else ''}"


def asked_again_text(run: RunRecord) -> str:
    """What a run was asked for, and the run that it does again."""
    asked, partition = run.asked, run.tags.get(PARTITION_TAG)
    if partition is not None and "--partition" not in asked:  # of a job
        asked = f"{asked} --partition {partition}"
    return " · ".join(part for part in (asked_text(asked), again_text(run.reexecution)) if part)


def again_json(again: Reexecution | None) -> dict[str, object]:
    """The runs before it, as plain values; None for a run of its own."""
    if again is None:
        return {"parent_run_id": None, "root_run_id": None, "reexecution": None, "retry_number": 0}
    return {
        "parent_run_id": again.parent_run_id,
        "root_run_id": again.root_run_id,
        "reexecution": again.kind,
        "retry_number": again.retry_number,
    }
