"""Why a state holds and why a step will run: a closed set of reasons, each naming its culprit.

Whoever finds a reason says its kind, its culprit and, where it helps, a detail; nobody else
composes the sentence. Values appear as numbers, booleans and dates only, text as length and hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ReasonKind(Enum):
    """All reasons there are; the value is the sentence, ``{0}`` the culprit, ``{1}`` the detail."""

    # the value is not there
    NEVER_MATERIALIZED = "never materialized"
    FILE_GONE = "its file is gone: {0}"
    WIPED = "its value was wiped {0}"
    # what made it has changed
    CODE_CHANGED = "its own code changed{1}"
    HELPER_CHANGED = "helper `{0}` changed{1}"
    CLASS_CHANGED = "class `{0}` changed{1}"
    CONSTANT_CHANGED = "constant {0} {1}"
    MODULE_CHANGED = "module `{0}` changed{1}"
    PIECE_ADDED = "`{0}` is reached now{1}"
    PIECE_REMOVED = "`{0}` is no longer reached"
    NO_LONGER_IGNORED = "`{0}` is no longer ignored"
    CODE_VERSION_CHANGED = "code version {0} → {1}"
    CONFIG_CHANGED = "config changed: {0}"
    IO_MANAGER_CHANGED = "I/O manager {0} → {1}"
    PARTITIONS_CHANGED = "its key stood for another partition: {0}, and now {1}"
    # what it was made of has changed
    INPUT_NEWER = "`{0}` has a newer version"
    INPUT_MISSING = "its input `{0}` has no version"
    INPUT_REPLACED = "its input {1} is now `{0}`"
    INPUT_ADDED = "`{0}` is a new input"
    INPUT_REMOVED = "`{0}` is no longer an input"
    UPSTREAM_STALE = "upstream `{0}` is stale"
    SOURCE_FILES_NAMED = "it names files that it reads now: {0}"
    SOURCE_FILES_CHANGED = "the files it reads changed: {0}"
    TOO_OLD = "what it read is older than {0}"
    # nobody can know
    NOT_VERSIONABLE = "{1}"
    UPSTREAM_UNKNOWN = "upstream `{0}` is unknown"
    CELL_NOT_RUN = "cell not run in this kernel"
    NOT_DEFINED = "no cell defines it now"
    INPUT_UNVERSIONED = "the version of `{0}` that it read is not known"
    VERSION_NOT_VOUCHED = "its code version was given after the run: materialize once under it"
    CODE_NOT_RECORDED = "it was reported, and what made it is not known"
    NEVER_OBSERVED = "never observed"
    NOTHING_REPORTED = "external, and nothing was reported of it yet"
    # it must not be used
    CHECK_FAILED = "its check `{0}` failed"
    CHECK_ERRORED = "its check `{0}` could not run"
    CHECK_NOT_RUN = "its check `{0}` has not run on this version"
    CHECK_CHANGED = "its check `{0}` was changed since it ran"
    # it differs, and decides nothing
    SET_OTHERWISE = "resource `{0}` has other settings in {1}"
    PARTITIONS = "{0}"
    # somebody wants it
    NAMED = "you named it, and it reads what nobody versions"
    FORCED = "you forced it"
    WITH_VERSION = "you want it made with {0}"
    ASKED_UNKNOWN = "you asked for what is unknown"
    ASKED_OBSERVE = "you asked for it to be observed"
    ASKED_CHECK = "this check was asked for"
    ASKED_SOURCES = "you asked for sources to be read again"
    MADE_TOGETHER = "it is made together with `{0}`"
    IF_CHANGED = "if the data of `{0}` changes"
    OF_NEW_VERSION = "it checks the new version of `{0}`"
    OF_JOB = "the job `{0}` runs it"
    # an earlier run was to do it
    NOT_REACHED = "not reached when run {0} {1}"
    BROKEN_OFF = "on its way when run {0} {1}"
    FAILED_THERE = "failed in run {0}"
    UPSTREAM_FAILED_THERE = "what it needs failed in run {0}"
    RETRIED = "you retry run {0}"
    CODE_SINCE = "its code changed since run {0}"


OF_CODE = frozenset(
    {
        ReasonKind.CODE_CHANGED,
        ReasonKind.HELPER_CHANGED,
        ReasonKind.CLASS_CHANGED,
        ReasonKind.CONSTANT_CHANGED,
        ReasonKind.MODULE_CHANGED,
        ReasonKind.PIECE_ADDED,
        ReasonKind.PIECE_REMOVED,
        ReasonKind.NO_LONGER_IGNORED,
        ReasonKind.CODE_VERSION_CHANGED,
    }
)
"""Those that say that the code is not what made the version."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; ``str()`` and ``text`` give its sentence."""

    kind: ReasonKind
    culprit: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """The sentence that people read."""
        return self.kind.value.format(self.culprit, self.detail)

    def __str__(self) -> str:
        return self.text


def text_of(reasons: tuple[Reason, ...], most: int = 3) -> str:
    """The first ``most`` reasons as one line; says how many more there are."""
    said = "; ".join(reason.text for reason in reasons[:most])
    more = len(reasons) - most
    return f"{said}; and {more} more" if more > 0 else said
