"""What a materialization came to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replaced
from tests.surfaces.run_examples import (
    HOSTILE_OUTCOME,
    HOSTILE_PLAN,
    LEFT,
    ONE,
    OUTCOMES,
    PLAN,
    RESULT,
    STEPS,
)
from tests.surfaces.view_examples import (
    AIRLINES,
    CHECKED,
    DELAYS,
    FLIGHTS,
    RUN,
    WARNED,
    faults_of,
    key,
    text_of,
)

from assetbook.definitions.secret import Secret
from assetbook.events.parts import ValueRef
from assetbook.execution.reporter import StepOutcome
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import MaterializeOutcome
from assetbook.io.value_files import ValueFiles
from assetbook.metadata import MetadataValue, to_wire
from assetbook.planning.steps import Plan
from assetbook.storage.memory_store import MemoryStore
from assetbook.surfaces.display.outcome_view import (
    outcome_html,
    outcome_text,
    result_html,
    result_text,
)
from assetbook.surfaces.display.outcome_words import facts_of, message_of, summary_text


def test_the_result_is_a_table_with_a_summary() -> None:
    summary = "3 materialized, 1 check passed, 1 failed, 1 left as it is · 1.8 s · run 4f2a1c"
    assert result_text(RESULT).split("\n") == [
        f"✕ failed: {summary}",
        "",
        "step                 status       rows    size    took  version  message",
        "flights              ✓ done    336,776   12 MB  0.41 s        3",
        "airlines             ✓ done         16  2.0 kB   20 ms        1",
        "delays               ✓ done         16  2.3 kB  0.12 s        2",
        "delays:has_carriers  ✓ passed                     3 ms           "
        "16 of 16 carriers have a name",
        "monthly              ✕ failed                    1.2 s           "
        "ZeroDivisionError: division by zero",
    ]
    assert "ZeroDivisionError" in text_of(result_html(RESULT))


def test_a_step_says_rows_bytes_time_and_version() -> None:
    assert facts_of(OUTCOMES[0]) == "336,776 rows · 12 MB · 0.41 s · version 3"


def test_a_step_of_several_assets_counts_them() -> None:
    versions = {key("flights"): 1, key("airlines"): 1}
    outcome = StepOutcome(STEPS[0], "done", 0.5, (FLIGHTS, AIRLINES), versions, (CHECKED, WARNED))
    assert facts_of(outcome) == "2 assets · 12 MB · 0.5 s · 1 check passed, 1 check warned"


def test_an_asset_without_a_value_says_time_and_version() -> None:
    event = type(DELAYS)(at=DELAYS.at, key="notify")
    outcome = StepOutcome(STEPS[0], "done", 0.5, (event,), {key("notify"): 4})
    assert facts_of(outcome) == "0.5 s · version 4"


@pytest.mark.parametrize(
    ("outcomes", "plan", "status", "said"),
    [
        ([OUTCOMES[2]], ONE, "success", "1 materialized"),
        ([], PLAN, "canceled", "canceled: 0 materialized, 1 left as it is"),
        ([OUTCOMES[4]], ONE, "failed", "1 failed"),
        ([StepOutcome(STEPS[4], "upstream_failed")], ONE, "failed", "1 not run"),
        ([StepOutcome(STEPS[4], "skipped")], ONE, "success", "1 skipped"),
        ([OUTCOMES[2]], Plan("", (), LEFT * 2), "", "1 materialized, 2 left as they are"),
    ],
    ids=["one", "canceled", "failed", "upstream", "skipped", "left"],
)
def test_the_summary_counts_what_happened(
    outcomes: list[StepOutcome], plan: Plan, status: str, said: str
) -> None:
    assert summary_text(outcomes, plan, 1.2, RUN, status) == f"{said} · 1.2 s · run 4f2a1c"


def test_nothing_to_do_shows_the_plan() -> None:
    instance = Instance(MemoryStore(), ValueFiles(Path("values")))
    outcome = MaterializeOutcome(None, Plan("delays", (), LEFT), instance)
    assert outcome_text(outcome).split("\n") == [
        "all fresh: nothing to do",
        "     left as they are: holidays (as of 09:14); --sources runs them",
    ]
    assert "all fresh: nothing to do" in text_of(outcome_html(outcome))
    ran = MaterializeOutcome(RESULT, PLAN, instance)
    assert (outcome_text(ran), outcome_html(ran)) == (result_text(RESULT), result_html(RESULT))


def test_secrets_in_messages_are_masked() -> None:
    secret = Secret("hunter2-and-more").get_value()
    outcome = StepOutcome(STEPS[4], "failed", message=f"cannot log in with {secret}")
    assert message_of(outcome) == "cannot log in with ***"


def test_hostile_names_and_messages_stay_text() -> None:
    result = replace(RESULT, outcomes=(HOSTILE_OUTCOME,), plan=HOSTILE_PLAN)
    assert faults_of(result_html(result)) == []
    assert not set(result_text(result)) & set("\x00\x1b\r\u202e")


def test_bytes_that_nobody_knows_are_not_shown() -> None:
    value = ValueRef(io_manager="shelf", kind="custom")
    event = type(DELAYS)(at=DELAYS.at, key="kept", value=value)
    outcome = StepOutcome(STEPS[0], "done", 0.5, (event,), {key("kept"): 4})
    assert facts_of(outcome) == "0.5 s · version 4"
    measured = type(DELAYS)(at=DELAYS.at, key="kept", value=replaced(value, size=7))
    assert facts_of(StepOutcome(STEPS[0], "done", 0.5, (measured,))).startswith("7 B")
    empty = type(DELAYS)(at=DELAYS.at, key="kept", value=replaced(value, kind="json", path="a"))
    assert facts_of(StepOutcome(STEPS[0], "done", 0.5, (empty,))).startswith("0 B")


def test_a_failed_check_shows_its_metadata() -> None:
    metadata = {"bad": to_wire(MetadataValue.int(3))}
    failed = replaced(CHECKED, passed=False, metadata=metadata, description="3 are bad")
    outcome = StepOutcome(STEPS[3], "failed", 0.1, checks=(failed,), message="it failed: 3 are bad")
    assert message_of(outcome) == "it failed: 3 are bad · bad 3"
    passed = replaced(CHECKED, metadata=metadata)
    assert message_of(StepOutcome(STEPS[3], "done", checks=(passed,))) == CHECKED.description
