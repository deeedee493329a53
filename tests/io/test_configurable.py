"""An I/O manager with fields of its own, as a user writes it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.contracts.io_manager import IOManagerContract

from assetbook.errors import AssetbookError
from assetbook.io.configurable import ConfigurableIOManager
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager
from assetbook.keys import folder_name


class CsvManager(ConfigurableIOManager):
    """Stores lists of rows, a file for each asset."""

    folder: str
    delimiter: str = ";"

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        with self._path(context).open("w", newline="") as file:
            csv.writer(file, delimiter=self.delimiter).writerows(obj)

    def load_input(self, context: InputContext) -> Any:
        with self._path(context.upstream_output).open(newline="") as file:
            return list(csv.reader(file, delimiter=self.delimiter))

    def _path(self, context: OutputContext) -> Path:
        name = ".".join(folder_name(part) for part in context.get_identifier())
        return Path(self.folder) / f"{name}.csv"


class TestCsvManager(IOManagerContract):
    values = ([["a", "1"]], [["b", "2;3"]])

    @pytest.fixture
    def manager(self, tmp_path: Path) -> IOManager:
        return CsvManager(folder=str(tmp_path))

    def another(self, manager: Any) -> IOManager:
        return CsvManager(folder=manager.folder)


def test_fields_are_configuration(tmp_path: Path) -> None:
    manager = CsvManager(folder=str(tmp_path), delimiter="|")
    assert (manager.folder, manager.delimiter, manager.versioned) == (str(tmp_path), "|", False)


def test_wrong_fields_are_refused() -> None:
    with pytest.raises((AssetbookError, ValidationError), match="folder"):
        CsvManager(folder=7)


def test_methods_must_be_written() -> None:
    class Half(ConfigurableIOManager):
        def load_input(self, context: InputContext) -> Any:
            return None

    with pytest.raises(TypeError, match="handle_output"):
        Half()


def test_pydantic_loads_with_it_alone() -> None:
    program = (
        "import sys, assetbook.io.manager, assetbook.io.memory, assetbook.io.forms,"
        " assetbook.io.value_files, assetbook.io.source_files\n"
        "print(sorted({'pydantic', 'pandas', 'pyarrow', 'numpy', 'polars'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
