"""What in SQL reads the world outside; the lists are the ``sql`` table of ``readers.toml``."""

from __future__ import annotations

import functools
import re

from assetbook.notebook.readers import reader_table


@functools.cache
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(names) for name, names in reader_table()["sql"].items()}


def reads_outside(name: str, arguments: int) -> bool:
    """Whether a function called with that many arguments reads clocks, chance or the outside."""
    lists = _lists()
    return name in lists["functions"] or (arguments < 2 and name in lists["of_one_argument"])


def statement_reads(first_word: str) -> bool:
    """Whether statements that begin with this word, in lower case, reach outside."""
    return first_word in _lists()["statements"]


def table_function_reads(name: str) -> bool:
    """Whether a table function reads the outside: all do, but those that only make rows."""
    return name not in _lists()["pure_table_functions"]


_FILE = re.compile(
    r".*[/\\:*?].*\.\w+.*"
    r"|.*\.(?:csv|tsv|parquet|json|jsonl|ndjson|xlsx|arrow|db)(?:\.\w+)?"
    r"|\w+://.*",
    re.DOTALL,
)


def file_reader(name: str) -> str:
    """The function that reads a table which is named by a file's path; empty for other names."""
    if not _FILE.fullmatch(name):
        return ""
    for kind in ("parquet", "json", "xlsx"):
        if kind in name.rpartition(".")[2] or f".{kind}" in name:
            return f"read_{kind}"
    return "read_csv"
