"""The I/O manager that keeps values in the process."""

from __future__ import annotations

import pytest
from tests.contracts.io_manager import IOManagerContract, output, reading

from assetbook.errors import SelectionError
from assetbook.io.manager import IOManager
from assetbook.io.memory import InMemoryIOManager


class TestInMemoryIOManager(IOManagerContract):
    shares_objects = True

    @pytest.fixture
    def manager(self) -> IOManager:
        return InMemoryIOManager()


def test_gives_the_object_itself() -> None:
    manager, value = InMemoryIOManager(), object()
    manager.handle_output(output(), value)
    assert manager.load_input(reading()) is value


def test_missing_value_names_the_asset() -> None:
    with pytest.raises(
        SelectionError, match="the value of `raw/orders`: it is kept in memory only"
    ):
        InMemoryIOManager().load_input(reading())
