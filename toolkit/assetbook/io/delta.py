"""The I/O manager of Delta tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pydantic

from assetbook.errors import ConfigError
from assetbook.io.delta_table import DeltaLakeTable
from assetbook.io.lake_manager import LakeIOManager
from assetbook.io.lake_options import Options, plain_options
from assetbook.io.lake_table import LakeTables
from assetbook.io.lake_types import DELTA, LakeTypes


class DeltaIOManager(LakeIOManager):
    """Keeps each asset as a Delta table below ``base``, a local folder or a URL (``s3://...``).

    ``storage_options`` are those of deltalake, which reads variables as ``AWS_ACCESS_KEY_ID`` from
    the environment too. Needs the extra ``delta``.
    """

    lake_types: ClassVar[LakeTypes] = DELTA
    base: str
    storage_options: Options = pydantic.Field(default_factory=dict)

    def __init__(self, base: str | os.PathLike[str] = "", **fields: Any) -> None:
        """``base`` is a path or a URL; the other fields are named."""
        super().__init__(**{"base": os.fspath(base), **fields})

    @contextmanager
    def tables(self) -> Iterator[LakeTables]:
        """The tables below ``base``; raises ConfigError for a base that cannot be one."""
        base, options = _located(self.base).rstrip("/"), plain_options(self.storage_options)
        yield lambda place: DeltaLakeTable(f"{base}/{place}", place, options)


def _located(base: str) -> str:
    """The base as deltalake is to be given it."""
    if not base:
        raise ConfigError("DeltaIOManager", "it is given no `base`", "Give a folder or a URL.")
    if "%" in base:
        raise ConfigError(
            f"DeltaIOManager(base={base!r})",
            "there is a percent sign in it, which deltalake would decode",
            "Choose a folder without one.",
        )
    return base if "://" in base else str(Path(base).expanduser().absolute())
