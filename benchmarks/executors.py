"""Steps by each executor: what a step costs beside its own work, and work shared by two processes.

Everybody has two workers, which have begun and done a step before the clock starts; only Dagster's
multiprocess executor starts a process for each step, as it always does.
"""

from __future__ import annotations

from collections.abc import Mapping

from measuring import Contestant, Figures, in_turn
from peers import peer_python
from table import Row, run_alone, written

NO_OPS = 500
NEW_WORKERS = 8
ROWS = 5_000_000  # 415 MB
KINDS = {"arrow": "pyarrow", "polars": "polars", "pandas": "pandas"}
DAGSTER_STEPS = 10  # at a second or more each
ITERATIONS = 5_000_000  # of a loop: some 0.2 s


def measure(steps: int, rounds: int) -> list[Row]:
    """Rows for steps that do nothing, and one for ``steps`` that compute."""
    no_ops = in_turn("no_op", _contestants(NO_OPS), rounds)
    ours_and_dagster = _contestants(steps)[:2]
    computing = in_turn("computing", ours_and_dagster, rounds, payload=ITERATIONS)
    cold = in_turn("cold", [Contestant("assetbook", "ours_executors.py", NEW_WORKERS)], rounds)
    rows = [*_no_op_rows(no_ops), _cold_row(cold["assetbook"])]
    return [*rows, *_computing_rows(steps, computing), *measure_tables()]


def measure_tables() -> list[Row]:
    """Rows for a table that one worker process hands to another, by library."""
    contestant = Contestant("assetbook", "ours_worker_tables.py", 1)
    found = in_turn("worker_tables", [contestant], 1, payload=ROWS)["assetbook"]
    return [
        Row(
            f"{ROWS / 1e6:g} M × 8, {library}: from one worker's return to another one's start",
            {"assetbook": found[f"{kind}_start"], "raw limit": found[f"{kind}_raw"]},
            "s",
            "≤ 1.2 × raw",
            {"raw limit": _raw_note(found, kind)},
        )
        for kind, library in KINDS.items()
    ]


def _raw_note(found: Mapping[str, float], kind: str) -> str:
    said = "to an Arrow file in memory, mapped, and back"
    if kind != "pandas":
        return said
    ratio = found["pandas_start"] / found["pandas_converted"]
    return f"{said}; ours {ratio:.2g} × the two conversions alone"


def _contestants(steps: int) -> list[Contestant]:
    fewer = min(steps, DAGSTER_STEPS)
    dagster, loky = str(peer_python("dagster")), str(peer_python("loky"))
    return [
        Contestant("assetbook", "ours_executors.py", steps),
        Contestant("Dagster", "peer_dagster_executors.py", fewer, dagster),
        Contestant("loky", "raw_loky.py", steps, loky),
        Contestant("raw limit", "raw_executors.py", steps),
    ]


def _no_op_rows(figures: Figures) -> list[Row]:
    ours = figures["assetbook"]
    pool, loky = figures["raw limit"]["wall"], figures["loky"]["wall"]
    notes = {
        "assetbook": f"in process {_ms(ours['in-process'])}, on threads {_ms(ours['threads'])}",
        "Dagster": f"of {DAGSTER_STEPS}, a process each",
        "raw limit": f"a bare ProcessPoolExecutor; loky {_ms(loky)}",
    }
    found = {"assetbook": ours["wall"], "Dagster": figures["Dagster"]["wall"], "raw limit": pool}
    started = {"assetbook": ours["start"], "raw limit": figures["raw limit"]["start"]}
    first = {"raw limit": f"forked; loky {_ms(figures['loky']['start'] * NO_OPS)}"}
    return [
        Row("a step that does nothing, in a worker process, each", found, "ms", "≤ 2 ms", notes),
        Row("the first step of two new workers", _whole(started, NO_OPS), "ms", "", first),
    ]


def _cold_row(found: Mapping[str, float]) -> Row:
    return Row(
        f"the first step of {NEW_WORKERS} new workers, which uses pandas, as they all do",
        _whole({"assetbook": found["wall"], "raw limit": found["pool_wall"]}, NEW_WORKERS),
        "s",
        "",
        {"raw limit": "a bare ProcessPoolExecutor that spawns"},
    )


def _computing_rows(steps: int, figures: Figures) -> list[Row]:
    ours, dagster = figures["assetbook"], figures["Dagster"]
    wall = {"assetbook": ours["wall"], "Dagster": dagster["wall"], "raw limit": ours["pool_wall"]}
    cpu = {"assetbook": ours["cpu"], "raw limit": ours["pool_cpu"]}
    return [
        _beside_pool(
            f"{steps} steps of some 0.2 s of computing on two workers, each",
            wall,
            {"Dagster": f"of {DAGSTER_STEPS}"},
        ),
        # of which others on the machine take nothing away
        _beside_pool("the same: CPU time of all processes, each", cpu, {}),
    ]


def _beside_pool(work: str, figures: dict[str, float], notes: dict[str, str]) -> Row:
    share = figures["raw limit"] / figures["assetbook"]
    said = {
        "assetbook": f"{share:.3f} of the pool",
        "raw limit": "a bare ProcessPoolExecutor, in turn",
    }
    return Row(work, figures, "ms", "≥ 0.95 of the pool", {**said, **notes})


def _whole(figures: dict[str, float], steps: int) -> dict[str, float]:
    """What happened once, which was divided among all steps."""
    return {name: figure * steps for name, figure in figures.items()}


def _ms(seconds: float) -> str:
    return written(seconds, "ms")


if __name__ == "__main__":
    run_alone(measure, assets=200, rounds=3)
