"""What ops and graphs have in common: a name, inputs and outputs, and being invoked in a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from assetbook.definitions.hooks import HookDefinition, checked_hooks
from assetbook.definitions.labels import validate_name, validate_tags
from assetbook.definitions.op_ports import OpInput, OpOutput
from assetbook.definitions.retries import RetryPolicy, checked_policy
from assetbook.definitions.spec import Frozen

NO_TAGS: Mapping[str, str] = MappingProxyType({})


class Composer(Protocol):
    """What notes the calls while the body of a graph runs."""

    def invoke(
        self, pending: PendingInvocation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        """The outputs, to pass on, of one call; raises DefinitionError for unfit arguments."""
        ...


composing: ContextVar[Composer | None] = ContextVar("composing", default=None)
"""The graph whose body runs; None outside."""


class Node(Frozen):
    """An op or a graph. Inside a graph's body its call is noted, and gives outputs to pass on."""

    __slots__ = ()

    name: str
    inputs: tuple[OpInput, ...]
    outputs: tuple[OpOutput, ...]
    compute: Callable[..., Any]
    """The author's function."""
    noun: ClassVar[str]
    """``op`` or ``graph``."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Inside a graph's body, its outputs to pass on; elsewhere what its function returns."""
        composition = composing.get()
        if composition is None:
            return self.compute(*args, **kwargs)
        return composition.invoke(PendingInvocation(self), args, kwargs)

    def alias(self, name: str) -> PendingInvocation:
        """This, to be called under another name in a graph."""
        return PendingInvocation(self).alias(name)

    def tag(self, tags: Mapping[str, str]) -> PendingInvocation:
        """This, to be called in a graph with more tags."""
        return PendingInvocation(self).tag(tags)

    def with_hooks(self, hook_defs: Iterable[HookDefinition]) -> PendingInvocation:
        """This, to be called in a graph with more hooks."""
        return PendingInvocation(self).with_hooks(hook_defs)

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingInvocation:
        """This, to be called in a graph with another retry policy."""
        return PendingInvocation(self).with_retry_policy(retry_policy)


class PendingInvocation(Frozen):
    """An op or a graph with what is to hold for its next call in a graph."""

    __slots__ = ("given_name", "hooks", "node", "retry_policy", "tags")

    node: Node
    given_name: str | None
    tags: Mapping[str, str]
    hooks: frozenset[HookDefinition]
    retry_policy: RetryPolicy | None

    def __init__(
        self,
        node: Node,
        given_name: str | None = None,
        tags: Mapping[str, str] = NO_TAGS,
        hooks: frozenset[HookDefinition] = frozenset(),
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "node", node)
        put(self, "given_name", given_name)
        put(self, "tags", tags)
        put(self, "hooks", hooks)
        put(self, "retry_policy", retry_policy)

    def alias(self, name: str) -> PendingInvocation:
        """The same under another name."""
        return self._but(given_name=validate_name(name, f"the {self.node.noun} `{self.node.name}`"))

    def tag(self, tags: Mapping[str, str]) -> PendingInvocation:
        """The same with more tags."""
        return self._but(tags=MappingProxyType({**self.tags, **validate_tags(tags)}))

    def with_hooks(self, hook_defs: Iterable[HookDefinition]) -> PendingInvocation:
        """The same with more hooks."""
        where = f"with_hooks of `{self.node.name}`"
        return self._but(hooks=self.hooks | checked_hooks(where, hook_defs))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingInvocation:
        """The same with another retry policy."""
        return self._but(
            retry_policy=checked_policy(f"with_retry_policy of `{self.node.name}`", retry_policy)
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Inside a graph's body, its outputs to pass on; elsewhere what the op itself gives."""
        composition = composing.get()
        if composition is None:
            return self.node(*args, **kwargs)
        return composition.invoke(self, args, kwargs)

    def _but(self, **changes: Any) -> PendingInvocation:
        fields = {name: getattr(self, name) for name in PendingInvocation.__slots__}
        return PendingInvocation(**{**fields, **changes})

    def __repr__(self) -> str:
        said = f" as {self.given_name}" if self.given_name else ""
        return f"<{self.node.noun} {self.node.name}{said}, not called yet>"
