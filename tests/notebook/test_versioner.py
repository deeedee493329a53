"""Code versions: what counts, what does not, and what is said to be unknown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.notebook.live_notebook import LiveNotebook, digest_of, version_of

from assetbook.keys import AssetKey

READS_X = "def f():\n    return X\n"

# Each row binds X two ways: a change must show in the digest or be an unknown.
KINDS = {
    "int to bool": ("X = 1", "X = True"),
    "int to float": ("X = 1", "X = 1.0"),
    "zero's sign": ("X = 0.0", "X = -0.0"),
    "huge int": ("X = 10 ** 5000", "X = 10 ** 5000 + 1"),
    "complex": ("X = 1j", "X = complex(-0.0, 1)"),
    "str": ("X = 'a'", "X = 'b'"),
    "bytes": ("X = b'a'", "X = bytearray(b'a')"),
    "none": ("X = None", "X = ..."),
    "list": ("X = [1, 2]", "X = [2, 1]"),
    "long list": ("X = list(range(20))", "X = [0.0, *range(1, 20)]"),
    "tuple": ("X = (1, 2)", "X = [1, 2]"),
    "dict order": ("X = {'a': 1, 'b': 2}", "X = {'b': 2, 'a': 1}"),
    "set": ("X = {1, 2}", "X = {1, True + 2}"),
    "nested": ("X = {'a': [1, {'b': 2}]}", "X = {'a': [1, {'b': 2.0}]}"),
    "deque": ("import collections\nX = collections.deque([1], 2)", "X = collections.deque([1], 3)"),
    "defaultdict": (
        "import collections\nX = collections.defaultdict(int)",
        "X = collections.defaultdict(list)",
    ),
    "decimal scale": ("import decimal\nX = decimal.Decimal('1.0')", "X = decimal.Decimal('1.00')"),
    "fraction": ("import fractions\nX = fractions.Fraction(1, 2)", "X = fractions.Fraction(1, 3)"),
    "date": ("import datetime\nX = datetime.date(2024, 1, 1)", "X = datetime.datetime(2024, 1, 1)"),
    "fold": (
        "import datetime\nX = datetime.datetime(2024, 1, 1)",
        "X = datetime.datetime(2024, 1, 1, fold=1)",
    ),
    "zone": (
        "import zoneinfo\nX = zoneinfo.ZoneInfo('Europe/Paris')",
        "X = zoneinfo.ZoneInfo('Europe/Rome')",
    ),
    "path": ("import pathlib\nX = pathlib.Path('a')", "X = pathlib.Path('b')"),
    "pattern flags": ("import re\nX = re.compile('a')", "X = re.compile('a', re.I)"),
    "range": ("X = range(3)", "X = range(0, 3, 2)"),
    "slice": ("X = slice(3)", "X = slice(0, 3)"),
    "array.array": ("import array\nX = array.array('i', [1])", "X = array.array('l', [1])"),
    "function": ("def X(): return 1", "def X(): return 2"),
    "lambda": ("X = lambda: 1", "X = lambda: 2"),
    "lambdas on a line": ("X, Y = lambda: 1, lambda: 2", "Y, X = lambda: 1, lambda: 2"),
    "default value": ("def X(a=1): return a", "def X(a=2): return a"),
    "keyword default": ("def X(*, a=1): return a", "def X(*, a=1.0): return a"),
    "annotation": ("def X(a: int): return a", "def X(a: float): return a"),
    "local name": ("def X():\n    a = 1\n    return a", "def X():\n    b = 1\n    return b"),
    "function attribute": ("def X(): pass\nX.n = 1", "X.n = 2"),
    "closure": (
        "def make(n):\n    return lambda: n\nX = make(1)",
        "X = make(2)",
    ),
    "closures swapped": (
        "def make(n):\n    return lambda: n\nX = [make(1), make(2)]",
        "X = [make(2), make(1)]",
    ),
    "decorator argument": (
        "def times(n):\n    def d(g):\n        return lambda: g() * n\n    return d\n"
        "N = 2\n@times(N)\ndef X(): return 1",
        "N = 3\n@times(N)\ndef X(): return 1",
    ),
    "partial": ("import functools\nX = functools.partial(max, 1)", "X = functools.partial(min, 1)"),
    "partial argument": (
        "import functools\nX = functools.partial(max, 1)",
        "X = functools.partial(max, 2)",
    ),
    "bound method": (
        "class A:\n    def m(self): return 1\nX = A().m",
        "class A:\n    def m(self): return 2\nX = A().m",
    ),
    "instance state": ("class A: pass\nX = A()\nX.n = 1", "X.n = 2"),
    "slots": ("class A:\n    __slots__ = ('n',)\nX = A()\nX.n = 1", "X.n = 2"),
    "class attribute": ("class X: n = 1", "X.n = 2"),
    "class method": (
        "class X:\n    @classmethod\n    def m(cls): return 1",
        "class X:\n    @classmethod\n    def m(cls): return 2",
    ),
    "static method": (
        "class X:\n    @staticmethod\n    def m(): return 1",
        "class X:\n    @staticmethod\n    def m(): return 2",
    ),
    "property": (
        "class X:\n    @property\n    def p(self): return 1",
        "class X:\n    @property\n    def p(self): return 2",
    ),
    "base class": ("class B: n = 1\nclass X(B): pass", "class B: n = 2\nclass X(B): pass"),
    "metaclass": (
        "class M(type):\n    def m(cls): return 1\nclass X(metaclass=M): pass",
        "class M(type):\n    def m(cls): return 2\nclass X(metaclass=M): pass",
    ),
    "dataclass default": (
        "import dataclasses\n@dataclasses.dataclass\nclass X:\n    n: int = 1",
        "@dataclasses.dataclass\nclass X:\n    n: int = 2",
    ),
    "dataclass order": (
        "import dataclasses\n@dataclasses.dataclass\nclass X:\n    n: int",
        "@dataclasses.dataclass(order=True)\nclass X:\n    n: int",
    ),
    "dataclass instance": (
        "import dataclasses\n@dataclasses.dataclass\nclass A:\n    n: int\nX = A(1)",
        "X = A(2)",
    ),
    "enum class": ("import enum\nclass X(enum.Enum):\n    A = 1", "class X(enum.Enum):\n    A = 2"),
    "enum member": ("import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\nX = E.A", "X = E.B"),
    "named tuple": (
        "import typing\nclass X(typing.NamedTuple):\n    a: int = 1",
        "class X(typing.NamedTuple):\n    a: int = 2",
    ),
    "pydantic model": (
        "import pydantic\nclass X(pydantic.BaseModel):\n    n: int = 1",
        "class X(pydantic.BaseModel):\n    n: int = 2",
    ),
    "pydantic validator": (
        "import pydantic\nclass X(pydantic.BaseModel):\n    n: int\n"
        "    @pydantic.field_validator('n')\n    def v(cls, n): return n",
        "class X(pydantic.BaseModel):\n    n: int\n"
        "    @pydantic.field_validator('n')\n    def v(cls, n): return n + 1",
    ),
    "dict of functions": ("def a(): return 1\nX = {'a': a}", "def a(): return 2\nX = {'a': a}"),
    "dict subclass": ("class D(dict): pass\nX = D(a=1)", "X = D(a=2)"),
    "itemgetter": ("import operator\nX = operator.itemgetter(1)", "X = operator.itemgetter(2)"),
    "numpy array": ("import numpy\nX = numpy.array([1])", "X = numpy.array([2])"),
    "numpy dtype": ("import numpy\nX = numpy.array([1])", "X = numpy.array([1], 'int32')"),
    "numpy scalar": ("import numpy\nX = numpy.float64(1)", "X = 1.0"),
    "vectorize": (
        "import numpy\nX = numpy.vectorize(lambda a: a)",
        "X = numpy.vectorize(lambda a: -a)",
    ),
    "frompyfunc": (
        "import numpy\nX = numpy.frompyfunc(lambda a: a, 1, 1)",
        "X = numpy.frompyfunc(lambda a: -a, 1, 1)",
    ),
    "frame value": (
        "import pandas\nX = pandas.DataFrame({'a': [1]})",
        "X = pandas.DataFrame({'a': [2]})",
    ),
    "frame column": (
        "import pandas\nX = pandas.DataFrame({'a': [1]})",
        "X = pandas.DataFrame({'b': [1]})",
    ),
    "frame index": (
        "import pandas\nX = pandas.DataFrame({'a': [1]})",
        "X = pandas.DataFrame({'a': [1]}, index=[5])",
    ),
    "frame text": (
        "import pandas\nX = pandas.DataFrame({'a': ['u', None]})",
        "X = pandas.DataFrame({'a': ['v', None]})",
    ),
    "categories": (
        "import pandas\nX = pandas.Series(['a'], dtype='category')",
        "X = pandas.Series(['a'], dtype=pandas.CategoricalDtype(['a', 'b']))",
    ),
    "series name": ("import pandas\nX = pandas.Series([1])", "X = pandas.Series([1], name='n')"),
    "timestamp": ("import pandas\nX = pandas.Timestamp('2024')", "X = pandas.Timestamp('2025')"),
    "arrow table": (
        "import pyarrow\nX = pyarrow.table({'a': [1]})",
        "X = pyarrow.table({'a': [2]})",
    ),
    "arrow type": ("import pyarrow\nX = pyarrow.int32()", "X = pyarrow.int64()"),
    "polars frame": (
        "import polars\nX = polars.DataFrame({'a': [1]})",
        "X = polars.DataFrame({'a': [2]})",
    ),
    "polars expression": ("import polars\nX = polars.col('a') + 1", "X = polars.col('a') + 2"),
    "bound builtin": ("X = [1].count", "X = [2].count"),
    "builtin": ("X = len", "X = sum"),
    "module": ("import math\nX = math", "import cmath\nX = cmath"),
    "union type": ("X = int | str", "X = int | float"),
    "sentinel": ("A, B = object(), object()\nX = A\ndef f(): return X is A", "X = B"),
    "unbound": ("X = 1", "del X"),
    "exception": ("X = ValueError('a')", "X = ValueError('b')"),
    "singledispatch": (
        "import functools\n@functools.singledispatch\ndef X(a): return 1\n"
        "@X.register\ndef _(a: int): return 2",
        "@X.register\ndef _(a: int): return 3",
    ),
    "cached": (
        "import functools\n@functools.lru_cache\ndef X(): return 1",
        "@functools.lru_cache\ndef X(): return 2",
    ),
    "contextmanager": (
        "import contextlib\n@contextlib.contextmanager\ndef X():\n    yield 1",
        "@contextlib.contextmanager\ndef X():\n    yield 2",
    ),
    "simple namespace": (
        "import types\nX = types.SimpleNamespace(a=1)",
        "X = types.SimpleNamespace(a=2)",
    ),
}

UNVERSIONABLE = {
    "connection": "import sqlite3\nX = sqlite3.connect(':memory:')\nX.close()",
    "generator": "X = (n for n in [1])",
    "iterator": "X = iter([1])",
    "random state": "import random\nX = random.Random(1)",
    "numpy generator": "import numpy\nX = numpy.random.default_rng(1)",
    "open file": "import os\nX = open(os.devnull)\nX.close()",
    "thread": "import threading\nX = threading.Thread()",
    "large array": "import numpy\nX = numpy.zeros(200_000)",
    "large frame": "import pandas\nX = pandas.DataFrame({'a': range(200_000)})",
    "connection in a list": "import sqlite3\nc = sqlite3.connect(':memory:')\nc.close()\nX = [c]",
    "context variable": "import contextvars\nX = contextvars.ContextVar('x')",
    "code without source": "exec('def X(): return 1')",
    "socket": "import socket\nX = socket.socket()\nX.close()",
}


@pytest.mark.parametrize(("before", "after"), KINDS.values(), ids=KINDS.keys())
def test_a_changed_global_changes_the_digest(before: str, after: str) -> None:
    notebook = LiveNotebook()
    notebook.run(READS_X, before)
    first = notebook.version()
    assert notebook.version() == first
    notebook.run(after)
    second = notebook.version()
    assert first.digest != second.digest or second.unknowns


@pytest.mark.parametrize("before", [row[0] for row in KINDS.values()], ids=KINDS.keys())
def test_the_same_cell_again_changes_nothing(before: str) -> None:
    notebook = LiveNotebook()
    notebook.run(before, READS_X)
    first = notebook.version()
    notebook.run(before, READS_X)
    assert notebook.version() == first
    if "frompyfunc" not in before:
        assert first.unknowns == ()


@pytest.mark.parametrize("cell", UNVERSIONABLE.values(), ids=UNVERSIONABLE.keys())
def test_what_cannot_be_versioned_is_named(cell: str) -> None:
    version = version_of(cell, READS_X)
    assert [each.name.partition("[")[0] for each in version.unknowns] == ["X"]
    assert "`X" in version.unknowns[0].why


def test_an_unknown_says_what_to_do() -> None:
    version = version_of(
        "import sqlite3\nconn = sqlite3.connect(':memory:')\nconn.close()", "def f(): return conn"
    )
    assert version.unknowns[0].why == (
        "`conn` is a sqlite3.Connection that cannot be versioned: make it a resource, "
        'or say ignore={"conn"}'
    )


_THREE = """
import json, sys
sys.path.insert(0, {folder!r})
from tests.notebook.live_notebook import LiveNotebook
rows, reads = json.load(sys.stdin)
out = []
for before in rows:
    notebook = LiveNotebook()
    notebook.run(before, reads)
    out.append(notebook.version().digest)
