"""Resources of a run: set up once on first use, torn down in reverse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.resource import ConfigurableResource, InitResourceContext
from assetbook.errors import ConfigError
from assetbook.execution.resource_scope import ResourceScope, check_resources

log: list[str] = []


@pytest.fixture(autouse=True)
def empty_log() -> None:
    log.clear()


class Warehouse(ConfigurableResource):
    url: str = "local"

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Warehouse]:
        log.append(f"open {self.url} for {context.resource_name}")
        try:
            yield self
        finally:
            log.append(f"close {self.url}")


def test_a_resource_is_set_up_once_and_torn_down_in_reverse() -> None:
    with ResourceScope({"db": Warehouse(url="a"), "other": Warehouse(url="b")}, "run1") as scope:
        assert log == []
        first = scope.get("db", {}, "orders")
        scope.get("other", {}, "orders")
        assert scope.get("db", {}, "customers") is first
    assert log == ["open a for db", "open b for other", "close b", "close a"]


def test_a_resource_is_torn_down_after_a_failure() -> None:
    with pytest.raises(KeyError), ResourceScope({"db": Warehouse()}) as scope:
        scope.get("db", {}, "orders")
        raise KeyError("x")
    assert log[-1] == "close local"


def test_plain_objects_are_given_as_they_are() -> None:
    thing = object()
    with ResourceScope({"thing": thing, "none": None}) as scope:
        assert scope.get("thing", {}, "orders") is thing
        assert scope.get("none", {}, "orders") is None


def test_a_definitions_own_resource_wins() -> None:
    with ResourceScope({"db": "shared"}) as scope:
        assert scope.get("db", {"db": "own"}, "orders") == "own"


def test_the_environment_is_read_on_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = ResourceScope({"db": Warehouse(url=EnvVar("AB_TEST_URL"))})
    monkeypatch.setenv("AB_TEST_URL", "late")
    with scope:
        found = scope.get("db", {}, "orders")
    assert isinstance(found, Warehouse) and found.url == "late"


def test_a_missing_resource_offers_the_nearest() -> None:
    with ResourceScope({"warehouse": 1}) as scope:
        with pytest.raises(ConfigError, match=r"`warehose` of orders.*\nDid you mean `warehouse`"):
            scope.get("warehose", {}, "orders")
        with pytest.raises(ConfigError, match=r"nothing is given.*\nBind it in a cell: zzz = "):
            scope.get("zzz", {}, "orders")


def test_all_missing_resources_are_named_at_once() -> None:
    check_resources({"db": "orders"}, {"db": 1})
    with pytest.raises(ConfigError, match=r"not given: `db` \(for orders\); `api` \(for rates\)"):
        check_resources({"db": "orders", "api": "rates"}, {})


def test_a_plain_generator_is_set_up_and_torn_down() -> None:
    told: list[str] = []

    class Plain(ConfigurableResource):
        def yield_for_execution(self, context: InitResourceContext) -> Any:
            told.append("up")
            try:
                yield self
            finally:
                told.append("down")

    with pytest.raises(ValueError, match="in the step"), ResourceScope({"plain": Plain()}) as scope:
        assert isinstance(scope.get("plain", {}, "x"), Plain)
        raise ValueError("in the step")
    assert told == ["up", "down"]
