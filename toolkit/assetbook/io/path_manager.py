"""I/O managers that keep a file for each asset: a subclass says how it is written and read."""

from __future__ import annotations

import tempfile
from abc import abstractmethod
from collections.abc import Coroutine, Mapping
from pathlib import Path, PurePosixPath
from types import CoroutineType
from typing import Any, ClassVar, get_origin

from assetbook.errors import MissingLibraryError, UsageError
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.durable_path import new_beside, put_in_place
from assetbook.io.manager import IOManager
from assetbook.keys import folder_name
from assetbook.metadata import MetadataValue


class UPathIOManager(IOManager):
    """The base of managers that write each asset to a path of its own below ``base_path``.

    That is a local folder, or with the extra ``fsspec`` the URL of any file system that fsspec
    knows. Subclass it with ``extension``, ``dump_to_path`` and ``load_from_path``. A later
    materialization replaces the file, whole or not at all.
    """

    extension: ClassVar[str | None] = None
    """Added to the file's name, with its dot; None adds nothing."""
    _base_path: Any = Path()
    """Where ``base_path`` is kept; a subclass may make it a property."""

    def __init__(self, base_path: Any = None) -> None:
        """``base_path`` is a Path, a UPath or text; None is the current folder."""
        if base_path is not None:
            self._base_path = as_path(base_path)

    @abstractmethod
    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Writes ``obj`` to ``path``, a new local path in an existing folder: a file, or a folder
        where ``base_path`` is local.

        When it returns, what is there is moved to where it belongs. Whatever it raises fails the
        materialization, and what was stored before stays.
        """

    @abstractmethod
    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """The object in ``path``, where it was stored: a Path, or a UPath where that is remote.

        May be a coroutine. Raises whatever says best that there is none (FileNotFoundError).
        """

    def get_metadata(self, context: OutputContext, obj: Any) -> Mapping[str, Any]:
        """What to add to the materialization's metadata beside ``path``; nothing by default."""
        return {}

    def get_asset_relative_path(self, context: InputContext | OutputContext) -> PurePosixPath:
        """The path below ``base_path``, without extension and partition: a part for each of the
        asset key."""
        return PurePosixPath(*map(folder_name, context.asset_key.parts))

    def get_op_output_relative_path(self, context: InputContext | OutputContext) -> PurePosixPath:
        """The same for what belongs to no asset: run, step and output."""
        return PurePosixPath(*map(folder_name, context.get_identifier()))

    def get_path_for_partition(
        self, context: InputContext | OutputContext, path: Any, partition: str
    ) -> Any:
        """The path of one partition below the asset's, without extension."""
        return path / folder_name(partition)

    def load_partitions(self, context: InputContext) -> dict[str, Any]:
        """By partition key what ``load_from_path`` gives.

        Raises FileNotFoundError where one is not stored, unless the input's metadata says
        ``allow_missing_partitions=True``: then it is left out.
        """
        lenient = bool(context.definition_metadata.get("allow_missing_partitions"))
        found = {}
        for partition in context.asset_partition_keys:
            path = self._get_path(context, partition)
            if self.path_exists(path):
                found[partition] = self._loaded(context, path)
            elif not lenient:
                raise FileNotFoundError(
                    f"the partition {partition} of `{context.asset_key}` is not stored: {path}"
                )
        return found

    def has_output(self, context: OutputContext) -> bool:
        """Whether something is stored for the asset."""
        return self.path_exists(self._get_path(context))

    def path_exists(self, path: Any) -> bool:
        """Whether a file or folder is there."""
        return bool(path.exists())

    def make_directory(self, path: Any) -> None:
        """Makes a folder and those above it; override it where the file system has none."""
        path.mkdir(parents=True, exist_ok=True)

    def unlink(self, path: Any) -> None:
        """Removes a file; raises FileNotFoundError if it is not there."""
        path.unlink()

    @property
    def fs(self) -> Any:
        """The fsspec file system of ``base_path``; raises MissingLibraryError without fsspec."""
        return _upath(self._base_path).fs

    @property
    def storage_options(self) -> dict[str, Any]:
        """What fsspec was told to reach ``base_path``; empty for a local one."""
        return dict(getattr(self._base_path, "storage_options", {}))

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Stores ``obj`` in place of the one before, durably when it returns."""
        path = self._get_path(context)
        self.make_directory(path.parent)
        if isinstance(path, Path):
            with new_beside(path) as new:
                self._dump(context, obj, new)
                put_in_place(new, path)
        else:
            self._upload(context, obj, path)
        context.add_output_metadata(
            {"path": MetadataValue.path(str(path)), **self.get_metadata(context=context, obj=obj)}
        )

    def _dump(self, context: OutputContext, obj: Any, new: Path) -> None:
        self.dump_to_path(context=context, obj=obj, path=new)
        if not new.exists():
            raise UsageError(
                f"storing `{context.name}`",
                f"{type(self).__name__}.dump_to_path wrote nothing to the path that it was given",
                "Write to `path` as it is, without another suffix.",
            )

    def _upload(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Writes a local file and sends it whole: a writer that fails leaves the remote alone."""
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder) / path.name
            self._dump(context, obj, local)
            if local.is_dir():
                raise UsageError(
                    f"storing `{context.name}` in {path}",
                    "it is a folder, and a remote one cannot be replaced at once",
                    "Write a single file, or keep it on a local disk.",
                )
            path.fs.put_file(str(local), path.path)

    def load_input(self, context: InputContext) -> Any:
        """What ``load_from_path`` gives; of several partitions, or where the input is annotated as
        a dict, that of each by its key."""
        if context.has_asset_partitions and self._takes_several(context):
            return self.load_partitions(context)
        return self._loaded(context, self._get_path(context))

    def _takes_several(self, context: InputContext) -> bool:
        kind = get_origin(context.python_type) or context.python_type
        return kind is dict or not context.has_partition_key

    def _loaded(self, context: InputContext, path: Any) -> Any:
        found = self.load_from_path(context=context, path=path)
        return _result_of(found) if isinstance(found, CoroutineType) else found

    def _get_path(self, context: InputContext | OutputContext, partition: str | None = None) -> Any:
        """Where the value is, or that of one of several partitions."""
        if context.has_asset_key:
            relative = self.get_asset_relative_path(context)
        else:
            relative = self.get_op_output_relative_path(context)
        path = as_path(self._base_path).joinpath(*relative.parts)
        if partition is None and context.has_partition_key:
            partition = context.partition_key
        if partition is not None:
            path = self.get_path_for_partition(context, path, partition)
        return path.with_name(path.name + self.extension) if self.extension else path


def as_path(given: Any) -> Any:
    """A Path for a local path; a UPath for a URL, also from text.

    Raises MissingLibraryError naming the extra if a URL is given without it.
    """
    if not isinstance(given, str):
        return given
    return _upath(given) if "://" in given else Path(given)


def _upath(given: Any) -> Any:
    try:
        from upath import UPath
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"the path {given}",
            "universal-pathlib is not installed here",
            "Install it: pip install 'assetbook[fsspec]'",
        ) from error
    return UPath(given)


def _result_of(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns, run on a thread of its own: here a loop may be running."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
