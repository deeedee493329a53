"""What one cell reads, binds, deletes and changes, case by case."""

from __future__ import annotations

import ast
import sys
import warnings

import pytest

from assetbook.notebook.cell_names import beyond_builtins, cell_names

# id, cell, names of `needs` beyond builtins, names of `binds`
CASES = [
    ("plain read", "y = x + 1", "x", "y"),
    ("read after bind", "x = 1\ny = x", "", "x y"),
    ("read before bind", "y = x\nx = 1", "x", "x y"),
    ("own old value", "x = x + 1", "x", "x"),
    ("augmented assignment", "x += 1", "x", "x"),
    ("handler of nothing", "try:\n    if 0:\n        f()\nexcept E:\n    x", "", ""),
    (
        "handler of a try around nothing",
        "try:\n    try:\n        pass\n    except E:\n        y\nexcept E:\n    x",
        "",
        "",
    ),
    (
        "a method's own class",
        "class X:\n    global __class__\n    __class__ = 1\n    def f(self):\n        __class__",
        "",
        "X __class__",
    ),
    ("handler of a kept branch", "try:\n    if 1:\n        pass\nexcept E:\n    x", "E x", ""),
    ("bound in one branch", "if a:\n    x = 1\nx", "a x", "x"),
    ("bound in both branches", "if a:\n    x = 1\nelse:\n    x = 2\nx", "a", "x"),
    ("branch that leaves", "if a:\n    x = 1\nelse:\n    raise E\nx", "a E", "x"),
    ("bound in a loop", "for i in n:\n    x = i\nx", "n x", "i x"),
    ("loop variable after the loop", "for i in n:\n    pass\ni", "n i", "i"),
    ("loop with else", "for i in n:\n    pass\nelse:\n    x = 1\nx", "n", "i x"),
    ("else skipped by break", "for i in n:\n    break\nelse:\n    x = 1\nx", "n x", "i x"),
    ("endless loop left by break", "while True:\n    x = f()\n    if x: break\nx", "f", "x"),
    ("deleted in a loop", "x = 1\nfor i in n:\n    x\n    del x", "n x", "i x"),
    ("read after del", "x = 1\ndel x\nx", "x", "x"),
    ("del of another cell's name", "del x", "x", ""),
    ("try may stop before", "try:\n    x = f()\nexcept E:\n    pass\nx", "f E x", "x"),
    ("handler binds too", "try:\n    x = f()\nexcept E:\n    x = 1\nx", "f E", "x"),
    ("handler leaves", "try:\n    x = f()\nexcept E:\n    raise\nx", "f E", "x"),
    ("nothing can fail", "try:\n    pass\nexcept E:\n    x = 1", "", ""),
    ("finally binds", "try:\n    f()\nfinally:\n    x = 1\nx", "f", "x"),
    ("finally may come early", "try:\n    x = f()\nfinally:\n    x", "f x", "x"),
    ("except name ends", "try:\n    f()\nexcept E as e:\n    e\ne", "f E e", "e"),
    ("with binds", "with open(p) as f:\n    x = f.read()\nx", "p", "f x"),
    ("with suppress", "with suppress(E):\n    x = 1\nx", "suppress E x", "x"),
    ("comprehension's own name", "[x for x in xs]\nx", "xs x", ""),
    ("comprehension's first iterable", "[x for x in x]", "x", ""),
    ("nested comprehension", "[[a * k for a in row] for row in m]", "k m", ""),
    ("comprehension condition", "{k: v for k, v in d.items() if v in keep}", "d keep", ""),
    ("walrus in a comprehension", "[y := f(x) for x in xs]\ny", "f xs y", "y"),
    ("walrus in a test", "if (m := f()) and (g := m.g):\n    g", "f", "m g"),
    ("walrus after or", "a or (x := 1)\nx", "a x", "x"),
    ("generator expression", "sum(x * rate for x in xs)", "rate xs", ""),
    ("lambda body", "f = lambda a: a * rate", "rate", "f"),
    ("lambda default", "f = lambda a=rate: a", "rate", "f"),
    ("function default", "def f(a=rate): return a", "rate", "f"),
    ("decorator", "@cache(size)\ndef f(): pass", "cache size", "f"),
    ("recursion", "def f(n): return f(n - 1)", "", "f"),
    ("function before its global", "def f(): return x\nx = 1", "x", "f x"),
    ("function after its global", "x = 1\ndef f(): return x", "", "f x"),
    ("local hides all of a function", "def f():\n    print(x)\n    x = 1", "", "f"),
    ("global in a function", "def f():\n    global n\n    n += 1", "n", "f"),
    ("nonlocal", "def f():\n    a = 1\n    def g():\n        nonlocal a\n        a += 1", "", "f"),
    ("class body reads", "class A(B, metaclass=M):\n    k = size\n    j = k", "B M size", "A"),
    ("method skips class names", "class A:\n    k = 1\n    def m(self): return k", "k", "A"),
    ("comprehension skips class names", "class A:\n    k = 1\n    z = [k for _ in s]", "k s", "A"),
    ("method names its class", "class A:\n    def m(self): return A()", "", "A"),
    ("class cell", "class A:\n    def m(self): return __class__", "", "A"),
    ("private name", "class A:\n    def m(self): return __x", "_A__x", "A"),
    ("annotation runs", "x: T = 1\ndef f(a: P) -> R: pass", "T P R", "x f"),
    ("annotation alone binds nothing", "x: T\nx", "T x", ""),
    ("local annotation never runs", "def f():\n    x: T = 1", "", "f"),
    ("annotation in brackets", "def f():\n    (x): T\n    return x", "x", "f"),
    ("future annotations", "from __future__ import annotations\nx: T = 1", "", "annotations x"),
    ("match captures", "match p:\n    case [a, *b] if a > c: a, b", "p c", "a b"),
    ("match captures a mapping", "match p:\n    case {'k': k, **r}: k, r", "p", "k r"),
    ("match leaves unbound", "match p:\n    case [a]: pass\na", "p a", "a"),
    ("match always binds", "match p:\n    case [a]: pass\n    case a: pass\na", "p", "a"),
    ("match class and value", "match p:\n    case C(x=m.V): pass", "p C m", ""),
    ("dead code", "if 0:\n    x\nraise E\ny", "E", ""),
    ("f-string", "f'{a:{w}} {b!r}'", "a w b", ""),
    ("subscript target", "d[k], o.a = v", "d k o v", ""),
    ("star import hides nothing", "from m import *\nx", "x", ""),
    ("dotted import", "import a.b\na.b.c", "", "a"),
    ("top-level await", "x = await f()", "f", "x"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "needs", "binds"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_cell_needs_and_binds(cell: str, needs: str, binds: str) -> None:
    names = cell_names(cell)
    assert beyond_builtins(names.needs) == set(needs.split())
    assert names.binds == set(binds.split())


MUTATIONS = [
    ("item", "d[k] = 1", "d"),
    ("nested item", "d.a['k'][0].b = 1", "d"),
    ("deleted item", "del d['k']", "d"),
    ("attribute", "o.a = 1", "o"),
    ("augmented name", "n += 1", "n"),
    ("augmented item", "n[0] += 1", "n"),
    ("method", "rows.append(1)", "rows"),
    ("method handed over", "map(rows.append, lines)", "rows"),
    ("inner value", "d.setdefault(k, []).append(1)", "d"),
    ("inplace", "df.drop(columns=c, inplace=True)", "df"),
    ("not inplace", "df.drop(columns=c, inplace=False)", ""),
    ("loop target", "for d['k'] in xs: pass", "d"),
    ("listed function", "heapq.heappush(heap, 1)", "heap"),
    ("in a function", "def f(): cache['k'] = 1", "cache"),
    ("local of a function", "def f(d):\n    d['k'] = 1\n    e = []\n    e.append(d)", ""),
    ("new object", "list(x).append(1)", ""),
    ("module function", "import numpy as np\nnp.add(a, b)", ""),
    ("object in a module", "import sys\nsys.path.append(p)", "sys"),
]


@pytest.mark.parametrize(
    ("cell", "mutates"), [c[1:] for c in MUTATIONS], ids=[c[0] for c in MUTATIONS]
)
def test_changes_in_place_are_seen(cell: str, mutates: str) -> None:
    assert cell_names(cell).mutates == set(mutates.split())


TYPE_PARAMETERS = [
    ("function", "def f[T: Bound](a: T, b: U = d) -> T: return T", "Bound U d"),
    ("class", "class A[T](Base[T]):\n    x: T = y", "Base y"),
    ("alias", "type P[T] = dict[T, Q]", "Q"),
]


if sys.version_info >= (3, 12):  # older ones cannot read the cells

    @pytest.mark.parametrize(
        ("cell", "needs"), [c[1:] for c in TYPE_PARAMETERS], ids=[c[0] for c in TYPE_PARAMETERS]
    )
    def test_type_parameters_are_no_reads(cell: str, needs: str) -> None:
        assert beyond_builtins(cell_names(cell).needs) == set(needs.split())


def test_now_and_later_are_told_apart() -> None:
    names = cell_names("a\ndef f(): return b, c\nc = (d for x in e if g)")
    assert names.reads == {"a", "d", "e", "g"}
    assert names.reads_later == {"b", "c", "d", "g"}


def test_a_deferred_read_of_a_bound_name_is_no_need() -> None:
    names = cell_names("k = 1\nf = lambda: k")
    assert (names.reads_later, names.needs) == ({"k"}, frozenset())


def test_global_in_a_function_binds_later() -> None:
    names = cell_names("def f():\n    global n\n    n = 1\n    import m")
    assert (names.binds, names.binds_later) == ({"f"}, {"n"})


def test_a_handler_name_is_deleted() -> None:
    names = cell_names("try:\n    f()\nexcept E as e:\n    pass\ndel x")
    assert names.deletes == {"e", "x"}


def test_imports_give_their_sources() -> None:
    names = cell_names(
        "import a.b, c.d as e\nfrom f.g import h as i\nfrom . import j\nfrom ..k import *"
    )
    assert names.imports == {"a": "a", "e": "c.d", "i": "f.g:h", "j": ".:j"}
    assert names.star_imports == {"..k"}


def test_future_annotations_are_noted_apart() -> None:
    names = cell_names("from __future__ import annotations\ndef f(a: T) -> list[U]: return V")
    assert names.annotation_reads == {"T", "U", "list"}
    assert names.reads_later == {"V"}


def test_first_reads_have_lines() -> None:
    names = cell_names("x = 1\ny = (a +\n     b)\nz = a + x\nf = lambda: x")
    assert names.first_read == {"a": 2, "b": 3, "x": 5}


def test_a_tree_gives_what_its_text_gives() -> None:
    cell = "x = y\ndef f(): return z"
    assert cell_names(ast.parse(cell)) == cell_names(cell)


def test_no_python_is_a_syntax_error() -> None:
    with pytest.raises(SyntaxError, match="invalid syntax"):
        cell_names("x = = 1")


def test_what_notebooks_provide_is_dropped() -> None:
    names = cell_names("display(len(In), get_ipython(), _, orders)")
    assert beyond_builtins(names.reads) == {"orders"}


def test_what_the_compiler_warned_of_is_not_warned_of_again() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cell_names("pattern = '\\(' + text").needs == {"text"}
