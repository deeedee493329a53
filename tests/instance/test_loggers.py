"""Loggers that a run configures: they get what ``context.log`` gets, and nobody else's lines."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetbook import (
    AssetExecutionContext,
    Config,
    Definitions,
    InitLoggerContext,
    Instance,
    LoggerDefinition,
    OpExecutionContext,
    RunConfig,
    asset,
    build_init_logger_context,
    define_asset_job,
    job,
    logger,
    materialize,
    op,
)
from assetbook.errors import ConfigError, DefinitionError
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of

EXECUTORS = [InProcessExecutor(), ThreadExecutor(2), ProcessExecutor(2)]


class ToFile(Config):
    path: str
    level: str = "INFO"


@logger(config_schema=ToFile, description="Writes lines to a file.")
def to_file(context: InitLoggerContext) -> logging.Logger:
    given = context.logger_config
    made = logging.Logger("to_file", given.level)
    handler = logging.FileHandler(given.path)
    handler.setFormatter(logging.Formatter(f"{context.job_name} %(levelname)s %(message)s"))
    made.addHandler(handler)
    return made


@op
def says(context: OpExecutionContext) -> int:
    context.log.debug("small")
    context.log.info("one %s", "line")
    logging.getLogger("other").warning("not of the step's logger")
    return 1


@job(logger_defs={"file": to_file})
def speaking() -> None:
    says()


@asset
def orders(context: AssetExecutionContext) -> int:
    context.log.warning("few")
    return 1


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    made = Instance.open(tmp_path / "store")
    yield made
    made.close()


def run(
    instance: Instance, section: Any, executor: Executor | None = None, what: Any = speaking
) -> JobResult:
    options = JobOptions(RunConfig(loggers=section), executor=executor)
    return run_job(what, instance, options, origin=origin_of("test"))


@pytest.mark.parametrize("executor", EXECUTORS, ids=repr)
def test_a_jobs_logger_gets_what_its_steps_log(
    instance: Instance, tmp_path: Path, executor: Executor, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lines"
    found = run(instance, {"file": {"config": {"path": str(path)}}}, executor)
    assert found.success
    assert path.read_text().splitlines() == ["speaking INFO one line"]
    kept = [each.record.text for each in instance.logs(found.run_id, "says")]
    assert kept == ["small", "one line", "not of the step's logger"]
    assert "one line" not in capfd.readouterr().err  # the logger shows it where it wants to


def test_without_the_section_nothing_changes(
    instance: Instance, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(instance, {}).success
    assert "INFO one line" in capfd.readouterr().err


@pytest.mark.parametrize("executor", EXECUTORS, ids=repr)
def test_loggers_of_definitions_are_for_assets(
    instance: Instance, tmp_path: Path, executor: Executor
) -> None:
    defs = Definitions([orders], loggers={"file": to_file})
    config = RunConfig(loggers={"file": {"config": {"path": str(tmp_path / "lines")}}})
    assert materialize(defs, instance=instance, run_config=config, executor=executor).success
    assert (tmp_path / "lines").read_text() == "None WARNING few\n"


def test_the_console_is_there_without_any(
    instance: Instance, capfd: pytest.CaptureFixture[str]
) -> None:
    config = RunConfig(loggers={"console": {"config": {"log_level": "WARNING"}}})
    assert materialize([orders], instance=instance, run_config=config).success
    line = capfd.readouterr().err
    assert line.endswith("\x1b[33mWARNING\x1b[0m few\n")
    (kept,) = instance.logs(instance.runs()[0].id, "orders")
    assert kept.record.stream == "log"  # what the console prints is not kept a second time


def test_lines_as_json(instance: Instance, capfd: pytest.CaptureFixture[str]) -> None:
    from assetbook.dagster import json_console_logger

    defs = Definitions([orders], loggers={"json": json_console_logger})
    materialize(defs, instance=instance, run_config=RunConfig(loggers={"json": {}}))
    found = json.loads(capfd.readouterr().err)
    assert (found["message"], found["levelname"]) == ("few", "WARNING")


def test_a_logger_is_called_directly() -> None:
    made = to_file(build_init_logger_context(ToFile(path="/dev/null")))
    assert made.name == "to_file"
    [handler] = made.handlers
    handler.close()
    assert isinstance(to_file, LoggerDefinition)
    assert to_file.description == "Writes lines to a file."


def test_definitions_merged_have_the_loggers_of_all() -> None:
    one, two = Definitions(loggers={"file": to_file}), Definitions([orders])
    assert Definitions.merge(one, two).loggers == {"file": to_file}


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"fiel": {}}, "there is no logger `fiel`.*Did you mean `file`"),
        ({"file": {"config": {"path": "x", "levle": "INFO"}}}, "levle"),
        ({"file": {"config": {}}}, "path"),
        ({"file": {"level": "INFO"}}, "it takes `config` alone"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_runs(
    instance: Instance, section: Any, said: str
) -> None:
    with pytest.raises(ConfigError, match=rf"(?s){said}"):
        run(instance, section)
    assert instance.runs() == []


def test_a_level_that_there_is_not_is_told(instance: Instance) -> None:
    config = RunConfig(loggers={"console": {"config": {"log_level": "WARNIN"}}})
    with pytest.raises(ConfigError, match="`WARNIN` is no level"):
        materialize([orders], instance=instance, run_config=config)


def test_a_function_that_gives_no_logger_ends_the_run(instance: Instance) -> None:
    @logger
    def none(context: InitLoggerContext) -> logging.Logger:
        return None  # type: ignore[return-value]

    @job(logger_defs={"none": none})
    def unlucky() -> None:
        says()

    with pytest.raises(DefinitionError, match=r"the logger `none`: .*a NoneType"):
        run(instance, {"none": {}}, what=unlucky)
    assert [each.status for each in instance.runs()] == ["failed"]


def test_what_is_no_logger_is_refused() -> None:
    with pytest.raises(DefinitionError, match="the logger `file` of Definitions: it is an int"):
        Definitions(loggers={"file": 1})  # type: ignore[dict-item]
    with pytest.raises(DefinitionError, match="Give a Config class"):
        logger(config_schema={"level": str})


def test_a_logger_that_cannot_be_sent_is_told(instance: Instance) -> None:
    lock = threading.Lock()

    @logger
    def locked(context: InitLoggerContext) -> logging.Logger:
        with lock:
            return logging.Logger("locked")

    @job(logger_defs={"locked": locked})
    def sent() -> None:
        says()

    with pytest.raises(DefinitionError, match="one cannot be sent to another process"):
        run(instance, {"locked": {}}, ProcessExecutor(1), sent)


def test_a_job_of_assets_has_the_loggers_of_its_configuration(
    instance: Instance, tmp_path: Path
) -> None:
    config = {"loggers": {"file": {"config": {"path": str(tmp_path / "lines")}}}}
    nightly = define_asset_job("nightly", config=config)
    assert nightly.config == config
