"""Reading selections: what each spelling says, and where a wrong one is wrong."""

from __future__ import annotations

import pytest

from assetbook.dependencies.selection_expression import (
    Attribute,
    Ends,
    Everything,
    Expression,
    Joined,
    Layers,
    Name,
    Pattern,
)
from assetbook.dependencies.selection_parser import parse
from assetbook.errors import SelectionError

A, B, C = (Name(Pattern((name,))) for name in "abc")
EVERY = Everything()


def said(name: str, value: str | None) -> Attribute:
    return Attribute(name, None if value is None else Pattern.wild(value))  # type: ignore[arg-type]


def up(child: Expression, depth: int | None = None) -> Layers:
    return Layers(child, "upstream", depth)


def down(child: Expression, depth: int | None = None) -> Layers:
    return Layers(child, "downstream", depth)


def either(*operands: Expression) -> Joined:
    return Joined("or", operands)


def caret(error: SelectionError) -> int:
    """The position in the text, of at most 40 characters, that the error points at."""
    return error.found.splitlines()[-1].index("^") - 2


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a", A),
        ("  a\n", A),
        ('"a"', A),
        ("*", EVERY),
        ("raw/*", Name(Pattern(("raw/", "")))),
        ('"a b"', Name(Pattern(("a b",)))),
        (r'"a\*\"\\*"', Name(Pattern(('a*"\\', "")))),
        ("+a", up(A)),
        ("a+", down(A)),
        ("2+a", up(A, 2)),
        ("a+1", down(A, 1)),
        ("2+a+1", either(up(A, 2), down(A, 1))),
        ("2+2024", up(Name(Pattern(("2024",))), 2)),
        ("2024+", down(Name(Pattern(("2024",))))),
        ("1+(a or b)", up(either(A, B), 1)),
        ("+(2+a)", up(up(A, 2))),
        ('+"a"+3', either(up(A), down(A, 3))),
    ],
)
def test_terms_and_layers_are_read(text: str, meant: Expression) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a or b and c", either(A, Joined("and", (B, C)))),
        ("(a or b) and c", Joined("and", (either(A, B), C))),
        ("a AND b", Joined("and", (A, B))),
        ("a Or b", either(A, B)),
        ("not a", Joined("and not", (EVERY, A))),
        ("NOT not a", Joined("and not", (EVERY, Joined("and not", (EVERY, A))))),
        ("a and not b", Joined("and not", (A, B))),
        ("not b and a", Joined("and not", (A, B))),
        ("not a and not b", Joined("and not", (EVERY, either(A, B)))),
        ("not(a)", Joined("and not", (EVERY, A))),
        ("+not-a", up(Name(Pattern(("not-a",))))),
    ],
)
def test_operators_bind_in_order(text: str, meant: Expression) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize("text", ["a b", "a,b", "a, b", "a ,b", "a or b", "a\tb", "(a)(b)"])
def test_terms_side_by_side_are_either(text: str) -> None:
    assert parse(text) == either(A, B)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("a+ b", either(down(A), B)), ("a +b", either(A, up(B))), ("a+ +b", either(down(A), up(B)))],
)
def test_a_plus_belongs_to_what_it_touches(text: str, meant: Expression) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("key:raw/a", said("key", "raw/a")),
        ('key:"raw/*"', said("key", "raw/*")),
        ("key:or", said("key", "or")),
        ("group:g1*", said("group", "g1*")),
        ("kind:<null>", said("kind", None)),
        ("owner:a@b.co", said("owner", "a@b.co")),
        ("owner:team:data", said("owner", "team:data")),
        ("is:external", said("is", "external")),
        ("tag:k", Attribute("tag", None, Pattern(("k",)))),
        ("tag:k=<null>", Attribute("tag", None, Pattern(("k",)))),
        ("tag:k=v", Attribute("tag", Pattern(("v",)), Pattern(("k",)))),
        ('tag:"a k"="a v"', Attribute("tag", Pattern(("a v",)), Pattern(("a k",)))),
        ("group: g", said("group", "g")),
        ("sinks(a)", Ends(A, "sinks")),
        ("roots( sinks(a) )+", down(Ends(Ends(A, "sinks"), "roots"))),
    ],
)
def test_attributes_and_functions_are_read(text: str, meant: Expression) -> None:
    assert parse(text) == meant


