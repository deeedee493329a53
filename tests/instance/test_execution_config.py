"""The section ``execution`` of a run's configuration chooses the executor, as in Dagster."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.instance.making import make

from assetbook import (
    Definitions,
    InProcessExecutor,
    Instance,
    ProcessExecutor,
    RunConfig,
    ThreadExecutor,
    asset,
    job,
    op,
)
from assetbook.errors import ConfigError
from assetbook.execution.configured_executor import configured_executor
from assetbook.execution.executor import Executor
from assetbook.instance.asked import Options
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of

PROCESSES = {"config": {"multiprocess": {"max_concurrent": 2}}}
IN_PROCESS = {"config": {"in_process": {}}}


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


@op
def process_id() -> int:
    return os.getpid()


@job
def ids() -> None:
    process_id()


@op
def thread_name() -> str:
    return threading.current_thread().name


@job(executor_def=ThreadExecutor())
def on_threads() -> None:
    thread_name()


def run(made: Any, instance: Instance, section: Any, **given: Any) -> Any:
    options = JobOptions(RunConfig(execution=section), executor=given.pop("asked", None))
    return run_job(made, instance, options, origin=origin_of("test"), **given)


def test_a_job_runs_in_processes_that_its_configuration_asks_for(instance: Instance) -> None:
    assert run(ids, instance, PROCESSES).output_for_node("process_id") != os.getpid()


def test_the_configuration_goes_before_the_jobs_own_executor(instance: Instance) -> None:
    own = run(on_threads, instance, {}).output_for_node("thread_name")
    here = run(on_threads, instance, IN_PROCESS).output_for_node("thread_name")
    assert own != here == threading.current_thread().name


def test_an_executor_that_is_given_goes_before_the_configuration(instance: Instance) -> None:
    result = run(ids, instance, PROCESSES, asked=InProcessExecutor())
    assert result.output_for_node("process_id") == os.getpid()


def test_the_jobs_own_executor_goes_before_that_of_its_notebook(instance: Instance) -> None:
    result = run(on_threads, instance, {}, executor=InProcessExecutor())
    assert result.output_for_node("thread_name") != threading.current_thread().name


def test_execute_in_process_stays_in_this_process() -> None:
    elsewhere = ids.graph.to_job("elsewhere", executor_def=ProcessExecutor(2))
    config = RunConfig(execution={"config": {"max_concurrent": 2}})
    for given in (None, config):
        result = elsewhere.execute_in_process(given)
        assert result.output_for_node("process_id") == os.getpid()


def test_assets_run_by_it_too(instance: Instance) -> None:
    @asset
    def made_in() -> int:
        return os.getpid()

    definitions = Definitions([made_in], executor=InProcessExecutor())
    make(instance, definitions, run_config={"execution": PROCESSES})
    assert instance.value("made_in") != os.getpid()
    make(
        instance,
        definitions,
        run_config={"execution": IN_PROCESS, "ops": {}},
        options=Options(force=True),
    )
    assert instance.value("made_in") == os.getpid()


@pytest.mark.parametrize(
    ("section", "own", "said"),
    [
        (None, ThreadExecutor(3), "ThreadExecutor(workers=3)"),
        ({"config": {"max_concurrent": 2}}, ThreadExecutor(3), "ThreadExecutor(workers=2)"),
        ({"config": {"max_concurrent": 2}}, None, "ProcessExecutor(workers=2)"),
        (PROCESSES, ThreadExecutor(3), "ProcessExecutor(workers=2)"),
        ({"config": {"multiprocess": {"max_concurrent": 0}}}, None, repr(ProcessExecutor())),
        ({"config": {"multiprocess": {"retries": {"enabled": {}}}}}, None, repr(ProcessExecutor())),
        (IN_PROCESS, ThreadExecutor(3), "InProcessExecutor()"),
    ],
)
def test_it_names_an_executor_or_its_size(section: Any, own: Executor | None, said: str) -> None:
    assert repr(configured_executor("run_config", section, own)) == said


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"x": 1}, "execution: `x` is not known there"),
        ({"config": {"multi_process": {}}}, "Did you mean `multiprocess`"),
        ({"config": {"multiprocess": {"max_concurent": 1}}}, "Did you mean `max_concurrent`"),
        ({"config": {"multiprocess": {"max_concurrent": "2"}}}, "it is '2'\nGive a whole number"),
        ({"config": {"multiprocess": 3}}, "execution: multiprocess: it is an int"),
        ({"config": {"in_process": {}, "multiprocess": {}}}, "it names two executors"),
        ({"config": {"in_process": {"max_concurrent": 2}}}, "`max_concurrent` is not known there"),
        ({"config": {"max_concurrent": 2}}, "which does not run several steps at a time"),
        ({"config": {"retries": {"disabled": {}}}}, "change retry_policy= of the op"),
    ],
)
def test_what_cannot_be_meant_is_told(section: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        configured_executor("run_config", section, InProcessExecutor())


def test_nothing_runs_with_an_executor_that_cannot_be_meant(instance: Instance) -> None:
    with pytest.raises(ConfigError, match="the job `ids`: execution"):
        run(ids, instance, {"config": {"dask": {}}})
    assert instance.runs() == []
