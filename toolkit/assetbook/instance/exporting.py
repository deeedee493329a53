"""A version's value as a file of a common format, for people and programs outside.

The file appears whole under its name or not at all, and replaces another one only if told to.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assetbook.errors import ConflictError, CorruptStoreError, UsageError
from assetbook.events.parts import ValueRef
from assetbook.instance.export_formats import FORMATS, write_plain, write_table
from assetbook.instance.instance import Instance
from assetbook.instance.value_reading import refuse_let_go
from assetbook.io.json_text import is_plain
from assetbook.storage.version import Version

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

ROWS_AT_ONCE = 64 * 1024


class Exported(msgspec.Struct, frozen=True):
    """What was written where."""

    version: Version
    file: Path
    rows: int | None
    """None if it is not a table."""
    size: int
    """Bytes."""


def export_value(
    instance: Instance,
    version: Version,
    file: str | os.PathLike[str],
    *,
    force: bool = False,
    named: bool = True,
    resources: Mapping[str, object] | None = None,
) -> Exported:
    """Writes the value of a version to ``file``, in the format that its suffix tells.

    A table that is stored as Parquet is streamed from its file. ``force`` replaces a file that is
    there; ``named`` says that this version was asked for and no other. Raises ConflictError for a
    file that is there, UsageError for a format that cannot hold the value and for a place that
    cannot be written, CorruptStoreError if the value's file is gone or changed.
    """
    target = Path(file).expanduser()
    asked = f"export `{version.key}@{version.name}` to {target.name}"
    if target.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise UsageError(asked, f"`{target.suffix}` is no format known here", f"Known: {known}.")
    if target.exists() and not force:
        raise _there_already(asked)
    with _appearing(target, asked, force) as unfinished:
        rows = _write(instance, version, unfinished, asked, named, resources)
        size = unfinished.stat().st_size
    return Exported(version, target, rows, size)


def _write(
    instance: Instance,
    version: Version,
    file: Path,
    asked: str,
    named: bool,
    resources: Mapping[str, object] | None,
) -> int | None:
    reference = version.event.value
    if reference is not None and (reference.path or "").endswith(".parquet"):
        return _from_parquet(instance, version, reference, file, asked)
    value = instance.value_of(version, named=named, resources=resources)
    if hasattr(value, "__arrow_c_stream__"):
        import pyarrow as pa

        return write_table(pa.RecordBatchReader.from_stream(value), file, asked)
    kind = type(value).__name__
    if not is_plain(value):
        raise UsageError(
            asked,
            f"its value is a {kind}, for which there is no common format",
            "Tables can be exported, and plain values as .json. Read it by `%value` instead.",
        )
    if file.suffix.lower() != ".json":
        remedy = "Only tables have other formats: export it as .json."
        raise UsageError(asked, f"its value is no table ({kind})", remedy)
    write_plain(value, file, asked)
    return None


def _from_parquet(
    instance: Instance, version: Version, reference: ValueRef, file: Path, asked: str
) -> int:
    from pyarrow.parquet import ParquetFile

    stored = _whole_file(instance, version, reference)
    with ParquetFile(stored) as source:
        if file.suffix.lower() == ".parquet":
            shutil.copyfile(stored, file)
            return int(source.metadata.num_rows)
        return write_table(_batches(source), file, asked)


def _batches(source: ParquetFile) -> pa.RecordBatchReader:
    import pyarrow as pa

    batches = source.iter_batches(batch_size=ROWS_AT_ONCE)
    return pa.RecordBatchReader.from_batches(source.schema_arrow, batches)


def _whole_file(instance: Instance, version: Version, reference: ValueRef) -> Path:
    """The value's file, read once, a chunk at a time, to compare its hash."""
    asked = f"the value of `{version.key}@{version.name}`"
    try:
        return instance.values_of(version.store).whole_file(reference, asked=asked)
    except CorruptStoreError as error:
        refuse_let_go(version, instance.store_of(version.store))
        remedy = f"Read another version: `%versions {version.key}` lists them."
        raise CorruptStoreError(asked, error.found, remedy) from error


@contextmanager
def _appearing(target: Path, asked: str, force: bool) -> Iterator[Path]:
    """A new file beside ``target``, which becomes it if all goes well."""
    unfinished = target.with_name(f".{target.stem}.{secrets.token_hex(4)}{target.suffix}")
    try:
        yield unfinished
        if force:
            unfinished.replace(target)
        else:
            _name_it(unfinished, target)
    except FileExistsError:
        raise _there_already(asked) from None
    except OSError as error:
        raise UsageError(asked, error.strerror or str(error), "Choose another place.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _name_it(unfinished: Path, target: Path) -> None:
    """Gives the file its name; raises FileExistsError rather than replace another."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        target.touch(exist_ok=False)
        unfinished.replace(target)


def _there_already(asked: str) -> ConflictError:
    return ConflictError(
        asked, "there is such a file already", "Choose another name, or replace it with --force."
    )
