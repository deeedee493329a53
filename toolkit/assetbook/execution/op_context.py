"""What an op's code may ask for and say: the ``context`` parameter."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_ports import OpOutput
from assetbook.definitions.plain_config import plain_config
from assetbook.definitions.results import AssetMaterialization, AssetObservation
from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.execution.capture import step_log
from assetbook.execution.context import StepResources
from assetbook.execution.context_elsewhere import OF_OPS, missing_member
from assetbook.execution.notebook_keeping import NotebookKeeping
from assetbook.execution.partition_members import PartitionMembers
from assetbook.io.asset_partitions import AssetPartitions


class OpExecutionContext(PartitionMembers):
    """The run as an op's function sees it."""

    __assetbook_context__ = True

    def __init__(
        self,
        *,
        op: OpDefinition | None = None,
        step_key: str = "",
        run_id: str = "",
        job_name: str | None = None,
        mapping_key: str | None = None,
        retry_number: int = 0,
        resources: Mapping[str, object] | None = None,
        config: object | None = None,
        run_tags: Mapping[str, str] | None = None,
        partitions: AssetPartitions | None = None,
        notebook: NotebookKeeping | None = None,
    ) -> None:
        self._op = op
        self.notebook = notebook or NotebookKeeping()
        """Where a notebook that the step runs is kept, and who is told how far it is."""
        self._partitions = partitions
        self._partitions_read = MappingProxyType({})
        self._step_key = step_key
        self._run_id = run_id
        self._job_name = job_name
        self._mapping_key = mapping_key
        self._retry_number = retry_number
        self._resources = StepResources(resources or {})
        self._config = config
        self._run_tags = MappingProxyType(dict(run_tags or {}))
        self._metadata: dict[tuple[str | None, str | None], dict[str, Any]] = {}
        self._told: list[AssetObservation | AssetMaterialization] = []

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._run_id

    @property
    def job_name(self) -> str | None:
        """The name of the job that the run is of; None for a run of assets."""
        return self._job_name

    @property
    def op(self) -> OpDefinition | None:
        """The op that runs; None in a context built for a test."""
        return self._op

    @property
    def op_def(self) -> OpDefinition | None:
        """The same as ``op`` (Dagster's other name)."""
        return self._op

    @property
    def step_key(self) -> str:
        """The step's name: the op's path in its job, for an element with its key in brackets."""
        return self._step_key

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
    def op_config(self) -> Any:
        """The op's configuration as a dict of its fields, as in Dagster; of an op without a Config
        what the run gives it, or None."""
        return plain_config(self._config)

    @property
    def config(self) -> Any:
        """The instance of the op's Config; of an op without one what the run gives it."""
        return self._config

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The tags of the run."""
        return self._run_tags

    def has_tag(self, key: str) -> bool:
        """Whether the run has that tag."""
        return key in self._run_tags

    def get_tag(self, key: str) -> str | None:
        """A tag of the run; None without it."""
        return self._run_tags.get(key)

    def get_mapping_key(self) -> str | None:
        """The key of the element that this step is for; None for a step that runs once."""
        return self._mapping_key

    def log_event(self, event: AssetObservation | AssetMaterialization) -> None:
        """Tells something of an asset; recorded when the step ends well.

        Raises DefinitionError for another event.
        """
        if not isinstance(event, AssetObservation | AssetMaterialization):
            raise DefinitionError(
                "context.log_event",
                f"it was given {with_article(type(event).__name__)}",
                "Give AssetObservation(asset_key=...) or AssetMaterialization(asset_key=...).",
            )
        self._told.append(event)

    @property
    def told(self) -> tuple[AssetObservation | AssetMaterialization, ...]:
        """What was told by ``log_event``, in order."""
        return tuple(self._told)

    def add_output_metadata(
        self,
        metadata: Mapping[str, Any],
        output_name: str | None = None,
        mapping_key: str | None = None,
    ) -> None:
        """Adds metadata to an output; with several outputs, name one, of a dynamic one the element.

        Raises DefinitionError for an output that the op does not have.
        """
        if self._op is not None:
            port = _port(self._op, output_name)
            output_name = port.name
        self._metadata.setdefault((output_name, mapping_key), {}).update(metadata)

    def metadata_of(self, output_name: str, mapping_key: str | None = None) -> dict[str, Any]:
        """The metadata that was added for one output, or one element."""
        shared = self._metadata.get((output_name, None), {})
        own = self._metadata.get((output_name, mapping_key), {})
        return {**self._metadata.get((None, None), {}), **shared, **own}

    @property
    def selected_output_names(self) -> frozenset[str]:
        """The names of the op's outputs."""
        return frozenset(each.name for each in self._op.outputs) if self._op else frozenset()

    def __getattr__(self, name: str) -> Any:
        missing_member(self, OF_OPS, name)

    def __repr__(self) -> str:
        return f"<context of {self._step_key}, run {self._run_id}>"


def _port(op: OpDefinition, name: str | None) -> OpOutput:
    names = [each.name for each in op.outputs]
    for port in op.outputs:
        if port.name == name or (name is None and len(names) == 1):
            return port
    raise DefinitionError(
        f"add_output_metadata for {name!r}",
        f"the op `{op.name}` has {'several outputs' if name is None else 'no such output'}",
        did_you_mean(name or "", names) or f"Its outputs are {', '.join(names)}.",
    )
