"""Parameters in each style that a DB-API driver may have."""

from __future__ import annotations

from typing import Any

import pytest

from assetbook.errors import ConfigError
from assetbook.io.database import DatabaseQuery
from assetbook.io.database_url import of_connection
from assetbook.io.dbapi_session import statement

SOURCE = "SELECT 1; SELECT a % 2 FROM t WHERE b LIKE ':x%' AND c = :day AND d = :n OR e = :day"


def query() -> DatabaseQuery:
    begins = SOURCE.index("SELECT a")
    places = [SOURCE.index("= :day") + 2, SOURCE.index(":n"), SOURCE.rindex(":day")]
    names = [(at, name) for at, name in zip(places, ("day", "n", "day"), strict=True)]
    return DatabaseQuery(SOURCE, "x", [(0, 8), (begins, len(SOURCE))], names, {"day": "d", "n": 3})


@pytest.mark.parametrize(
    ("style", "end", "given"),
    [
        ("qmark", "c = ? AND d = ? OR e = ?", ("d", 3, "d")),
        ("numeric", "c = :1 AND d = :2 OR e = :3", ("d", 3, "d")),
        ("numeric_dollar", "c = $1 AND d = $2 OR e = $3", ("d", 3, "d")),
        ("named", "c = :day AND d = :n OR e = :day", {"day": "d", "n": 3}),
        ("format", "c = %s AND d = %s OR e = %s", ("d", 3, "d")),
        ("pyformat", "c = %(day)s AND d = %(n)s OR e = %(day)s", {"day": "d", "n": 3}),
    ],
)
def test_each_style_marks_its_parameters(style: str, end: str, given: Any) -> None:
    text, found = statement(query(), 1, style)
    percent = "%%" if "format" in style else "%"
    assert text == f"SELECT a {percent} 2 FROM t WHERE b LIKE ':x{percent}' AND {end}"
    assert found == given


def test_without_parameters_nothing_is_changed() -> None:
    assert statement(query(), 0, "format") == ("SELECT 1", None)


def test_what_is_no_connection_is_told() -> None:
    with pytest.raises(ConfigError, match="no DB-API connection"):
        of_connection(object())


class _Unknown:
    """A connection of a driver that does not say how it takes parameters."""

    cursor = commit = rollback = close = None


def test_a_driver_without_a_style_is_told() -> None:
    with pytest.raises(ConfigError, match="does not say how it takes parameters"):
        of_connection(_Unknown())
