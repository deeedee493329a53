"""What a database says of a query, told by the line of the cell and with the nearest names."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable

from assetbook.errors import DefinitionError, did_you_mean

_JSON = re.compile(r"^[\w ]*Error: (\{.*\})", re.DOTALL)
_REST = re.compile(r"\s*\n\s*(?:Candidate|Did you mean|LINE \d+:).*", re.DOTALL)


def line_and_column(source: str, at: int) -> str:
    """``line 3, column 5`` of a place in the text, in characters; both count from 1."""
    before = source[:at]
    return f"line {before.count(chr(10)) + 1}, column {at - before.rfind(chr(10))}"


def excerpt(source: str, at: int) -> str:
    """The line of a place, with a mark below it."""
    begins = source.rfind("\n", 0, at) + 1
    line = source[begins:].partition("\n")[0]
    return f"    {line.rstrip()}\n    {' ' * (at - begins)}^"


def at_place(source: str, at: int, said: str) -> str:
    """A sentence about a place, with its line below."""
    return f"{line_and_column(source, at)}: {said}\n{excerpt(source, at)}"


def duckdb_error(
    error: BaseException,
    source: str,
    begins: int = 0,
    *,
    asked: str,
    shift: int = 0,
    tables: Collection[str] = (),
    columns: Iterable[str] = (),
) -> DefinitionError:
    """What DuckDB (with ``errors_as_json``) says against a query, for its author.

    Its place counts in bytes from character ``begins``, which is -1 where that is not known;
    ``shift`` bytes were put before the text.
    ``tables`` and ``columns`` are the names that there are, for the nearest to be offered.
    """
    text = str(error)
    match = _JSON.match(text)
    said = json.loads(match[1]) if match else {"exception_message": text}
    message = _REST.sub("", said["exception_message"]).rstrip("!. ")
    message = message.replace('"', "`")
    if "position" in said and begins >= 0:
        before = source[begins:].encode()[: max(0, int(said["position"]) - shift)]
        message = at_place(source, begins + len(before.decode("utf-8", "replace")), message)
    return DefinitionError(asked, message, _nearest(said, tables, columns))


def _nearest(said: dict[str, str], tables: Collection[str], columns: Iterable[str]) -> str:
    name = said.get("name", "")
    if not name:
        return ""
    if said.get("type") == "Table":
        near = did_you_mean(name, tables)
        return near or "It is no asset of this notebook, and no table that the cell made."
    if said.get("error_subtype") == "COLUMN_NOT_FOUND":
        candidates = [each.strip() for each in said.get("candidates", "").split(",")]
        return did_you_mean(name, [*columns, *filter(None, candidates)])
    return did_you_mean(name, said.get("candidates", "").split(", "))
