"""Whether what a step takes is there, was skipped or failed; pure, from how steps ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from assetbook.definitions.invocations import Collected, FromOutput
from assetbook.planning.dynamic_steps import mapped_name
from assetbook.planning.op_steps import Element, ListOf, OneSource, StepSource
from assetbook.planning.steps import Step

State = Literal["given", "skipped", "failed"]
_GIVEN: tuple[State, str] = ("given", "")


class SourceStates:
    """What the steps of a run gave; ``steps`` and ``statuses`` grow as it goes on."""

    def __init__(self, steps: Mapping[str, Step], statuses: Mapping[str, str]) -> None:
        self._steps = steps
        self._statuses = statuses
        self._outputs: dict[str, frozenset[str] | None] = {}
        self._keys: dict[tuple[str, str], tuple[str, ...]] = {}
        self._expanded: dict[str, tuple[str, ...]] = {}

    def note(
        self,
        name: str,
        outputs: frozenset[str] | None,
        mapping_keys: Mapping[str, tuple[str, ...]],
    ) -> None:
        """That a step is done, and what came of it."""
        self._outputs[name] = outputs
        self._keys.update({(name, output): keys for output, keys in mapping_keys.items()})

    def expanded(self, template: str, keys: tuple[str, ...]) -> None:
        """That the steps of a template are known."""
        self._expanded[template] = keys

    def keys_of(self, node: str, output: str) -> tuple[str, ...]:
        """The keys of the elements of a dynamic output."""
        return self._keys.get((node, output), ())

    def verdict(self, step: Step) -> tuple[Literal["skipped", "upstream_failed"], str] | None:
        """How the step of an op ends without running, and why; None if it runs.

        An input that is skipped skips it, whatever became of the others: it would not have run
        had they been there.
        """
        assert step.op is not None
        found = [self._of(each) for each in step.op.inputs.values()]
        for state, because in found:
            if state == "skipped":
                return "skipped", because
        for state, because in found:
            if state == "failed":
                return "upstream_failed", because
        return None

    def resolved(self, step: Step) -> Step:
        """The step with its lists as they are now: without what was skipped."""
        if step.op is None:
            return step
        inputs = {name: self._resolved(each) for name, each in step.op.inputs.items()}
        return (
            step if inputs == step.op.inputs else replace(step, op=replace(step.op, inputs=inputs))
        )

    def of_output(self, node: str, output: str) -> tuple[State, str]:
        """Whether a step gave an output; of a dynamic one, whether its elements are known."""
        status = self._statuses.get(node)
        if status in ("failed", "upstream_failed"):
            return "failed", f"`{node}` did not succeed"
        if status == "skipped":
            return "skipped", f"`{node}` was skipped"
        came = self._outputs.get(node)
        if came is not None and output not in came and not self._needs_no_elements(node, output):
            said = node if output == "result" else f"{node}.{output}"
            return "skipped", f"the output `{said}` did not come"
        return _GIVEN

    def _needs_no_elements(self, node: str, output: str) -> bool:
        """Whether it is a dynamic output that has to come: without elements it is empty."""
        op = self._steps[node].op
        return op is not None and any(
            each.is_dynamic and each.is_required for each in op.outputs if each.name == output
        )

    def _of(self, source: StepSource) -> tuple[State, str]:
        if isinstance(source, Collected):
            return self._of_collected(source)
        if isinstance(source, ListOf):
            return self._of_list(source.sources)
        if isinstance(source, FromOutput | Element):
            return self.of_output(source.node, source.output)
        return _GIVEN

    def _of_collected(self, source: Collected) -> tuple[State, str]:
        step = self._steps[source.node]
        if step.op is None or step.op.over is None:
            return self.of_output(source.node, source.output)
        state, because = self.of_output(*step.op.over)
        if state != "given" or source.node not in self._expanded:
            return state, because
        return self._of_list(list(self._instances(source)))

    def _of_list(self, sources: Iterable[OneSource]) -> tuple[State, str]:
        """A list fails with any of its items, and is skipped with all of them."""
        found = [self._of(each) for each in sources]
        failed = next((each for each in found if each[0] == "failed"), None)
        if failed is not None:
            return failed
        if found and all(state == "skipped" for state, _ in found):
            return found[0]
        return _GIVEN

    def _instances(self, source: Collected) -> Iterator[OneSource]:
        for key in self._expanded.get(source.node, ()):
            yield FromOutput(mapped_name(source.node, key), source.output)

    def _resolved(self, source: StepSource) -> StepSource:
        if isinstance(source, Collected):
            step = self._steps[source.node]
            if step.op is not None and step.op.over is not None:
                return self._without_skipped(self._instances(source))
            keys = self.keys_of(source.node, source.output)
            return ListOf(tuple(Element(source.node, source.output, key) for key in keys))
        return self._without_skipped(source.sources) if isinstance(source, ListOf) else source

    def _without_skipped(self, sources: Iterable[OneSource]) -> ListOf:
        return ListOf(tuple(each for each in sources if self._of(each)[0] == "given"))
