"""How a run ended, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetbook.execution.op_values import OpValues
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.values import Held
from assetbook.keys import AssetKey, RunId
from assetbook.planning.steps import Plan


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended, step by step."""

    run_id: RunId
    status: str
    """``success``, ``failed`` or ``canceled``."""
    outcomes: tuple[StepOutcome, ...]
    duration: float
    """Seconds."""
    plan: Plan
    values: Mapping[AssetKey, Held] = field(default_factory=dict, repr=False)
    ops: OpValues | None = field(default=None, repr=False)
    """What its ops gave."""

    @property
    def success(self) -> bool:
        """Whether every step ended well; a check that is not blocking may have failed."""
        return self.status == "success"

    @property
    def failures(self) -> tuple[StepOutcome, ...]:
        """The steps whose own code failed."""
        return tuple(each for each in self.outcomes if each.status == "failed")
