"""Plans and outcomes of runs on the example project."""

from __future__ import annotations

from tests.surfaces.view_examples import AIRLINES, CHECKED, DELAYS, FLIGHTS, HOSTILE, RUN, key

from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.run_result import RunResult
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.steps import Left, Plan, Step


def asset_step(name: str, kind: ReasonKind, culprit: str = "", detail: str = "") -> Step:
    """A step that makes the asset ``name``."""
    return Step(name, "asset", (AssetKey([name]),), reasons=(Reason(kind, culprit, detail),))


STEPS = (
    asset_step("flights", ReasonKind.NEVER_MATERIALIZED),
    asset_step("airlines", ReasonKind.NEVER_MATERIALIZED),
    asset_step("delays", ReasonKind.HELPER_CHANGED, "clean", ", In[2]"),
    Step(
        "delays:has_carriers",
        "check",
        (key("delays"),),
        CheckKey("delays", "has_carriers"),
        (Reason(ReasonKind.OF_NEW_VERSION, "delays"),),
    ),
    Step(
        "monthly",
        "asset",
        (key("monthly"),),
        reasons=(Reason(ReasonKind.IF_CHANGED, "delays"),),
        condition=(key("delays"),),
    ),
)
LEFT = (Left(key("holidays"), "fresh", "as of 09:14", "--sources"),)
PLAN = Plan("+monthly", STEPS, LEFT)
OUTCOMES = (
    StepOutcome(STEPS[0], "done", 0.41, (FLIGHTS,), {key("flights"): 3}),
    StepOutcome(STEPS[1], "done", 0.02, (AIRLINES,), {key("airlines"): 1}),
    StepOutcome(STEPS[2], "done", 0.12, (DELAYS,), {key("delays"): 2}),
    StepOutcome(STEPS[3], "done", 0.003, (), {}, (CHECKED,)),
    StepOutcome(STEPS[4], "failed", 1.2, message="ZeroDivisionError: division by zero"),
)
RESULT = RunResult(RUN, "failed", OUTCOMES, 1.8, PLAN)
ONE = Plan("delays", (STEPS[2],))

HOSTILE_STEP = asset_step(HOSTILE, ReasonKind.NOT_VERSIONABLE, HOSTILE, HOSTILE)
HOSTILE_PLAN = Plan(
    HOSTILE, (HOSTILE_STEP, STEPS[0]), (Left(AssetKey([HOSTILE]), "unknown", HOSTILE, "--unknown"),)
)
HOSTILE_OUTCOME = StepOutcome(HOSTILE_STEP, "failed", 0.1, message=HOSTILE)


def long_plan(count: int) -> Plan:
    """A plan of many steps."""
    kind = ReasonKind.NEVER_MATERIALIZED
    return Plan("*", tuple(asset_step(f"part_{number:04}", kind) for number in range(count)))
