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
from assetbook.errors import UsageError
from assetbook.execution.capture import step_log
from assetbook.execution.context import (
    AssetCheckExecutionContext,
    AssetExecutionContext,
    StepResources,
)
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
            made._selected = definition.asset_keys
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


class BuiltOpContext:
    """A context for calling an op's function; ``with`` tears its resources down at the end."""

    __assetbook_context__ = True

    def __init__(
        self, *, resources: Mapping[str, object], config: object | None, mapping_key: str | None
    ) -> None:
        scope = ResourceScope(resources, "test")
        self._close = weakref.finalize(self, scope.__exit__, None, None, None)
        self._metadata: dict[str, dict[str, Any]] = {}
        self._mapping_key = mapping_key
        self.given_resources = dict(scope.ready)
        """The resources by name, each set up."""
        self.resources = StepResources(self.given_resources)
        """The same as attributes."""
        self.config = config
        """The configuration as it was given; None without any."""
        self.log = step_log
        """A logger whose lines stay with the step."""
        self.run_id = "test"
        self.job_name: str | None = None
        self.retry_number = 0
        self.has_partition_key = False

    @property
    def op_config(self) -> Any:
        """The configuration as it was given; None without any."""
        return self.config

    def get_mapping_key(self) -> str | None:
        """The key of the element of a dynamic output that is worked on; None without one."""
        return self._mapping_key

    def add_output_metadata(self, metadata: Mapping[str, Any], output_name: str = "result") -> None:
        """Adds metadata to an output."""
        self._metadata.setdefault(output_name, {}).update(metadata)

    def get_output_metadata(self, output_name: str) -> Mapping[str, Any] | None:
        """The metadata that was added to an output; None without any."""
        return self._metadata.get(output_name)

    def bound_to(self, op: object) -> Self:
        """Itself, for a call of any op."""
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()


def build_op_context(
    resources: Mapping[str, object] | None = None,
    op_config: object | None = None,
    *,
    config: object | None = None,
    mapping_key: str | None = None,
) -> BuiltOpContext:
    """A context for calling an op directly in a test.

    ``resources`` are set up now, and torn down at the end of a ``with`` block, or when nobody
    holds the context any more. ``op_config`` (or ``config``, which is the same) is an instance of
    the op's Config class, or a dict. ``mapping_key`` is that of a dynamic output's element.
    """
    if op_config is not None and config is not None:
        raise UsageError(
            "build_op_context(...)", "op_config= and config= are the same", "Give one of them."
        )
    return BuiltOpContext(
        resources=resources or {},
        config=config if op_config is None else op_config,
        mapping_key=mapping_key,
    )


class BuiltHookContext:
    """A context for calling a hook's function."""

    __assetbook_context__ = True

    def __init__(
        self,
        resources: Mapping[str, object],
        op: object | None,
        run_id: str,
        job_name: str,
        op_exception: BaseException | None,
    ) -> None:
        scope = ResourceScope(resources, run_id)
        self._close = weakref.finalize(self, scope.__exit__, None, None, None)
        self.resources = StepResources(dict(scope.ready))
        """The resources as attributes, each set up."""
        self.op = op
        """The op that ended; None if none was given."""
        self.run_id = run_id
        self.job_name = job_name
        self.op_exception = op_exception
        """What the op raised; None if it ended well."""
        self.log = step_log

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()


def build_hook_context(
    resources: Mapping[str, object] | None = None,
    op: object | None = None,
    run_id: str = "test",
    job_name: str = "test",
    op_exception: BaseException | None = None,
) -> BuiltHookContext:
    """A context for calling a hook directly in a test; resources as in ``build_op_context``."""
    return BuiltHookContext(resources or {}, op, run_id, job_name, op_exception)


@contextmanager
def build_resources(resources: Mapping[str, object]) -> Iterator[Any]:
    """The resources as attributes, set up for the time of the block."""
    with ResourceScope(resources) as scope:
        yield SimpleNamespace(**scope.ready)
