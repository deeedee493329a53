"""The world outside: files, environment, clocks, random numbers, shell lines."""

from __future__ import annotations

from tests.notebooks.edits.record import Edit, Expect, Notebook, code

OUTSIDE = "the world outside is not versioned"
DREW = Expect("fresh", as_of=True, volatile=OUTSIDE)
MARKED = Expect("fresh", as_of=True)
PLAIN = Expect("fresh", as_of=False)
READERS = ("peeked", "aliased", "framed", "by_path", "shelled")
STATES = {
    "counted": "fresh",
    "exact": PLAIN,
    "pure": PLAIN,
    "seeded": PLAIN,
    "stale_soon": Expect("fresh|stale", volatile=OUTSIDE),
    "fresh_long": "fresh",
    "peeked": MARKED,
    "below": MARKED,
    "aliased": MARKED,
    "framed": MARKED,
    "by_path": MARKED,
    "shelled": MARKED,
    "looked": MARKED,
    "envved": MARKED,
    "clocked": DREW,
    "drawn": DREW,
    "named": DREW,
}
CHANGED = STATES | dict.fromkeys(READERS, DREW) | {"below": DREW}

NOTEBOOK = Notebook(
    name="outside",
    about="reads=, as-of marks, max_age, environment, clocks, random numbers, shell lines",
    files={"data/a.csv": "x\n1\n", "b.csv": "x\n1\n"},
    unsettled=("stale_soon",),
    cells={
        "imports": code("""
            import os
            import random
            import time
            import uuid
            from datetime import datetime, timedelta
            from pathlib import Path
            import pandas as pd
            from assetbook import asset
            """),
        "opener": "opener = open",
        "counted": code("""
            @asset(reads=["data/*.csv"])
            def counted():
                return [path.read_text() for path in sorted(Path("data").glob("*.csv"))]
            """),
        "exact": code("""
            @asset(reads=["data/a.csv"])
            def exact():
                with open("data/a.csv") as file:
                    return file.read()
            """),
        "pure": "@asset\ndef pure():\n    return 1",
        "seeded": "@asset\ndef seeded():\n    return random.Random(3).random()",
        "peeked": (
            '@asset\ndef peeked():\n    with open("b.csv") as file:\n        return file.read()'
        ),
        "below": "@asset\ndef below(peeked):\n    return len(peeked)",
        "aliased": (
            '@asset\ndef aliased():\n    with opener("b.csv") as file:\n        return file.read()'
        ),
        "framed": '@asset\ndef framed():\n    return pd.read_csv("b.csv")',
        "by_path": '@asset\ndef by_path():\n    return Path("b.csv").read_text()',
        "shelled": '%%asset shelled --define\nlines = !cat b.csv\n"|".join(lines)',
        "looked": '@asset\ndef looked():\n    return Path("data/a.csv").exists()',
        "envved": '@asset\ndef envved():\n    return os.environ.get("BOOK_LEVEL", "")',
        "clocked": "@asset\ndef clocked():\n    return datetime.now().isoformat()",
        "drawn": "@asset\ndef drawn():\n    return random.random()",
        "named": "@asset\ndef named():\n    return uuid.uuid4().hex",
        "stale_soon": (
            "@asset(max_age=timedelta(milliseconds=300))\n"
            'def stale_soon():\n    return Path("b.csv").read_text()'
        ),
        "fresh_long": (
            "@asset(max_age=timedelta(days=1))\n"
            'def fresh_long():\n    return Path("data/a.csv").read_text()'
        ),
    },
    steps=(
        Edit(
            change="a file named by reads= written again, same content",
            files={"data/a.csv": "x\n1\n"},
            expect=STATES,
            why="reads= counts by content; time and inode are only a memo",
        ),
        Edit(
            change="a second file that matches reads=",
            files={"data/c.csv": "x\n7\n"},
            expect=STATES | {"counted": ("stale", "data/")},
            moved=("counted",),
            why="what a pattern matches is part of its content",
        ),
        Edit(
            change="the second file's content, same length",
            files={"data/c.csv": "x\n8\n"},
            expect=STATES | {"counted": ("stale", "data/")},
            moved=("counted",),
            why="by content, not by size",
        ),
        Edit(
            change="the second file deleted",
            files={"data/c.csv": None},
            expect=STATES | {"counted": ("stale", "data/")},
            moved=("counted",),
            why="what a pattern matches is part of its content",
        ),
        Edit(
            change="the content of a file that reads= names",
            files={"data/a.csv": "x\n2\n"},
            expect=STATES
            | {
                "counted": ("stale", "a.csv"),
                "exact": ("stale", "a.csv"),
                "fresh_long": Expect("fresh", volatile=OUTSIDE),
            },
            moved=("counted", "exact", "fresh_long"),
            why="reads= counts by content; max_age= waits for its time",
        ),
        Edit(
            change="a file that is read without reads=",
            files={"b.csv": "x\n22\n"},
            expect=CHANGED,
            moved=(*READERS,),
            why="the world outside is not versioned: fresh bears the mark, and downstream too",
        ),
        Edit(
            change="such a file, and its reader named",
            files={"b.csv": "x\n333\n"},
            after="%materialize peeked",
            expect=CHANGED | {"peeked": MARKED, "below": ("stale", "peeked")},
            moved=("peeked",),
            why="an as-of source is read again when it is named",
        ),
        Edit(
            change="such a file, and only what is below its reader named",
            files={"b.csv": "x\n4444\n"},
            after="%materialize below",
            expect=CHANGED,
            why="as-of sources are left alone when something else is named",
        ),
        Edit(
            change="an environment variable",
            before='os.environ["BOOK_LEVEL"] = "2"',
            expect=STATES | {"envved": DREW},
            moved=("envved",),
            why="the environment is the world outside",
        ),
        Edit(
            change="time passes, longer than max_age of one asset",
            before="time.sleep(0.6)",
            expect=STATES | {"stale_soon": "stale"},
            why="max_age says how long what was read stays good",
        ),
        Edit(
            change="random numbers and names drawn again",
            before="random.seed(5)",
            expect=STATES,
            moved=("clocked", "drawn", "named"),
            why="clocks, global random numbers and uuid4 are the world outside",
        ),
    ),
)
