"""What a step's code may ask for and say: the ``context`` parameter."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any, ClassVar

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.plain_config import plain_config
from assetbook.definitions.results import AssetMaterialization, AssetObservation
from assetbook.dependencies.asset_state import Recorded
from assetbook.errors import (
    AssetbookError,
    DefinitionError,
    did_you_mean,
    with_article,
)
from assetbook.execution.capture import step_log
from assetbook.execution.context_elsewhere import ELSEWHERE, missing_member
from assetbook.execution.data_provenance import DataProvenance, provenance_of
from assetbook.execution.notebook_keeping import NotebookKeeping
from assetbook.execution.partition_members import PartitionMembers
from assetbook.execution.returned import of_another
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.keys import AssetKey, CheckKey


class AssetExecutionContext(PartitionMembers):
    """The run as an asset's function sees it."""

    __assetbook_context__ = True

    def __init__(
        self,
        *,
        run_id: str = "",
        job_name: str | None = None,
        definition: AssetsDefinition | None = None,
        selected: tuple[AssetKey, ...] = (),
        resources: Mapping[str, object] | None = None,
        config: object | None = None,
        code_version: str | None = None,
        recorded: Mapping[AssetKey, Recorded] | None = None,
        retry_number: int = 0,
        partitions: AssetPartitions | None = None,
        partitions_read: Mapping[str, AssetPartitions] = MappingProxyType({}),
        notebook: NotebookKeeping | None = None,
    ) -> None:
        self.notebook = notebook or NotebookKeeping()
        """Where a notebook that the step runs is kept, and who is told how far it is."""
        self._definition = definition
        self._selected = selected
        self._partitions = partitions
        self._partitions_read = partitions_read
        self._metadata: dict[str | None, dict[str, Any]] = {}
        self._resources = StepResources(resources or {})
        self._config = config
        self._run_id = run_id
        self._job_name = job_name
        self._code_version = code_version
        self._recorded = recorded or {}
        self._retry_number = retry_number
        self._told: list[AssetObservation | AssetMaterialization] = []

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._run_id

    @property
    def job_name(self) -> str | None:
        """The name of the job that the run is of; None for a run of assets alone."""
        return self._job_name

    @property
    def retry_number(self) -> int:
        """How often this step was tried before in its run."""
        return self._retry_number

    @property
    def log(self) -> logging.Logger:
        """A logger whose lines stay with this step."""
        return step_log

    @property
    def resources(self) -> Any:
        """The resources given to this step, as attributes."""
        return self._resources

    @property
    def config(self) -> Any:
        """The step's configuration; None without any."""
        return self._config

    @property
    def op_config(self) -> Any:
        """The step's configuration as a dict of its fields; None without any."""
        return plain_config(self._config)

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset being made; raises DefinitionError if there are several."""
        if len(self._selected) != 1:
            raise DefinitionError(
                "context.asset_key",
                f"this step makes {len(self._selected)} assets",
                "Use context.selected_asset_keys.",
            )
        return self._selected[0]

    @property
    def selected_asset_keys(self) -> frozenset[AssetKey]:
        """The keys of the assets to make in this step."""
        return frozenset(self._selected)

    @property
    def selected_output_names(self) -> frozenset[str]:
        """The names of the outputs to make in this step."""
        if self._definition is None:
            return frozenset(key.parts[-1] for key in self._selected)
        return frozenset(
            port.name for port in self._definition.outputs if port.spec.key in self._selected
        )

    @property
    def assets_def(self) -> AssetsDefinition | None:
        """The definition being run; None in a context built for a test."""
        return self._definition

    def code_version_of(self, asset_key: AssetKey | str) -> str | None:
        """The author's code version of an asset being made, else the computed one; None if neither
        is known."""
        key = AssetKey.from_coercible(asset_key)
        for port in self._definition.outputs if self._definition is not None else ():
            if port.spec.key == key and port.spec.code_version is not None:
                return port.spec.code_version
        return self._code_version

    def get_asset_provenance(self, asset_key: AssetKey | str) -> DataProvenance | None:
        """What the latest version of an asset was made of, of the partition being made; None if
        the step's run began without one, or in a context built for a test."""
        key = AssetKey.from_coercible(asset_key)
        if self._partitions is not None:
            key = key.at(self._partitions.keys[0])
        recorded = self._recorded.get(key)
        return None if recorded is None else provenance_of(recorded.event)

    def add_output_metadata(
        self, metadata: Mapping[str, Any], output_name: str | None = None
    ) -> None:
        """Adds metadata to the version being made; with several outputs, name one."""
        if output_name is not None and output_name not in self.selected_output_names:
            raise DefinitionError(
                f"add_output_metadata for {output_name!r}",
                "this step has no such output",
                f"It makes {', '.join(sorted(self.selected_output_names))}.",
            )
        self._metadata.setdefault(output_name, {}).update(metadata)

    def add_asset_metadata(
        self, metadata: Mapping[str, Any], asset_key: AssetKey | str | None = None
    ) -> None:
        """Adds metadata to the version of one asset being made."""
        if asset_key is None:
            self.add_output_metadata(metadata)
            return
        key = AssetKey.from_coercible(asset_key)
        for port in self._definition.outputs if self._definition is not None else ():
            if port.spec.key == key:
                self.add_output_metadata(metadata, port.name)
                return
        if self._definition is None and key in self._selected:
            self.add_output_metadata(metadata, key.parts[-1])
            return
        raise DefinitionError(f"add_asset_metadata for {key}", "this step does not make it")

    def log_event(self, event: AssetObservation | AssetMaterialization) -> None:
        """Tells something of an asset that others make; recorded when the step ends well.

        Raises DefinitionError for another event, and for a materialization of what is being made.
        """
        if not isinstance(event, AssetObservation | AssetMaterialization):
            raise DefinitionError(
                "context.log_event",
                f"it was given {with_article(type(event).__name__)}",
                "Give AssetObservation(asset_key=...) or AssetMaterialization(asset_key=...).",
            )
        self._told.append(of_another(self._definition, event) if self._definition else event)

    @property
    def told(self) -> tuple[AssetObservation | AssetMaterialization, ...]:
        """What was told by ``log_event``, in order."""
        return tuple(self._told)

    def metadata_of(self, output_name: str) -> dict[str, Any]:
        """The metadata that was added for one output, and that added for all."""
        return {**self._metadata.get(None, {}), **self._metadata.get(output_name, {})}

    def __getattr__(self, name: str) -> Any:
        missing_member(self, ELSEWHERE, name)

    def __repr__(self) -> str:
        return f"<context of {', '.join(map(str, self._selected))}, run {self._run_id}>"


class StepResources(SimpleNamespace):
    """Resources as attributes."""

    _asks: ClassVar[str] = "this step"
    _remedy: ClassVar[str] = (
        "Give the function a parameter `{name}`, or say required_resource_keys={{'{name}'}}."
    )

    def __init__(self, given: Mapping[str, object]) -> None:
        super().__init__(**given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ResourceAttributeError(
            f"context.resources.{name}",
            f"the resource `{name}` is not given to {self._asks}",
            did_you_mean(name, vars(self)) or self._remedy.format(name=name),
        )


class GivenResources(StepResources):
    """Those that a context was given which a test has built."""

    _asks: ClassVar[str] = "this context"
    _remedy: ClassVar[str] = "Give it where the context is built: resources={{'{name}': ...}}."


class ResourceAttributeError(AssetbookError, AttributeError):
    """A resource was asked for that the step was not given."""


class AssetCheckExecutionContext(AssetExecutionContext):
    """The run as a check's function sees it."""

    def __init__(self, *, checks: tuple[CheckKey, ...] = (), **more: Any) -> None:
        super().__init__(**more)
        self._checks = checks

    @property
    def selected_asset_check_keys(self) -> frozenset[CheckKey]:
        """The checks to answer in this step."""
        return frozenset(self._checks)
