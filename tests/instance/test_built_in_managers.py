"""The built-in I/O managers meet the contract of any, from a run to another reader of the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.contracts.io_manager import IOManagerContract
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager
from assetbook.keys import AssetKey


class OfInstance(IOManager):
    """Stores by a run of one asset, loads what that run made."""

    versioned = True

    def __init__(self, instance: Instance, name: str) -> None:
        self.instance = instance
        self.name = name
        self.numbers: dict[tuple[AssetKey, str], int] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        @asset(key=context.asset_key, io_manager_key=self.name)
        def made() -> object:
            return obj

        make(self.instance, made, options=Options(force=True))
        number = self.instance.version(context.asset_key).number
        self.numbers[context.asset_key, context.run_id] = number

    def load_input(self, context: InputContext) -> Any:
        number = self.numbers.get((context.asset_key, context.run_id))
        return self.instance.value(context.asset_key, number, as_type=context.python_type)


class BuiltInContract(IOManagerContract):
    name = "io_manager"

    @pytest.fixture
    def manager(self, instance: Instance) -> IOManager:
        return OfInstance(instance, self.name)

    @pytest.fixture(autouse=True)
    def opened(self) -> Iterator[None]:
        self.instances: list[Instance] = []
        yield
        for each in self.instances:
            each.close()

    def another(self, manager: Any) -> IOManager:
        self.instances.append(Instance.open(manager.instance.values.root.parent))
        other = OfInstance(self.instances[-1], self.name)
        other.numbers = manager.numbers
        return other


class TestPlainValues(BuiltInContract):
    pass


class TestPandas(BuiltInContract):
    values = (pd.DataFrame({"n": [1], "s": ["x"]}), pd.DataFrame({"n": [2], "s": [None]}))

    def equal(self, left: Any, right: Any) -> bool:
        return isinstance(left, pd.DataFrame) and left.equals(right)


class TestPandasByArrow(TestPandas):
    name = "arrow"


class TestPolars(BuiltInContract):
    values = (pl.DataFrame({"n": [1]}), pl.DataFrame({"n": [2]}))

    def equal(self, left: Any, right: Any) -> bool:
        return isinstance(left, pl.DataFrame) and left.equals(right)


class TestPolarsByArrow(TestPolars):
    name = "arrow"


class TestArrowTables(BuiltInContract):
    values = (pa.table({"n": [1]}), pa.table({"n": [2]}))


class TestArrowTablesByArrow(TestArrowTables):
    name = "arrow"


class TestPlainValuesByArrow(BuiltInContract):
    name = "arrow"
