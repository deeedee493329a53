"""Managers that a function makes, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from assetbook.definitions.resource import InitResourceContext
from assetbook.errors import DefinitionError
from assetbook.io.contexts import InputContext
from assetbook.io.made_managers import class_of, input_manager, io_manager
from assetbook.io.memory import InMemoryIOManager


def test_function_makes_the_manager() -> None:
    @io_manager
    def shelf(init_context: InitResourceContext) -> InMemoryIOManager:
        return InMemoryIOManager()

    with shelf.made(InitResourceContext()) as manager:
        assert isinstance(manager, InMemoryIOManager)


def test_generator_cleans_up() -> None:
    ended = []

    @io_manager
    def shelf(init_context: InitResourceContext) -> Any:
        yield InMemoryIOManager()
        ended.append(init_context.resource_name)

    with shelf.made(InitResourceContext(resource_name="shelf")):
        assert ended == []
    assert ended == ["shelf"]


def test_other_objects_are_refused() -> None:
    @io_manager
    def shelf(init_context: InitResourceContext) -> Any:
        return {}

    with (
        pytest.raises(DefinitionError, match=r"shelf\(\): the function gives a dict"),
        shelf.made(InitResourceContext()),
    ):
        pass


def test_input_manager_calls_the_function() -> None:
    @input_manager
    def named(context: InputContext) -> str:
        return context.name

    assert named.load_input(InputContext(name="orders")) == "orders"


@pytest.mark.parametrize("decorator", [io_manager, input_manager])
def test_dagsters_arguments_are_refused(decorator: Any) -> None:
    with pytest.raises(DefinitionError, match="it takes a function, and no arguments"):
        decorator({"base_dir": str})


def test_function_stands_for_its_code() -> None:
    @input_manager
    def named(context: InputContext) -> str:
        return context.name

    assert class_of(named).endswith("<locals>.named")
    assert class_of(InMemoryIOManager()) == "assetbook.io.memory.InMemoryIOManager"
