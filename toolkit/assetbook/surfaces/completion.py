"""Tab completion for the magics: asset names, selections, options, runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from assetbook.dependencies.selection import SelectionGraph
from assetbook.dependencies.selection_completion import completions
from assetbook.errors import AssetbookError
from assetbook.notebook.configured_locations import configured_locations
from assetbook.surfaces.asset_magic import ASSET_PARAMS
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.shell_completion import references
from assetbook.surfaces.sql_magics import SQL_ASSET_PARAMS
from assetbook.surfaces.verb import Verb

_LINE = re.compile(r"\s*%(?P<verb>%?\w+) (?P<rest>.*)$", re.DOTALL)
_SQL_CELL = re.compile(r"\s*%%sql(?:_asset)?\b")
_SELECTION_SIGNS = re.compile(r"[()+,]")
IDENTIFIER = "assetbook"
"""Names our matcher among IPython's."""


def completer(live: LiveNotebook) -> Callable[[Any], Any]:
    """A matcher for IPython's completer that completes what follows a verb's magic.

    Where it has something to offer, IPython's own names, files and magics are left out.
    """
    from IPython.core.completer import SimpleCompletion, context_matcher

    @context_matcher(identifier=IDENTIFIER)  # type: ignore[untyped-decorator]
    def match(context: Any) -> dict[str, Any]:
        lines = context.full_text.splitlines()
        line = lines[context.cursor_line : context.cursor_line + 1]
        text = line[0][: context.cursor_position] if line else ""
        if any(map(_SQL_CELL.match, lines[: context.cursor_line])):
            text = f"%sql {text}"
        return {
            "completions": [
                SimpleCompletion(each, type="asset") for each in completions_of(live, text)
            ],
            "matched_fragment": replaced_word(text),
            "suppress": True,
            "ordered": True,
        }

    return match  # type: ignore[no-any-return]


def replaced_word(text: str) -> str:
    """The end of ``text``, a line up to the cursor, that a completion takes the place of."""
    match = _LINE.match(text)
    verb = _asked(match)[0] if match is not None else None
    word = text.rsplit(" ", 1)[-1]
    if verb is None or verb.completes != "selection" or word.startswith("-"):
        return word
    return _SELECTION_SIGNS.split(word)[-1]


def completions_of(live: LiveNotebook, text: str) -> list[str]:
    """What may stand at the end of ``text``, the line up to the cursor; empty for other lines."""
    match = _LINE.match(text)
    if match is None:
        return []
    verb, rest = _asked(match)
    word = rest.rsplit(" ", 1)[-1]
    if word.startswith("-"):
        return [option for option in _options(match["verb"], verb) if option.startswith(word)]
    if verb is None:
        family = f"{match['verb']} {rest}"
        return [name.partition(" ")[2] for name in VERBS if " " in name and name.startswith(family)]
    try:
        return _names(live, verb, rest, word)
    except AssetbookError:  # definitions that do not fit together yet: nothing to offer
        return []


def _asked(match: re.Match[str]) -> tuple[Verb | None, str]:
    """The verb of one or two words that is typed, and what follows it."""
    second, space, rest = match["rest"].partition(" ")
    verb = VERBS.get(f"{match['verb']} {second}") if space else None
    return (verb, rest) if verb is not None else (VERBS.get(match["verb"]), match["rest"])


def _options(magic: str, verb: Verb | None) -> list[str]:
    """The options of a verb's magic, or of ``%%asset`` and ``%%sql_asset``."""
    cells = {"%asset": ASSET_PARAMS, "%sql_asset": SQL_ASSET_PARAMS}
    if verb is None and magic not in cells:
        return []
    params = verb.params if verb is not None else cells[magic]
    options = [option for param in params for option in param.opts if option.startswith("-")]
    return [*options, "--help"]


def _names(live: LiveNotebook, verb: Verb, rest: str, word: str) -> list[str]:
    if verb.completes == "run" and not _words_before(rest, word):
        runs = live.instance.runs(20)
        return [run.id for run in runs if run.id.startswith(word)]
    if verb.completes == "location":
        project = live.instance.project
        known = configured_locations(project) if project is not None else []
        return [str(each) for each in known if str(each).startswith(word)]
    if verb.completes == "job":
        jobs = [] if _words_before(rest, word) else live.names("job")
        return [name for name in jobs if name.startswith(word)]
    if not verb.completes:
        return []
    graph = live.loaded().graph
    if verb.completes == "table":
        tables = [str(key).replace("/", ".") for key in graph.specs]
        return sorted(each for each in tables if word and each.startswith(word))
    if verb.completes == "run" and not _takes_selection(verb):
        return []
    after_with = rest[: len(rest) - len(word)].split()[-1:] == ["--with"]
    if (verb.completes == "version" or after_with) and "@" in word:
        return references(live.instance, word)
    if verb.completes in ("asset", "version") or after_with:
        return sorted(str(key) for key in graph.specs if str(key).startswith(word))
    return completions(rest, len(rest), SelectionGraph(graph.dag, graph.facts()))


def _words_before(rest: str, word: str) -> list[str]:
    """What is typed before ``word``, but for options."""
    before = rest[: len(rest) - len(word)].split()
    return [each for each in before if not each.startswith("-")]


def _takes_selection(verb: Verb) -> bool:
    return any(param.name == "selection" for param in verb.params)
