"""What any injector must do. Inherit ``ContextInjectorContract``, supply ``injector``.

An injector whose context the default loader of dagster-pipes cannot read overrides ``read``.
"""

from __future__ import annotations

from typing import Any

import dagster_pipes
import pytest

from assetbook.execution.pipes.context_injectors import PipesContextInjector
from assetbook.execution.pipes.wire_format import PipesParams, decode_param, encode_param

CONTEXT: dict[str, Any] = {
    "asset_keys": ["raw/ordérs"],
    "run_id": "a1b2c3d4e5f6",
    "partition_key": None,
    "extras": {"n": [1, 0.5, None, True], "text": 'ü "\n</script>'},
}


class ContextInjectorContract:
    """Tests of ``inject_context`` and ``no_messages_debug_text``."""

    @pytest.fixture
    def injector(self) -> PipesContextInjector:
        raise NotImplementedError

    def read(self, params: PipesParams) -> Any:
        """The context as the process finds it by the parameters."""
        with dagster_pipes.PipesDefaultContextLoader().load_context(params) as found:
            return found

    def test_is_an_injector(self, injector: PipesContextInjector) -> None:
        assert isinstance(injector, PipesContextInjector)

    def test_the_process_finds_the_context(self, injector: PipesContextInjector) -> None:
        with injector.inject_context(CONTEXT) as params:
            assert self.read(decode_param(encode_param(params))) == CONTEXT

    def test_serves_one_session_after_the_other(self, injector: PipesContextInjector) -> None:
        for number in (1, 2):
            with injector.inject_context({**CONTEXT, "retry_number": number}) as params:
                assert self.read(params)["retry_number"] == number

    def test_nothing_is_left_behind(self, injector: PipesContextInjector) -> None:
        with injector.inject_context(CONTEXT) as params:
            pass
        assert self.left_behind(params) == []

    def test_nothing_is_left_behind_after_a_failure(self, injector: PipesContextInjector) -> None:
        with pytest.raises(ZeroDivisionError), injector.inject_context(CONTEXT) as params:
            raise ZeroDivisionError
        assert self.left_behind(params) == []

    def left_behind(self, params: PipesParams) -> list[str]:
        """What is still there of a session that is over; by default its file or folder."""
        return still_there(params)

    def test_says_where_the_context_is(self, injector: PipesContextInjector) -> None:
        said = injector.no_messages_debug_text()
        assert said.endswith(".") and "\n" not in said


def still_there(params: PipesParams) -> list[str]:
    """The file named by ``path``, if it is there."""
    from pathlib import Path

    path = params.get("path")
    return [] if path is None or not Path(path).exists() else [path]
