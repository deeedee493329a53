"""What all views share: they show themselves as HTML in a notebook, else as plain text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, Self

import msgspec

from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.html import Html, join, style_sheet, style_tag, tag, visible
from assetbook.surfaces.display.theme import Look

Bundle = dict[str, str]
"""Text by mime type."""


class Live(msgspec.Struct, frozen=True):
    """The view of a dashboard that goes on from where a picture was taken."""

    desk: Desk
    name: str
    given: Mapping[str, Any]


class View(ABC):
    """A picture of facts taken at one moment; it changes nothing and asks nobody again."""

    live: Live | None = None
    """What shows in its place where a page can have widgets; None: it is a picture only."""

    def living(self, desk: Desk, name: str, **given: Any) -> Self:
        """This picture, in whose place the view of that name shows where there can be one."""
        self.live = Live(desk, name, given)
        return self

    @abstractmethod
    def __str__(self) -> str:
        """It as plain text for a terminal of 100 columns."""

    @abstractmethod
    def html(self) -> Html:
        """It as HTML without a frame or style rules."""

    @abstractmethod
    def to_json(self) -> Any:
        """It as plain values, for ``--json``."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> Bundle:
        made = {"text/html": framed(self.html()), "text/plain": str(self)}
        wanted = set(include or made) - set(exclude or ())
        return {kind: text for kind, text in made.items() if kind in wanted}


class Sentence(str):
    """Text that says what was done; it shows itself without quotes, and without control characters
    of data in it."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        return super().__new__(cls, visible(text))

    def __repr__(self) -> str:
        return str(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def framed(*parts: str | None) -> Html:
    """The parts with the style rules that they need, ready for a page or a cell's output."""
    inside = join(part for part in parts if part)
    return tag("div", style_sheet(), style_tag(_RULES), inside, class_="assetbook")


def quiet_line(look: Look, name: str, said: str) -> Html:
    """One line by itself, without style rules, for there are many of them in a notebook.

    Its text has the host's own colour, so that it is right in light and dark alike.
    """
    mark = f"color: {look.colour}; min-width: 11px"
    return tag(
        "div",
        tag("span", look.symbol, style=mark, aria_hidden="true"),
        tag("span", name, style="font-weight: 600"),
        tag("span", said, style="opacity: 0.75"),
        style="display: flex; flex-wrap: wrap; column-gap: 8px; overflow-wrap: anywhere;"
        " font: 12px/1.6 var(--jp-ui-font-family, system-ui, sans-serif)",
    )


def headline(title: str, *beside: str) -> Html:
    """A view's first line: its title, and what stands beside it in a quieter tone."""
    said = tuple(part for part in beside if part)
    quiet = tag("span", join(said, " · "), class_="assetbook-muted assetbook-beside")
    # the space is for hosts that strip the style from pages they do not trust
    return tag("div", tag("span", title, class_="assetbook-title"), " ", quiet if said else None)


def section(title: str, *parts: str | None) -> Html:
    """A titled part of a view; nothing if there is nothing in it."""
    inside = join(part for part in parts if part)
    if not inside:
        return Html()
    return tag("div", tag("div", title, class_="assetbook-section"), inside)


def muted(*parts: str) -> Html:
    """A quiet line."""
    return tag("div", *parts, class_="assetbook-muted assetbook-small")


def plain(lines: Iterable[str]) -> Iterator[str]:
    """Lines for a terminal, in which nothing of data is a control character."""
    return (visible(line, one_line=True) for line in lines)


def card(*parts: str | None) -> Html:
    """The parts in a frame."""
    return tag("div", join(part for part in parts if part), class_="assetbook-card")


def text_section(title: str, body: str) -> str:
    """A titled part of a plain view, indented by two; empty if there is nothing in it."""
    if not body:
        return ""
    lines = (f"  {line}".rstrip() for line in body.splitlines())
    return "\n".join(["", title, *lines])


_RULES: Final = """
.assetbook .assetbook-beside { margin-left: 10px; font-size: 12px; }
.assetbook .assetbook-section { color: var(--ab-muted); font-size: 11px; font-weight: 600;
  letter-spacing: 0.04em; text-transform: uppercase; margin: 12px 0 2px; }
.assetbook .assetbook-mono { font-family: var(--ab-mono); font-size: 12px; }
.assetbook .assetbook-name { font-weight: 600; white-space: nowrap; }
.assetbook table.assetbook-table td.assetbook-wide { white-space: pre-wrap;
  overflow-wrap: anywhere; min-width: 160px; }
.assetbook table.assetbook-table td.assetbook-tight { white-space: nowrap; }
.assetbook table.assetbook-table tr:last-child td { border-bottom: 0; }
.assetbook table.assetbook-table th:last-child, .assetbook table.assetbook-table td:last-child {
  padding-right: 0; }
.assetbook table.assetbook-facts td { border-bottom: 0; padding: 1px 16px 1px 0; }
.assetbook table.assetbook-facts td:first-child { color: var(--ab-muted); white-space: nowrap; }
.assetbook .assetbook-line { display: flex; gap: 8px; align-items: baseline; flex-wrap: wrap; }
.assetbook .assetbook-columns { display: flex; flex-wrap: wrap; column-gap: 48px; }
.assetbook .assetbook-columns div { min-width: 0; max-width: 100%; }
.assetbook .assetbook-added { background: rgba(0, 165, 92, 0.18); }
.assetbook .assetbook-removed { background: rgba(208, 80, 60, 0.18); }
.assetbook pre.assetbook-text { max-height: 420px; overflow: auto; }
"""
