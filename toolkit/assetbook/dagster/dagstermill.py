"""dagstermill's names for assets that are notebooks: ``from assetbook.dagster import dagstermill``.

The asset is the executed notebook, as there; its inputs arrive as variables, and its parameters are
those of the cell tagged ``parameters``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.ports import DEFAULT_IO_MANAGER, AssetIn, AssetOut
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.kernels.exchange import exchange_here
from assetbook.kernels.notebook_as_asset import notebook_asset
from assetbook.kernels.notebook_maker import ITSELF

_OWN = "Make what the notebook needs in its cells, or give it as an input or parameter."
_INSTEAD = {
    "define_dagstermill_op": "Use assetbook.notebook_job, or notebook_asset with publish().",
    "yield_result": "Use assetbook.publish(name, value).",
    "yield_event": "Use assetbook.publish(name, value, metadata=...).",
    "ConfigurableLocalOutputNotebookIOManager": "Leave it out: notebooks are kept in the store.",
    "local_output_notebook_io_manager": "Leave it out: notebooks are kept in the store.",
}


def define_dagstermill_asset(
    name: str,
    notebook_path: str,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[object] | None = None,
    metadata: Mapping[str, Any] | None = None,
    config_schema: object | None = None,
    required_resource_keys: Iterable[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    description: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, str] | None = None,
    group_name: str | None = None,
    io_manager_key: str | None = None,
    retry_policy: RetryPolicy | None = None,
    save_notebook_on_failure: bool = False,
    non_argument_deps: Iterable[object] | None = None,
    asset_tags: Mapping[str, str] | None = None,
) -> AssetsDefinition:
    """The asset that is the executed notebook; ``assetbook.notebook_asset`` says more of it.

    ``save_notebook_on_failure`` changes nothing: it is always kept. Raises DefinitionError for
    ``config_schema`` and resources, which such a notebook does not have here.
    """
    for option, given in (
        ("config_schema", config_schema),
        ("required_resource_keys", required_resource_keys),
        ("resource_defs", resource_defs),
    ):
        if given:
            raise DefinitionError(
                f"define_dagstermill_asset({option}=...)", "assetbook has no such option", _OWN
            )
    return notebook_asset(
        notebook_path,
        name=name,
        key_prefix=key_prefix,
        ins=ins,
        outs={ITSELF: AssetOut(key=name, io_manager_key=io_manager_key or DEFAULT_IO_MANAGER)},
        deps=[*(deps or ()), *(non_argument_deps or ())],
        description=description,
        metadata=metadata,
        tags=asset_tags,
        partitions_def=partitions_def,
        op_tags=op_tags,
        group_name=group_name,
        retry_policy=retry_policy,
    )


@dataclass(frozen=True, slots=True)
class NotebookContext:
    """What a notebook is told of its run."""

    op_config: Any = None
    """What ``get_context`` was given."""
    run_id: str = ""
    """Empty outside runs."""
    partition_key: str | None = None
    log: logging.Logger = field(default_factory=lambda: _logger())


def get_context(op_config: Any = None) -> NotebookContext:
    """The run that the notebook is executed in, if it is; ``op_config`` is handed through."""
    exchange = exchange_here()
    if exchange is None:
        return NotebookContext(op_config)
    told = exchange.told
    return NotebookContext(op_config, told.run_id, told.partition)


def _logger() -> logging.Logger:
    """A logger whose lines the cell shows."""
    found = logging.getLogger("assetbook.dagstermill")
    if not found.handlers:
        found.addHandler(logging.StreamHandler())
        found.setLevel(logging.INFO)
        found.propagate = False
    return found


def __getattr__(name: str) -> Any:
    if name in _INSTEAD:
        raise ImportError(f"assetbook has no dagstermill.{name}. {_INSTEAD[name]}")
    known = ("define_dagstermill_asset", "get_context", *_INSTEAD)
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}. {did_you_mean(name, known)}".strip()
    )
