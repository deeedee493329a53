"""What differs in how two versions were made, as text and as HTML."""

from __future__ import annotations

from assetbook.instance.code_difference import Difference
from assetbook.instance.making_difference import MakingDifference
from assetbook.surfaces.display.grid import Grid
from assetbook.surfaces.display.html import Html, join, tag, visible
from assetbook.surfaces.display.view import muted, text_section

NOTHING = "nothing that is recorded differs: code, configuration, inputs, sources"
UNKNOWN = "its text was not known"

_CLASSES = {"+": "assetbook-added", "-": "assetbook-removed", "@": "assetbook-muted"}


def making_text(making: MakingDifference) -> str:
    """It as lines."""
    if making.nothing:
        return NOTHING
    parts = [facts_grid(making).text(92), other_inputs_grid(making).text(92)]
    for each in making.code:
        title = visible(f"{each.kind} {each.name}", one_line=True)
        lines = each.lines or (UNKNOWN,)
        parts.append("\n".join([title, *(f"  {visible(line)}" for line in lines)]))
    return "\n\n".join(part for part in parts if part)


def making_html(making: MakingDifference) -> Html:
    """It as HTML."""
    if making.nothing:
        return muted(NOTHING)
    parts = [
        facts_grid(making).html(),
        other_inputs_grid(making).html(),
        *map(code_html, making.code),
    ]
    return join(part for part in parts if part)


def code_section(difference: Difference) -> str:
    """One piece of code as a titled part of a plain view, old against new."""
    title = visible(f"{difference.kind} {difference.name}", one_line=True)
    return text_section(title, "\n".join(visible(line) for line in difference.lines))


def code_html(difference: Difference) -> Html:
    """One piece of code, the lines of either side on a ground of their colour."""
    name = tag("span", difference.name, class_="assetbook-name")
    if not difference.lines:
        return muted(f"{difference.kind} ", name, f": {UNKNOWN}")
    lines = (tag("span", line + "\n", class_=_CLASSES.get(line[:1])) for line in difference.lines)
    return join((muted(f"{difference.kind} ", name), tag("pre", *lines, class_="assetbook-text")))


def facts_grid(making: MakingDifference) -> Grid:
    """The facts that differ."""
    rows = tuple(
        (each.name, "none" if each.before is None else each.before, each.after or "none")
        for each in making.facts
    )
    return Grid(("made of", "before", "after"), rows)


def other_inputs_grid(making: MakingDifference) -> Grid:
    """The inputs that differ."""
    rows = tuple(
        (
            each.name,
            each.before or "none",
            each.after or "none",
            "the same data" if each.same_data else "other data",
        )
        for each in making.inputs
    )
    return Grid(("input", "before", "after", "data"), rows)
