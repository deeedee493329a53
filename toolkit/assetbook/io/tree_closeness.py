"""How close two lists, tuples or dicts are that hold tables, arrays and other values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from assetbook.io.closeness import Closeness, closeness_of_arrays, closeness_of_plain
from assetbook.io.table_closeness import closeness_of_tables
from assetbook.io.whole_closeness import WHOLE_KINDS, closeness_of_wholes

if TYPE_CHECKING:
    from assetbook.io.stored_value import StoredForm
    from assetbook.io.tree_form import TreeForm


def closeness_of_trees(before: TreeForm, after: TreeForm) -> Closeness | None:
    """How close two trees are, member by member.

    None where all else is close, and members differ that can only be the same or not, as figures.
    """
    found = closeness_of_plain(before.outline, after.outline)
    if not found.is_close:  # members have other places or kinds
        return found
    whole = False
    for place, form in after.members.items():
        was = before.members[place]
        if was.data_version() == form.data_version():
            continue
        member = _closeness_of_members(was, form)
        if member is None:
            whole = True
        else:
            _take(found, place, member)
    return None if whole and found.is_close else found


def _closeness_of_members(before: StoredForm, after: StoredForm) -> Closeness | None:
    if after.kind == "numpy":
        arrays: Any = before.hand_over(None), after.hand_over(None)
        return closeness_of_arrays(*arrays)
    if after.kind.partition("-")[0] in ("pandas", "polars", "arrow"):
        import pyarrow as pa

        tables = (cast(pa.Table, each.hand_over(pa.Table)) for each in (before, after))
        return closeness_of_tables(*tables)
    if after.kind in WHOLE_KINDS:
        return closeness_of_wholes(before, after)
    return None


def _take(found: Closeness, place: str, member: Closeness) -> None:
    """Takes note of what differs in a member."""
    found.unlike += [each for each in member.unlike if each not in found.unlike]
    if member.apart or (member.is_close and not member.floats_differ):  # or its index, its name
        found.note_apart(place)
    found.floats_differ |= member.floats_differ
    found.largest = max(found.largest, member.largest)
    found.tolerance = max(found.tolerance, member.tolerance)
