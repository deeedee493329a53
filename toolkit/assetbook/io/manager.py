"""What an I/O manager is: how an asset's value is stored and loaded, and what it is told.

A manager of one's own has two methods, as in Dagster. It is called for every output and every
input of the assets that name it by ``io_manager_key``.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any, ClassVar

from assetbook.errors import DefinitionError, UsageError
from assetbook.keys import AssetKey

_log = logging.getLogger("assetbook.io")
_EMPTY: Mapping[str, Any] = MappingProxyType({})


class _Context:
    """What inputs and outputs have in common; its attributes cannot be set."""

    _asset_key: AssetKey | None

    name: str
    """The output's or input's name (a parameter's)."""
    run_id: str
    """The run that writes the value; for an input, the run that wrote it."""
    step_key: str
    """The step that writes; empty where none is running."""
    definition_metadata: Mapping[str, Any]
    """The metadata that the definition gives to this output or input."""
    python_type: object
    """The type that the author annotated; None without an annotation."""
    config: Any
    """The manager's configuration; None without any."""
    resources: Any
    """The resources given to the step, as attributes."""
    log: logging.Logger
    """A logger whose lines stay with the step."""

    def __init__(
        self,
        *,
        name: str,
        asset_key: AssetKey | None,
        run_id: str,
        step_key: str,
        definition_metadata: Mapping[str, Any] | None,
        python_type: object,
        config: object,
        resources: Mapping[str, object] | None,
        log: logging.Logger | None,
    ) -> None:
        self._set("name", name)
        self._set("_asset_key", asset_key)
        self._set("run_id", run_id)
        self._set("step_key", step_key)
        self._set("definition_metadata", MappingProxyType(dict(definition_metadata or {})))
        self._set("python_type", python_type)
        self._set("config", config)
        self._set("resources", SimpleNamespace(**(resources or {})))
        self._set("log", log or _log)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The same as ``definition_metadata`` (Dagster's older name)."""
        return self.definition_metadata

    @property
    def has_asset_key(self) -> bool:
        """Whether the value belongs to an asset."""
        return self._asset_key is not None

    @property
    def asset_key(self) -> AssetKey:
        """The asset's key; raises UsageError if the value belongs to none."""
        if self._asset_key is None:
            raise UsageError(
                f"the asset key of `{self.name}`",
                "it belongs to no asset",
                "Ask `has_asset_key` first, or name files by get_identifier().",
            )
        return self._asset_key

    def get_asset_identifier(self) -> list[str]:
        """The asset's key as a list of parts; raises UsageError if the value belongs to none."""
        return list(self.asset_key.parts)

    def get_identifier(self) -> list[str]:
        """The parts of a name for the value: the asset's key, else run, step and output."""
        if self.has_asset_key:
            return self.get_asset_identifier()
        return [self.run_id, self.step_key, self.name]

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an I/O context is frozen: {name} cannot be set")

    def __repr__(self) -> str:
        key = f" of {self._asset_key}" if self._asset_key is not None else ""
        return f"<{type(self).__name__} `{self.name}`{key}>"


class OutputContext(_Context):
    """What ``handle_output`` is told about the value that it stores."""

    _output_metadata: dict[str, Any]

    def __init__(
        self,
        *,
        name: str = "result",
        step_key: str = "",
        asset_key: AssetKey | None = None,
        run_id: str = "",
        definition_metadata: Mapping[str, Any] | None = None,
        output_metadata: Mapping[str, Any] | None = None,
        python_type: object = None,
        config: object = None,
        resources: Mapping[str, object] | None = None,
        log: logging.Logger | None = None,
    ) -> None:
        super().__init__(
            name=name,
            asset_key=asset_key,
            run_id=run_id,
            step_key=step_key,
            definition_metadata=definition_metadata,
            python_type=python_type,
            config=config,
            resources=resources,
            log=log,
        )
        self._set("_output_metadata", dict(output_metadata or {}))

    @property
    def output_metadata(self) -> Mapping[str, Any]:
        """What the asset's code and ``add_output_metadata`` have said of this value so far."""
        return MappingProxyType(self._output_metadata)

    def add_output_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Adds entries to the materialization's metadata.

        Raises DefinitionError for a name that is already there.
        """
        taken = sorted(set(metadata) & set(self._output_metadata))
        if taken:
            raise DefinitionError(
                f"add_output_metadata for `{self.name}`",
                f"{', '.join(f'`{name}`' for name in taken)} already has a value",
                "Give the entry another name.",
            )
        self._output_metadata.update(metadata)


class InputContext(_Context):
    """What ``load_input`` is told about the value that it loads."""

    upstream_output: OutputContext
    """The output as it was described to ``handle_output``."""
    upstream_metadata: Mapping[str, Any]
    """The metadata recorded with the version that is being loaded."""
    has_input_name: bool
    """False where a value is loaded outside a step."""

    def __init__(
        self,
        *,
        name: str = "",
        asset_key: AssetKey | None = None,
        run_id: str = "",
        step_key: str = "",
        metadata: Mapping[str, Any] | None = None,
        upstream_metadata: Mapping[str, Any] | None = None,
        upstream_output: OutputContext | None = None,
        python_type: object = None,
        config: object = None,
        resources: Mapping[str, object] | None = None,
        log: logging.Logger | None = None,
    ) -> None:
        super().__init__(
            name=name,
            asset_key=asset_key,
            run_id=run_id,
            step_key=step_key,
            definition_metadata=metadata,
            python_type=python_type,
            config=config,
            resources=resources,
            log=log,
        )
        self._set("has_input_name", bool(name))
        self._set("upstream_metadata", MappingProxyType(dict(upstream_metadata or {})))
        written = upstream_output or OutputContext(
            asset_key=asset_key, run_id=run_id, output_metadata=upstream_metadata
        )
        self._set("upstream_output", written)


class IOManager(ABC):
    """How values are stored and loaded. Subclass it, and bind an instance by name in a cell."""

    versioned: ClassVar[bool] = False
    """True if every materialization keeps a value of its own (named by ``context.run_id``), so
    that earlier versions can be read again; False if a later one overwrites it."""

    @abstractmethod
    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Stores ``obj``, durably when it returns.

        Whatever it raises fails the materialization: no version comes to be.
        """

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value that was stored last for ``context.asset_key``, as a new object.

        With ``versioned``, the one that the run ``context.run_id`` stored.
        Raises whatever says best that there is none (FileNotFoundError, KeyError).
        """
