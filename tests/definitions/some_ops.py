"""A few ops that the tests of graphs, jobs and plans connect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import DynamicOut, In, Out
from assetbook.definitions.results import DynamicOutput, Output
from assetbook.types.resolution import Nothing


@op
def one() -> int:
    return 1


@op
def add_one(n: int) -> int:
    return n + 1


@op
def plus(a, b):  # type: ignore[no-untyped-def]
    return a + b


@op
def total(xs: list[int]) -> int:
    return sum(xs)


@op(out={"train": Out(), "test": Out()})
def split() -> tuple[int, int]:
    return 8, 2


@op(out={"left": Out(is_required=False), "right": Out(is_required=False)})
def branch() -> Iterator[Output[int]]:
    yield Output(1, "left")


@op(out=DynamicOut())
def numbers() -> Iterator[DynamicOutput[int]]:
    for each in range(3):
        yield DynamicOutput(each, mapping_key=f"n{each}")


@op(out=DynamicOut())
def more(n: int) -> Iterator[DynamicOutput[int]]:
    yield DynamicOutput(n, mapping_key="only")


@op(ins={"start": In(Nothing)})
def after() -> None:
    return None


@op
def load(path: str, times: int = 1) -> Any:
    return path * times
