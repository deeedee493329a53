"""``%load_ext assetbook``: magics, hooks around cells, completion, and how things show."""

from __future__ import annotations

import re
from typing import Any

from assetbook.project import refuse_unsupported_platform
from assetbook.surfaces.asset_magic import asset_magic
from assetbook.surfaces.completion import IDENTIFIER, completer
from assetbook.surfaces.desk import live_desk, set_live
from assetbook.surfaces.display.formatters import register_formatters, unregister_formatters
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.magics import MagicFamily, line_magics
from assetbook.surfaces.notebook_runs import MAKING, making_magic
from assetbook.surfaces.schedule_magic import schedule_magic
from assetbook.surfaces.sql_magics import sql_asset_magic, sql_magic
from assetbook.surfaces.widgets.shown_live import register_live_views, unregister_live_views

_CELL_LINE = re.compile(r"%%(?:asset|(?P<sql>sql_asset|sql))\b")


def load(shell: Any) -> None:
    """Makes assetbook's magics and views work in ``shell``; a second call does nothing.

    Raises StoreError if the project's store cannot be opened.
    """
    refuse_unsupported_platform()
    if isinstance(live_desk(), LiveNotebook):
        return
    live = LiveNotebook(shell)
    attach(live)
    live.say_missing_store()
    if live.path is None:
        folder = live.instance.values.root.parent.parent
        print(
            f"assetbook: this notebook's file is not known, so its definitions count as scratch; "
            f"the store is below {folder.name}/"
        )


def attach(live: LiveNotebook) -> None:
    """Makes magics, hooks and views of ``live`` work in its shell, and verbs act there."""
    shell = live.shell
    set_live(live)
    for name, magic in line_magics().items():
        shell.register_magic_function(_beside(shell, name, magic), "line", name)
    for name in MAKING:
        shell.register_magic_function(making_magic(live, name), "line", name)
    shell.register_magic_function(asset_magic(live), "cell", "asset")
    shell.register_magic_function(sql_asset_magic(live), "cell", "sql_asset")
    shell.register_magic_function(sql_magic(live), "line_cell", "sql")
    shell.register_magic_function(schedule_magic(live), "line", "schedule")
    shell.input_transformers_cleanup.insert(0, asset_line_first)
    shell.events.register("pre_run_cell", live.cells.before)
    shell.events.register("post_run_cell", live.cells.after)
    _bring_names(shell)
    if live.source is None:  # where a location is loaded, nobody types or looks
        shell.Completer.custom_matchers.append(completer(live))
        register_formatters(shell)
        register_live_views(shell)


def unload(shell: Any) -> None:
    """Takes assetbook's hooks out of ``shell``; definitions stay bound to their names."""
    live = live_desk()
    if not isinstance(live, LiveNotebook):
        return
    shell.events.unregister("pre_run_cell", live.cells.before)
    shell.events.unregister("post_run_cell", live.cells.after)
    shell.input_transformers_cleanup.remove(asset_line_first)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [
        each for each in matchers if getattr(each, "matcher_identifier", None) != IDENTIFIER
    ]
    unregister_formatters(shell)
    unregister_live_views(shell)
    set_live(None)


def _beside(shell: Any, name: str, magic: Any) -> Any:
    """Our magic; for words of a family that are not ours, the magic that had its name before.

    IPython has a ``%store`` of its own, for variables.
    """
    before = shell.find_line_magic(name)
    ours = isinstance(before, MagicFamily | _Either)
    if not isinstance(magic, MagicFamily) or before is None or ours:
        return magic
    return _Either(magic, before)


class _Either:
    """A family of ours, or the magic that had its name."""

    def __init__(self, family: MagicFamily, before: Any) -> None:
        self.__name__ = family.__name__
        self._family = family
        self._before = before

    def __call__(self, line: str) -> Any:
        __tracebackhide__ = True
        words = line.split(maxsplit=1)
        ours = bool(words) and words[0] in self._family.members
        return (self._family if ours else self._before)(line)

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        other = f"Anything else is IPython's own %{self.__name__}:\n{self._before.__doc__}"
        return f"{self._family.__doc__}\n\n{other}"


def asset_line_first(lines: list[str]) -> list[str]:
    """The cell's lines with ``%%asset``, ``%%sql_asset`` or ``%%sql`` before any comments above it.

    Their count stays the same, but for a lone line. Comments above SQL become empty lines.

    IPython knows a cell magic by its first line alone.
    """
    for number, line in enumerate(lines):
        stripped = line.strip()
        found = _CELL_LINE.match(stripped)
        if found:
            above = ["\n"] * number if found["sql"] else lines[:number]
            rest = [*above, *lines[number + 1 :]]
            # with no body at all, as in `%%asset --help`, IPython would not call the magic
            return [line.lstrip().rstrip("\n") + "\n", *(rest or ["\n"])]
        if stripped and not stripped.startswith("#"):
            break
    return lines


_BROUGHT = (
    "asset",
    "asset_check",
    "multi_asset",
    "multi_asset_check",
    "observable_source_asset",
)


def _bring_names(shell: Any) -> None:
    """Puts the decorators into the notebook, unless it has other things of their names."""
    import assetbook

    for name in _BROUGHT:
        shell.user_ns.setdefault(name, getattr(assetbook, name))
