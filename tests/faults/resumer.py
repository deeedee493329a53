"""The program that is killed and resumed: a run of many assets, each made of earlier ones.

An asset's value depends on nothing but its name and what it read, so that two stores in which every
asset was made of the right versions hold the same data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from tests.faults.worker import Lines, open_store

from assetbook import asset, materialize, resume
from assetbook.errors import AssetbookError
from assetbook.execution.reporter import StepOutcome
from assetbook.storage import fold

NOTHING_LEFT, REFUSED = 0, 3
"""Exit codes: all of the run is done; another one goes on with it."""


def made(name: str, *read: np.ndarray) -> np.ndarray:
    """Some hundred kilobytes that tell of the name and of all that was read."""
    seed = crc32(b"".join([name.encode(), *(each.tobytes() for each in read)]))
    return np.random.default_rng(seed).random(40_000)


@asset
def a() -> np.ndarray:
    return made("a")


@asset
def b() -> np.ndarray:
    return made("b")


@asset
def c(a: np.ndarray) -> np.ndarray:
    return made("c", a)


@asset
def d(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return made("d", a, b)


@asset
def e(b: np.ndarray) -> np.ndarray:
    return made("e", b)


@asset
def f(c: np.ndarray, d: np.ndarray) -> np.ndarray:
    return made("f", c, d)


@asset
def g(d: np.ndarray, e: np.ndarray) -> np.ndarray:
    return made("g", d, e)


@asset
def h(a: np.ndarray, f: np.ndarray) -> np.ndarray:
    return made("h", a, f)


@asset
def i(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    return made("i", f, g)


@asset
def j(g: np.ndarray) -> np.ndarray:
    return made("j", g)


@asset
def k(h: np.ndarray, i: np.ndarray) -> np.ndarray:
    return made("k", h, i)


@asset
def m(i: np.ndarray, j: np.ndarray, e: np.ndarray) -> np.ndarray:
    return made("m", i, j, e)


ASSETS: Sequence[object] = (a, b, c, d, e, f, g, h, i, j, k, m)
NAMES = tuple("abcdefghijkm")


def go_on(project: Path) -> int:
    """Resumes the project's run; makes it where there is none."""
    instance = open_store(project)
    await_start(project)
    runs = instance.runs(None)
    try:
        if not runs:  # forced: what is left of it is to be made, whatever is fresh
            materialize(ASSETS, instance=instance, force=True, reporter=Lines())
        else:
            resume(runs[-1].id, definitions=ASSETS, instance=instance, reporter=Lines())
    except AssetbookError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        return NOTHING_LEFT if "nothing is left" in error.found else REFUSED
    finally:
        instance.close()
    return NOTHING_LEFT


def start_at(project: Path, instant: float) -> None:
    """Has the children that are started next begin at that instant, both at once."""
    (project / "begin").write_text(str(instant))


def await_start(project: Path) -> None:
    """Returns at the instant at which children are to begin."""
    time.sleep(max(float((project / "begin").read_text()) - time.monotonic(), 0))


def _without_guard(project: Path) -> int:
    """A naive resume: it looks whether another one goes on already, and then begins."""
    fold.refuse_second_resume = lambda *given: None  # type: ignore[assignment]
    return go_on(project)


class _Notes(Lines):
    """Notes in a file of its own what is done, every now and then."""

    def __init__(self, notes: Path) -> None:
        super().__init__()
        self._notes = notes
        self._done: list[str] = []

    def step_ended(self, outcome: StepOutcome) -> None:
        """More lines of the file, for every third step."""
        super().step_ended(outcome)
        self._done.append(outcome.step.name)
        if len(self._done) % 3 == 0:
            with self._notes.open("a") as file:
                file.write("\n".join([*self._done[-3:], ""]))


def _with_notes(project: Path) -> int:
    """A naive resume: what is done is what a file says that is written after commits."""
    notes = project / "notes"
    done = set(notes.read_text().split()) if notes.exists() else set()
    left = [name for name in NAMES if name not in done]
    instance = open_store(project)
    await_start(project)
    if left:
        materialize(
            ASSETS,
            selection=" or ".join(left),
            instance=instance,
            force=True,
            only=True,
            reporter=_Notes(notes),
        )
    instance.close()
    return NOTHING_LEFT


WAYS: Mapping[str, Callable[[Path], int]] = {
    "assetbook": go_on,
    "without the guard": _without_guard,
    "with notes": _with_notes,
}
"""How a child goes on, by name."""
