"""The I/O manager of Iceberg tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import pydantic

from assetbook.errors import ConfigError, MissingLibraryError
from assetbook.io.iceberg_table import IcebergLakeTable, told
from assetbook.io.lake_manager import LakeIOManager
from assetbook.io.lake_options import Options, plain_options
from assetbook.io.lake_table import LakeTables
from assetbook.io.lake_types import ICEBERG, LakeTypes


class IcebergIOManager(LakeIOManager):
    """Keeps each asset as an Iceberg table of a catalog: ``raw/orders`` as ``assets.raw__orders``.

    ``properties`` are those of pyiceberg's ``load_catalog``: ``{"type": "sql", "uri": ...}``. None
    are needed for a ``catalog`` that pyiceberg's own settings define. ``namespace`` holds all
    tables. Needs the extra ``iceberg``.
    """

    lake_types: ClassVar[LakeTypes] = ICEBERG
    properties: Options = pydantic.Field(default_factory=dict)
    catalog: str = "default"
    namespace: str = "assets"

    def __init__(self, properties: Mapping[str, Any] | None = None, **fields: Any) -> None:
        """``properties`` are the catalog's; the other fields are named."""
        super().__init__(**{"properties": dict(properties or {}), **fields})

    @contextmanager
    def tables(self) -> Iterator[LakeTables]:
        """The tables of the catalog; raises MissingLibraryError without pyiceberg."""
        if not self.namespace:
            asked = f"IcebergIOManager(catalog={self.catalog!r})"
            raise ConfigError(asked, "its `namespace` is empty", "Give the name of one.")
        above = tuple(self.namespace.split("."))
        catalog = self._open()
        try:
            yield lambda place: IcebergLakeTable(catalog, (*above, table_name(place)), place)
        finally:
            catalog.close()

    def _open(self) -> Any:
        try:
            from pyiceberg.catalog import load_catalog
        except ModuleNotFoundError as error:
            raise MissingLibraryError(
                "an Iceberg table",
                "pyiceberg is not installed here",
                "Install it: pip install 'assetbook[iceberg]'",
            ) from error
        asked = f"the Iceberg catalog `{self.catalog}`"
        try:
            with told(asked):
                return load_catalog(self.catalog, **plain_options(self.properties))
        except (ValueError, KeyError) as error:  # of pyiceberg, for what it is not told
            raise ConfigError(
                asked,
                f"pyiceberg cannot open it: {str(error).strip()}",
                'Give its properties: IcebergIOManager({"type": ..., "uri": ...}).',
            ) from error


def table_name(place: str) -> str:
    """The name of a table, another one for each place: many catalogs have no deeper namespaces."""
    return "__".join(_without_ambiguity(part) for part in place.split("/"))


def _without_ambiguity(part: str) -> str:
    doubtful = "__" in part or part.startswith("_") or part.endswith("_")
    return part.replace("_", "~5F") if doubtful else part
