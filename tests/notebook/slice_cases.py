"""Notebooks whose slice must give what the whole gives, and cells of which nothing is taken.

Each defines assets that are functions without inputs; the last part counts cells from 1.
"""

from __future__ import annotations

from typing import NamedTuple

HEAD = "from assetbook import asset"


class Case(NamedTuple):
    name: str
    cells: list[str]
    left: tuple[int, ...] = ()


def case(name: str, *cells: str, left: tuple[int, ...] = ()) -> Case:
    return Case(name, [HEAD, *cells], tuple(each + 1 for each in left))


CASES = [
    case("nothing but an asset", "@asset\ndef a():\n    return 1"),
    case("a constant", "N = 3", "print(N)", "@asset\ndef a():\n    return N", left=(2,)),
    case("the last binding counts", "N = 3", "@asset\ndef a():\n    return N", "N = 4"),
    case(
        "a helper of a helper",
        "def one():\n    return 1",
        "def two():\n    return one() + 1",
        "two()",
        "@asset\ndef a():\n    return two()",
        left=(3,),
    ),
    case(
        "looking around",
        "import math",
        "x = math.pi\nx",
        "@asset\ndef a():\n    return math.e",
        left=(2,),
    ),
    case("rows appended", "rows = []", "rows.append(1)", "@asset\ndef a():\n    return rows"),
    case("a dict filled", "d = {}", "d['k'] = 1\nd.update(j=2)", "@asset\ndef a():\n    return d"),
    case(
        "an attribute set",
        "class C: pass",
        "c = C()",
        "c.n = 5",
        "@asset\ndef a():\n    return c.n",
    ),
    case("a chain of aliases", "x = y = {}", "y['k'] = 1", "@asset\ndef a():\n    return x"),
    case("tuple alias", "x = []", "p, q = x, 1", "p.append(2)", "@asset\ndef a():\n    return x"),
    case(
        "alias in a list",
        "x = []",
        "box = [x]",
        "box[0].append(2)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "alias through a call",
        "def same(v):\n    return v",
        "x = []",
        "y = same(x)",
        "y.append(1)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "alias by for",
        "x = [[], []]",
        "for each in x:\n    each.append(1)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "mapped append", "x = []", "list(map(x.append, range(3)))", "@asset\ndef a():\n    return x"
    ),
    case("bound method", "x = []", "add = x.append", "add(1)", "@asset\ndef a():\n    return x"),
    case(
        "partial of a bound method",
        "from functools import partial",
        "x = []",
        "add = partial(x.append, 1)",
        "add()",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "a lambda that appends",
        "x = []",
        "add = lambda v: x.append(v)",
        "add(1)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "a thread",
        "import threading",
        "x = []",
        "def fill():\n    x.append(1)",
        "t = threading.Thread(target=fill)\nt.start()\nt.join()",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "a function that changes a global",
        "x = {}",
        "def fill():\n    x['k'] = 1",
        "fill()",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "a function that rebinds a global",
        "n = 1",
        "def up():\n    global n\n    n = 2",
        "up()",
        "@asset\ndef a():\n    return n",
    ),
    case(
        "changes through two calls",
        "x = []",
        "def inner():\n    x.append(1)",
        "def outer():\n    inner()",
        "outer()",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "a function that changes its argument",
        "x = []",
        "def fill(v):\n    v.append(1)",
        "fill(x)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "and gives something back",
        "x = []",
        "def fill(v):\n    v.append(1)\n    return 1",
        "n = fill(x)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "a decorator that remembers",
        "known = []",
        "def register(fn):\n    known.append(fn.__name__)\n    return fn",
        "@register\ndef one(): ...",
        "@asset\ndef a():\n    return known",
    ),
    case(
        "a registry object",
        "class R:\n    def __init__(self):\n        self.all = []\n"
        "    def add(self, fn):\n        self.all.append(fn.__name__)\n        return fn",
        "r = R()",
        "@r.add\ndef one(): ...",
        "@asset\ndef a():\n    return r.all",
    ),
    case(
        "__init_subclass__",
        "class Base:\n    all = []\n    def __init_subclass__(cls):\n"
        "        Base.all.append(cls.__name__)",
        "class One(Base): ...",
        "@asset\ndef a():\n    return Base.all",
    ),
    case(
        "setdefault", "x = {}", "x.setdefault('k', []).append(1)", "@asset\ndef a():\n    return x"
    ),
    case("del", "x = {'a': 1, 'b': 2}", "del x['a']", "@asset\ndef a():\n    return x"),
    case("augmented", "n = 1", "n += 1", "@asset\ndef a():\n    return n"),
    case("augmented alias", "x = []", "y = x", "y += [1]", "@asset\ndef a():\n    return x"),
    case(
        "conditional binding",
        "import sys",
        "n = 1",
        "if sys.maxsize > 1:\n    n = 2",
        "@asset\ndef a():\n    return n",
    ),
    case(
        "conditional import",
        "try:\n    import no_such_module as m\nexcept ImportError:\n    import math as m",
        "@asset\ndef a():\n    return m.pi",
    ),
    case(
        "a loop that binds",
        "total = 0",
        "for n in range(4):\n    total += n",
        "@asset\ndef a():\n    return total",
    ),
    case(
        "with",
        "import io",
        "with io.StringIO('7') as f:\n    n = int(f.read())",
        "@asset\ndef a():\n    return n",
    ),
    case("walrus", "if (n := 5) > 3:\n    pass", "@asset\ndef a():\n    return n"),
    case(
        "match",
        "v = [1, 2]",
        "match v:\n    case [x, *rest]:\n        pass",
        "@asset\ndef a():\n    return (x, rest)",
    ),
    case(
        "comprehension",
        "words = ['a', 'b']",
        "sizes = {w: len(w) for w in words}",
        "@asset\ndef a():\n    return sizes",
    ),
    case("star import", "from math import *", "@asset\ndef a():\n    return floor(pi)"),
    case(
        "default captured",
        "n = 1",
        "def f(v=n):\n    return v",
        "n = 2",
        "@asset\ndef a():\n    return f()",
    ),
    case(
        "default captured by the asset",
        "n = 1",
        "def f(v=n):\n    return v",
        "n = 2\n\n@asset\ndef a():\n    return (f(), n)",
    ),
    case(
        "an earlier binding is used at once",
        "n = 1",
        "m = n + 1",
        "n = 10",
        "@asset\ndef a():\n    return (m, n)",
    ),
    case(
        "called before a helper changes",
        "def h():\n    return 1",
        "x = h()",
        "def h():\n    return 2",
        "@asset\ndef a():\n    return (x, h())",
    ),
    case(
        "global read by a call",
        "k = 1",
        "def h():\n    return k",
        "x = h()",
        "k = 2",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "closure",
        "def make(n):\n    def inner():\n        return n\n    return inner",
        "five = make(5)",
        "@asset\ndef a():\n    return five()",
    ),
    case("class attributes", "class C:\n    n = 1", "C.n = 2", "@asset\ndef a():\n    return C.n"),
    case(
        "monkeypatched method",
        "class C:\n    def f(self):\n        return 1",
        "def g(self):\n    return 2",
        "C.f = g",
        "@asset\ndef a():\n    return C().f()",
    ),
    case(
        "instance that changes itself",
        "class C:\n    def __init__(self):\n        self.n = 0\n"
        "    def up(self):\n        self.n += 1",
        "c = C()",
        "c.up()",
        "@asset\ndef a():\n    return c.n",
    ),
    case(
        "instance that changes itself and answers",
        "class C:\n    def __init__(self):\n"
        "        self.n = 0\n    def up(self):\n        self.n += 1\n        return self.n",
        "c = C()",
        "seen = c.up()",
        "@asset\ndef a():\n    return c.n",
    ),
    case(
        "environment",
        "import os",
        "os.environ['AB_SLICE'] = 'x'",
        "@asset\ndef a():\n    return os.environ['AB_SLICE']",
    ),
    case(
        "environment by a function",
        "import os",
        "os.environ.update(AB_SLICE2='y')",
        "@asset\ndef a():\n    import os\n    return os.environ['AB_SLICE2']",
    ),
    case(
        "sys.path",
        "import sys",
        "sys.path.append('/nowhere')",
        "@asset\ndef a():\n    import sys\n    return '/nowhere' in sys.path",
    ),
    case(
        "a setting of pandas",
        "import pandas as pd",
        "pd.set_option('display.width', 77)",
        "@asset\ndef a():\n    return pd.get_option('display.width')",
    ),
    case(
        "seeds", "import random", "random.seed(3)", "@asset\ndef a():\n    return random.random()"
    ),
    case(
        "seed imported by name",
        "from random import seed, random",
        "seed(3)",
        "@asset\ndef a():\n    return random()",
    ),
    case(
        "decimal context",
        "import decimal",
        "decimal.getcontext().prec = 5",
        "@asset\ndef a():\n    return str(decimal.Decimal(1) / 3)",
    ),
    case(
        "factory",
        "def make(n):\n    @asset(name=f'made_{n}')\n    def made():\n"
        "        return n\n    return made",
        "made = [make(n) for n in range(3)]",
    ),
    case(
        "factory of a factory",
        "def inner(n):\n    @asset(name=f'made_{n}')\n    def made():\n"
        "        return n\n    return made",
        "def outer(ns):\n    return [inner(n) for n in ns]",
        "all_of_them = outer([1, 2])",
    ),
    case(
        "assets in a loop",
        "made = []",
        "for n in range(2):\n    @asset(name=f'made_{n}')\n"
        "    def each(n=n):\n        return n\n    made.append(each)",
    ),
    case("package name", "import assetbook as ab", "@ab.asset\ndef a():\n    return 1"),
    case("decorated later", "def f():\n    return 6", "a = asset(f)"),
    case(
        "lazy annotations",
        "from __future__ import annotations",
        "@asset\ndef a() -> Unknown:\n    return 1",
    ),
    case(
        "a frame",
        "import pandas as pd",
        "df = pd.DataFrame({'x': [1, 2]})",
        "df['y'] = df['x'] * 2",
        "df.head()",
        "df.insert(0, 'z', 1)",
        "@asset\ndef a():\n    return df.to_dict('list')",
        left=(4,),
    ),
    case(
        "exploring does no harm",
        "import pandas as pd",
        "df = pd.DataFrame({'x': [1, 2]})",
        "df.plot",
        "sub = df[df.x > 1]",
        "print(sub)",
        "@asset\ndef a():\n    return 1",
        left=(2, 3, 4, 5),
    ),
    case(
        "sorted in place", "x = [3, 1, 2]", "x.sort(reverse=True)", "@asset\ndef a():\n    return x"
    ),
    case(
        "shuffled",
        "import random",
        "x = list(range(9))",
        "random.seed(1); random.shuffle(x)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "a heap",
        "import heapq",
        "x = [5, 1, 4]",
        "heapq.heapify(x)\nheapq.heappush(x, 0)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "setattr",
        "class C: ...",
        "c = C()",
        "setattr(c, 'n', 3)",
        "@asset\ndef a():\n    return c.n",
    ),
    case(
        "two statements on a line", "n = 1; print(n); m = n + 1", "@asset\ndef a():\n    return m"
    ),
    case("swapped", "x, y = 1, 2", "x, y = y, x", "@asset\ndef a():\n    return (x, y)"),
    case("popped into another name", "x = [1, 2]", "y = x.pop()", "@asset\ndef a():\n    return x"),
    case(
        "iterated by next",
        "it = iter([1, 2, 3])",
        "next(it)",
        "first = next(it)",
        "@asset\ndef a():\n    return first",
    ),
    case(
        "setattr on module level class via vars",
        "class C: n = 1",
        "setattr(C, 'n', 9)",
        "@asset\ndef a():\n    return C.n",
    ),
    case(
        "dict of functions",
        "fs = {}",
        "def reg(name):\n    def deco(f):\n        fs[name] = f\n        return f\n    return deco",
        "@reg('x')\ndef f():\n    return 5",
        "@asset\ndef a():\n    return sorted(fs)",
    ),
    case("exec binds", "exec('z = 4')", "@asset\ndef a():\n    return z"),
    case("globals assignment", "globals()['z'] = 4", "@asset\ndef a():\n    return z"),
    case(
        "context manager changes",
        "import contextlib",
        "log = []",
        "@contextlib.contextmanager\ndef cm():\n    log.append('in')\n    yield",
        "with cm():\n    pass",
        "@asset\ndef a():\n    return log",
    ),
    case(
        "list comprehension side effect",
        "x = []",
        "[x.append(i) for i in range(3)]",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "generator consumed",
        "x = []",
        "def g():\n    for i in range(3):\n        x.append(i)\n        yield i",
        "list(g())",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "sort key side effect",
        "seen = []",
        "def key(v):\n    seen.append(v)\n    return v",
        "sorted([2, 1], key=key)",
        "@asset\ndef a():\n    return seen",
    ),
    case(
        "property setter",
        "class C:\n    def __init__(self):\n        self._n = 0\n    @property\n    def n(self):\n        return self._n\n    @n.setter\n    def n(self, v):\n        self._n = v * 2",
        "c = C()",
        "c.n = 4",
        "@asset\ndef a():\n    return c.n",
    ),
    case(
        "operator overload",
        "class L(list):\n    def __lshift__(self, v):\n        self.append(v)\n        return self",
        "x = L()",
        "x << 3",
        "@asset\ndef a():\n    return list(x)",
    ),
    case(
        "call protocol",
        "class K:\n    def __init__(self):\n        self.n = 0\n    def __call__(self):\n        self.n += 1",
        "k = K()",
        "k()\nk()",
        "@asset\ndef a():\n    return k.n",
    ),
    case(
        "enter protocol",
        "class K:\n    n = 0\n    def __enter__(self):\n        K.n += 1\n    def __exit__(self, *e):\n        pass",
        "with K():\n    pass",
        "@asset\ndef a():\n    return K.n",
    ),
    case(
        "attribute alias",
        "class C: pass",
        "c = C()\nc.rows = []",
        "rows = c.rows",
        "rows.append(1)",
        "@asset\ndef a():\n    return c.rows",
    ),
    case(
        "nested default dict",
        "from collections import defaultdict",
        "d = defaultdict(list)",
        "d['a'].append(1)",
        "@asset\ndef a():\n    return dict(d)",
    ),
    case(
        "deque rotate",
        "from collections import deque",
        "d = deque([1,2,3])",
        "d.rotate(1)",
        "@asset\ndef a():\n    return list(d)",
    ),
    case(
        "counter update",
        "from collections import Counter",
        "c = Counter()",
        "c.update('aab')",
        "@asset\ndef a():\n    return dict(c)",
    ),
    case(
        "numpy out",
        "import numpy as np",
        "x = np.zeros(3)",
        "np.add(x, 1, out=x)",
        "@asset\ndef a():\n    return x.tolist()",
    ),
    case(
        "numpy view",
        "import numpy as np",
        "x = np.zeros(3)",
        "y = x[1:]",
        "y[:] = 7",
        "@asset\ndef a():\n    return x.tolist()",
    ),
    case(
        "numpy fill through reshape",
        "import numpy as np",
        "x = np.zeros(4)",
        "x.reshape(2, 2)[0] = 7",
        "@asset\ndef a():\n    return x.tolist()",
    ),
    case(
        "pandas loc",
        "import pandas as pd",
        "df = pd.DataFrame({'x': [1, 2]})",
        "df.loc[0, 'x'] = 9",
        "@asset\ndef a():\n    return df.x.tolist()",
    ),
    case(
        "pandas attr",
        "import pandas as pd",
        "df = pd.DataFrame({'x': [1, 2]})",
        "df.columns = ['y']",
        "@asset\ndef a():\n    return list(df.columns)",
    ),
    case(
        "functools cache",
        "import functools",
        "calls = []",
        "@functools.cache\ndef f(n):\n    calls.append(n)\n    return n",
        "f(1)",
        "@asset\ndef a():\n    return calls",
    ),
    case(
        "logging handler",
        "import logging",
        "log = logging.getLogger('ab.slice')",
        "h = logging.NullHandler()",
        "log.addHandler(h)",
        "@asset\ndef a():\n    return len(logging.getLogger('ab.slice').handlers) > 0",
    ),
    case(
        "metaclass registry",
        "reg = []",
        "class M(type):\n    def __init__(cls, name, b, d):\n        reg.append(name)\n        super().__init__(name, b, d)",
        "class One(metaclass=M): ...",
        "@asset\ndef a():\n    return reg",
    ),
    case(
        "dataclass",
        "from dataclasses import dataclass",
        "@dataclass\nclass P:\n    n: int = 1",
        "p = P()",
        "p.n = 3",
        "@asset\ndef a():\n    return p.n",
    ),
    case("string build", "s = ''", "for c in 'abc':\n    s += c", "@asset\ndef a():\n    return s"),
    case("while loop", "n = 0", "while n < 5:\n    n += 1", "@asset\ndef a():\n    return n"),
    case(
        "try finally",
        "x = []",
        "try:\n    1/0\nexcept ZeroDivisionError as e:\n    x.append(str(e))",
        "@asset\ndef a():\n    return x",
    ),
    case("unpack star", "first, *rest = [1,2,3]", "@asset\ndef a():\n    return rest"),
    case(
        "chained compare assign", "x = [0]\nx[0], y = 5, 6", "@asset\ndef a():\n    return (x, y)"
    ),
    case(
        "import rebinding",
        "import json as j",
        "import pickle as j",
        "@asset\ndef a():\n    return j.__name__",
    ),
    case(
        "def in if",
        "import sys",
        "if sys.version_info > (3,):\n    def f():\n        return 1\nelse:\n    def f():\n        return 2",
        "@asset\ndef a():\n    return f()",
    ),
    case(
        "nonlocal counter",
        "def make():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    return up",
        "up = make()",
        "up()\nup()",
        "@asset\ndef a():\n    return up()",
    ),
    case(
        "update through get",
        "d = {'a': []}",
        "d.get('a').append(1)",
        "@asset\ndef a():\n    return d",
    ),
    case(
        "pop through alias", "d = {'a': 1}", "e = d", "e.pop('a')", "@asset\ndef a():\n    return d"
    ),
    case(
        "zip alias",
        "xs, ys = [[]], [[]]",
        "for x, y in zip(xs, ys):\n    x.append(1)",
        "@asset\ndef a():\n    return xs",
    ),
    case(
        "enumerate",
        "xs = [1, 2]",
        "for i, x in enumerate(xs):\n    xs[i] = x * 2",
        "@asset\ndef a():\n    return xs",
    ),
    case(
        "map with lambda",
        "xs = []",
        "any(map(lambda v: xs.append(v), [1]))",
        "@asset\ndef a():\n    return xs",
    ),
    case(
        "atexit",
        "import atexit",
        "x = []",
        "atexit.register(x.append, 1)",
        "@asset\ndef a():\n    return x",
    ),
    case(
        "signal setting",
        "import decimal",
        "ctx = decimal.getcontext()",
        "ctx.prec = 4",
        "@asset\ndef a():\n    return str(decimal.Decimal(1)/3)",
    ),
]
