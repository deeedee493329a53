"""Whether loading a notebook gives what running it gave: five answers, each with its reason.

Decided from recorded data alone. Whoever asks loads the notebook again where an answer needs that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from assetbook.dependencies.code_changes import pieces_in

Answer: TypeAlias = Literal["proven", "volatile", "differs", "edited since", "unproven"]
"""*proven*: the same code. *volatile*: what differs is another one at each load. *differs*: the
load lacks something, or has too much. *edited since*: the sources are others. *unproven*: nothing
was recorded to compare with."""
ANSWERS: tuple[Answer, ...] = get_args(Answer)

RunBy: TypeAlias = Literal["session", "all"]
"""Who ran the cells: a person's session, or all of them in order in a kernel."""
_WHEN: Mapping[RunBy, str] = {"session": "in the session", "all": "when all cells ran"}
_MOST_NAMED = 3
_WHOLE = "its own code"


@dataclass(frozen=True, slots=True)
class Parity:
    """The answer for one asset."""

    answer: Answer
    reason: str
    names: tuple[str, ...] = ()
    """The names of what differs."""

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return {"answer": self.answer, "reason": self.reason, "names": list(self.names)}


@dataclass(frozen=True, slots=True)
class Coded:
    """A code version as it is recorded: its digest, and its pieces (``kind:name``) with theirs."""

    digest: str
    manifest: Mapping[str, str]
    unknowns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """The code of an asset as it was when cells ran."""

    code: Coded
    by: RunBy


@dataclass(frozen=True, slots=True)
class Differing:
    """One piece that differs, with what may be shown of both values."""

    piece: str
    """``kind:name``; empty where no piece does, and so how they hang together."""
    before: str = ""
    now: str = ""

    @property
    def name(self) -> str:
        """As people name it."""
        return self.piece.partition(":")[2] or _WHOLE

    @property
    def root(self) -> str:
        """The first part of its name, as a cell may bind it; empty where no piece differs."""
        return (
            ""
            if not self.piece
            else self.name.partition(".")[0].partition("[")[0].partition(" ")[0]
        )


UNPROVEN = Parity("unproven", "no run of its cells is recorded to compare with")


def proven(now: Coded, recorded: Recorded) -> Parity:
    """The answer where the code is the same, with what could not be compared."""
    said = f"the same code as {_WHEN[recorded.by]}"
    if now.unknowns:
        said += f"; what cannot be versioned was not compared ({_some(list(now.unknowns))})"
    return Parity("proven", said)


def edited(cells: Collection[str], recorded: Recorded) -> Parity:
    """The answer where sources are others; ``cells`` says which."""
    return Parity("edited since", f"others than {_WHEN[recorded.by]}: {_some(list(cells))}")


def of_same_sources(
    now: Coded,
    again: Coded,
    recorded: Recorded,
    outside: Mapping[str, str],
    lacking: Mapping[str, str],
) -> Parity:
    """The answer where sources are the same: volatile or differs.

    ``again`` is the code of a second load. ``outside`` says, by name, from where each load reads
    the value anew; ``lacking`` which statements the slice may lack.
    """
    found = differing(recorded.code.manifest, now.manifest)
    moved = {each.piece for each in differing(now.manifest, again.manifest)}
    if now.digest != again.digest and not moved:
        moved = {each.piece for each in found}
    fixed = [each for each in found if each.piece not in moved and each.root not in outside]
    names = tuple(dict.fromkeys(each.name for each in fixed or found))
    if not fixed:
        return Parity("volatile", _some([_moves(each, outside) for each in found]), names)
    said = [_is_another(each, recorded, lacking) for each in fixed]
    return Parity("differs", _some(said), names)


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[Differing, ...]:
    """The pieces that differ between two manifests; never empty."""
    old, new = pieces_in(before), pieces_in(now)
    found = [
        Differing(piece, _shown(old.get(piece)), _shown(new.get(piece)))
        for piece in {**old, **new}
        if _digest(old.get(piece)) != _digest(new.get(piece))
    ]
    return tuple(found) or (Differing(""),)


def _digest(entry: str | None) -> str | None:
    return None if entry is None else entry.partition(" ")[0]


def _shown(entry: str | None) -> str:
    if entry is None:
        return "nothing"
    digest, _, value = entry.partition(" ")
    return value or f"#{digest[:6]}"


def _moves(each: Differing, outside: Mapping[str, str]) -> str:
    if each.root in outside:
        return f"`{each.name}` is read anew at each load ({outside[each.root]})"
    return f"`{each.name}` is drawn anew at each load"


def _is_another(each: Differing, recorded: Recorded, lacking: Mapping[str, str]) -> str:
    where = lacking.get(each.root, "")
    values = f" {each.before} {_WHEN[recorded.by]}, {each.now} when loaded" if each.piece else ""
    said = f"`{each.name}` is{values}" if values else "parts of its code hang together otherwise"
    return f"{said} ({where})" if where else said


def _some(said: list[str]) -> str:
    more = len(said) - _MOST_NAMED
    return "; ".join(said[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
