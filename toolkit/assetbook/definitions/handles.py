"""What stands for values while a graph is composed: it can be passed on, and not looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from assetbook.definitions.invocations import Collected, FromInput, FromOutput, Over, Source
from assetbook.errors import DefinitionError


class Handle:
    """A value of a later run. Whoever looks into it gets an error that says so."""

    __slots__ = ("graph", "over", "said", "source")

    def __init__(self, graph: object, said: str, source: Source, over: Over | None) -> None:
        self.graph = graph
        """The composition that it belongs to."""
        self.said = said
        """As people name it: ``one`` or ``split.train``."""
        self.source = source
        self.over = over
        """The dynamic output for whose elements it is there once each; None for once."""

    def _not_yet(self, tried: str) -> NoReturn:
        raise DefinitionError(
            f"{tried} `{self.said}`",
            "it stands for a value that is only there when the job runs",
            "A graph's body only connects ops: put this into an op.",
        )

    def __bool__(self) -> bool:
        self._not_yet("whether")

    def __iter__(self) -> Iterator[Any]:
        self._not_yet("the items of")

    def __getitem__(self, item: object) -> Any:
        self._not_yet(f"item {item!r} of")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._not_yet("calling")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in ("map", "collect"):
            raise DefinitionError(
                f"`{self.said}.{name}`",
                f"`{self.said}` is no dynamic output",
                "Declare it with out=DynamicOut(), or pass it on as it is.",
            )
        if name in ("alias", "tag", "with_hooks", "with_retry_policy"):
            raise DefinitionError(
                f"`{self.said}.{name}`",
                f"`{self.said}` is called already",
                f"Write {name}(...) before the call: my_op.{name}(...)().",
            )
        self._not_yet(f"`.{name}` of")

    def __repr__(self) -> str:
        return f"<output {self.said}>"


class OutputHandle(Handle):
    """An output of a node, or one element of a dynamic output."""

    __slots__ = ()
    source: FromOutput


class InputHandle(Handle):
    """An input of the graph itself."""

    __slots__ = ()
    source: FromInput


class CollectedHandle(Handle):
    """The list of all elements."""

    __slots__ = ()
    source: Collected


class DynamicHandle(Handle):
    """A dynamic output, or what was mapped over one: to ``map`` further, or to ``collect``."""

    __slots__ = ()
    source: FromOutput
    over: Over

    def map(self, fn: Callable[[Any], Any]) -> Any:
        """What ``fn``, called once, connects for every element: to map further, or to collect.

        ``fn`` may return one output, a tuple of some, or None. Raises DefinitionError else.
        """
        element = OutputHandle(self.graph, self.said, self.source, self.over)
        returned = fn(element)
        if returned is None:
            return None
        if isinstance(returned, tuple):
            mapped = [self._mapped(each) for each in returned]
            return type(returned)(*mapped) if hasattr(returned, "_fields") else tuple(mapped)
        return self._mapped(returned)

    def collect(self) -> CollectedHandle:
        """All elements as one list, to pass to an op; those that are skipped are left out."""
        source = Collected(self.source.node, self.source.output)
        return CollectedHandle(self.graph, f"{self.said}.collect()", source, self.over)

    def _mapped(self, returned: object) -> DynamicHandle:
        if isinstance(returned, OutputHandle | DynamicHandle):
            if returned.over == self.over:
                return DynamicHandle(self.graph, returned.said, returned.source, self.over)
            found = f"`{returned.said}`, which does not come of the element"
        else:
            found = f"{returned!r}"
        raise DefinitionError(
            f"`{self.said}.map(...)`",
            f"the function returned {found}",
            "Return what an op gives that took the element, a tuple of such, or nothing.",
        )
