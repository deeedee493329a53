"""What views say of one asset in a few words, from its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from assetbook.cron import Cron
from assetbook.definitions.freshness_policy import FreshnessPolicy
from assetbook.definitions.spec import DEFAULT_GROUP
from assetbook.dependencies.reasons import ReasonKind
from assetbook.surfaces.display.formatting import (
    age_text,
    clock_text,
    counted,
    duration_text,
    size_text,
)
from assetbook.surfaces.display.grid import Cell
from assetbook.surfaces.display.html import Html, state_badge, tag
from assetbook.surfaces.display.status import PARITY, check_look
from assetbook.surfaces.display.theme import LOOKS, look_of
from assetbook.surfaces.rows import AssetRow, CheckRow

HOW_TO_DEFINE = '@asset(group_name="raw")\ndef orders(): return pd.read_csv("orders.csv")'
"""The shortest definition, for those who have none yet."""


def state_cell(row: AssetRow) -> Cell:
    """Its state."""
    if is_just_external(row):
        return Cell("· external", tag("span", "· external", class_="assetbook-muted"))
    look = look_of(row.state)
    return Cell(f"{look.symbol} {look.word}", state_badge(row.state))


def name_cell(row: AssetRow) -> Cell:
    """Its key."""
    return Cell(str(row.key), tag("span", str(row.key), class_="assetbook-name"))


def is_just_external(row: AssetRow) -> bool:
    """Whether it is made elsewhere and nothing was reported of it yet: then it has no state."""
    return row.external and row.number is None


def why_of(row: AssetRow, now: datetime) -> str:
    """The reasons for its state, or how old the sources behind a fresh one are; the store that it
    is read from, if that is another one; and what it read that its code does not show."""
    if is_just_external(row):
        return (
            row.why if any(each.kind is ReasonKind.NEVER_OBSERVED for each in row.reasons) else ""
        )
    as_of = row.as_of if row.state == "fresh" else None
    sources = as_of_text(as_of, now) if as_of is not None else ""
    late = late_text(row, now)
    said = (late, row.why, sources, row.from_store, observed_text(row.observed))
    return "; ".join(part for part in said if part)


def late_text(row: AssetRow, now: datetime) -> str:
    """That it was not made as recently as its policy says, or soon will not be; empty if it was."""
    if row.policy is None or (state := row.punctual(now)) not in ("warn", "fail"):
        return ""
    return f"{'late' if state == 'fail' else 'late soon'}: {policy_text(row.policy)}"


def policy_text(policy: FreshnessPolicy) -> str:
    """``to be made within 2 h``, for people."""
    if policy.fail_window is not None:
        return f"to be made within {duration_text(policy.fail_window.total_seconds())}"
    assert policy.lower_bound_delta is not None
    when = Cron(policy.deadline_cron or "", policy.timezone).describe()
    before = duration_text(policy.lower_bound_delta.total_seconds())
    return f"to be made {when}, at most {before} before"


def observed_text(observed: Mapping[str, str]) -> str:
    """What an asset was seen to read and its code does not show; empty if nothing."""
    calls: dict[str, list[str]] = {}
    for name, call in observed.items():
        calls.setdefault(call, []).append(f"`{name}`")
    said = [f"{', '.join(names)} through {call}" for call, names in calls.items()]
    return f"read {' and '.join(said)}, which its code does not show" if said else ""


def as_of_text(as_of: datetime, now: datetime) -> str:
    """The mark of what was read from the world outside."""
    return f"sources as of {clock_text(as_of, now)}"


def place_of(row: AssetRow) -> str:
    """The cell that defines it, else where its definition is known from."""
    return row.cell or ("" if row.source == "this session" else row.source)


def parity_cell(row: AssetRow) -> Cell:
    """Whether loading its notebook gives what running gave; empty if nobody has compared."""
    if row.parity is None:
        return Cell("")
    look = PARITY[row.parity.answer]
    mark = tag("span", look.symbol, style=f"color: {look.colour}", aria_hidden="true")
    shown = tag("span", mark, f" {look.word}", title=row.parity.reason)
    return Cell(f"{look.symbol} {look.word}", shown)


def group_of(row: AssetRow) -> str:
    """Its group; empty for the default one."""
    return "" if row.group == DEFAULT_GROUP else row.group


def tags_text(tags: Mapping[str, str]) -> str:
    """``source=till, nightly``: tags with their values, where they have one."""
    return ", ".join(f"{key}={tag}" if tag else key for key, tag in tags.items())


def value_text(row: AssetRow) -> str:
    """The size of its value: ``336,776 rows · 12 MB``."""
    parts = [counted(row.rows, "row")] if row.rows is not None else []
    if row.size is not None:
        parts.append(size_text(row.size))
    return " · ".join(parts)


def age_of(row: AssetRow, now: datetime) -> str:
    """When its latest version was made, relative to ``now``."""
    return age_text(row.at, now) if row.at is not None else ""


def checks_cell(row: AssetRow) -> Cell:
    """How many of its checks ended in which way: ``✓2 ✕1``."""
    counts: dict[tuple[str, str], int] = {}
    for check in row.checks:
        look = check_look(check.passed, check.severity)
        key = (look.symbol, look.colour)
        counts[key] = counts.get(key, 0) + 1
    text = " ".join(f"{mark}{count}" for (mark, _), count in counts.items())
    drawn = [
        tag("span", tag("span", mark, style=f"color: {colour}"), f"{count} ")
        for (mark, colour), count in counts.items()
    ]
    return Cell(text, tag("span", *drawn))


def check_counts(row: AssetRow) -> tuple[int, int] | None:
    """How many of its checks passed and failed; None if it has none."""
    results = [check.passed for check in row.checks]
    return (results.count(True), results.count(False)) if results else None


def check_note(check: CheckRow) -> str:
    """What a check said and whether it blocks, in one line."""
    said = [check.description] if check.description else []
    return " · ".join([*said, "blocking"] if check.blocking else said)


def states_text(rows: Sequence[AssetRow]) -> str:
    """``5 assets: 3 fresh, 1 stale, 1 external``."""
    said = ", ".join(f"{count:,} {state}" for state, count in state_counts(rows).items())
    return counted(len(rows), "asset") + (f": {said}" if said else "")


def state_counts(rows: Sequence[AssetRow]) -> dict[str, int]:
    """How many assets are in each state, in the order of the states; the others are external."""
    found = Counter("external" if is_just_external(row) else row.state for row in rows)
    return {state: found[state] for state in (*LOOKS, "external") if found[state]}


def no_assets_html() -> Html:
    """What to do where nothing is defined yet."""
    return tag(
        "div",
        "No assets yet. Define one in a cell:",
        tag("pre", HOW_TO_DEFINE, class_="assetbook-text"),
    )


def no_assets_text() -> str:
    """The same as plain text."""
    lines = HOW_TO_DEFINE.replace("\n", "\n    ")
    return f"No assets yet. Define one in a cell:\n\n    {lines}"
