"""How states look everywhere: a colour, a one-character symbol and a word for each.

The symbol and the word say all that the colour says. Colours of states are middle tones that
stand out at 3:1 or better from white and from near-black alike, and stay apart for people who
do not tell red from green. All other colours come from the host's theme.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from zlib import crc32

import msgspec


class Look(msgspec.Struct, frozen=True):
    """How one state looks: a CSS colour, a one-character symbol, a word."""

    colour: str
    symbol: str
    word: str


LOOKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "fresh": Look("#00a55c", "●", "fresh"),
        "stale": Look("#c98700", "◐", "stale"),
        "unknown": Look("#8188d7", "?", "unknown"),
        "missing": Look("#7f8794", "○", "missing"),
        "blocked": Look("#b63da4", "■", "blocked"),
        "running": Look("#1c6af1", "▶", "running"),
        "failed": Look("#bf4230", "✕", "failed"),
    }
)

GROUP_COLOURS: Final = ("#4c8bc4", "#b07d2b", "#5b9a5b", "#a86fb5", "#3d9a9a", "#c2706a", "#7d83c9")
"""Colours of groups; a group's name always stands beside its colour."""


def look_of(state: str | None) -> Look:
    """The look of a state; a neutral one, with the state's own word, for what has no look."""
    found = LOOKS.get(state or "")
    return found or Look("#7f8794", "·", state or "")


def group_colour(group: str) -> str:
    """The colour of a group: the same for the same name, whatever other groups there are."""
    return GROUP_COLOURS[crc32(group.encode("utf-8", "replace")) % len(GROUP_COLOURS)]


def _own(name: str, light: str, dark: str, *hosts: str) -> tuple[str, str, str]:
    value = f"var(--ab-own-{name})"
    for host in reversed(hosts):
        value = f"var({host}, {value})"
    return f"--ab-{name}: {value};", f"--ab-own-{name}: {light};", f"--ab-own-{name}: {dark};"


_COLOURS = (
    _own("surface", "#ffffff", "#161a20", "--jp-layout-color1", "--vscode-editor-background"),
    _own("raised", "#f5f6f8", "#1f242c", "--jp-layout-color2", "--vscode-editorWidget-background"),
    _own("text", "#1c2129", "#e4e7ec", "--jp-ui-font-color1", "--vscode-foreground"),
    _own("muted", "#5d6673", "#9ba4b1", "--jp-ui-font-color2", "--vscode-descriptionForeground"),
    _own("border", "#d3d8df", "#3a424d", "--jp-border-color1", "--vscode-editorWidget-border"),
    _own("line", "#a5adb9", "#626c7a", "--jp-border-color0", "--vscode-descriptionForeground"),
    _own("link", "#1667c0", "#6cb2ff", "--jp-content-link-color", "--vscode-textLink-foreground"),
)

_FONTS = (
    '--ab-font: var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", Roboto,'
    ' "Helvetica Neue", Arial, sans-serif);'
    " --ab-mono: var(--jp-code-font-family, ui-monospace, Menlo, Consolas,"
    ' "DejaVu Sans Mono", monospace);'
)


def variables(scope: str) -> str:
    """CSS that gives elements matching ``scope`` the ``--ab-`` colours and fonts.

    JupyterLab's variables win, then VS Code's. Only where a host has neither do our own colours
    show, dark ones where the reader prefers dark.
    """
    named, light, dark = (" ".join(part) for part in zip(*_COLOURS, strict=True))
    return (
        f"{scope} {{ {light} {named} {_FONTS} }}\n"
        f"@media (prefers-color-scheme: dark) {{ {scope} {{ {dark} }} }}\n"
    )