print(json.dumps(out))
"""


def test_digests_are_equal_in_three_processes_with_other_hash_seeds() -> None:
    rows = [row[0] for row in KINDS.values()] + ["X = {'a', 'b', 'c', max, min, len}"]
    script = _THREE.format(folder=str(Path(__file__).parents[2]))

    def digests(seed: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps([rows, READS_X]),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    first = digests("0")
    assert digests("1") == first
    assert digests("4242") == first


def test_an_unchanged_helper_may_move_to_another_cell() -> None:
    helper = "def g(a):\n    return a + 1\n"
    use = "def f(): return g(1)"
    assert digest_of(helper, use) == digest_of("import math\n\n# moved\n" + helper + "Y = 3", use)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f():\n    return 1 + 2\n", "def f():  # why\n\n    return (1 +\n        2)\n"),
        ("def f():\n    return 1\n", 'def f():\n    """Says one."""\n    return 1\n'),
        ("def f():\n    return 'a'\n", 'def f():\n    return "a"\n'),
    ],
    ids=["formatting", "docstring", "quotes"],
)
def test_the_look_of_code_does_not_count(before: str, after: str) -> None:
    assert digest_of(before) == digest_of(after)


def test_set_order_and_nan_do_not_count() -> None:
    assert digest_of("X = {1, 2, 3}", READS_X) == digest_of("X = {3, 2, 1}", READS_X)
    nan = "X = float('nan')"
    assert digest_of(nan, READS_X) == digest_of(nan, READS_X)


def test_recursion_and_cycles_end() -> None:
    cells = (
        "def f(n):\n    return g(n)\n",
        "def g(n):\n    return f(n - 1) if n else X\n",
        "X = {}\nX['self'] = X\nX['f'] = f\nX['n'] = 1\n",
    )
    notebook = LiveNotebook()
    notebook.run(*cells)
    first = notebook.digest()
    notebook.run(*cells)
    assert notebook.digest() == first
    notebook.run("X['n'] = 2")
    assert notebook.digest() != first


def test_a_partial_of_the_old_object_is_equal_to_the_new() -> None:
    notebook = LiveNotebook()
    notebook.run("def g(a): return a", "import functools\np = functools.partial(g, 1)")
    notebook.run("def f(): return p() + g(2)")
    first = notebook.digest()
    notebook.run("def g(a): return a")
    assert notebook.digest() == first


def test_an_instance_counts_by_its_own_class() -> None:
    notebook = LiveNotebook()
    notebook.run("class A:\n    def m(self): return 1\na = A()", "def f(): return a.m()")
    first = notebook.digest()
    notebook.run("class A:\n    def m(self): return 2")
    assert notebook.digest() == first


def test_a_default_is_its_captured_value() -> None:
    notebook = LiveNotebook()
    notebook.run("N = 1", "def f(n=N): return n")
    first = notebook.digest()
    notebook.run("N = 2")
    assert notebook.digest() == first
    notebook.run("def f(n=N): return n")
    assert notebook.digest() != first


def test_a_patched_code_object_is_noticed() -> None:
    notebook = LiveNotebook()
    notebook.run("def g(): return 1", "def f(): return g()", "def h(): return 2")
    first = notebook.digest()
    notebook.names["g"].__code__ = notebook.names["h"].__code__
    assert notebook.digest() != first


def test_reached_functions_caches_are_given_back() -> None:
    notebook = LiveNotebook()
    notebook.run("import functools\n@functools.cache\ndef g(a): return a", "def f(): return g(1)")
    notebook.names["f"]()
    assert notebook.names["g"].cache_info().currsize == 1
    for clear in notebook.versioner.caches(notebook.names["f"]):
        clear()
    assert notebook.names["g"].cache_info().currsize == 0


def test_a_cached_property_is_cleared_and_does_not_count() -> None:
    notebook = LiveNotebook()
    notebook.run(
        "import functools\nclass A:\n    @functools.cached_property\n    def p(self): return 1\na = A()",  # noqa: E501
        "def f(): return a.p",
    )
    first = notebook.digest()
    notebook.names["f"]()
    assert notebook.digest() == first
    for clear in notebook.versioner.caches(notebook.names["f"]):
        clear()
    assert "p" not in vars(notebook.names["a"])


def test_loggers_locks_and_handles_are_ignored() -> None:
    use = "def f():\n    log.info('x')\n    with lock: return out"
    cells = "import logging, threading, sys\nlog = logging.getLogger('{}')\nlock = threading.{}()\nout = sys.{}"  # noqa: E501
    one = digest_of(cells.format("a", "Lock", "stdout"), use)
    assert one == digest_of(cells.format("b", "RLock", "stderr"), use)


def test_ignored_names_count_for_nothing_anywhere() -> None:
    cells = ("def g():\n    _cache['a'] = 1\n    return conn", "def f(): return g()")
    setup = "import sqlite3\nconn = sqlite3.connect(':memory:')\nconn.close()\n_cache = {}"
    version = version_of(setup, *cells)
    assert {each.name for each in version.unknowns} == {"conn", "_cache"}
    assert version_of(setup, *cells, ignore={"conn", "_cache"}).unknowns == ()


def test_an_authors_version_stands_for_the_unknown() -> None:
    version = version_of(UNVERSIONABLE["connection"], READS_X, authored=True)
    assert version.unknowns == ()


def test_a_reached_definition_counts_by_its_key() -> None:
    from assetbook.keys import AssetKey

    notebook = LiveNotebook()
    notebook.run("X = object()", READS_X)
    notebook.keys[id(notebook.names["X"])] = AssetKey("orders")
    first = notebook.digest()
    notebook.run("X = object()")
    notebook.keys[id(notebook.names["X"])] = AssetKey("orders")
    assert notebook.digest() == first
    notebook.keys[id(notebook.names["X"])] = AssetKey("flights")
    notebook.run("def f():\n    return  X\n")
    assert notebook.digest() != first


def test_the_frameworks_decorator_does_not_count() -> None:
    plain = "from assetbook.definitions.asset_decorator import asset\n@asset{}\ndef a():\n    return 1\nf = a.compute"  # noqa: E501
    one = digest_of(plain.format(""))
    assert one == digest_of(plain.format("(description='x', group_name='g', code_version='3')"))


def test_a_foreign_decorator_and_its_docstring_count() -> None:
    code = "import pytest\n@pytest.mark.{}\ndef g():\n    {!r}\n    return 1\ndef f(): return g()"
    one = digest_of(code.format("long", "doc"))
    assert one != digest_of(code.format("skip", "doc"))
    assert one != digest_of(code.format("long", "other"))


def test_docstrings_count_where_code_reads_them() -> None:
    code = "def g():\n    {!r}\ndef f(): return g.__doc__"
    assert digest_of(code.format("one")) != digest_of(code.format("two"))


def test_a_constant_that_was_a_builtin_is_noticed() -> None:
    notebook = LiveNotebook()
    notebook.run("def f(): return max(1, 2)")
    first = notebook.digest()
    notebook.run("def max(a, b): return a")
    assert notebook.digest() != first


def test_future_annotations_count() -> None:
    code = "def f(a: int): return f.__annotations__"
    assert digest_of(code) != digest_of("from __future__ import annotations\n" + code)


def test_pieces_are_named_as_people_name_them() -> None:
    version = version_of(
        "import numpy as np\nLIMIT = 3\nclass A: pass\ndef g(): return A, LIMIT",
        "def f(): return np.mean(g()), missing",
    )
    assert set(version.pieces) == {
        "asset:f", "helper:g", "class:A", "constant:LIMIT", "package:numpy", "unbound:missing",
    }  # fmt: skip
    assert version.pieces["constant:LIMIT"].text == "3"
    assert version.pieces["helper:g"].text == "def g(): return A, LIMIT"


def test_only_the_changed_piece_has_another_digest() -> None:
    notebook = LiveNotebook()
    notebook.run("LIMIT = 3\ndef g(): return LIMIT", "def f(): return g()")
    before = notebook.version().pieces
    notebook.run("LIMIT = 4")
    after = notebook.version().pieces
    assert [name for name in after if after[name].digest != before[name].digest] == [
        "constant:LIMIT"
    ]


def test_a_cell_body_counts_what_it_reads() -> None:
    notebook = LiveNotebook()
    notebook.run("K = 1\norders = [1]")
    cell = notebook.cell("t = K + 1\nsum(orders) + t")
    first = notebook.versioner.version(cell, inputs={"orders"})
    assert set(first.pieces) == {"asset:cell", "constant:K"}
    notebook.run("orders = [2]")
    assert notebook.versioner.version(cell, inputs={"orders"}) == first
    notebook.run("K = 2")
    assert notebook.versioner.version(cell, inputs={"orders"}).digest != first.digest


def test_a_cell_bodys_first_string_counts() -> None:
    notebook = LiveNotebook()
    digests = {notebook.versioner.version(notebook.cell(text)).digest for text in ("'a'", "'b'")}
    assert len(digests) == 2


def test_hidden_reads_of_a_cell_are_reached() -> None:
    notebook = LiveNotebook()
    notebook.run("day = 1")
    cell = notebook.cell("1", frozenset({"day"}))
    assert "constant:day" in notebook.versioner.version(cell).pieces


def test_package_versions_count_if_asked() -> None:
    plain, exact = LiveNotebook(), LiveNotebook(package_versions=True)
    for notebook in (plain, exact):
        notebook.run("import numpy as np\ndef f(): return np.mean([1])")
    assert plain.digest() != exact.digest()


def test_nothing_is_taken_anew_while_nothing_changed() -> None:
    notebook = LiveNotebook()
    notebook.run("X = [1, 2]", READS_X)
    assert notebook.version() is notebook.version()
    notebook.names["X"].append(3)
    assert (
        notebook.version().pieces["constant:X"].digest
        != version_of("X = [1, 2]", READS_X).pieces["constant:X"].digest
    )


IN_PLACE = {
    "list": ("X = [1]", "X.append(2)"),
    "nested dict": ("X = {'a': {'b': 1}}", "X['a']['b'] = 2"),
    "list of functions": ("X = [len]", "X[0] = max"),
    "dict subclass": ("class D(dict): pass\nX = D(a=1)", "X['a'] = 2"),
    "list subclass": ("class L(list): pass\nX = L([1])", "X[0] = True"),
    "instance": ("class A: pass\nX = A()\nX.n = [1]", "X.n.append(2)"),
    "class of an instance": ("class A: pass\nclass B: pass\nX = A()", "X.__class__ = B"),
    "class": ("class X: n = 1", "X.n = 2"),
    "bases": ("class A: pass\nclass B: pass\nclass X(A): pass", "X.__bases__ = (B,)"),
    "method": ("class X:\n    def m(self): return 1", "X.m = lambda self: 2"),
    "defaults": ("def X(a=1): return a", "X.__defaults__ = (2,)"),
    "default's content": ("def X(a=[1]): return a", "X.__defaults__[0].append(2)"),
    "keyword defaults": ("def X(*, a=1): return a", "X.__kwdefaults__['a'] = 2"),
    "function attribute": ("def X(): pass", "X.n = 1"),
    "array": ("import numpy\nX = numpy.array([1])", "X[0] = 2"),
    "frame": ("import pandas\nX = pandas.DataFrame({'a': [1]})", "X['b'] = 1"),
    "closure": (
        "def make(n):\n    return lambda: n\nX = make([1])",
        "X.__closure__[0].cell_contents = [2]",
    ),
    "default factory": (
        "import collections\nX = collections.defaultdict(list, a=len)",
        "X.default_factory = dict",
    ),
    "simple namespace": ("import types\nX = types.SimpleNamespace(a=1)", "X.a = 2"),
    "deque": ("import collections\nX = collections.deque([len])", "X.append(max)"),
    "exception": ("X = ValueError('a')", "X.args = ('b',)"),
    "attribute of a module": (
        "import types\nX = types.ModuleType('own_module')\nX.n = 1",
        "X.n = 2",
    ),
}


@pytest.mark.parametrize(("cell", "change"), IN_PLACE.values(), ids=IN_PLACE.keys())
def test_a_change_in_place_is_noticed(cell: str, change: str) -> None:
    notebook = LiveNotebook()
    notebook.run(cell, READS_X if "module" not in cell else "def f(): return X.n")
    first = notebook.digest()
    notebook.run(change)
    assert notebook.digest() != first


_SHELL = """
from IPython.core.interactiveshell import InteractiveShell
from assetbook.notebook.versioner import Versioner
shell = InteractiveShell()
def run(text):
    result = shell.run_cell(text)
    result.raise_error()
versioner = Versioner(definition_of=lambda each: None, project_root=None)
run("LIMIT = 3\\nclass A:\\n    def m(self): return LIMIT\\na = A()")
run("ops = [lambda x: x, lambda x: -x]")
run("def f(): return open('x'), a.m(), ops, get_ipython()")
first = versioner.version(shell.user_ns["f"])
assert first.unknowns == (), first.unknowns
assert first.readers == ("open",), first.readers
run("def f(): return open('x'), a.m(), ops, get_ipython()")
assert versioner.version(shell.user_ns["f"]).digest == first.digest
run("LIMIT = 4")
assert versioner.version(shell.user_ns["f"]).digest != first.digest
print("done")
"""


def test_it_works_in_a_real_shell(tmp_path: Path) -> None:
    env = {**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", _SHELL], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().endswith("done"), done.stderr


def test_a_definition_read_as_a_global_is_named_with_its_reader() -> None:
    notebook = LiveNotebook()
    notebook.run("orders = object()", "def helper(): return orders + 1", "def f(): return helper()")
    notebook.keys[id(notebook.names["orders"])] = AssetKey("orders")
    assert notebook.version().reads_assets == (("orders", "`helper`"),)
