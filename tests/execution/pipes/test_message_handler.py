"""What becomes of messages, also of those that no good client sends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.execution.pipes.outside import Step, a_step

from assetbook.definitions.results import (
    AssetCheckResult,
    AssetCheckSeverity,
    DataVersion,
    MaterializeResult,
)
from assetbook.errors import PipesError
from assetbook.execution.pipes import message_handler
from assetbook.execution.pipes.message_handler import PipesMessageHandler
from assetbook.keys import AssetKey
from assetbook.metadata import MetadataValue, UnknownMetadataValue

HOSTILE = [
    b"{",
    b"\xff\xfe\x00",
    b"null",
    b"[]",
    b'"text"',
    b"1" * 10_000,
    b"[" * 100_000,
    b"{}",
    b'{"method": 3}',
    b'{"method": "log"}',
    b'{"method": "log", "params": []}',
    b'{"method": "log", "params": {"message": 3}}',
    b'{"method": "report_asset_materialization", "params": {"asset_key": ""}}',
    b'{"method": "report_asset_check", "params": {"asset_key": "a", "check_name": "c",'
    b' "passed": "yes"}}',
    b'{"method": "report_asset_check", "params": {"asset_key": "a", "check_name": "c",'
    b' "passed": true, "severity": "BAD"}}',
    b'{"method": "log_external_stream", "params": {"stream": "stdin", "text": "x"}}',
    b'{"method": "report_custom_message", "params": {"payload": '
    + b'{"a": ' * 200
    + b"1"
    + b"}" * 200
    + b"}}",
    b'{"method": "closed", "params": {"exception": "boom"}}',
]


def sent(method: str, version: str = "0.1", **params: Any) -> str:
    return json.dumps({"__dagster_pipes_version": version, "method": method, "params": params})


@pytest.fixture
def handler(step: Step) -> PipesMessageHandler:
    return PipesMessageHandler(step.context)


def test_a_materialization_is_a_result(handler: PipesMessageHandler) -> None:
    metadata = {"rows": {"type": "int", "raw_value": 3}}
    handler.handle_line(
        sent(
            "report_asset_materialization",
            asset_key="raw/a\\/b",
            data_version="v1",
            metadata=metadata,
        )
    )
    assert handler.results == (
        MaterializeResult(
            asset_key=AssetKey(["raw", "a/b"]),
            metadata={"rows": MetadataValue.int(3)},
            data_version=DataVersion("v1"),
        ),
    )


def test_a_check_is_a_result(handler: PipesMessageHandler) -> None:
    handler.handle_line(
        sent("report_asset_check", asset_key="a", check_name="c", passed=False, severity="WARN")
    )
    assert handler.results == (
        AssetCheckResult(False, AssetKey("a"), "c", severity=AssetCheckSeverity.WARN),
    )


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("DEBUG", []),
        ("info", [("INFO", "it")]),
        ("WARN", [("WARNING", "it")]),
        ("CRITICAL", [("CRITICAL", "it")]),
        (40, [("ERROR", "it")]),
        ("Level 25", [("Level 25", "it")]),
        ("LOUD", [("INFO", "[LOUD] it")]),
    ],
)
def test_a_line_is_logged_at_its_level(
    step: Step, handler: PipesMessageHandler, level: str | int, expected: list[Any]
) -> None:
    handler.handle_line(sent("log", message="it", level=level))
    assert step.log == expected


def test_text_of_a_line_is_text_alone(step: Step, handler: PipesMessageHandler) -> None:
    handler.handle_line(sent("log", message="100 %s %d <b>\ud800</b>"))
    assert step.log == [("INFO", "100 %s %d <b>?</b>")]


def test_printed_text_lands_in_its_stream() -> None:
    with a_step() as step:
        handler = PipesMessageHandler(step.context)
        handler.handle_line(sent("log_external_stream", stream="stderr", text="oops\n", extras={}))
        handler.handle_line(sent("log_external_stream", stream="stdout", text="fine\n"))
    assert (step.kept.text("stderr"), step.kept.text("stdout")) == ("oops\n", "fine\n")


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: repr(line[:40]))
def test_what_cannot_be_used_is_told_and_stops_nothing(
    step: Step, handler: PipesMessageHandler, line: bytes
) -> None:
    handler.handle_line(line)
    handler.handle_line(sent("report_custom_message", payload="after"))
    assert handler.custom_messages == ("after",)
    errors = [text for level, text in step.log if level == "ERROR"]
    assert len(errors) == 1 and "cannot be used" in errors[0]
    assert len(errors[0]) < 5_000


def test_an_unknown_method_is_told_with_all_that_it_says(
    step: Step, handler: PipesMessageHandler
) -> None:
    handler.handle_line(sent("report_weather", sky="blue"))
    [(level, text)] = step.log
    assert level == "WARNING"
    assert "unknown method report_weather" in text and "'sky': 'blue'" in text


def test_another_version_is_told_once_and_read(step: Step, handler: PipesMessageHandler) -> None:
    for payload in (1, 2):
        handler.handle_line(sent("report_custom_message", version="0.9", payload=payload))
    assert handler.custom_messages == (1, 2)
    assert [text for _, text in step.log] == [
        "[pipes] the process speaks version '0.9' of the protocol; it is read as '0.1'"
    ]


def test_a_message_after_the_last_is_used_and_told(
    step: Step, handler: PipesMessageHandler
) -> None:
    handler.handle_line(sent("opened", extras={}))
    handler.handle_line(sent("closed"))
    handler.handle_line(sent("report_custom_message", payload=1))
    assert handler.opened and handler.closed and handler.custom_messages == (1,)
    assert "after the last one" in step.log[0][1]


def test_more_reports_than_can_be_held_are_an_error(
    monkeypatch: pytest.MonkeyPatch, handler: PipesMessageHandler
) -> None:
    monkeypatch.setattr(message_handler, "MOST_HELD", 1_000)
    for _ in range(30):
        handler.handle_line(sent("log", message="x" * 100, level="DEBUG"))  # is not held
    assert handler.custom_messages == ()
    for number in range(30):
        handler.handle_line(sent("report_custom_message", payload=[number] * 20))
    assert len(handler._custom) < 10
    with pytest.raises(PipesError, match=r"more than 1,000 bytes[^\n]*\nWrite large data to files"):
        _ = handler.custom_messages


def test_unknown_metadata_is_kept_whole_and_told(step: Step, handler: PipesMessageHandler) -> None:
    metadata = {
        "colour": {"type": "rgb", "raw_value": [1, 2, 3]},
        "rows": {"type": "int", "raw_value": "many"},
        "k" * 2000: {"type": "int", "raw_value": 1},
    }
    handler.handle_line(sent("report_asset_materialization", asset_key="a", metadata=metadata))
    [result] = handler.results
    assert result.metadata == {
        "colour": UnknownMetadataValue(metadata["colour"]),
        "rows": UnknownMetadataValue(metadata["rows"]),
    }
    told = "\n".join(text for _, text in step.log)
    assert "'colour' is of the type 'rgb'" in told and "'rows' is no int" in told
    assert "is left out" in told
