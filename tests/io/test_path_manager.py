"""I/O managers that keep a file for each asset, local or remote."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.contracts.io_manager import IOManagerContract, output, reading
from upath import UPath

from assetbook.errors import UsageError
from assetbook.io.configurable import ConfigurableIOManager
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager
from assetbook.io.path_manager import UPathIOManager
from assetbook.keys import AssetKey


class JsonFiles(UPathIOManager):
    extension = ".json"

    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        path.write_text(json.dumps(obj))

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        return json.loads(path.read_text())


class ConfiguredFiles(ConfigurableIOManager, UPathIOManager):
    """As Dagster's users write it."""

    base_dir: str
    extension: ClassVar[str | None] = ".json"

    @property
    def _base_path(self) -> Any:
        return UPath(self.base_dir)

    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        path.write_text(json.dumps(obj))

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        return json.loads(path.read_text())


class Folders(UPathIOManager):
    """A folder of files for each asset."""

    extension = ".parts"

    def dump_to_path(self, context: OutputContext, obj: Any, path: Path) -> None:
        path.mkdir()
        for name, part in obj.items():
            (path / name).write_text(str(part))

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        return {each.name: int(each.read_text()) for each in sorted(path.iterdir())}


class Awaited(JsonFiles):
    async def load_from_path(self, context: InputContext, path: Any) -> Any:
        await asyncio.sleep(0)
        return json.loads(path.read_text())


class TestLocal(IOManagerContract):
    @pytest.fixture
    def manager(self, tmp_path: Path) -> IOManager:
        return JsonFiles(tmp_path)

    def another(self, manager: Any) -> IOManager:
        return JsonFiles(str(manager._base_path))


class TestConfigured(IOManagerContract):
    @pytest.fixture
    def manager(self, tmp_path: Path) -> IOManager:
        return ConfiguredFiles(base_dir=str(tmp_path))


class TestFolders(IOManagerContract):
    @pytest.fixture
    def manager(self, tmp_path: Path) -> IOManager:
        return Folders(tmp_path)


class TestAwaited(IOManagerContract):
    @pytest.fixture
    def manager(self, tmp_path: Path) -> IOManager:
        return Awaited(str(tmp_path))


class TestRemote(IOManagerContract):
    @pytest.fixture
    def manager(self, tmp_path: Path) -> IOManager:
        return JsonFiles(f"memory://{tmp_path.name}-{os.getpid()}")


def stored(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def test_path_is_named_by_key(tmp_path: Path) -> None:
    JsonFiles(tmp_path).handle_output(output(), 1)
    JsonFiles(tmp_path).handle_output(output(AssetKey(["..", "v1.2"])), 1)
    assert stored(tmp_path) == ["%2E%2E/v1%2E2.json", "raw/orders.json"]


def test_path_is_metadata(tmp_path: Path) -> None:
    class Counting(JsonFiles):
        def get_metadata(self, context: OutputContext, obj: Any) -> dict[str, Any]:
            return {"rows": len(obj)}

    context = output()
    Counting(tmp_path).handle_output(context, [1, 2])
    assert context.output_metadata["path"].value == str(tmp_path / "raw/orders.json")
    assert context.output_metadata["rows"] == 2


@pytest.mark.parametrize("kind", [JsonFiles, Folders])
def test_failed_write_leaves_what_was(tmp_path: Path, kind: type[UPathIOManager]) -> None:
    class Failing(kind):  # type: ignore[valid-type, misc]
        def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
            super().dump_to_path(context, obj, path)
            raise OSError("the disk is full")

    kind(tmp_path).handle_output(output(), {"a": 1})
    before = stored(tmp_path)
    with pytest.raises(OSError, match="the disk is full"):
        Failing(tmp_path).handle_output(output(), {"a": 2})
    assert stored(tmp_path) == before
    assert kind(tmp_path).load_input(reading()) == {"a": 1}


def test_failed_upload_leaves_what_was(tmp_path: Path) -> None:
    class Failing(JsonFiles):
        def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
            path.write_text("half")
            raise OSError("cut")

    base = f"memory://{tmp_path.name}-{os.getpid()}-cut"
    JsonFiles(base).handle_output(output(), 1)
    with pytest.raises(OSError, match="cut"):
        Failing(base).handle_output(output(), 2)
    assert JsonFiles(base).load_input(reading()) == 1


def test_remote_folders_are_refused() -> None:
    with pytest.raises(UsageError, match="a remote one cannot be replaced at once"):
        Folders("memory://folders").handle_output(output(), {"a": 1})


def test_writing_nothing_is_an_error(tmp_path: Path) -> None:
    class Elsewhere(JsonFiles):
        def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
            path.with_suffix(".csv").write_text("x")

    with pytest.raises(UsageError, match=r"Elsewhere\.dump_to_path wrote nothing"):
        Elsewhere(tmp_path).handle_output(output(), 1)


def test_output_is_found(tmp_path: Path) -> None:
    manager = JsonFiles(tmp_path)
    assert not manager.has_output(output())
    manager.handle_output(output(), 1)
    assert manager.has_output(output())


def test_file_system_and_its_options() -> None:
    manager = JsonFiles("memory://x")
    assert manager.fs.protocol == "memory"
    assert JsonFiles(Path("x")).storage_options == {}


def test_partitions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it belongs to no partition"):
        JsonFiles(tmp_path).load_partitions(reading())


def test_local_paths_need_no_fsspec(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['upath'] = sys.modules['fsspec'] = None\n"
        "import pickle\n"
        "from assetbook import UPathIOManager, build_input_context, build_output_context\n"
        "class Pickles(UPathIOManager):\n"
        "    def dump_to_path(self, context, obj, path): path.write_bytes(pickle.dumps(obj))\n"
        "    def load_from_path(self, context, path): return pickle.loads(path.read_bytes())\n"
        f"manager = Pickles({str(tmp_path)!r})\n"
        "context = build_output_context(asset_key='orders')\n"
        "manager.handle_output(context, 7)\n"
        "print(manager.load_input(build_input_context(upstream_output=context)))\n"
        "try: Pickles('s3://bucket')\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("7\n")
    assert "assetbook[fsspec]" in done.stdout
