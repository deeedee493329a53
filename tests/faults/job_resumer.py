"""The program that is killed and gone on with: a job whose ops note each call in a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from assetbook import DynamicOut, DynamicOutput, Instance, job, op, resume, retry
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of

CALLS = "calls.txt"
A_STEP = 0.02
"""Seconds that an op takes after it has noted its call."""


def noted(name: str) -> None:
    with Path(CALLS).open("a") as file:
        file.write(f"{name}\n")
    time.sleep(A_STEP)


@op(out=DynamicOut())
def numbers() -> Iterator[DynamicOutput[int]]:
    noted("numbers")
    for each in range(6):
        yield DynamicOutput(each, mapping_key=f"n{each}")


@op
def squared(number: int) -> list[int]:
    noted(f"squared[n{number}]")
    return [number * number] * 20_000


@op
def summed(lists: list[list[int]]) -> int:
    noted("summed")
    return sum(map(sum, lists))


@op
def halved(number: int) -> float:
    noted("halved")
    return number / 2


@job
def killed() -> None:
    halved(summed(numbers().map(squared).collect()))


def main(way: str) -> None:
    """Begins the run, or goes on with the newest one in that way, in the folder that it is in."""
    instance = Instance.get(Path.cwd())
    runs = instance.runs(1)
    if not runs:
        run_job(killed, instance, JobOptions(), origin=origin_of("python"))
    else:
        again = resume if way == "resume" else retry
        again(runs[0].id, definitions=[killed], instance=instance)
    instance.close()


if __name__ == "__main__":
    main(sys.argv[1])
