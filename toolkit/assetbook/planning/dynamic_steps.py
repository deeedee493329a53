"""From a step that stands for elements to the steps of each element."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from assetbook.definitions.invocations import Collected, FromOutput
from assetbook.planning.op_steps import Element, ListOf, OneSource, StepSource
from assetbook.planning.steps import Step


def mapped_steps(
    template: Step, mapping_keys: Iterable[str], steps: Mapping[str, Step]
) -> list[Step]:
    """The steps ``path[key]`` for each key; ``steps`` are all of the plan, by name."""
    return [_Mapping(template, key, steps).step() for key in mapping_keys]


def mapped_name(template: str, mapping_key: str) -> str:
    """``add_one[n0]`` of ``add_one[?]``."""
    return f"{template.removesuffix('[?]')}[{mapping_key}]"


def template_name(name: str) -> str:
    """``add_one[?]`` of ``add_one[n0]``."""
    return f"{name.rpartition('[')[0]}[?]"


class _Mapping:
    def __init__(self, template: Step, key: str, steps: Mapping[str, Step]) -> None:
        assert template.op is not None
        self.template = template
        self.op = template.op
        self.key = key
        self.steps = steps

    def step(self) -> Step:
        """The step for the one element."""
        inputs = {name: self._source(source) for name, source in self.op.inputs.items()}
        return replace(
            self.template,
            name=mapped_name(self.template.name, self.key),
            after=tuple(self._name(each) for each in self.template.after),
            op=replace(self.op, inputs=inputs, mapping_key=self.key),
        )

    def _name(self, name: str) -> str:
        """The step that ``name`` stands for: of another template of the same elements its own."""
        other = self.steps.get(name)
        op = None if other is None else other.op
        own = op is not None and op.is_template and op.over == self.op.over
        return mapped_name(name, self.key) if own else name

    def _source(self, source: StepSource) -> StepSource:
        if isinstance(source, ListOf):
            return ListOf(tuple(self._one(each) for each in source.sources))
        return source if isinstance(source, Collected) else self._one(source)

    def _one(self, source: OneSource) -> OneSource:
        if isinstance(source, Element):
            return replace(source, mapping_key=self.key)
        if isinstance(source, FromOutput):
            return replace(source, node=self._name(source.node))
        return source
