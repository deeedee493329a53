"""A stored value by its asset's name, as a parameter of a notebook: loaded where it is used."""

from __future__ import annotations

from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition, read_stored
from assetbook.errors import DefinitionError, with_article
from assetbook.kernels.exchange import exchange_here
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments


@named_arguments
class AssetReference:
    """The value of an asset: ``AssetReference("orders")``, or one version, ``"orders@3"``.

    It holds the name alone; ``load()`` reads the value. As the default of a parameter it makes the
    asset an input of a ``notebook_asset``. Raises DefinitionError for what names no asset.
    """

    __slots__ = ("asset",)
    __assetbook_by_text__ = True

    asset: str
    """The asset's name, maybe with a version behind an ``@``."""

    def __init__(self, asset: str | AssetKey | AssetsDefinition) -> None:
        if isinstance(asset, AssetsDefinition):
            asset = asset.key
        named = str(asset) if isinstance(asset, str | AssetKey) else ""
        if not named:
            found = f"it is {with_article(type(asset).__name__)}" if asset != "" else "it is empty"
            raise DefinitionError("an AssetReference", found, 'Give a name: "orders".')
        self.asset = named

    def load(self, as_type: type | None = None, *, partition: str | None = None) -> Any:
        """The value, as ``as_type`` (a class such as ``polars.LazyFrame``), None for what it was.

        Inside the run of a ``notebook_asset`` it is the version that the run reads, else the latest
        of the project's store. ``partition`` is the one meant of an asset that has some. Raises
        SelectionError if there is none, CorruptStoreError if its file is gone or changed.
        """
        exchange = exchange_here()
        if exchange is not None and partition is None and exchange.is_given(self.asset):
            return exchange.given(self.asset, as_type)
        return read_stored(self.asset, partition=partition, as_type=as_type)

    def __str__(self) -> str:
        return self.asset

    def __repr__(self) -> str:
        return f"AssetReference({self.asset!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetReference) and self.asset == other.asset

    def __hash__(self) -> int:
        return hash((AssetReference, self.asset))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """The schema of fields of this type: a name or a reference goes in, the name comes out."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            _as_reference, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """What forms show for fields of this type."""
        return {"type": "string", "format": "asset"}


def _as_reference(value: object) -> AssetReference:
    if isinstance(value, AssetReference):
        return value
    if isinstance(value, str | AssetKey | AssetsDefinition) and value != "":
        return AssetReference(value)
    raise ValueError("an asset's name")
