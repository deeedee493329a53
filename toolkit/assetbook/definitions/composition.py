"""Runs the body of a graph to note which ops and graphs it calls with what. No op runs."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from assetbook.definitions.argument_sources import argument_sources
from assetbook.definitions.handles import DynamicHandle, InputHandle, OutputHandle
from assetbook.definitions.invocations import Composed, FromInput, FromOutput, Invocation, Over
from assetbook.definitions.named_nodes import note_names
from assetbook.definitions.node import Node, PendingInvocation, composing
from assetbook.definitions.returned_outputs import returned_outputs
from assetbook.errors import DefinitionError, did_you_mean


def compose(
    said: str, fn: Callable[..., Any], inputs: Sequence[str], outputs: Sequence[str] | None
) -> Composed:
    """What the body ``fn`` of a graph connects; ``said`` names the graph in errors.

    It is called once, with something to pass on for each of ``inputs``. ``outputs`` are the names
    of the graph's outputs; None for the one called ``result`` if it returns something.
    Raises DefinitionError for whatever no run could mean.
    """
    __tracebackhide__ = True  # the author's own error in the body is shown by its line there
    composition = Composition(said)
    token = composing.set(composition)
    try:
        given = {name: InputHandle(composition, name, FromInput(name), None) for name in inputs}
        returned = fn(**given)
    finally:
        composing.reset(token)
    composition.refuse_unused(inputs)
    note_names(fn)
    mapped = returned_outputs(composition, said, returned, outputs)
    return Composed(tuple(composition.invocations.values()), mapped)


class Composition:
    """The calls in the body of one graph."""

    def __init__(self, said: str) -> None:
        self.said = said
        self.invocations: dict[str, Invocation] = {}
        self.used_inputs: set[str] = set()
        self._numbers: dict[str, int] = {}
        """By node the number that its last call was given."""

    def invoke(
        self, pending: PendingInvocation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        """Notes a call; gives the node's only output, or a named tuple of several."""
        node = pending.node
        name = self._name(pending)
        arguments = argument_sources(self, name, node, args, kwargs)
        self.used_inputs |= arguments.graph_inputs
        self.invocations[name] = Invocation(
            name,
            node,
            arguments.sources,
            arguments.over,
            pending.tags,
            pending.hooks,
            pending.retry_policy,
        )
        return self._outputs(name, node, arguments.over)

    def refuse_unused(self, inputs: Sequence[str]) -> None:
        """Raises DefinitionError for an input of the graph that its body does not use."""
        for name in inputs:
            if name not in self.used_inputs:
                raise DefinitionError(
                    f"the input `{name}` of {self.said}",
                    "its body passes it to nothing",
                    "Pass it to an op, or take it away.",
                )

    def _name(self, pending: PendingInvocation) -> str:
        """The given alias, or the node's name, with ``_2``, ``_3``... where it is taken."""
        node, given = pending.node, pending.given_name
        if given is not None and given in self.invocations:
            raise DefinitionError(
                f"`{node.name}` as `{given}` in {self.said}",
                f"another call there is named `{given}`",
                "Give it another alias.",
            )
        name = given or node.name
        while name in self.invocations:
            number = self._numbers[node.name] = self._numbers.get(node.name, 1) + 1
            name = f"{node.name}_{number}"
        return name

    def _outputs(self, name: str, node: Node, over: Over | None) -> Any:
        several = len(node.outputs) > 1
        handles = [
            self._output(name, each.name, each.is_dynamic, over, several) for each in node.outputs
        ]
        if not several:
            return handles[0] if handles else None
        fields = [each.name for each in node.outputs]
        # names that no attribute can bear (`1a`, `class`) are there by their place
        called = f"{node.name}_outputs"
        kinds = (_Outputs, namedtuple(called, fields, rename=True))
        return type(called, kinds, {"_called": name})(*handles)

    def _output(
        self, name: str, output: str, dynamic: bool, over: Over | None, several: bool
    ) -> Any:
        said = f"{name}.{output}" if several else name
        source = FromOutput(name, output)
        if dynamic:
            return DynamicHandle(self, said, source, (name, output))
        return OutputHandle(self, said, source, over)


class _Outputs:
    """What a call gives that has several outputs, each under its name."""

    _called: str
    """As people name the call."""
    _fields: tuple[str, ...]

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        raise OutputAttributeError(
            f"`{self._called}.{name}`",
            f"`{self._called}` has no output `{name}`",
            did_you_mean(name, self._fields) or f"Its outputs are {', '.join(self._fields)}.",
        )


class OutputAttributeError(DefinitionError, AttributeError):
    """A graph's body takes an output that the op does not have."""
