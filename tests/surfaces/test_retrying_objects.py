"""Runs of definitions given as objects: what they were given comes again, or is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.instance.making import Day, Rate, daily, numbers, priced, total

from assetbook import EnvVar, Secret, materialize, resume, retry
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.config import Config
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.errors import ConfigError, SelectionError, UsageError
from assetbook.events.parts import RunRequest
from assetbook.events.run_events import RunStarted
from assetbook.instance.instance import Instance
from assetbook.instance.run_requests import config_again, kept_config
from assetbook.planning.steps import Plan


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    (tmp_path / "pyproject.toml").touch()
    opened = Instance.get()
    yield opened
    opened.close()


class Login(Config):
    user: str = "ada"
    password: Secret = Secret("default-4711")
    host: str = "here"


@asset
def login(config: Login) -> str:
    return config.user


@asset
def unsteady(context: Any, numbers: list[int]) -> int:
    if context.run_id:
        raise ConnectionError("not today")
    return len(numbers)


@asset(name="unsteady")
def steady(numbers: list[int]) -> int:
    return len(numbers)


def run_of(outcome: Any) -> str:
    assert outcome.run_id is not None
    return str(outcome.run_id)


def started(instance: Instance, run_id: str) -> RunStarted:
    event = instance.events(run_id=run_id)[0].event
    assert isinstance(event, RunStarted)
    return event


def names(plan: object) -> list[str]:
    assert isinstance(plan, Plan)
    return [step.name for step in plan]


def test_from_failure_with_definitions(instance: Instance) -> None:
    outcome = materialize([numbers, unsteady], instance=instance, raise_on_error=False)
    again = retry(run_of(outcome), from_failure=True, definitions=[numbers, steady])
    assert not isinstance(again, Plan)
    assert again.success
    assert [str(key) for each in again.outcomes for key in each.step.keys] == ["unsteady"]
    assert instance.value("unsteady") == 3


def test_without_definitions_they_are_asked_for(instance: Instance) -> None:
    run = run_of(materialize([numbers], instance=instance))
    with pytest.raises(SelectionError, match=r'retry\("\w{6}", definitions=\[\.\.\.\]\)'):
        retry(run)
    with pytest.raises(SelectionError, match=r"nothing is left"):
        resume(run, definitions=[numbers])


def test_the_configuration_of_the_run_comes_again(instance: Instance) -> None:
    run = run_of(materialize([daily], instance=instance, run_config={"daily": {"day": 5}}))
    retry(run, definitions=[daily])
    assert instance.value("daily") == 5
    retry(run, definitions=[daily], run_config={"daily": Day(day=6)})
    assert instance.value("daily") == 6
    retry(instance.runs()[0].id, definitions=[daily])
    assert (instance.value("daily"), len(instance.versions("daily"))) == (6, 4)


def test_resources_that_were_given_are_asked_for(instance: Instance) -> None:
    run = run_of(materialize([priced], instance=instance, resources={"rate": Rate(factor=9)}))
    assert instance.latest_materialization("priced") is None
    with pytest.raises(UsageError, match=r"ran with `rate`.*\n.*resources=\{\"rate\": \.\.\.\}"):
        retry(run, definitions=[priced])
    retry(run, definitions=[priced], resources={"rate": Rate(factor=8)})
    newest = instance.versions("priced")[0]
    assert (instance.value_of(newest), newest.event.overridden) == (8, True)


def test_a_run_with_other_resources_is_resumed_with_what_it_made(instance: Instance) -> None:
    made: list[str] = []

    @asset(ignore={"made"}, resources={"rate": Rate()})
    def first(rate: Rate) -> int:
        made.append("first")
        return rate.factor

    @asset(ignore={"made"})
    def second(first: int) -> int:
        made.append("second")
        if made == ["first", "second"]:
            raise KeyboardInterrupt
        return first * 10

    given: dict[str, Any] = {"resources": {"rate": Rate(factor=9)}}
    with pytest.raises(KeyboardInterrupt):
        materialize([first, second], instance=instance, **given)
    run = instance.runs()[0].id
    outcome = resume(run, definitions=[first, second], **given)
    assert not isinstance(outcome, Plan)
    assert made == ["first", "second", "second"]
    assert outcome.asset_value("second") == 90
    assert instance.latest_materialization("second") is None


def test_a_secret_is_never_kept_and_is_asked_for(instance: Instance) -> None:
    given = {"login": {"user": "bob", "password": "given-4712"}}
    run = run_of(materialize([login], instance=instance, run_config=given))
    request = started(instance, run).request
    assert request is not None
    assert (request.config, request.config_not_kept) == ({}, ("login",))
    assert "given-4712" not in str(instance.events(run_id=run))
    with pytest.raises(ConfigError, match=r"`login` had holds a secret.*\n.*run_config="):
        retry(run, definitions=[login])
    retry(run, definitions=[login], run_config=given)
    assert instance.value("login") == "bob"


def test_what_is_kept_of_a_configuration_comes_again_as_it_was() -> None:
    given = {
        "a": {"host": EnvVar("HOST"), "port": EnvVar.int("PORT"), "days": (1, 2), "x": None},
        "b": Login(user="eve"),
        "c": {"token": "abcd"},
        "d": {"made": object()},
    }
    kept, left_out = kept_config(given)
    assert left_out == ("b", "c", "d")
    request = RunRequest(config=kept)
    found = config_again(request, None, "retry")
    assert found == {"a": {**given["a"], "days": [1, 2]}}  # type: ignore[dict-item]
    assert type(found["a"]["host"]) is EnvVar  # type: ignore[index]


def test_what_was_masked_when_it_was_written_is_asked_for() -> None:
    request = RunRequest(config={"a": {"note": "the key is ***"}})
    with pytest.raises(ConfigError, match="`a` had holds a secret"):
        config_again(request, None, "retry 9f2")
    assert config_again(request, {"a": {"note": "n"}}, "retry 9f2") == {"a": {"note": "n"}}


def test_only_what_was_made_of_a_function_is_made_again(instance: Instance) -> None:
    @multi_asset(
        outs={"x": AssetOut(is_required=False), "y": AssetOut(is_required=False)}, can_subset=True
    )
    def both(context: Any) -> Any:
        return tuple(1 for _ in context.selected_asset_keys)

    run = run_of(materialize([both], selection="x", instance=instance))
    outcome = retry(run, definitions=[both])
    assert not isinstance(outcome, Plan)
    assert [len(instance.versions(name)) for name in "xy"] == [2, 0]


def test_an_unknown_executor_is_asked_for(instance: Instance) -> None:
    class Mine:
        def start(self, runner: Any) -> Any:
            from assetbook import InProcessExecutor

            return InProcessExecutor().start(runner)

    run = run_of(materialize([numbers, total], instance=instance, executor=Mine()))
    with pytest.raises(UsageError, match="the executor 'Mine'"):
        retry(run, definitions=[numbers, total])
    plan = retry(run, definitions=[numbers, total], executor="threads", workers=2, dry_run=True)
    assert names(plan) == ["numbers", "total"]


def test_a_plain_run_keeps_nothing_of_this(instance: Instance) -> None:
    run = run_of(materialize([numbers], instance=instance))
    event = started(instance, run)
    assert (event.request, event.reexecution) == (None, None)
