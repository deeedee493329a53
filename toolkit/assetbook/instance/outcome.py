"""What ``materialize`` gives back, and what it raises when a step failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assetbook.errors import RunFailedError, SelectionError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.execution.failure import user_part
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.run_result import RunResult
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey, RunId
from assetbook.planning.steps import Plan

_FAILED = frozenset({"failed", "upstream_failed", "canceled"})


class MaterializeOutcome:
    """What ``materialize`` gives back: how the run ended, and the values it made."""

    def __init__(
        self,
        result: RunResult | None,
        plan: Plan,
        instance: Instance,
        resources: Callable[[], Mapping[str, object]] = dict,
        earlier: Sequence[RunResult] = (),
        *,
        detached: RunId | None = None,
    ) -> None:
        self.result = result
        """How the run ended, the last one if it was run again; None if nothing had to run, or for
        a detached run."""
        self.detached = detached
        """The id of a run that goes on by itself in another process; None for any other."""
        self.plan = plan
        self.earlier = tuple(earlier)
        """The runs that failed before it, and that it does again."""
        self.instance = instance
        self._resources = resources

    @property
    def success(self) -> bool:
        """Whether everything ended well; also if there was nothing to do.

        Of a detached run, whether it has by now.
        """
        if self.detached is not None:
            return self.instance.run(self.detached).status == "success"
        return self.result is None or self.result.success

    @property
    def run_id(self) -> str | None:
        """The run's id; None if nothing had to run."""
        return self.detached if self.result is None else self.result.run_id

    @property
    def outcomes(self) -> tuple[StepOutcome, ...]:
        """How each step ended, in order."""
        return () if self.result is None else self.result.outcomes

    @property
    def materialized(self) -> tuple[AssetMaterialized, ...]:
        """The materializations of this run, in order."""
        return tuple(event for outcome in self.outcomes for event in outcome.materialized)

    def asset_value(
        self, key: AssetKey | str, as_type: object = None, *, partition: str | None = None
    ) -> Any:
        """The value of an asset: made in this run, else the stored one.

        ``partition`` is the one that is meant of an asset that has some; None for the only one
        that this run made. Raises SelectionError if there is none, or if its step failed in this
        run.
        """
        given = key if isinstance(key, AssetKey) else AssetKey.from_user_string(key)
        asset = given.asset
        asked = asset.at(partition or given.partition or self._only_partition(asset))
        self._refuse_failed(asked)
        held = self.result.values.get(asked) if self.result is not None else None
        if held is not None and held.form is not None:
            return held.form.hand_over(as_type)
        reference = held.event.value if held is not None else None
        if reference is not None and reference.kind != "custom":
            values = self.instance.values_of(held.store if held is not None else None)
            return values.open(reference).hand_over(as_type)
        return self.instance.value(
            asset, as_type=as_type, resources=self._resources(), partition=asked.partition
        )

    output_for_node = asset_value

    def _only_partition(self, asset: AssetKey) -> str | None:
        """The partition that this run was to make of an asset; None for several, or for none."""
        steps = [each.step for each in self.outcomes if each.step.kind == "asset"]
        keys = {key for step in steps for key in step.keys if key.asset is asset}
        return next(iter(keys)).partition if len(keys) == 1 else None

    def _refuse_failed(self, key: AssetKey) -> None:
        """An older version would pass for what this run made."""
        for each in self.outcomes:
            if each.step.kind != "check" and key in each.step.keys and each.status in _FAILED:
                raise SelectionError(
                    f"the value of `{key}`",
                    f"its step failed in this run: {each.message}",
                    f"The latest stored one is instance.value({str(key)!r}), if there is any.",
                )

    def __repr__(self) -> str:
        if self.detached is not None:
            return f"<run {self.detached}: detached>"
        if self.result is None:
            return "<all fresh: nothing ran>"
        return f"<run {self.result.run_id}: {self.result.status}, {len(self.outcomes)} steps>"


def raise_failure(result: RunResult) -> None:
    """Raises what the first failed step raised; nothing if all ended well.

    Its traceback begins in the author's own code.
    """
    __tracebackhide__ = True
    for outcome in result.failures:
        error = outcome.exception
        if error is not None:
            raise error.with_traceback(user_part(error.__traceback__))
        raise RunFailedError(f"the step `{outcome.step.name}`", outcome.message)
