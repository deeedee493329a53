"""Loggers that a run configures: they get what ``context.log`` gets, and nobody else's lines."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import assetbook.dagster as dagster
from assetbook import (
    AssetExecutionContext,
    Config,
    Definitions,
    InitLoggerContext,
    Instance,
    LoggerDefinition,
    OpExecutionContext,
    RunConfig,
    Secret,
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


def test_loggers_of_definitions_are_for_their_jobs(instance: Instance, tmp_path: Path) -> None:
    @job
    def plain() -> None:
        says()

    nightly = define_asset_job("nightly", selection="orders")
    defs = dagster.Definitions(assets=[orders], jobs=[plain, nightly], loggers={"file": to_file})
    for name, line in (("plain", "plain INFO one line"), ("nightly", "None WARNING few")):
        path = tmp_path / name
        config = {"loggers": {"file": {"config": {"path": str(path)}}}}
        defs.resolve_job_def(name).execute_in_process(run_config=config)
        assert path.read_text().splitlines() == [line]


def test_a_graphs_job_has_its_loggers(instance: Instance, tmp_path: Path) -> None:
    made = speaking.graph.to_job("made", logger_defs={"file": to_file})
    run(instance, {"file": {"config": {"path": str(tmp_path / "lines")}}}, what=made)
    assert (tmp_path / "lines").read_text() == "made INFO one line\n"


@op
def says_more(context: OpExecutionContext) -> None:
    dagster.get_dagster_logger("shop").info("from the shop")
    context.log.getChild("till").info("from the till")


@job(logger_defs={"file": to_file})
def speaking_more() -> None:
    says_more()
    says_more.alias("again")()


@pytest.mark.parametrize("executor", [InProcessExecutor(), ProcessExecutor(1)], ids=repr)
def test_loggers_below_the_steps_own_are_heard_too(
    instance: Instance, tmp_path: Path, executor: Executor
) -> None:
    path = tmp_path / "lines"
    run(instance, {"file": {"config": {"path": str(path)}}}, executor, what=speaking_more)
    lines = ["speaking_more INFO from the shop", "speaking_more INFO from the till"]
    assert path.read_text().splitlines() == lines * 2


@op
def tells(context: OpExecutionContext) -> None:
    password = Secret("hunter-2-hunter").get_value()
    context.log.error("with %s", password, extra={"password": password, "rows": 3})
    try:
        raise ValueError(password)
    except ValueError:
        context.log.exception("failed")


@job(logger_defs={"file": to_file, "json": dagster.json_console_logger})
def telling() -> None:
    tells()


@pytest.mark.parametrize("executor", EXECUTORS, ids=repr)
def test_no_logger_gets_a_secret(
    instance: Instance, tmp_path: Path, executor: Executor, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lines"
    section = {"file": {"config": {"path": str(path)}}, "json": {}}
    assert run(instance, section, executor, what=telling).success
    written, shown = path.read_text(), capfd.readouterr().err
    assert "hunter" not in written and "hunter" not in shown
    assert "telling ERROR with ***" in written and "ValueError: ***" in written
    first, second = map(json.loads, shown.splitlines())
    assert (first["message"], first["password"], first["rows"]) == ("with ***", "***", 3)
    assert "ValueError: ***" in second["exc_info"]


def test_what_is_shown_without_loggers_has_no_secret(
    instance: Instance, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(instance, {}, what=telling).success
    shown = capfd.readouterr().err
    assert "ERROR with ***" in shown and "hunter" not in shown


def test_a_handler_that_raises_fails_its_step(instance: Instance) -> None:
    class Raises(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise OSError("no room")

    @logger
    def raising(context: InitLoggerContext) -> logging.Logger:
        made = logging.Logger("raising")
        made.addHandler(Raises())
        return made

    @job(logger_defs={"raising": raising})
    def unlucky() -> None:
        says()

    found = run(instance, {"raising": {}}, what=unlucky)
    assert [each.message for each in found.outcomes] == ["OSError: no room"]
