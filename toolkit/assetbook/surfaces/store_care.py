"""Looking after the store: what the doctor says of it, and whether all of it is whole."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from assetbook.clock import Clock
from assetbook.instance.backing_up import Backup, Needed, back_up
from assetbook.instance.collecting import collect
from assetbook.instance.verifying import DamagedValue, Verification, verify
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.collected_view import CollectedView
from assetbook.surfaces.display.findings_view import FindingsView
from assetbook.surfaces.display.formatting import counted, size_text
from assetbook.surfaces.health import Finding, findings
from assetbook.surfaces.suggestion import typed

_QUIET = 1.0
"""Seconds after which progress is told."""


@named_arguments
def doctor(*, desk: Desk | None = None) -> FindingsView:
    """What may go wrong with the store on this computer: place, space, clock, versions; reads only.

    Nothing is wrong if its ``is_well`` is true.
    """
    found = findings((desk or current_desk()).instance)
    wrong = sum(each.status == "bad" for each in found)
    warned = sum(each.status == "warn" for each in found)
    said = [counted(wrong, "thing") + " wrong"] if wrong else []
    said += [counted(warned, "warning")] if warned else []
    return FindingsView("Doctor", ", ".join(said) or "all is well", found)


@named_arguments
def store_verify(*, desk: Desk | None = None) -> FindingsView:
    """Whether every value and every row of the store is as it was written; reads all of it.

    It names what is damaged, and what that was made from. Its ``is_well`` is true if all is whole.
    """
    instance = (desk or current_desk()).instance
    verified = verify(instance, _Telling(instance.clock))
    return FindingsView("Store", _summary(verified), list(_found(verified)))


@named_arguments
def store_gc(*, plan: bool = False, desk: Desk | None = None) -> CollectedView:
    """The old values that were let go; with ``plan`` those that would be, and nothing is changed.

    Kept are the latest of each asset, what somebody keeps, what is younger than a day, what a live
    run reads, and what the project's retention says.
    """
    return CollectedView(collect((desk or current_desk()).instance, plan=plan), planned=plan)


@named_arguments
def store_backup(path: str | os.PathLike[str], *, desk: Desk | None = None) -> FindingsView:
    """Copies the whole store to the folder ``path`` while others use it; again: only what is new.

    The copy is a store of its own, and looked at before it takes an earlier one's place. Its
    ``is_well`` is true if all is whole.
    """
    instance = (desk or current_desk()).instance
    made = back_up(instance, Path(path), _tell_needed)
    wrong = f"; {counted(len(made.damaged), 'thing')} damaged" if made.damaged else ""
    summary = (
        f"{counted(made.versions, 'value file')} ({size_text(made.size)}) in {made.folder}{wrong}"
    )
    return FindingsView("Backup", summary, list(_of_backup(made)))


def _tell_needed(needed: Needed) -> None:
    said = f"{needed.files:,} of {counted(needed.of, 'value file')} to bring over: "
    said += f"{size_text(needed.size)} to write, {size_text(needed.free)} free there"
    print(f"assetbook: {said}", file=sys.stderr)


def _of_backup(made: Backup) -> Iterator[Finding]:
    new = made.linked + made.copied
    ways = [f"{made.linked:,} linked"] if made.linked else []
    ways += [f"{made.copied:,} copied ({size_text(made.copied_bytes)})"] if made.copied else []
    said = f"{new:,} new" + (f" ({', '.join(ways)})" if ways else "")
    yield Finding("values", f"{said}, {made.versions - new:,} there already")
    logs = f"{counted(made.logs.files, 'file')} of runs, {made.logs.new:,} new or longer"
    yield Finding("logs", f"{logs}; no checksum is kept of them")
    if made.removed:
        yield Finding("removed", f"{counted(made.removed, 'file')} that this store no longer has")
    if made.elsewhere:
        said = f"{counted(made.elsewhere, 'value')} outside the store's folder: named, not copied"
        yield Finding("elsewhere", said)
    if made.gone:
        said = f"{counted(made.gone, 'value')} let go while it was made: gone in the copy, too"
        yield Finding("let go", said)
    if made.ended:
        said = f"{counted(made.ended, 'run')} on the way: failed in the copy"
        yield Finding("runs", said)
    remedy = f"`{typed('store verify')}` names it; it is so in this store, too."
    yield from (Finding("damaged", each, "bad", remedy) for each in made.damaged)
    yield Finding("use", f"ASSETBOOK_STORE={shlex.quote(str(made.folder))} opens it")


def _summary(verified: Verification) -> str:
    looked = f"{counted(verified.values, 'value')} ({size_text(verified.size)}) of "
    looked += counted(verified.assets, "asset")
    if verified.is_whole:
        return f"whole: {looked}"
    wrong = len(verified.damaged) + len(verified.rows)
    return f"{counted(wrong, 'thing')} damaged; looked at {looked}"


def _found(verified: Verification) -> list[Finding]:
    whole = verified.values - len(verified.damaged)
    said = f"{counted(whole, 'value')} as they were written"
    found = [Finding("values", said)]
    found += [
        Finding(f"{each.key}@{each.number}", each.found, "bad", _remedy(each))
        for each in verified.damaged
    ]
    if verified.elsewhere:
        said = f"{counted(verified.elsewhere, 'value')} not looked at: I/O managers of your own"
        found.append(Finding("elsewhere", said))
    if verified.let_go:
        said = f"{counted(verified.let_go, 'value')} gone, as somebody asked for"
        found.append(Finding("let go", said))
    if verified.logs:
        said = f"{counted(verified.logs, 'log file')} not looked into: no checksum is kept of them"
        found.append(Finding("logs", said))
    if not verified.rows:
        return [*found, Finding("database", "every row as it was written")]
    remedy = "Restore the database from a backup."
    return [*found, *(Finding("database", row, "bad", remedy) for row in verified.rows)]


def _remedy(each: DamagedValue) -> str:
    made = f"It was made from {', '.join(each.made_from)}." if each.made_from else ""
    again = f"`{typed(f'materialize {each.key} --force')}` makes it anew."
    older = "Later versions are not touched by this."
    return " ".join(part for part in (made, again if each.latest else older) if part)


class _Telling:
    """Tells how far it is, on one line, once it takes longer than a moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = self._told = clock.monotonic()

    def __call__(self, done: int, of: int) -> None:
        now = self._clock.monotonic()
        if now - self._began < _QUIET or (now - self._told < _QUIET and done < of):
            return
        self._told = now
        end = "\n" if done == of else ""
        sys.stderr.write(f"\rlooked at {done:,} of {of:,} versions{end}")
        sys.stderr.flush()
