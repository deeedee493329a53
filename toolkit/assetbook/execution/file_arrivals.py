"""``file_sensor``: a run for each file that is new, or has changed.

A file is known by path, size and time of change, which are its run key: the store launches a run
for each key once. So the cursor need not list files, of which there may be any number. It has one
digest for each of 1,024 groups of them, by a hash of their paths; where a group's digest is not as
it was, all files of that group are asked for, and the store leaves out what it had before. Nothing
of that depends on clocks or on the order in which files come.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from glob import iglob
from hashlib import blake2b
from pathlib import Path
from stat import S_ISREG
from typing import Any

import msgspec

from assetbook.clock import SystemClock
from assetbook.definitions.place import calling_place
from assetbook.definitions.run_config import RunConfig
from assetbook.definitions.run_request import RunRequest, SkipReason
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.definitions.sensor_definition import DefaultSensorStatus, SensorDefinition
from assetbook.definitions.sensor_result import SensorResult
from assetbook.definitions.sensor_targets import Job
from assetbook.errors import DefinitionError, UsageError
from assetbook.named_arguments import named_arguments

FILE_TAG = "assetbook/file"
"""The tag of a run that says which file it is for."""
_GROUPS = 1_024
_AT_ONCE = 5_000
"""Runs after which an evaluation leaves the remaining groups to the next one."""
_SETTLED = 1.0
"""Seconds for which a file has not changed when it is taken."""


class _File(msgspec.Struct, frozen=True):
    path: str
    """As the pattern spells it."""
    size: int
    changed: int
    """The time of change of its content, in nanoseconds."""

    @property
    def run_key(self) -> str:
        # names of files need not be Unicode, keys in a store are
        path = self.path.encode("utf-8", "backslashreplace").decode()
        return f"{path}:{self.size}:{self.changed}"


@named_arguments
class FileSensorDefinition(SensorDefinition):
    """A sensor that asks for a run for each file which is new, or has changed.

    ``pattern`` begins at the notebook's folder, or is absolute; ``**`` reaches folders below. A
    file is taken once nothing was written to it for a second. ``run_config_fn`` gives the run's
    configuration for the file's path as the pattern spells it; the run's tag ``assetbook/file`` has
    that, too. The other parameters are as for :class:`SensorDefinition`.
    """

    __slots__ = ("pattern", "run_config_fn")

    pattern: str
    run_config_fn: Callable[[str], RunConfig | Mapping[str, Any]] | None

    def __init__(
        self,
        name: str,
        pattern: str,
        *,
        run_config_fn: Callable[[str], RunConfig | Mapping[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(pattern, str) or not pattern:
            raise DefinitionError(
                f"the sensor `{name}`",
                f"its pattern is {pattern!r}",
                'Give one, as "incoming/*.csv".',
            )

        def look(context: SensorEvaluationContext) -> SensorResult:
            return self._arrivals(context)

        put = object.__setattr__
        put(self, "pattern", pattern)
        put(self, "run_config_fn", run_config_fn)
        super().__init__(name, evaluation_fn=look, **options)
        put(self, "place", calling_place())

    def _arrivals(self, context: SensorEvaluationContext) -> SensorResult:
        settled, changing = _files(self.pattern, context.folder or Path())
        before = _read(self.name, context.cursor)
        groups = _grouped(settled)
        after = {each: before[each] for each in before if each in groups}
        found: list[_File] = []
        for group, files in groups.items():
            if before.get(group) != (digest := _digest(each.run_key for each in files)):
                found += files
                after[group] = digest
            if len(found) >= _AT_ONCE:
                break
        cursor = json.dumps(after, sort_keys=True, separators=(",", ":"))
        if found:
            return SensorResult([self._request(each) for each in found], cursor=cursor)
        return SensorResult(skip_reason=SkipReason(self._why(settled, changing)), cursor=cursor)

    def _request(self, file: _File) -> RunRequest:
        config = self.run_config_fn(file.path) if self.run_config_fn is not None else None
        return RunRequest(file.run_key, config, {FILE_TAG: file.path})

    def _why(self, settled: Sequence[_File], changing: int) -> str:
        if changing:
            return f"{changing} {'files are' if changing > 1 else 'file is'} still changing"
        return f"No new file among {len(settled)}" if settled else f"No file at {self.pattern}"


def _files(pattern: str, folder: Path) -> tuple[list[_File], int]:
    """The files that have settled, in order, and how many have not."""
    now = SystemClock().now().timestamp()
    found, changing = [], 0
    root = "" if Path(pattern).is_absolute() else f"{folder}/"
    for name in sorted(set(iglob(pattern, root_dir=folder, recursive=True))):  # noqa: PTH207 - may be absolute
        try:
            stat = os.stat(f"{root}{name}")  # noqa: PTH116 - half the time of a Path, of 100,000
        except OSError:  # gone since, or a link to nothing
            continue
        if not S_ISREG(stat.st_mode):
            continue
        # the time of the inode: nobody can set it, and each write, rename and touch moves it
        if now - stat.st_ctime < _SETTLED:
            changing += 1
        else:
            found.append(_File(name, stat.st_size, stat.st_mtime_ns))
    return found, changing


def _grouped(files: Iterable[_File]) -> dict[str, list[_File]]:
    groups: dict[str, list[_File]] = {}
    for each in files:
        group = int.from_bytes(_hashed([each.path])) % _GROUPS
        groups.setdefault(f"{group:x}", []).append(each)
    return groups


def _digest(keys: Iterable[str]) -> str:
    return _hashed(keys).hex()


def _hashed(texts: Iterable[str]) -> bytes:
    content = "\0".join(texts).encode("utf-8", "surrogateescape")
    return blake2b(content, digest_size=8).digest()


def _read(name: str, cursor: str | None) -> dict[str, str]:
    if not cursor:
        return {}
    try:
        found = json.loads(cursor)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return {str(group): str(digest) for group, digest in found.items()}
    raise UsageError(
        f"the cursor of the sensor `{name}`",
        f"it is `{cursor[:80]}`, which it did not write",
        "Set it to nothing: files that it asked for before stay known by their run keys.",
    )


@named_arguments
def file_sensor(
    name: str,
    pattern: str,
    target: object = None,
    *,
    job: Job | None = None,
    run_config_fn: Callable[[str], RunConfig | Mapping[str, Any]] | None = None,
    minimum_interval_seconds: int | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    description: str | None = None,
) -> FileSensorDefinition:
    """A sensor that asks for a run of ``target``, or ``job``, for each file that is new or changed.

    Files that are there when it is first evaluated count as new. Parameters and errors are those of
    :class:`FileSensorDefinition`.
    """
    return FileSensorDefinition(
        name,
        pattern,
        target=target,
        job=job,
        run_config_fn=run_config_fn,
        minimum_interval_seconds=minimum_interval_seconds,
        default_status=default_status,
        tags=tags,
        metadata=metadata,
        owners=owners,
        description=description,
    )
