"""The canonical form of code: what it leaves out, and that every Python gives the same."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.notebook.canonical import canonical, canonical_digest

# Recorded on Python 3.11; every later one must agree.
DIGESTS = {
    "def f(a, /, b: int = 1, *c, d=2, **e) -> str:\n    return f'{a!r:>{b}} {c=}' 'x'\n": "6648fb7a00ddf89988a368988a0c0bf0",  # noqa: E501
    "class A(B, metaclass=M):\n    x: int = 1\n    def m(self): return [i async for i in self]\n": "120d33365c2efab197b1e07387939776",  # noqa: E501
    "match p:\n    case {'a': [1, *rest], **kw} if rest: pass\n    case A(x=1) | None: pass\n": "8e7c85965104b19084116169a3c77d9e",  # noqa: E501
    "try:\n    with (a as b, c): x += 1\nexcept* (E, F) as e:\n    raise X from e\nfinally:\n    del y\n": "226612e81f4bea1f7d89db530477a54a",  # noqa: E501
    "lambda *a, k=-0.0: (a, k, 1j, 1e400, b'\\x00', ..., 10**3, 0x_ff, 'é', u'a')\n": "bd0380acd8adffdc392205a7fbd13680",  # noqa: E501
    "f'{x!s}' f'{y:}' 'a' f''\nprint(f'a{1}' 'b' f'{2:>{3}}c')\n": "665948c853152a7bbabf4d28a8c2d2f7",  # noqa: E501
    "from . import a as b\nfrom ..c import *\nimport d.e\nglobal g\nasync def h():\n    await i\n": "ac6a6bc4504ea5d012ff4cb91aba2bcc",  # noqa: E501
    "x[1:2, ::3, ...] = (y := 3) if not a < b <= c else {**d, 'k': {*e}}\n": "d5ef2d990af8916a43936b51009b5a63",  # noqa: E501
}


def digest(source: str, **options: bool) -> str:
    return canonical_digest(canonical(ast.parse(source), **options)).hex()


@pytest.mark.parametrize(("source", "expected"), DIGESTS.items())
def test_digests_are_those_of_every_python(source: str, expected: str) -> None:
    assert digest(source) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x  =  1  # one"),
        ("f(a,\n  b)", "f(a, b)"),
        ("'a'  'b'\nx", "'ab'\nx"),
        ("def f():\n    'doc'\n    return 1", "def f():\n    return 1"),
        ("class A:\n    'doc'\n    x = 1", "class A:\n    'other'\n    x = 1"),
        ("x = u'a'", "x = 'a'"),
        ("x = 0x10", "x = 16"),
    ],
)
def test_the_look_of_code_is_left_out(one: str, other: str) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = True"),
        ("x = 1", "x = 1.0"),
        ("x = 'a'", "x = b'a'"),
        ("x = a.b", "x = a['b']"),
        ("def f(a): return a", "def f(b): return b"),
        ("def f(a: int): pass", "def f(a): pass"),
        ("x = None", "x = ..."),
        ("f(a, b)", "f(b, a)"),
        ("f(a=1, b=2)", "f(b=2, a=1)"),
        ("x = [a for a in b]", "x = {a for a in b}"),
        ("x = 'a\\n.value'", "x = 'a'\nvalue"),
        ("return_ = f'{x!r}'", "return_ = f'{x}'"),
        ("def f():\n    x\n    'no docstring'", "def f():\n    x"),
    ],
)
def test_what_code_says_counts(one: str, other: str) -> None:
    assert digest(one) != digest(other)


def test_the_first_string_of_a_cell_is_kept_if_asked() -> None:
    assert digest("'a'") == digest("'b'")
    assert digest("'a'", keep_first_string=True) != digest("'b'", keep_first_string=True)


def test_decorators_given_are_left_out() -> None:
    tree = ast.parse("@a\n@b\ndef f(): pass").body[0]
    assert isinstance(tree, ast.FunctionDef)
    alone = ast.parse("@b\ndef f(): pass").body[0]
    assert canonical(tree, without=tree.decorator_list[:1]) == canonical(alone)


def test_deep_code_needs_no_recursion() -> None:
    tree: ast.expr = ast.Name("x", ast.Load())
    for _ in range(20_000):
        tree = ast.Attribute(tree, "a", ast.Load())
    assert canonical(tree).count(b"(Attribute") == 20_000


@given(st.one_of(st.integers(), st.text(), st.binary(), st.floats(allow_nan=False)))
def test_literals_are_told_apart_by_type_and_value(value: object) -> None:
    one = canonical(ast.Constant(value))
    assert one == canonical(ast.Constant(value))
    assert one != canonical(ast.Constant(str(value) + "'"))
