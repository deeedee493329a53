"""What has changed where an author ignores other names than when the version was made.

Ignoring one more name makes nothing stale by itself: the author says that it counts for nothing.
A name that counts again was not versioned, so that nobody can say whether it changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from assetbook.definitions.code import CodeVersion, changed_meanwhile
from assetbook.dependencies.code_changes import changes_of, ignored_in
from assetbook.dependencies.reasons import Reason, ReasonKind


def changes_ignoring(
    before: Mapping[str, str] | None, was: str, now: CodeVersion, as_before: CodeVersion
) -> list[Reason]:
    """Why code differs from that recorded as ``was`` with the manifest ``before``; may be empty.

    ``as_before`` is the present code with those names ignored that were ignored then.
    """
    reasons = [
        Reason(ReasonKind.NO_LONGER_IGNORED, name)
        for name in sorted(ignored_in(before or {}) - now.ignored)
    ]
    if as_before.digest == was:
        return reasons
    newly = now.ignored - as_before.ignored
    counting = {piece.name for piece in now.pieces.values()}
    gone = {piece.name for piece in as_before.pieces.values()} - counting
    return reasons + [
        reason
        for reason in changes_of(before, as_before)
        if not _is_one(reason.culprit, newly) and reason.culprit not in gone
    ]


def settled(now: CodeVersion, as_before: CodeVersion) -> frozenset[str]:
    """The doubts about names that are ignored since, as they were recorded."""
    newly = now.ignored - as_before.ignored
    doubts = {each.why for each in as_before.unknowns if _is_one(each.name, newly)}
    names = (piece.name for piece in as_before.pieces.values())
    return frozenset(doubts | {changed_meanwhile(name) for name in names if _is_one(name, newly)})


def _is_one(name: str, names: frozenset[str]) -> bool:
    return name in names or name.rpartition(".")[2] in names
