"""Classes and their instances: methods, attributes, bases, properties, state."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Notebook, code

FRESH = dict.fromkeys(("metered", "optioned", "gauged", "bound"), "fresh")
BASE = "class Base:\n    step = {step}\n\n    def scale(self, x):\n        return x * 2"
METER = code("""
    class Meter(Base):
        unit = {unit}

        def read(self, x):
            return self.scale(x) + self.unit + self.step + self.size + self.fixed(x)

        @property
        def size(self):
            return {size}

        @staticmethod
        def fixed(x):
            return x + {fixed}
    """)
GAUGE = code("""
    class Gauge(Base):
        def __init__(self, level):
            super().__init__()
            self.level = level

        def read(self, x):
            return self.level {operator} x
    """)
OPTIONS = code("""
    @dataclass
    class Options:
        limit: {kind} = {limit}
    """)


def _meter(unit: int = 10, size: int = 3, fixed: int = 1) -> str:
    return METER.format(unit=unit, size=size, fixed=fixed)


NOTEBOOK = Notebook(
    name="classes",
    about="methods, class attributes, bases, dataclass defaults, instances, bound methods",
    cells={
        "imports": "from dataclasses import dataclass\nfrom assetbook import asset",
        "base": BASE.format(step=1),
        "meter": _meter(),
        "options": OPTIONS.format(kind="int", limit=3),
        "gauge_class": GAUGE.format(operator="*"),
        "gauge": "gauge = Gauge(3)",
        "reader": "reader = Gauge(3).read",
        "metered": "@asset\ndef metered():\n    return Meter().read(4)",
        "optioned": "@asset\ndef optioned():\n    return Options().limit",
        "gauged": "@asset\ndef gauged():\n    return gauge.read(2)",
        "bound": "@asset\ndef bound():\n    return reader(2)",
    },
    steps=(
        Edit(
            change="a class attribute",
            cells={"meter": _meter(unit=11)},
            expect=FRESH | {"metered": ("stale", "Meter")},
            moved=("metered",),
            why="a class counts with its attributes",
        ),
        Edit(
            change="a property",
            cells={"meter": _meter(unit=11, size=4)},
            expect=FRESH | {"metered": ("stale", "Meter")},
            moved=("metered",),
            why="a property's function is code",
        ),
        Edit(
            change="a static method",
            cells={"meter": _meter(unit=11, size=4, fixed=2)},
            expect=FRESH | {"metered": ("stale", "Meter")},
            moved=("metered",),
            why="static methods are code",
        ),
        Edit(
            change="the base class, its subclasses not run again",
            cells={"base": BASE.format(step=2)},
            expect=FRESH,
            why="the subclasses still have the old base; super() too",
        ),
        Edit(
            change="a subclass run again, now on the edited base",
            cells={"meter": _meter(unit=11, size=4, fixed=2)},
            expect=FRESH | {"metered": ("stale", "Base")},
            moved=("metered",),
            why="a class counts with its bases",
        ),
        Edit(
            change="a class run again unchanged, its instances not made anew",
            cells={"meter": _meter(unit=11, size=4, fixed=2), "base": BASE.format(step=2)},
            expect=FRESH,
            why="the same code",
        ),
        Edit(
            change="a method replaced by assignment",
            before="Meter.read = lambda self, x: x",
            expect=FRESH | {"metered": ("stale", "Meter")},
            moved=("metered",),
            why="live objects, as the kernel has them",
        ),
        Edit(
            change="a class attribute set by assignment",
            before="Options.limit = 7",
            cells={"meter": _meter(unit=11, size=4, fixed=2)},
            expect=FRESH | {"metered": "stale", "optioned": ("stale", "Options")},
            moved=("metered",),
            why="Meter's cell undid the replacement; __init__ of a dataclass keeps its default, "
            "but the attribute that is reached differs",
        ),
        Edit(
            change="a dataclass default",
            cells={"options": OPTIONS.format(kind="int", limit=4)},
            expect=FRESH | {"optioned": ("stale", "Options")},
            moved=("optioned",),
            why="the generated __init__ has no source; its defaults count",
        ),
        Edit(
            change="a dataclass annotation",
            cells={"options": OPTIONS.format(kind="float", limit=4)},
            expect=FRESH | {"optioned": ("stale", "Options")},
            why="annotations are code",
        ),
        Edit(
            change="an equal instance made anew",
            cells={"gauge": "gauge = Gauge(3)"},
            expect=FRESH,
            why="the same class and an equal state",
        ),
        Edit(
            change="an instance of another state",
            cells={"gauge": "gauge = Gauge(4)"},
            expect=FRESH | {"gauged": ("stale", "gauge")},
            moved=("gauged",),
            why="instances of notebook classes count by state",
        ),
        Edit(
            change="an instance's attribute set in place",
            before="gauge.level = 9",
            expect=FRESH | {"gauged": ("stale", "gauge")},
            moved=("gauged",),
            why="instances count by the state they have",
        ),
        Edit(
            change="a method of the class, the instances not made anew",
            cells={"gauge_class": GAUGE.format(operator="+")},
            expect=FRESH,
            why="an instance counts by its own class object, even where the cell has moved on",
        ),
        Edit(
            change="the instance made anew from the edited class",
            cells={"gauge": "gauge = Gauge(9)"},
            expect=FRESH | {"gauged": ("stale", "Gauge")},
            moved=("gauged",),
            why="its class object is the edited one",
        ),
        Edit(
            change="a bound method of another instance",
            cells={"reader": "reader = Gauge(5).read"},
            expect=FRESH | {"bound": ("stale", "reader")},
            moved=("bound",),
            why="a bound method counts by its function and its instance",
        ),
        Edit(
            change="a class moved to a new cell with all its users run again",
            cells={
                "gauge_moved": GAUGE.format(operator="+"),
                "gauge": "gauge = Gauge(9)",
                "reader": "reader = Gauge(5).read",
            },
            delete=("gauge_class",),
            expect=FRESH,
            why="a class counts by its code, not by its cell",
        ),
    ),
)
