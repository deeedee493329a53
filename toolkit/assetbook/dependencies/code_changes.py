"""Which pieces of code changed between a recorded version and now: the culprits, by name.

A manifest is the recorded list of pieces: ``kind:name`` to ``digest``, a space, and for a
constant what may be shown of its value. It has an entry ``ignored:name`` for each ignored name, and
``observed:name``, with the call that read it, for what was only seen to be read while it ran.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from assetbook.definitions.code import CodeVersion, Piece
from assetbook.dependencies.reasons import Reason, ReasonKind

_CHANGED: Mapping[str, ReasonKind] = {
    "asset": ReasonKind.CODE_CHANGED,
    "helper": ReasonKind.HELPER_CHANGED,
    "class": ReasonKind.CLASS_CHANGED,
    "constant": ReasonKind.CONSTANT_CHANGED,
    "module": ReasonKind.MODULE_CHANGED,
    "package": ReasonKind.MODULE_CHANGED,
    "file": ReasonKind.MODULE_CHANGED,
    "unbound": ReasonKind.PIECE_ADDED,
}
_LONGEST_SHOWN = 40
_IGNORED = "ignored:"
_OBSERVED = "observed:"


def manifest_of(code: CodeVersion) -> dict[str, str]:
    """The manifest of a code version: what is recorded to name culprits later."""
    entries = {name: _entry(piece) for name, piece in code.pieces.items()}
    ignored = {f"{_IGNORED}{name}": "" for name in sorted(code.ignored)}
    observed = {f"{_OBSERVED}{name}": call for name, call in sorted(code.observed.items())}
    return entries | ignored | observed


def pieces_in(manifest: Mapping[str, str]) -> dict[str, str]:
    """The entries of a manifest that are pieces of code."""
    aside = (_IGNORED, _OBSERVED)
    return {name: entry for name, entry in manifest.items() if not name.startswith(aside)}


def ignored_in(manifest: Mapping[str, str]) -> frozenset[str]:
    """The names that were ignored when a manifest was made."""
    start = len(_IGNORED)
    return frozenset(name[start:] for name in manifest if name.startswith(_IGNORED))


def observed_in(manifest: Mapping[str, str]) -> dict[str, str]:
    """The names that were only seen to be read while it ran, each with the call that read it."""
    start = len(_OBSERVED)
    found = {name: call for name, call in manifest.items() if name.startswith(_OBSERVED)}
    return {name[start:]: call for name, call in found.items()}


def changes_of_authored(before: str, now: str) -> list[Reason]:
    """Why an author's code version differs; empty if it does not."""
    return [] if before == now else [Reason(ReasonKind.CODE_VERSION_CHANGED, before, now)]


def changes_of(before: Mapping[str, str] | None, code: CodeVersion) -> list[Reason]:
    """Which pieces differ from the manifest ``before``; never empty.

    If the manifest is not there, or names no culprit, the asset's own code is said to differ.
    """
    if before is None:
        return [Reason(ReasonKind.CODE_CHANGED)]
    before = pieces_in(before)
    reasons = [
        _changed(piece, before[name])
        for name, piece in code.pieces.items()
        if name in before and before[name].split(" ", 1)[0] != piece.digest
    ]
    reasons += _appeared(before, code)
    return reasons or [Reason(ReasonKind.CODE_CHANGED)]


def _entry(piece: Piece) -> str:
    if piece.kind != "constant":
        return piece.digest
    return f"{piece.digest} {shown_value(piece.text)}"


_SHOWN_AS_IT_IS = re.compile(
    r"[-+0-9._eEj]+|-?inf|-?nan|True|False|None|datetime\.\w+\([\d, ]*\)|Decimal\('[-+\d.E]*'\)"
    r"|#[0-9a-f]{6} \(\d+ characters\)"  # a remembered piece has no other text than this
)


def shown_value(text: str) -> str:
    """Numbers, booleans and dates as they are; anything else as its length and a hash.

    A reason is stored and shown widely, so that no text of a person's may be in it.
    """
    if len(text) <= _LONGEST_SHOWN and _SHOWN_AS_IT_IS.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"#{digest} ({len(text)} characters)"


def _changed(piece: Piece, before: str) -> Reason:
    if piece.kind == "constant":
        was = before.partition(" ")[2]
        return Reason(ReasonKind.CONSTANT_CHANGED, piece.name, f"{was} → {shown_value(piece.text)}")
    return Reason(_CHANGED[piece.kind], piece.name, f", {piece.where}" if piece.where else "")


def _appeared(before: Mapping[str, str], code: CodeVersion) -> list[Reason]:
    """Pieces that are on one side only: the same name of another kind counts as a change."""
    names_before = {entry.partition(":")[2]: entry for entry in before}
    reasons: list[Reason] = []
    for name, piece in code.pieces.items():
        if name in before:
            continue
        kind = _CHANGED[piece.kind] if piece.name in names_before else ReasonKind.PIECE_ADDED
        detail = "is of another kind now" if kind is ReasonKind.CONSTANT_CHANGED else ""
        reasons.append(Reason(kind, piece.name, detail))
    now = {piece.name for piece in code.pieces.values()}
    reasons += [
        Reason(ReasonKind.PIECE_REMOVED, name)
        for name, entry in names_before.items()
        if name not in now and entry not in code.pieces
    ]
    return reasons
