"""The definition of a graph: ops and graphs, connected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.invocations import Composed
from assetbook.definitions.job_definition import GivenJobConfig, JobDefinition
from assetbook.definitions.node import NO_TAGS, composing
from assetbook.definitions.op_ports import OpInput, OpOutput
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.place import Place, calling_place
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import DefinitionError


class GraphDefinition(GraphBody):
    """What ``@graph`` makes: ops and graphs, connected, to be used in others or as a job.

    Calling it inside a graph's body notes an invocation; elsewhere it cannot be called.
    """

    __slots__ = (
        "__weakref__",
        "composed",
        "compute",
        "config",
        "description",
        "inputs",
        "name",
        "outputs",
        "place",
        "tags",
    )

    def __init__(
        self,
        name: str,
        composed: Composed,
        compute: Callable[..., Any],
        place: Place,
        *,
        inputs: tuple[OpInput, ...] = (),
        outputs: tuple[OpOutput, ...] = (),
        description: str | None = None,
        tags: Mapping[str, str] = NO_TAGS,
        config: ConfigMapping | Mapping[str, Any] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "composed", composed)
        put(self, "compute", compute)
        put(self, "place", place)
        put(self, "inputs", inputs)
        put(self, "outputs", outputs)
        put(self, "description", description)
        put(self, "tags", MappingProxyType(dict(tags)))
        put(self, "config", config)

    def to_job(
        self,
        name: str | None = None,
        description: str | None = None,
        resource_defs: Mapping[str, object] | None = None,
        config: GivenJobConfig = None,
        tags: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        logger_defs: Mapping[str, object] | None = None,
        executor_def: object | None = None,
        hooks: Iterable[HookDefinition] | None = None,
        op_retry_policy: RetryPolicy | None = None,
        op_selection: str | Sequence[str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        input_values: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, str] | None = None,
        owners: Sequence[str] | None = None,
    ) -> JobDefinition:
        """A job that runs this graph, called like it unless ``name`` is given.

        Raises DefinitionError for anything that cannot be meant.
        """
        return JobDefinition(
            name or self.name,
            self,
            calling_place(),
            description=description if description is not None else self.description,
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            metadata=metadata,
            logger_defs=logger_defs,
            executor_def=executor_def,
            hooks=hooks,
            op_retry_policy=op_retry_policy,
            op_selection=op_selection,
            partitions_def=partitions_def,
            input_values=input_values,
            run_tags=run_tags,
            owners=owners,
        )

    def execute_in_process(self, *, config: Mapping[str, Any] | None = None, **options: Any) -> Any:
        """How a run of a job of this graph alone ended; see JobDefinition.execute_in_process.

        ``config`` is that of the job. The graph's inputs are given by ``input_values``.
        """
        __tracebackhide__ = True
        job = self.to_job(config=config, input_values=options.pop("input_values", None))
        return job.execute_in_process(**options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Inside a graph's body, its outputs to pass on; raises DefinitionError elsewhere."""
        if composing.get() is None:
            raise DefinitionError(
                f"calling the graph `{self.name}`",
                "a graph is called only inside the body of a graph or a job",
                f"Make a job of it: {self.name}.to_job().",
            )
        return super().__call__(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<graph {self.name}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"the definition {self.name} cannot be pickled: send its notebook instead")
