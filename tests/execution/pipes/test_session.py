"""Dagster Pipes, "Session" and "Context data": ``open_pipes_session``, with the real other side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import dagster_pipes
import pytest
from tests.execution.pipes.outside import Step, a_step, piped, python

from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.partitions import DailyPartitionsDefinition, StaticPartitionsDefinition
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.results import MaterializeResult
from assetbook.errors import DefinitionError
from assetbook.execution.built_contexts import build_asset_context
from assetbook.execution.context import AssetCheckExecutionContext, AssetExecutionContext
from assetbook.execution.pipes.context_data import context_data
from assetbook.execution.pipes.context_injectors import (
    PipesEnvContextInjector,
    PipesTempFileContextInjector,
)
from assetbook.execution.pipes.message_readers import PipesTempFileMessageReader
from assetbook.execution.pipes.session import open_pipes_session
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.keys import AssetKey


@multi_asset(outs={"a": AssetOut(code_version="7"), "b": AssetOut(key="x/b")})
def both() -> None: ...


def opened(step: Step, **others: Any) -> Any:
    given = {"context_injector": PipesTempFileContextInjector(), "context": step.context}
    return open_pipes_session(message_reader=PipesTempFileMessageReader(), **given | others)


def test_session_environment_is_all_that_a_process_needs(step: Step) -> None:
    code = "pipes.report_custom_message(pipes._data)"
    with opened(step, extras={"n": 1}) as session:
        assert session.env == session.get_bootstrap_env_vars()
        subprocess.run(piped(code), env={**os.environ, **session.env}, check=True)
    assert session.get_custom_messages() == (session.context_data,)
    assert session.context_data == {
        "asset_keys": ["orders"],
        "code_version_by_asset_key": {"orders": None},
        "provenance_by_asset_key": {"orders": None},
        "partition_key": None,
        "partition_key_range": None,
        "partition_time_window": None,
        "run_id": "test",
        "job_name": None,
        "retry_number": 0,
        "extras": {"n": 1},
    }


@pytest.mark.parametrize(
    ("keys", "one", "until"),
    [(("2026-01-02",), "2026-01-02", "03"), (("2026-01-02", "2026-01-03"), None, "04")],
)
def test_context_data_tells_which_partitions_are_made(
    keys: tuple[str, ...], one: str | None, until: str
) -> None:
    days = DailyPartitionsDefinition("2026-01-01")
    given = AssetPartitions(keys, days)
    context = AssetExecutionContext(selected=(AssetKey("orders"),), partitions=given)
    data = context_data(context)
    assert data["partition_key"] == one
    assert data["partition_key_range"] == {"start": keys[0], "end": keys[-1]}
    window = {"start": "2026-01-02T00:00:00+00:00", "end": f"2026-01-{until}T00:00:00+00:00"}
    assert data["partition_time_window"] == window
    letters = AssetPartitions(("a",), StaticPartitionsDefinition(["a"]))
    context = AssetExecutionContext(selected=(AssetKey("orders"),), partitions=letters)
    assert context_data(context)["partition_time_window"] is None


def test_context_data_has_the_fields_of_the_other_side() -> None:
    with a_step() as step, opened(step) as session:
        fields = set(dagster_pipes.PipesContextData.__annotations__)
        assert set(session.context_data) == fields


@pytest.mark.parametrize("injector", [PipesTempFileContextInjector(), PipesEnvContextInjector()])
def test_session_arguments_on_the_command_line_do_as_well(step: Step, injector: Any) -> None:
    code = """
        from dagster_pipes import PipesCliArgsParamsLoader, open_dagster_pipes
        with open_dagster_pipes(params_loader=PipesCliArgsParamsLoader()) as pipes:
            pipes.report_custom_message(pipes.asset_key)
    """
    with opened(step, context_injector=injector) as session:
        words = [each for pair in session.get_bootstrap_cli_arguments().items() for each in pair]
        subprocess.run([*python(code), *words], check=True)
    assert session.get_custom_messages() == ("orders",)


def test_session_results_arrive_while_the_process_runs(step: Step) -> None:
    code = "pipes.report_asset_materialization()\nsys.stdin.read()"
    with opened(step) as session:
        process = subprocess.Popen(
            [sys.executable, "-c", "import sys\n" + piped(code)[2]],
            env={**os.environ, **session.env},
            stdin=subprocess.PIPE,
        )
        while not session.get_reported_results():
            assert process.poll() is None
        process.communicate(b"")
    assert session.get_results() == (MaterializeResult(asset_key=AssetKey("orders")),)


def test_what_was_not_reported_is_materialized_all_the_same() -> None:
    context = AssetExecutionContext(run_id="r1", definition=both, selected=both.keys)
    with a_step(context) as step, opened(step) as session:
        session.message_handler.handle_message(
            {
                "method": "report_asset_materialization",
                "params": {"asset_key": "x/b", "metadata": {"n": {"type": "int", "raw_value": 1}}},
            }
        )
    results = session.get_results(metadata={"job": "j1"})
    assert [each.asset_key for each in results] == [AssetKey(["x", "b"]), AssetKey("a")]
    assert [set(each.metadata) for each in results] == [{"n", "job"}, {"job"}]
    assert len(session.get_results(implicit_materializations=False)) == 1


def test_a_step_of_several_assets_names_each() -> None:
    context = AssetExecutionContext(
        run_id="r1", definition=both, selected=both.keys, code_version="computed"
    )
    with a_step(context) as step, opened(step) as session:
        data = session.context_data
    assert data["asset_keys"] == ["a", "x/b"]
    assert data["code_version_by_asset_key"] == {"a": "7", "x/b": "computed"}


def test_a_check_makes_no_asset() -> None:
    context = AssetCheckExecutionContext(run_id="r1", selected=(AssetKey("orders"),))
    with a_step(context) as step, opened(step) as session:
        assert session.context_data["asset_keys"] == []
    assert session.get_results() == ()


def test_a_process_that_sends_nothing_is_told(step: Step) -> None:
    with opened(step):
        pass
    [(level, text)] = step.log
    assert level == "WARNING" and "did not call open_dagster_pipes()" in text
    assert text.endswith("temporary file. Its messages were awaited in a temporary file.")


def test_a_process_that_does_not_close_is_told(step: Step) -> None:
    code = "import dagster_pipes\ndagster_pipes.open_dagster_pipes()"
    with opened(step) as session:
        subprocess.run(python(code), env={**os.environ, **session.env}, check=True)
    [(level, text)] = step.log
    assert level == "WARNING" and "did not say that it was done" in text


def test_the_context_is_none() -> None:
    with (
        a_step() as step,
        pytest.raises(DefinitionError, match="hand it on"),
        opened(step, context=None),
    ):
        pass


def test_extras_are_plain_values(step: Step) -> None:
    with (
        pytest.raises(DefinitionError, match=r"a JSON value with a set at \$.who.are\[0\]"),
        opened(step, extras={"who": {"are": [{1}]}}),
    ):
        pass


def test_a_context_for_a_test_serves() -> None:
    context = build_asset_context(asset_key=["raw", "a/b"], run_id="r9")
    with a_step(context) as step, opened(step) as session:
        assert json.loads(json.dumps(session.context_data))["asset_keys"] == ["raw/a\\/b"]
