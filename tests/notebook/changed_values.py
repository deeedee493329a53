"""Values that a code version must tell apart, values changed in place, and values of no version."""

from __future__ import annotations

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
    "made dataclass": (
        "import dataclasses\nX = dataclasses.make_dataclass('X', [('n', int, 1)])",
        "X = dataclasses.make_dataclass('X', [('n', int, 2)])",
    ),
    "class of a generic alias": (
        "import typing\nT = typing.TypeVar('T')\n"
        "class A(typing.Generic[T]):\n    n = 1\nX = A[int]",
        "A.n = 2",
    ),
    "match arguments": (
        "class X:\n    __match_args__ = ('a',)",
        "class X:\n    __match_args__ = ('b',)",
    ),
    "enum member's attribute": (
        "import enum\nclass X(enum.Enum):\n    A = 1\nX.A.label = 'a'",
        "X.A.label = 'b'",
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
    "list of many": "X = [len] * 20_001",
    "dict of many": "X = dict.fromkeys(range(20_001), len)",
    "large list": "X = ['x' * 1000] * 20_001",
    "context variable": "import contextvars\nX = contextvars.ContextVar('x')",
    "code without source": "exec('def X(): return 1')",
    "socket": "import socket\nX = socket.socket()\nX.close()",
}

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
