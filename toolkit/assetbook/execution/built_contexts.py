"""Contexts for calling definitions directly, and resources set up for it, in a test."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Self

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.execution.context import AssetCheckExecutionContext, AssetExecutionContext
from assetbook.execution.resource_scope import ResourceScope
from assetbook.keys import AssetKey


class BuiltAssetContext(AssetExecutionContext):
    """A context for calling an asset's function; ``with`` tears its resources down at the end."""

    def __init__(
        self,
        *,
        resources: Mapping[str, object],
        config: object | None,
        run_id: str,
        selected: tuple[AssetKey, ...],
    ) -> None:
        scope = ResourceScope(resources, run_id)
        self._close = weakref.finalize(self, scope.__exit__, None, None, None)
        self.given_resources = dict(scope.ready)
        """The resources by name, each set up."""
        super().__init__(
            run_id=run_id, selected=selected, resources=self.given_resources, config=config
        )

    def bound_to(self, definition: Any) -> Self:
        """The same for a call of ``definition``; metadata that it adds is seen here too."""
        made = copy.copy(self)
        if isinstance(definition, AssetsDefinition):
            made._definition, made._selected = definition, definition.keys
        elif isinstance(definition, AssetChecksDefinition):
            made._selected = (definition.spec.asset_key,)
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()


class BuiltCheckContext(BuiltAssetContext, AssetCheckExecutionContext):
    """A context for calling a check's function."""


def build_asset_context(
    resources: Mapping[str, object] | None = None,
    asset_config: object | None = None,
    *,
    run_id: str = "test",
    asset_key: AssetKey | str = "test",
) -> BuiltAssetContext:
    """A context for calling an asset directly in a test.

    ``resources`` are set up now, and torn down at the end of a ``with`` block, or when nobody
    holds the context any more; what of them the asset's parameters ask for need not be given.
    ``asset_config`` is an instance of its Config class, or a dict.
    """
    return BuiltAssetContext(
        resources=resources or {},
        config=asset_config,
        run_id=run_id,
        selected=(AssetKey.from_coercible(asset_key),),
    )


def build_asset_check_context(
    resources: Mapping[str, object] | None = None,
    asset_config: object | None = None,
    *,
    run_id: str = "test",
    asset_key: AssetKey | str = "test",
) -> BuiltCheckContext:
    """A context for calling a check directly in a test; the same as ``build_asset_context``."""
    return BuiltCheckContext(
        resources=resources or {},
        config=asset_config,
        run_id=run_id,
        selected=(AssetKey.from_coercible(asset_key),),
    )


@contextmanager
def build_resources(resources: Mapping[str, object]) -> Iterator[Any]:
    """The resources as attributes, set up for the time of the block."""
    with ResourceScope(resources) as scope:
        yield SimpleNamespace(**scope.ready)
