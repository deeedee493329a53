"""Letting old values go: what retention does not keep, and what killed processes have left.

A file is marked in one transaction, together with the finding that nobody needs it, and removed
only then. A crash between the two leaves files that the next collection removes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import msgspec

from assetbook.events.value_file import ValueFile
from assetbook.instance.disk_use import StrayFile, local_files, remote_files
from assetbook.instance.former_ops import gone_on_with
from assetbook.instance.instance import Instance
from assetbook.instance.log_use import LogUse, log_use, notebook_use
from assetbook.instance.source_retention import sources_going
from assetbook.planning.retention import YOUNGEST, superfluous
from assetbook.settings import Retention
from assetbook.storage.sources import SourcesGoing, SourceUse


class Collected(msgspec.Struct, frozen=True):
    """What went, or what would go."""

    versions: tuple[ValueFile, ...]
    """The versions whose values are let go, oldest first."""
    strays: tuple[StrayFile, ...]
    """Files of no version, what ops gave each other, log files and notebooks of old runs."""
    left: int
    """How many versions keep their values."""
    sources: SourcesGoing = msgspec.field(default_factory=SourcesGoing)
    """Snapshots of locations, and bundles of their source."""

    @property
    def size(self) -> int:
        """Bytes; versions may share a file."""
        files = {version.path: version.size for version in self.versions}
        return sum(files.values()) + sum(stray.size for stray in self.strays) + self.sources.size


def collect(instance: Instance, *, plan: bool = False) -> Collected:
    """What was let go; with ``plan`` what would be, and nothing is changed.

    Versions stay known, with all that is recorded of them but their values. Raises
    CorruptStoreError if the database is damaged: then nobody knows what may go. Raises StoreError,
    and lets nothing go, if the place of the values cannot be reached.
    """
    choice = _Choice(instance, plan)
    instance.end_dead_runs()
    doomed = instance.store.doom(choice)
    outputs = _old_outputs(instance)
    if not plan:
        for path in {*doomed, *choice.going}:
            instance.values.remove(path)
        for output in outputs:
            instance.op_files.remove(output.path)
    logs = _old(instance, log_use(instance))
    notebooks = _old(instance, notebook_use(instance))
    if not plan and instance.log_files is not None:
        for log in logs:
            instance.log_files.remove(log.path)
    if not plan and instance.notebook_files is not None:
        for each in notebooks:
            _remove(instance.notebook_files, each.path)
    sources = _collect_sources(instance, choice.retention, plan=plan)
    strays = (*choice.strays, *outputs, *logs, *notebooks)
    return Collected(tuple(choice.versions), strays, choice.left, sources)


def _old_outputs(instance: Instance) -> list[StrayFile]:
    """What ops gave each other in runs that have ended, once it is as old as any stray must be.

    A run that does a part of another one again reads what that gave.
    """
    oldest = (instance.clock.now() - YOUNGEST).timestamp()
    live = instance.store.runs(statuses=["queued", "started", "canceling"])
    living = {each.id for run in live for each in gone_on_with(instance, run)}
    return [
        each
        for each in local_files(instance.op_files)
        if each.changed < oldest and each.path.partition("/")[0] not in living
    ]


def _old(instance: Instance, use: LogUse) -> list[StrayFile]:
    """Files of runs that have ended, and that nobody has written for as long as logs stay; of runs
    that the store does not know, those that are as old as any stray must be."""
    kept = timedelta(days=instance.log_settings.days)
    oldest = (instance.clock.now() - kept).timestamp()
    living = {run.id for run in instance.store.runs(statuses=["started", "canceling"])}
    stray, youngest = set(use.orphans), (instance.clock.now() - YOUNGEST).timestamp()
    return [
        each
        for each in use.files
        if each.changed < (youngest if each in stray else oldest)
        and each.path.partition("/")[0] not in living
    ]


def _remove(root: Path, path: str) -> None:
    """Removes a file below ``root``, and its folders with their last one."""
    file = root / path
    file.unlink(missing_ok=True)
    below = len(Path(path).parts) - 1
    with suppress(OSError):  # the first that holds something else ends it
        for folder in [*file.parents][:below]:
            folder.rmdir()


def _collect_sources(instance: Instance, retention: Retention, *, plan: bool) -> SourcesGoing:
    found: list[SourcesGoing] = []
    now = instance.clock.now()

    def choose(use: SourceUse) -> SourcesGoing:
        found.append(sources_going(use, retention, now))
        return SourcesGoing() if plan else found[0]

    instance.own.drop_sources(choose)
    return found[0]


class _Choice:
    """Chooses among the versions that it is shown, and remembers what."""

    def __init__(self, instance: Instance, plan: bool) -> None:
        project = instance.project
        self.retention = project.settings.retention if project is not None else Retention()
        self._now = instance.clock.now()
        self._plan = plan
        # before the transaction: a file that is published after this look is no stray
        self._files = [*local_files(instance.values), *remote_files(instance.values)]
        self._gone = frozenset(instance.store.doomed())
        self._is_own = instance.values.is_own
        self.versions: list[ValueFile] = []
        self.strays: list[StrayFile] = []
        self.left = 0

    def __call__(self, values: Sequence[ValueFile]) -> list[str]:
        found = superfluous(values, self.retention, self._now)
        self.versions = [each for each in found if self._is_own(each.path)]
        self.left = len(values) - len(self.versions)
        named = self._gone.union(value.path for value in values)
        oldest = (self._now - YOUNGEST).timestamp()
        self.strays = [
            each for each in self._files if each.path not in named and each.changed < oldest
        ]
        if self._plan:
            return []
        # a temporary file is named by no commit: it needs no mark
        strays = [each.path for each in self.strays if not _is_temporary(each.path)]
        return [*(version.path for version in self.versions), *strays]

    @property
    def going(self) -> list[str]:
        """Leftovers, and what an earlier collection marked and did not come to remove."""
        marked = [each.path for each in self._files if each.path in self._gone]
        return [*(each.path for each in self.strays), *marked]


def _is_temporary(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".")
