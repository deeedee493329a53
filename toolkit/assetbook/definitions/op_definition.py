"""The definition of an op: a function, its inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from assetbook.definitions.direct_op_call import call_op
from assetbook.definitions.node import NO_TAGS, Node, composing
from assetbook.definitions.op_ports import OpInput, OpOutput
from assetbook.definitions.place import Place
from assetbook.definitions.retries import RetryPolicy

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class OpDefinition(Node):
    """What ``@op`` makes: a function, as a step of graphs and jobs.

    Calling it inside a graph's body notes an invocation; elsewhere it calls the function itself.
    """

    __slots__ = (
        "__weakref__",
        "code_version",
        "compute",
        "config",
        "config_type",
        "context_name",
        "description",
        "inputs",
        "name",
        "outputs",
        "place",
        "pool",
        "required_resource_keys",
        "resource_names",
        "resources",
        "retry_policy",
        "tags",
    )

    context_builder = "build_op_context"
    """What makes a context for calling it in a test."""
    noun = "op"
    name: str
    compute: Callable[..., Any]
    inputs: tuple[OpInput, ...]
    """The parameters that are inputs, then those of type Nothing."""
    outputs: tuple[OpOutput, ...]
    description: str | None
    context_name: str | None
    """The parameter that takes the context; None if the function takes none."""
    config_type: type | None
    config: object | None
    """The author's default configuration: an instance of ``config_type``; None for its defaults."""
    resource_names: tuple[tuple[str, object], ...]
    """The parameters that are resources, with their annotations."""
    resources: Mapping[str, object]
    """Resources bound to this op alone, by parameter."""
    required_resource_keys: frozenset[str]
    """Resources that it takes from ``context.resources``."""
    tags: Mapping[str, str]
    retry_policy: RetryPolicy | None
    """None for the job's."""
    code_version: str | None
    pool: str | None
    """The pool whose slots limit how many such steps run at a time; None for no limit."""
    place: Place

    def __init__(
        self,
        name: str,
        compute: Callable[..., Any],
        outputs: tuple[OpOutput, ...],
        place: Place,
        *,
        inputs: tuple[OpInput, ...] = (),
        description: str | None = None,
        context_name: str | None = None,
        config_type: type | None = None,
        config: object | None = None,
        resource_names: tuple[tuple[str, object], ...] = (),
        resources: Mapping[str, object] = _NOTHING,
        required_resource_keys: frozenset[str] = frozenset(),
        tags: Mapping[str, str] = NO_TAGS,
        retry_policy: RetryPolicy | None = None,
        code_version: str | None = None,
        pool: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "compute", compute)
        put(self, "outputs", outputs)
        put(self, "place", place)
        put(self, "inputs", inputs)
        put(self, "description", description)
        put(self, "context_name", context_name)
        put(self, "config_type", config_type)
        put(self, "config", config)
        put(self, "resource_names", resource_names)
        put(self, "resources", resources)
        put(self, "required_resource_keys", required_resource_keys)
        put(self, "tags", tags)
        put(self, "retry_policy", retry_policy)
        put(self, "code_version", code_version)
        put(self, "pool", pool)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Inside a graph's body, its outputs to pass on; elsewhere what its function returns.

        Raises UsageError for arguments that do not fit, TypeCheckError for values that do not.
        """
        __tracebackhide__ = True
        if composing.get() is None:
            return call_op(self, args, kwargs)
        return super().__call__(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"the definition {self.name} cannot be pickled: send its notebook instead")
