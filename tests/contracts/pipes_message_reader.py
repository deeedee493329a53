"""What any reader must do. Inherit ``MessageReaderContract``, supply ``reader``.

A reader for which the default writer of dagster-pipes is not made overrides ``writing``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import dagster_pipes
import pytest
from tests.contracts.pipes_context_injector import still_there

from assetbook.execution.built_contexts import build_asset_context
from assetbook.execution.pipes.message_handler import PipesMessageHandler
from assetbook.execution.pipes.message_readers import PipesMessageReader
from assetbook.execution.pipes.wire_format import PipesParams, decode_param, encode_param

seen_in: ContextVar[str] = ContextVar("seen_in", default="elsewhere")


class Noting(PipesMessageHandler):
    """A handler that notes in which context it was called."""

    def __init__(self) -> None:
        super().__init__(build_asset_context())
        self.contexts: set[str] = set()
        self.arrived = threading.Event()

    def handle_message(self, message: Mapping[str, Any]) -> None:
        self.contexts.add(seen_in.get())
        super().handle_message(message)
        self.arrived.set()


def custom(payload: object) -> dagster_pipes.PipesMessage:
    return dagster_pipes._make_message("report_custom_message", {"payload": payload})


class MessageReaderContract:
    """Tests of ``read_messages`` and ``no_messages_debug_text``."""

    @pytest.fixture
    def reader(self) -> PipesMessageReader:
        raise NotImplementedError

    @contextmanager
    def writing(self, params: PipesParams) -> Iterator[Callable[[Any], None]]:
        """What sends a message, as the process does it by the parameters."""
        with dagster_pipes.PipesDefaultMessageWriter().open(params) as channel:
            yield channel.write_message

    def test_is_a_reader(self, reader: PipesMessageReader) -> None:
        assert isinstance(reader, PipesMessageReader)

    def test_all_that_was_written_is_handed_on_in_order(self, reader: PipesMessageReader) -> None:
        handler = Noting()
        with (
            reader.read_messages(handler) as params,
            self.writing(decode_param(encode_param(params))) as send,
        ):
            for number in range(500):
                send(custom(number))
        assert handler.custom_messages == tuple(range(500))

    def test_messages_arrive_while_the_process_runs(self, reader: PipesMessageReader) -> None:
        handler = Noting()
        with reader.read_messages(handler) as params, self.writing(params) as send:
            send(custom("early"))
            assert handler.arrived.wait(10)
            assert handler.custom_messages == ("early",)

    def test_serves_one_session_after_the_other(self, reader: PipesMessageReader) -> None:
        for number in (1, 2):
            handler = Noting()
            with reader.read_messages(handler) as params, self.writing(params) as send:
                send(custom(number))
            assert handler.custom_messages == (number,)

    def test_a_large_message_arrives_whole(self, reader: PipesMessageReader) -> None:
        handler, text = Noting(), "ü" * 1_000_000
        with reader.read_messages(handler) as params, self.writing(params) as send:
            send(custom(text))
        assert handler.custom_messages == (text,)

    def test_messages_are_handled_in_a_copy_of_the_context(
        self, reader: PipesMessageReader
    ) -> None:
        handler = Noting()
        token = seen_in.set("the step")
        try:
            with reader.read_messages(handler) as params, self.writing(params) as send:
                send(custom(1))
        finally:
            seen_in.reset(token)
        assert handler.contexts == {"the step"}

    def test_nothing_is_left_behind(self, reader: PipesMessageReader) -> None:
        threads = threading.active_count()
        with pytest.raises(ZeroDivisionError), reader.read_messages(Noting()) as params:
            raise ZeroDivisionError
        assert still_there(params) == []
        until = time.monotonic() + 5
        while threading.active_count() > threads and time.monotonic() < until:
            time.sleep(0.01)
        assert threading.active_count() <= threads

    def test_says_where_messages_are_awaited(self, reader: PipesMessageReader) -> None:
        said = reader.no_messages_debug_text()
        assert said.endswith(".") and "\n" not in said
