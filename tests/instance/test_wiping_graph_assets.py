"""Wiping what a graph made takes what its ops gave each other, too: files, events and logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetbook import (
    AssetOut,
    Instance,
    StaticPartitionsDefinition,
    graph_asset,
    graph_multi_asset,
    job,
    materialize,
    op,
)
from assetbook.instance.disk_use import local_files
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of
from assetbook.instance.wiping import plan_wipes, wipe
from assetbook.keys import AssetKey

SMALL, LARGE = "zitrone-small", "zitrone-large"
ORDERS = AssetKey("orders")


@op
def small() -> str:
    print(f"{SMALL} was made")
    return SMALL


@op
def large(start: str) -> str:
    return LARGE * 20_000


@op
def size(text: str) -> int:
    return len(text)


@op
def fails(text: str) -> int:
    raise ValueError(f"what is {text[:13]}?")


@graph_asset
def orders():  # type: ignore[no-untyped-def]
    return size(large(small()))


@graph_asset
def never():  # type: ignore[no-untyped-def]
    return fails(large(small()))


DOTTED = StaticPartitionsDefinition(["v.1", "v.2"])


@graph_asset(partitions_def=DOTTED)
def divided():  # type: ignore[no-untyped-def]
    return size(large(small()))


@graph_asset(partitions_def=DOTTED)
def never_divided():  # type: ignore[no-untyped-def]
    return fails(large(small()))


@graph_multi_asset(outs={"low": AssetOut(), "high": AssetOut()})
def both():  # type: ignore[no-untyped-def]
    text = large(small())
    return {"low": size(text), "high": size(text)}


@job
def other() -> None:
    size(large(small()))


@pytest.fixture(params=["sqlite", "memory"])
def instance(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Instance]:
    if request.param == "memory":
        found = Instance.ephemeral()
    else:
        (tmp_path / "pyproject.toml").touch()
        (tmp_path / ".assetbook").mkdir()
        found = Instance.get(tmp_path)
    yield found
    found.close()


def left(instance: Instance) -> set[str]:
    """What is still said of the data: by events, logs and files."""
    said = repr([each.event for each in instance.events()])
    said += repr([each.record for run in instance.runs() for each in instance.logs(run.id)])
    root = instance.op_files.root
    said += "".join((root / each.path).read_text() for each in local_files(instance.op_files))
    return {each for each in (SMALL, LARGE) if each in said}


def local_files_of(instance: Instance) -> list[str]:
    return [each.path for each in local_files(instance.op_files)]


def wiped(instance: Instance, key: AssetKey, numbers: Any = None) -> None:
    wipe(instance, plan_wipes(instance, {key: numbers}), origin_of("test"))


def test_what_the_ops_gave_goes_with_the_version(instance: Instance) -> None:
    materialize([orders], instance=instance)
    assert left(instance) == {SMALL, LARGE}  # the control: it is there
    (plan,) = plan_wipes(instance, {ORDERS: [1]})
    assert [each.path.partition("/")[2] for each in plan.outputs] != []
    wiped(instance, ORDERS, [1])
    assert left(instance) == set()
    assert plan_wipes(instance, {ORDERS: [1]})[0].is_empty


def test_runs_of_other_versions_and_jobs_are_left_alone(instance: Instance) -> None:
    run_job(other, instance, JobOptions(), origin=origin_of("python"))
    materialize([orders], instance=instance)
    before = instance.runs()[1].id
    wiped(instance, ORDERS)
    steps = [each.event for each in instance.events(run_id=before)]
    assert SMALL in repr(steps)
    assert any(each.path.startswith(before) for each in local_files(instance.op_files))


def test_a_graph_that_never_made_its_asset_is_wiped(instance: Instance) -> None:
    materialize([never], instance=instance, raise_on_error=False)
    assert left(instance) == {SMALL, LARGE}
    wiped(instance, AssetKey("never"))
    assert left(instance) == set()


def test_of_a_partition_goes_what_its_own_ops_gave(instance: Instance) -> None:
    materialize([divided], instance=instance, partitions="all")
    files = local_files_of(instance)
    wiped(instance, AssetKey("divided"), [1])
    assert left(instance) == {SMALL, LARGE}
    assert len(local_files_of(instance)) == len(files) // 2 > 0
    wiped(instance, AssetKey("divided"), [2])
    assert left(instance) == set()


def test_partitions_that_a_graph_never_made_are_wiped(instance: Instance) -> None:
    materialize([never_divided], instance=instance, partition="v.1", raise_on_error=False)
    assert left(instance) == {SMALL, LARGE}
    wiped(instance, AssetKey("never_divided"))
    assert left(instance) == set()


def test_one_of_several_assets_takes_what_they_share(instance: Instance) -> None:
    materialize([both], instance=instance)
    wiped(instance, AssetKey("low"))
    assert left(instance) == set()
    assert instance.value("high") == len(LARGE) * 20_000
