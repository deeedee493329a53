"""Hooks: functions of one parameter, ``context``."""

from __future__ import annotations

from typing import Any

import pytest

from assetbook.definitions.hooks import checked_hooks, failure_hook, success_hook
from assetbook.errors import DefinitionError


def test_a_hook_knows_its_event_name_and_resources() -> None:
    @success_hook
    def said(context: Any) -> str:
        return f"{context} done"

    @failure_hook(name="page", required_resource_keys={"pager"})
    def other(context: Any) -> None: ...

    assert (said.name, said.event, said("orders")) == ("said", "success", "orders done")
    assert (other.name, other.event, other.required_resource_keys) == ("page", "failure", {"pager"})


def test_the_parameter_is_called_context() -> None:
    with pytest.raises(DefinitionError, match=r"its parameters are ctx"):

        @success_hook
        def first(ctx: Any) -> None: ...

    with pytest.raises(DefinitionError, match=r"it has no parameters\nGive it one parameter"):

        @failure_hook
        def second() -> None: ...

    with pytest.raises(DefinitionError, match=r"its parameters are context, more"):

        @failure_hook
        def third(context: Any, more: Any) -> None: ...


def test_what_is_no_hook_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"among its hooks is 3, an int"):
        checked_hooks("the job `j`", [3])
