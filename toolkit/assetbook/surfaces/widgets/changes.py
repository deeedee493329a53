"""What differs between two documents, so that a page is sent that alone.

A document is what one view shows: a dict of plain JSON values by name. Where a value is itself a
dict (nodes by id, rows by key) its members are told one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def changes(before: Document, after: Document) -> dict[str, Any]:
    """What makes ``after`` of ``before``; empty if they are the same.

    ``set`` has whole values by name, ``put`` members by name and key, ``order`` the keys of those
    whose order is another one, ``gone`` the names of values and ``left`` the keys of members that
    are no more.
    """
    found: dict[str, Any] = {}
    for name, value in after.items():
        old = before.get(name)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            _compare_members(found, name, old, value)
        elif name not in before or old != value:
            found.setdefault("set", {})[name] = value
    if gone := [name for name in before if name not in after]:
        found["gone"] = gone
    return found


def _compare_members(
    found: dict[str, Any], name: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    put = {key: value for key, value in new.items() if key not in old or old[key] != value}
    left = [key for key in old if key not in new]
    if put:
        found.setdefault("put", {})[name] = put
    if left:
        found.setdefault("left", {})[name] = left
    # as the page has them after the above: what stays in its old order, then what is new
    held = [*(key for key in old if key in new), *(key for key in new if key not in old)]
    if held != list(new):
        found.setdefault("order", {})[name] = list(new)