def test_sources_count_where_asked_for() -> None:
    read = parse("not group:g", include_sources=True)
    group = Attribute("group", Pattern(("g",)), None, True)
    assert read == Joined("and not", (Everything(True), group))


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", 0, "it is empty"),
        ("   ", 0, "it is empty"),
        ("a and", 5, "ends where a term is expected"),
        ("a or or b", 5, "a term is missing before `or`"),
        ("and b", 0, "a term is missing before `and`"),
        ("a,,b", 2, "no term begins with `,`"),
        ("(a", 0, "`\\(` is not closed"),
        ("a or (b and (c)", 5, "`\\(` is not closed"),
        ("sinks(key:c", 5, "`\\(` is not closed"),
        ("a) or b", 1, "`\\)` closes nothing"),
        ('key:"a', 4, '`"` is not closed'),
        ("group:", 6, "a value is missing here"),
        ("a and group: ", 13, "a value is missing here"),
        ("a tag:k=", 8, "a value is missing here"),
        ("tag:<null>", 4, "`tag:` needs a value"),
        ("a+b", 1, "touches a term on either side"),
        ("a+1b", 1, "touches a term on either side"),
        ("a + b", 2, "this `\\+` touches no term"),
        ("++a", 1, "one `\\+` means every layer already\n.*\n.*\nFor two layers write `2\\+x`"),
        ("a++", 2, "one `\\+` means every layer already\n.*\n.*\nFor two layers write `x\\+2`"),
        ("+2a b+ +", 7, "this `\\+` touches no term"),
        ("1234567+a", 9, "no graph has so many layers"),
        ("a not b", 2, "a word is missing before `not`\n.*\n.*\nWrite `and not` or `or not`"),
        ("a & b", 2, "`&` has no meaning here\n.*\n.*\nWrite `and` instead"),
        ("a - b", 2, "Write `and not` instead"),
        ("'a'", 0, 'Write `"` instead'),
        ("a=b", 1, "no term begins with `=`"),
        ("foo(a)", 0, "there is no function `foo`"),
        ("a or Sinks(a)", 5, "there is no function `Sinks`\n.*\n.*\nDid you mean `sinks`"),
        ("grop:x", 0, "`grop:` is no attribute\n.*\n.*\nDid you mean `group`"),
        ("is:fresh", 3, "`is:` knows no `fresh`"),
    ],
)
def test_errors_point_at_the_character(text: str, at: int, message: str) -> None:
    with pytest.raises(SelectionError, match=message) as raised:
        parse(text)
    assert caret(raised.value) == at


@pytest.mark.parametrize(("text", "at"), [("orders@41", 6), ("+raw/x@run:9f2", 6), ('"a"@1', 3)])
def test_versions_belong_to_value(text: str, at: int) -> None:
    with pytest.raises(
        SelectionError, match=r"(?s)not part of a selection.*`%value NAME@V"
    ) as raised:
        parse(text)
    assert caret(raised.value) == at


@pytest.mark.parametrize(
    "name",
    [
        *("automation_type", "changed_in_branch", "code_location", "column", "column_tag", "job"),
        *("partitions", "schedule", "sensor", "status", "table_name"),
    ],
)
def test_attributes_of_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(SelectionError, match=f"`{name}:` is not supported") as raised:
        parse(f"a or {name}:x")
    assert caret(raised.value) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [("(" * 3000 + "a" + ")" * 3000, "levels of `\\(`"), ("not " * 3000 + "a", "`not`")],
    ids=["parentheses", "not"],
)
def test_endless_nesting_is_refused(text: str, message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        parse(text)
