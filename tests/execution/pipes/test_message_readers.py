"""Dagster Pipes, "Injectors/readers": the places for messages."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.pipes_message_reader import MessageReaderContract, Noting, custom
from tests.execution.pipes.outside import Step, a_step, piped

from assetbook.execution.pipes.message_readers import (
    PipesFileMessageReader,
    PipesMessageReader,
    PipesTempFileMessageReader,
)
from assetbook.execution.pipes.subprocess_client import PipesSubprocessClient


class TestPipesFileMessageReader(MessageReaderContract):
    @pytest.fixture
    def reader(self, tmp_path: Path) -> PipesMessageReader:
        return PipesFileMessageReader(tmp_path / "messages")


class TestPipesTempFileMessageReader(MessageReaderContract):
    @pytest.fixture
    def reader(self) -> PipesMessageReader:
        return PipesTempFileMessageReader()


def test_the_file_stays_where_it_is_asked_to(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    reader = PipesFileMessageReader(path, cleanup_file=False)
    contract = MessageReaderContract()
    with reader.read_messages(Noting()) as params, contract.writing(params) as send:
        send(custom("kept"))
    assert '"payload": "kept"' in path.read_text()


def test_a_last_line_without_an_end_is_read(tmp_path: Path) -> None:
    handler = Noting()
    with PipesTempFileMessageReader().read_messages(handler) as params:
        text = '{"method": "report_custom_message", "params": {"payload": 1}}'
        Path(params["path"]).write_text(text)
    assert handler.custom_messages == (1,)


def test_a_torn_last_line_is_told(step: Step) -> None:
    torn = "open(params['path'], 'a').write('{\"method\": \"report_custom_mess')"
    code = (
        "pipes.report_custom_message(1)\n"
        "import os, dagster_pipes\n"
        f"params = dagster_pipes.PipesEnvVarParamsLoader().load_messages_params()\n{torn}"
    )
    done = step.run(piped(code))
    assert done.get_custom_messages() == (1,)
    [(level, text)] = [each for each in step.log if "cannot be used" in each[1]]
    assert level == "ERROR" and "it is no JSON" in text and "report_custom_mess" in text


class Breaking(Noting):
    def handle_message(self, message: Mapping[str, Any]) -> None:
        raise OSError("no space left")


def test_what_goes_wrong_in_the_reading_is_raised() -> None:
    contract = MessageReaderContract()
    with (
        pytest.raises(OSError, match="no space left"),
        PipesTempFileMessageReader().read_messages(Breaking()) as params,
        contract.writing(params) as send,
    ):
        send(custom(1))
    assert "assetbook pipes" not in {each.name for each in threading.enumerate()}


@pytest.mark.long  # dagster-pipes waits two seconds for each stream
def test_what_is_printed_may_travel_with_the_messages() -> None:
    reader = PipesTempFileMessageReader(include_stdio_in_messages=True)
    client = PipesSubprocessClient(message_reader=reader, forward_stdio=False)
    with a_step() as step:
        step.run(piped("print('by message', flush=True)"), client)
    assert step.kept.text("stdout") == "by message\n"
    assert step.log == []
