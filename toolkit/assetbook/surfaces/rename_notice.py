"""The line after a cell that gave its asset another name: how its history follows."""

from __future__ import annotations

import re

from assetbook.definitions.code import CodeVersion, Piece
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.surfaces.suggestion import typed


def may_be_renamed(before: Standing | None, now: Standing) -> list[str]:
    """A line for each asset that is new and has the code of one that ended with the same cell.

    Only where that one has versions here, and where no other one could be meant.
    """
    if before is None:
        return []
    made = now.graph.makers
    own = {key for key, record in before.recorded.items() if record.store is None}
    ended = [key for key in before.graph.makers if key not in made and key in own]
    new = [key for key in made if key not in before.graph.makers and key not in before.recorded]
    lines = []
    for key in new:
        fitting = [old for old in ended if _same_code(before, old, now, key)]
        if len(fitting) == 1:
            count = before.recorded[fitting[0]].number
            lines.append(_line(fitting[0], key, count))
    return lines


def _line(old: AssetKey, new: AssetKey, latest: int) -> str:
    versions = "version 1" if latest == 1 else f"versions up to {latest}"
    return f"`{new}` has the code of `{old}`: `{typed(f'rename {old} {new}')}` gives it {versions}"


def _same_code(before: Standing, old: AssetKey, now: Standing, new: AssetKey) -> bool:
    was, code = before.defined[old].code, now.defined[new].code
    return was is not None and code is not None and equal_but_for_name(was, code)


def equal_but_for_name(one: CodeVersion, other: CodeVersion) -> bool:
    """Whether the asset's own function is all that differs, and that in its name alone."""
    if one.digest == other.digest:
        return True
    own, others = _own(one), _own(other)
    if own is None or others is None or _rest(one) != _rest(other):
        return False
    return _nameless(own) == _nameless(others)


def _own(code: CodeVersion) -> Piece | None:
    pieces = [piece for piece in code.pieces.values() if piece.kind == "asset"]
    return pieces[0] if len(pieces) == 1 else None


def _rest(code: CodeVersion) -> dict[str, str]:
    return {name: each.digest for name, each in code.pieces.items() if each.kind != "asset"}


def _nameless(piece: Piece) -> str:
    return re.sub(rf"\bdef {re.escape(piece.name)}\b", "def _", piece.text, count=1)
