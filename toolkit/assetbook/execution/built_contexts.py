"""Contexts for calling definitions directly, and resources set up for it, in a test."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Self

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.partitions import PartitionKeyRange
from assetbook.errors import UsageError
from assetbook.execution.context import (
    AssetCheckExecutionContext,
    AssetExecutionContext,
    GivenResources,
)
from assetbook.execution.hook_calls import HookContext
from assetbook.execution.op_context import OpExecutionContext
from assetbook.execution.resource_scope import ResourceScope
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.keys import AssetKey, PartitionKey
from assetbook.named_arguments import named_arguments


class BuiltAssetContext(AssetExecutionContext):
    """A context for calling an asset's function; ``with`` tears its resources down at the end."""

    def __init__(
        self,
        *,
        resources: Mapping[str, object],
        config: object | None,
        run_id: str,
        selected: tuple[AssetKey, ...],
        partitions: AssetPartitions | None = None,
    ) -> None:
        scope = ResourceScope(resources, run_id)
        self._close = weakref.finalize(self, scope.__exit__, None, None, None)
        self.given_resources = dict(scope.ready)
        """The resources by name, each set up."""
        super().__init__(
            run_id=run_id,
            selected=selected,
            resources=self.given_resources,
            config=config,
            partitions=partitions,
        )
        self._resources = GivenResources(self.given_resources)

    def bound_to(self, definition: Any) -> Self:
        """The same for a call of ``definition``; metadata that it adds is seen here too."""
        made = copy.copy(self)
        if isinstance(definition, AssetsDefinition):
            made._definition, made._selected = definition, definition.keys
            if self._partitions is not None and self._partitions.definition is None:
                of = definition.outputs[0].spec.partitions_def
                made._partitions = AssetPartitions(self._partitions.keys, of)
        elif isinstance(definition, AssetChecksDefinition):
            made._selected = definition.asset_keys
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()


class BuiltCheckContext(BuiltAssetContext, AssetCheckExecutionContext):
    """A context for calling a check's function."""


@named_arguments
def build_asset_context(
    resources: Mapping[str, object] | None = None,
    asset_config: object | None = None,
    *,
    run_id: str = "test",
    asset_key: AssetKey | str = "test",
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
) -> BuiltAssetContext:
    """A context for calling an asset directly in a test.

    ``resources`` are set up now, and torn down at the end of a ``with`` block, or when nobody
    holds the context any more; what of them the asset's parameters ask for need not be given.
    ``asset_config`` is an instance of its Config class, or a dict. ``partition_key`` is that of the
    partition being made; of a ``partition_key_range`` the first and last key are known alone.
    """
    return BuiltAssetContext(
        resources=resources or {},
        config=asset_config,
        run_id=run_id,
        selected=(AssetKey.from_coercible(asset_key),),
        partitions=_partitions(partition_key, partition_key_range),
    )


@named_arguments
def build_asset_check_context(
    resources: Mapping[str, object] | None = None,
    asset_config: object | None = None,
    *,
    run_id: str = "test",
    asset_key: AssetKey | str = "test",
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
) -> BuiltCheckContext:
    """A context for calling a check directly in a test; the same as ``build_asset_context``."""
    return BuiltCheckContext(
        resources=resources or {},
        config=asset_config,
        run_id=run_id,
        selected=(AssetKey.from_coercible(asset_key),),
        partitions=_partitions(partition_key, partition_key_range),
    )


def _partitions(key: str | None, key_range: PartitionKeyRange | None) -> AssetPartitions | None:
    ends = [key] if key_range is None else [key_range.start, key_range.end]
    keys = tuple(PartitionKey(each) for each in dict.fromkeys(ends) if each is not None)
    return AssetPartitions(keys) if keys else None


class BuiltOpContext(OpExecutionContext):
    """A context for calling an op's function; ``with`` tears its resources down at the end."""

    def __init__(
        self,
        *,
        resources: Mapping[str, object],
        config: object | None,
        mapping_key: str | None,
        partitions: AssetPartitions | None,
    ) -> None:
        scope = ResourceScope(resources, "test")
        self._close = weakref.finalize(self, scope.__exit__, None, None, None)
        self.given_resources = dict(scope.ready)
        """The resources by name, each set up."""
        super().__init__(
            run_id="test",
            resources=self.given_resources,
            config=config,
            mapping_key=mapping_key,
            partitions=partitions,
        )
        self._resources = GivenResources(self.given_resources)

    def get_output_metadata(self, output_name: str = "result") -> Mapping[str, Any] | None:
        """The metadata that was added to an output; None without any."""
        return self.metadata_of(output_name) or None

    def bound_to(self, op: object) -> Self:
        """The same for a call of ``op``; metadata that it adds is seen here too."""
        made = copy.copy(self)
        if isinstance(op, OpDefinition):
            made._op, made._step_key = op, op.name
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()


@named_arguments
def build_op_context(
    resources: Mapping[str, object] | None = None,
    op_config: object | None = None,
    *,
    config: object | None = None,
    mapping_key: str | None = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
) -> BuiltOpContext:
    """A context for calling an op directly in a test.

    ``resources`` are set up now, and torn down at the end of a ``with`` block, or when nobody
    holds the context any more. ``op_config`` (or ``config``, which is the same) is an instance of
    the op's Config class, or a dict. ``mapping_key`` is that of a dynamic output's element,
    ``partition_key`` that of the partition that the step is of; of a ``partition_key_range`` the
    first and last key are known alone.
    """
    if op_config is not None and config is not None:
        raise UsageError(
            "build_op_context(...)", "op_config= and config= are the same", "Give one of them."
        )
    return BuiltOpContext(
        resources=resources or {},
        config=config if op_config is None else op_config,
        mapping_key=mapping_key,
        partitions=_partitions(partition_key, partition_key_range),
    )


class BuiltHookContext(HookContext):
    """A context for calling a hook's function."""

    _close: Callable[[], object]

    def __init__(
        self,
        resources: Mapping[str, object],
        op: OpDefinition | None,
        run_id: str,
        job_name: str,
        op_exception: BaseException | None,
    ) -> None:
        scope = ResourceScope(resources, run_id)
        ready = GivenResources(dict(scope.ready))
        step = op.name if op is not None else ""
        super().__init__(None, step, run_id, job_name, op, op_exception, ready)
        # the fields of a HookContext are set once, by its own constructor
        object.__setattr__(self, "_close", weakref.finalize(self, scope.__exit__, None, None, None))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()


@named_arguments
def build_hook_context(
    resources: Mapping[str, object] | None = None,
    op: OpDefinition | None = None,
    run_id: str = "test",
    job_name: str = "test",
    op_exception: BaseException | None = None,
) -> BuiltHookContext:
    """A context for calling a hook directly in a test; resources as in ``build_op_context``."""
    return BuiltHookContext(resources or {}, op, run_id, job_name, op_exception)


@named_arguments
@contextmanager
def build_resources(resources: Mapping[str, object]) -> Iterator[Any]:
    """The resources as attributes, set up for the time of the block."""
    with ResourceScope(resources) as scope:
        yield SimpleNamespace(**scope.ready)
