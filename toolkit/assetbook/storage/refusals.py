"""What a store refuses to record, said the same way by every store."""

from __future__ import annotations

from assetbook.errors import ConflictError, DoomedFileError, RunEndedError
from assetbook.keys import AssetKey


def fenced(run_id: str, status: str | None) -> RunEndedError:
    """For a commit under the fence of a run that is not started."""
    if status is None:
        return RunEndedError(f"writing for run {run_id}", "no such run was started")
    return RunEndedError(
        f"writing for run {run_id}",
        f"the run was marked {status} meanwhile; nothing of this was written",
        f"See why: `%logs {run_id}`. Then run again what is missing.",
    )


def doomed(key: str, path: str) -> DoomedFileError:
    """For a version whose value file was collected before it was committed."""
    return DoomedFileError(
        f"recording asset `{AssetKey.from_text(key)}`",
        f"its value file {path} was collected meanwhile, since no version named it for a day",
        "Its value has to be written again: materialize it once more.",
    )


def started_twice(run_id: str) -> ConflictError:
    """For a second start of a run."""
    return ConflictError(f"starting run {run_id}", "a run with this id was started before")


def canceling_already(run_id: str) -> ConflictError:
    """For a second wish that a run end."""
    return ConflictError(f"canceling run {run_id}", "that was asked for before")


def ended_already(run_id: str, status: str | None) -> ConflictError:
    """For an end of a run that is not started."""
    found = "no such run was started" if status is None else f"it already ended: {status}"
    return ConflictError(f"ending run {run_id}", found)


def lives_still(run_id: str) -> ConflictError:
    """For going on with a run that has not ended."""
    return ConflictError(
        f"resuming run {run_id}", "it is still running", f"See how far it is: `%attach {run_id}`."
    )


def resumed_already(run_id: str, by: str) -> ConflictError:
    """For going on with a run with which another one has gone on."""
    return ConflictError(
        f"resuming run {run_id}",
        f"run {by} goes on with it already",
        f"See how far that is: `%attach {by}`.",
    )


def given_is_gone(key: str, number: int) -> ConflictError:
    """For a run that was to read a version whose value was let go since it was planned."""
    name = AssetKey.from_text(key).to_user_string()
    return ConflictError(
        f"reading `{name}@{number}`",
        "its value was let go meanwhile",
        f"`%versions {name}` lists what there is.",
    )


def no_such_version(key: str, number: int) -> ConflictError:
    """For keeping a version that was never recorded. ``key`` is the text of one."""
    name = AssetKey.from_text(key).to_user_string()
    return ConflictError(
        f"keeping `{name}@{number}`", "there is no such version", f"`%versions {name}` lists them."
    )


def nothing_to_rename(key: str) -> ConflictError:
    """For renaming an asset of which nothing is recorded."""
    name = AssetKey.from_text(key).to_user_string()
    return ConflictError(f"renaming `{name}`", "nothing is recorded of it")


def name_is_taken(key: str, other: str) -> ConflictError:
    """For giving an asset a name under which versions were made before its own last one."""
    old, new = (AssetKey.from_text(each).to_user_string() for each in (key, other))
    return ConflictError(
        f"renaming `{old}` to `{new}`",
        f"`{new}` has versions of its own that are older than the last one of `{old}`",
        "Choose a name that is free.",
    )


def renamed_in_run(key: str, run_id: str) -> ConflictError:
    """For renaming while a run is on its way."""
    name = AssetKey.from_text(key).to_user_string()
    return ConflictError(
        f"renaming `{name}`", f"run {run_id} is on its way", "Wait for its end, then rename."
    )


def wiped_in_run(key: str, run_id: str) -> ConflictError:
    """For wiping what a run on its way makes or reads."""
    name = AssetKey.from_text(key).to_user_string()
    return ConflictError(
        f"wiping `{name}`",
        f"run {run_id} is on its way and makes or reads it",
        "Wait for its end, or interrupt it; then wipe.",
    )


def same_folder(key: str, other: str) -> ConflictError:
    """For a key whose folder differs from another's in case alone. Both are texts of keys."""
    new, old = (AssetKey.from_text(each).to_user_string() for each in (key, other))
    return ConflictError(
        f"recording asset `{new}`",
        f"asset `{old}` differs from it only in upper and lower case, and so would their folders",
        f"Name it `{old}`, or give it another name.",
    )


def nothing_to_pin(location: str, kind: str) -> ConflictError:
    """For a pin to a bundle or snapshot that is not stored."""
    return ConflictError(
        f"pinning {location}",
        f"the {kind} is not in the store",
        "It may have been collected meanwhile: promote the notebook again.",
    )
