"""SQL as tokens: which names are parameters, and what formatting leaves."""

from __future__ import annotations

import pytest

from assetbook.errors import DefinitionError
from assetbook.notebook.sql_tokens import tokens_of


def parameters(source: str) -> list[str]:
    return [each.name for each in tokens_of(source, asked="x").parameters]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("select * from t where day = :day", ["day"]),
        ("select * from t where day = $day", ["day"]),
        ("select * from t where day in (:a, :b) limit :n", ["a", "b", "n"]),
        ("select * from t where day between :a and :b", ["a", "b"]),
        ("select case when x then :a else :b end from t", ["a", "b"]),
        ("select :a::date, b::int from t", ["a"]),
        ("select interval :n day", ["n"]),
        ("select [:a, :b]", ["a", "b"]),
        ("select :größe", ["größe"]),
        ("from t limit :n", ["n"]),
        (
            "from t where a ilike :b and c glob :d or e similar to :f escape :g",
            ["b", "d", "f", "g"],
        ),
        ("select a at time zone :z from t", ["z"]),
        ("select first:1, next: 2 from t", []),
        ("explain analyze select :a; call f(:b); select ':c'", ["a", "b"]),
        # a slice, a key, an alias, a cast
        ("select l[1:n], l[:n], l[a:], l[f(x):n] from t", []),
        ("select {'a': b, c:d, 'e':f} from t", []),
        ("select {'a': :b} from t", ["b"]),
        ("select x: 1, y:z from tt: orders", []),
        ("select date:1, t.c:d from t", []),
        ("select a::int, 'x'::date", []),
        ("select list_transform(l, lambda x: x + :n) from t", ["n"]),
        # strings, comments, quoted names
        ("select ':a', \":b\", $$ :c $$ -- :d\n/* :e $f */ from t", []),
    ],
)
def test_names_after_a_colon_or_dollar_are_parameters(source: str, names: list[str]) -> None:
    assert parameters(source) == names


@pytest.mark.parametrize(
    ("dialect", "source", "names"),
    [
        ("postgres", "select data ? 'a', data ?| array[:b], data ?& array['d'] from t", ["b"]),
        ("postgres", "select x @> :y::jsonb, data #>> '{a}', data->>'b' from t", ["y"]),
        ("postgres", "select E'a\\':b', $tag$ :a $tag$, U&'\\0061:b', :c", ["c"]),
        ("postgres", "select /* a /* :b */ :c */ :d, interval '1:00', a[1:2], a[:n]", ["d"]),
        ("sqlite", "select [my :a], `:b`, \":c\", '\\', :y, x -> '$.a'", ["y"]),
        ("sqlite", "select 1; replace into a select * from b where x = :y; select :z", ["y", "z"]),
        ("sqlite", "select x glob :p or y = $q", ["p", "q"]),
    ],
)
def test_each_language_has_its_own_spellings(dialect: str, source: str, names: list[str]) -> None:
    found = tokens_of(source, asked="x", dialect=dialect).parameters
    assert [each.name for each in found] == names


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("select *\nfrom t where a = ?", "line 2, column 18: a parameter without a name"),
        ("select $1", "a parameter without a name"),
        ("select {{ day }}", "line 1, column 8: a template begins"),
        ("{% if x %} select 1", "a template begins"),
        ("select 'a", "it is no SQL"),
    ],
)
def test_templates_and_numbered_parameters_are_refused(source: str, match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        tokens_of(source, asked="x")


@pytest.mark.parametrize(
    "other",
    [
        "SELECT a AS b FROM t WHERE c = :day GROUP BY a",
        "select a as b\n  from t -- a comment\n where c=$day /* more */ group  by a",
    ],
)
def test_comments_and_formatting_change_nothing(other: str) -> None:
    plain = tokens_of("select a as b from t where c = :day group by a", asked="x")
    assert tokens_of(other, asked="x").normalized == plain.normalized


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select a", "select A"),
        ("select a as Format", "select a as format"),
        ("select 'a  b'", "select 'a b'"),
        ("select 'a'", 'select "a"'),
        ("select $$a$$", "select a"),
        ("select a b", "select a, b"),
        ("select 'select'", "select 'SELECT'"),
        ("select :a", "select a"),
        ("select 'from' x", 'select "FROM" x'),
        ("select 1.0", "select 1.00"),
        ("select 'a b'", "select 'a' b"),
        ("select 'a'' b'", "select 'a', ' b'"),
    ],
)
def test_what_may_change_the_result_counts(one: str, other: str) -> None:
    assert tokens_of(one, asked="x").normalized != tokens_of(other, asked="x").normalized


def test_names_of_parameters_count_in_each_language() -> None:
    one, other, same = (
        tokens_of(f"select {name}", asked="x", dialect="sqlite") for name in ("$a", "$b", ":a")
    )
    assert one.normalized != other.normalized
    assert one.normalized == same.normalized


def test_places_stay_where_they_were() -> None:
    tokens = tokens_of("select 'é', :day, :größe", asked="x")
    assert tokens.with_dollars == "select 'é', $day, $größe"


@pytest.mark.parametrize("source", ["", "\n", "-- nothing", "/* nothing */", ";"])
def test_no_statement_is_none(source: str) -> None:
    tokens = tokens_of(source, asked="x")
    assert list(tokens.statements()) == []
    assert tokens.parameters == ()
