"""Runs of jobs that are done again: what had succeeded is read as it was stored."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assetbook import retry
from assetbook.definitions.config import Config
from assetbook.definitions.graph_decorator import job
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import DynamicOut, In, Out
from assetbook.definitions.results import DynamicOutput, Output
from assetbook.errors import ConfigError, SelectionError
from assetbook.execution.executor import Executor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.collecting import collect
from assetbook.instance.instance import Instance
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of
from assetbook.planning.steps import Plan
from assetbook.surfaces.re_executing import resume
from assetbook.types.resolution import Nothing

FAILING: set[str] = set()
"""The steps that fail, or with an exclamation mark are interrupted."""
RAN: list[str] = []
"""The steps that were called, in order."""


def called(context: Any) -> None:
    step = context.step_key if hasattr(context, "step_key") else ""
    RAN.append(step)
    if f"{step}!" in FAILING:
        raise KeyboardInterrupt
    if step in FAILING:
        raise ValueError(f"{step} fails")


class Day(Config):
    day: str = "monday"


@op
def fetch(context: Any, config: Day) -> str:
    called(context)
    return config.day


@op(out=DynamicOut())
def letters(context: Any, text: str) -> Iterator[DynamicOutput[str]]:
    called(context)
    for each in dict.fromkeys(text):
        yield DynamicOutput(each, mapping_key=each)


@op
def shout(context: Any, letter: str) -> str:
    called(context)
    return letter.upper()


@op
def double(context: Any, letter: str) -> str:
    called(context)
    return letter * 2


@op
def joined(context: Any, parts: list[str]) -> str:
    called(context)
    return "".join(parts)


@op(ins={"start": In(Nothing)})
def tell(context: Any) -> str:
    called(context)
    return "told"


@op(out={"some": Out(is_required=False), "other": Out(is_required=False)})
def either(context: Any) -> Iterator[Output[str]]:
    called(context)
    yield Output("some", "some")


@job
def spell() -> None:
    tell(start=joined(letters(fetch()).map(lambda each: double(shout(each))).collect()))


@job
def branches() -> None:
    found = either()
    joined([double.alias("left")(found.some), double.alias("right")(found.other), fetch()])
    shout.alias("never")(found.other)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    FAILING.clear()
    RAN.clear()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".assetbook").mkdir()
    found = Instance.get(tmp_path)
    yield found
    found.close()


def launched(
    instance: Instance, what: JobDefinition, *failing: str, **options: Any
) -> JobResult | None:
    """A run in which those steps fail; None if it was interrupted."""
    FAILING.update(failing)
    try:
        return run_job(what, instance, JobOptions(**options), origin=origin_of("python"))
    except KeyboardInterrupt:
        return None
    finally:
        FAILING.clear()


def again(
    instance: Instance, what: JobDefinition, do: Callable[..., Any] = retry, **how: Any
) -> JobResult:
    """The newest run, done again; only what is called then is in RAN."""
    RAN.clear()
    found = do(instance.runs()[0].id, definitions=[what], instance=instance, **how)
    assert isinstance(found, JobResult)
    return found


def test_only_what_failed_and_what_follows_runs_again(instance: Instance) -> None:
    launched(instance, spell, "letters", run_config={"ops": {"fetch": {"config": {"day": "abc"}}}})
    done = again(instance, spell, from_failure=True)
    assert RAN[:1] == ["letters"] and "fetch" not in RAN
    assert done.output_for_node("joined") == "AABBCC"
    reexecution = instance.runs()[0].reexecution
    assert reexecution is not None and reexecution.kind == "from_failure"


def test_of_many_elements_only_those_that_failed_run_again(instance: Instance) -> None:
    config = {"ops": {"fetch": {"config": {"day": "abc"}}}}
    launched(instance, spell, "shout[b]", run_config=config)
    assert "double[a]" in RAN
    plan = retry(
        instance.runs()[0].id,
        definitions=[spell],
        instance=instance,
        from_failure=True,
        dry_run=True,
    )
    assert isinstance(plan, Plan)
    assert [each.name for each in plan] == ["shout[b]", "double[b]", "joined", "tell"]
    assert plan.steps[0].why == f"failed in run {instance.runs()[0].id[:6]}"
    done = again(instance, spell, from_failure=True)
    assert RAN == ["shout[b]", "double[b]", "joined", "tell"]
    assert done.output_for_node("joined") == "AABBCC"


def test_a_retry_of_a_retry_reads_what_both_gave(instance: Instance) -> None:
    launched(instance, spell, "letters")
    FAILING.add("joined")
    with pytest.raises(ValueError, match="joined fails"):
        again(instance, spell, from_failure=True)
    FAILING.clear()
    done = again(instance, spell, from_failure=True)
    assert RAN == ["joined", "tell"]
    assert done.output_for_node("joined") == "MMOONNDDAAYY"


def test_what_was_skipped_stays_so(instance: Instance) -> None:
    launched(instance, branches, "joined")
    done = again(instance, branches, from_failure=True)
    assert RAN == ["joined"]
    assert done.output_for_node("joined") == "somesomemonday"


def test_an_interrupted_run_is_resumed_once(instance: Instance) -> None:
    launched(instance, spell, "double[o]!")
    done = again(instance, spell, resume)
    assert "fetch" not in RAN and "shout[m]" not in RAN
    assert RAN[:1] == ["double[o]"]
    assert done.output_for_node("joined") == "MMOONNDDAAYY"
    first = instance.runs()[1].id
    with pytest.raises(SelectionError, match="nothing is left"):
        resume(first, definitions=[spell], instance=instance)


def test_a_run_that_came_to_its_end_is_not_resumed(instance: Instance) -> None:
    launched(instance, spell, "joined")
    with pytest.raises(SelectionError, match=r"it came to its end, and `joined` failed"):
        resume(instance.runs()[0].id, definitions=[spell], instance=instance)


def test_chosen_steps_alone_run_again(instance: Instance) -> None:
    launched(instance, spell)
    again(instance, spell, selection="shout")
    assert [f"shout[{each}]" for each in "monday"] == RAN
    again(instance, spell, selection="joined tell")
    assert RAN == ["joined", "tell"]
    launched(instance, spell, "shout[n]")
    with pytest.raises(SelectionError, match=r"`double\[n\]` gives, which did not succeed there"):
        again(instance, spell, selection="joined")


def test_all_runs_again_with_what_the_run_was_given(instance: Instance) -> None:
    given = {"ops": {"fetch": {"config": {"day": "no"}}}}
    launched(instance, spell, run_config=given, op_selection=["fetch", "letters"])
    done = again(instance, spell)
    assert RAN == ["fetch", "letters"]
    assert done.output_for_node("letters") == {"n": "n", "o": "o"}
    other = again(instance, spell, run_config={"ops": {"fetch": {"config": {"day": "x"}}}})
    assert other.output_for_node("fetch") == "x"


@pytest.mark.parametrize("executor", [ThreadExecutor(2), ProcessExecutor(2)])
def test_any_executor_reads_what_was_stored(instance: Instance, executor: Executor) -> None:
    launched(instance, spell, "joined", executor=executor)
    if isinstance(executor, ProcessExecutor):  # where nobody hears what is to fail
        again(instance, spell, selection="joined")
    else:
        again(instance, spell, from_failure=True)
    assert instance.runs()[0].steps in (("joined", "tell"), ("joined",))
    assert instance.runs()[0].status == "success"


def test_what_was_collected_is_told(instance: Instance) -> None:
    large = {"ops": {"fetch": {"config": {"day": "monday" * 50_000}}}}
    launched(instance, branches, "joined", run_config=large)
    shutil.rmtree(instance.op_files.root)  # small values are in the events themselves
    with pytest.raises(SelectionError, match=r"what `fetch` gave in run \w+ was collected"):
        again(instance, branches, from_failure=True)
    assert again(instance, branches).success


def test_a_run_keeps_what_it_reads_of_an_earlier_one(instance: Instance) -> None:
    def collecting(start: str) -> str:
        for each in instance.op_files.root.rglob("*"):
            os.utime(each, (0, 0))
        return str(len(collect(instance).strays))

    @job
    def kept() -> None:
        joined([fetch(), op(name="clean")(collecting)(start=tell())])

    large = {"ops": {"fetch": {"config": {"day": "monday" * 50_000}}}}
    launched(instance, kept, "tell", run_config=large)
    assert again(instance, kept, from_failure=True).success
    assert [int(collecting("")), int(collecting(""))] == [2, 0]  # each run has one large value


def test_what_was_kept_in_memory_is_told(instance: Instance) -> None:
    FAILING.add("joined")
    spell.execute_in_process(instance=instance, raise_on_error=False)
    FAILING.clear()
    with pytest.raises(SelectionError, match=r"was kept in memory alone\nAll once more"):
        again(instance, spell, from_failure=True)


def test_what_a_record_does_not_keep_is_to_be_given_again(instance: Instance) -> None:
    @job
    def speak(text: str) -> None:
        joined([shout(text)])

    launched(instance, speak, "joined", input_values={"text": "hi"})
    with pytest.raises(ConfigError, match=r"`inputs` had holds a secret, or what cannot be kept"):
        again(instance, speak, from_failure=True)
    done = again(instance, speak, from_failure=True, run_config={"inputs": {"text": "yo"}})
    assert done.output_for_node("joined") == "HI"  # what had succeeded is not asked again


def test_a_run_in_which_nothing_failed_is_told(instance: Instance) -> None:
    launched(instance, spell)
    with pytest.raises(SelectionError, match="nothing failed in it"):
        again(instance, spell, from_failure=True)


@pytest.mark.parametrize("seed", range(25))
def test_whatever_fails_the_retry_comes_to_the_same(instance: Instance, seed: int) -> None:
    """Each step is called until it succeeds and never again, and the end is as if none failed."""
    chance = random.Random(seed)
    what = chance.choice([spell, branches])
    whole = launched(instance, what)
    assert whole is not None
    steps = list(RAN)
    expected = whole.output_for_node("joined")
    RAN.clear()
    tried: list[str] = []
    failing = chance.sample(steps, chance.randint(1, 3))
    result = launched(instance, what, *failing)
    while result is not None and not result.success:
        tried += [each for each in RAN if each not in failing]
        failing = chance.sample(failing, chance.randint(0, len(failing) - 1))
        FAILING.update(failing)
        RAN.clear()
        result = again(instance, what, from_failure=True, raise_on_error=False)
        FAILING.clear()
    tried += RAN
    assert sorted(tried) == sorted(steps)
    assert result is not None
    if "joined" in RAN:
        assert result.output_for_node("joined") == expected
