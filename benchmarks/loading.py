"""Loading a notebook, in CPU and wall time, beside running all of it by nbclient and papermill.

One notebook has a hundred cells and thirty assets, the other is ``notebooks/flights.ipynb``.
"""

from __future__ import annotations

from statistics import median

from measuring import Contestant, in_turn
from table import Row, run_alone

_TASKS = ("slicing", "here", "compared", "apart", "kernel", "papermill")
_Figures = dict[str, list[dict[str, float]]]
"""By task, the figures of each round."""


def measure(cells: int, rounds: int) -> list[Row]:
    """The rows of both notebooks."""
    del cells  # the notebooks have their sizes
    return [*_rows("100 cells", 0, rounds), *_rows("`flights.ipynb`", 1, rounds)]


def _rows(what: str, which: int, rounds: int) -> list[Row]:
    contestant = Contestant("assetbook", "ours_loading.py", 1)
    found: _Figures = {name: [] for name in _TASKS}
    for _ in range(rounds):
        for name, figures in found.items():
            figures += in_turn(name, [contestant], 1, payload=which).values()
    return [
        _row(found, f"load {what} beyond imports, CPU", "here", "cpu", "≤ 60 ms"),
        _row(found, "the same, again in that process", "here", "again_cpu"),
        _row(found, "the same: finding what to run", "slicing", "cpu"),
        _row(found, "the same: comparing with a run", "compared", "cpu"),
        _apart(found, what, "wall", "s"),
        _apart(found, what, "cpu", "s"),
        Row(
            f"snapshot of {what}",
            {"assetbook": found["here"][0]["snapshot"]},
            "B",
        ),
    ]


def _row(found: _Figures, work: str, task: str, figure: str, aim: str = "") -> Row:
    values = [each[figure] for each in found[task]]
    least = f"at least {min(values) * 1e3:.1f} ms"
    return Row(work, {"assetbook": median(values)}, "ms", aim, {"assetbook": least})


def _apart(found: _Figures, what: str, figure: str, unit: str) -> Row:
    """In a process of its own, its start and all imports included, as ``assetbook plan`` does."""
    middle = {task: median(each[figure] for each in found[task]) for task in _TASKS[3:]}
    said = [
        f"{name} {middle[task] / middle['apart']:.2g} × ours"
        for task, name in (("kernel", "run whole by nbclient"), ("papermill", "by papermill"))
    ]
    clock = "CPU" if figure == "cpu" else "wall"
    work = f"load {what} in a process of its own, {clock}"
    return Row(work, {"assetbook": middle["apart"]}, unit, "", {"assetbook": ", ".join(said)})


if __name__ == "__main__":
    run_alone(measure, assets=100, rounds=5)
