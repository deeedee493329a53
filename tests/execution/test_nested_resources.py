"""Resources that are fields of others: set up before them, torn down after, shared, replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.collection import Definitions
from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.resource import (
    ConfigurableResource,
    InitResourceContext,
    ResourceDependency,
)
from assetbook.errors import ConfigError
from assetbook.execution.resource_scope import ResourceScope
from assetbook.instance.materializing import materialize_to_memory

TOLD: list[str] = []


@pytest.fixture(autouse=True)
def told() -> Iterator[list[str]]:
    TOLD.clear()
    yield TOLD


class Credentials(ConfigurableResource):
    user: str = "ann"
    _token: str = ""

    def setup_for_execution(self, context: InitResourceContext) -> None:
        TOLD.append(f"credentials up as {context.resource_name}")
        self._token = f"token of {self.user}"

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        TOLD.append("credentials down")

    @property
    def token(self) -> str:
        return self._token


class Warehouse(ConfigurableResource):
    credentials: ResourceDependency[Credentials]
    name: str = "main"

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Self]:
        TOLD.append(f"warehouse up with {self.credentials.token}")
        yield self
        TOLD.append("warehouse down")


class Report(ConfigurableResource):
    warehouse: Warehouse
    other: Warehouse | None = None
    title: str = "report"


def ready(**given: object) -> Any:
    with ResourceScope(given) as scope:
        return scope.get("r", {}, "a test")


def test_the_inner_one_is_set_up_first_and_torn_down_last() -> None:
    report = ready(r=Report(warehouse=Warehouse(credentials=Credentials())))
    assert report.warehouse.credentials.token == "token of ann"
    assert TOLD == [
        "credentials up as r.warehouse.credentials",
        "warehouse up with token of ann",
        "warehouse down",
        "credentials down",
    ]


def test_one_that_several_share_is_set_up_once() -> None:
    credentials = Credentials()
    both = [Warehouse(credentials=credentials), Warehouse(credentials=credentials, name="two")]
    with ResourceScope({"r": Report(warehouse=both[0], other=both[1]), "c": credentials}) as scope:
        report: Any = scope.get("r", {}, "a test")
        assert scope.get("c", {}, "a test") is report.warehouse.credentials
        assert report.warehouse.credentials is report.other.credentials
    assert [each for each in TOLD if each.startswith("credentials")] == [
        "credentials up as r.warehouse.credentials",
        "credentials down",
    ]


def test_env_vars_of_inner_ones_are_read_for_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = Warehouse(credentials=Credentials(user=EnvVar("NEST_USER")), name=EnvVar("NEST"))
    monkeypatch.setenv("NEST_USER", "bob")
    monkeypatch.setenv("NEST", "deep")
    found = ready(r=warehouse)
    assert (found.credentials.token, found.name) == ("token of bob", "deep")
    with pytest.raises(ConfigError, match="EnvVar"):
        _ = warehouse.credentials.user


def test_a_missing_variable_names_the_inner_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEST_USER", raising=False)
    with pytest.raises(ConfigError, match=r"the resource `r\.credentials`.*`NEST_USER` for `user`"):
        ready(r=Warehouse(credentials=Credentials(user=EnvVar("NEST_USER"))))


def test_any_object_may_be_a_dependency() -> None:
    class Client:
        pass

    class Service(ConfigurableResource):
        client: ResourceDependency[Client]

    client = Client()
    assert ready(r=Service(client=client)).client is client
    with pytest.raises(ConfigError, match="client"):
        Service(client="no client")  # type: ignore[arg-type]


def test_replacing_a_resource_replaces_it_inside_others_too() -> None:
    credentials = Credentials()
    definitions = Definitions(
        [_token],
        resources={"credentials": credentials, "warehouse": Warehouse(credentials=credentials)},
    )
    assert materialize_to_memory(definitions).asset_value("_token") == "token of ann"
    replaced = materialize_to_memory(
        definitions, resources={"credentials": Credentials(user="eve")}
    )
    assert replaced.asset_value("_token") == "token of eve"


@asset
def _token(warehouse: Warehouse) -> str:
    return warehouse.credentials.token


def test_an_inner_resource_counts_for_the_version() -> None:
    from assetbook.definitions.provenance import resource_token

    one, _ = resource_token("r", Warehouse(credentials=Credentials(user="a")), b"k")
    two, _ = resource_token("r", Warehouse(credentials=Credentials(user="b")), b"k")
    assert one is not None
    assert one != two


def test_one_that_is_configured_at_launch_says_what_is_missing() -> None:
    class Host(ConfigurableResource):
        host: str
        port: int = 1

    assert ready(r=Host.configure_at_launch(host="a")).host == "a"
    with pytest.raises(ConfigError, match=r"at launch.*host.*\n.*RunConfig\(resources=\{'r'"):
        ready(r=Host.configure_at_launch(port=3))
    with pytest.raises(ConfigError, match="Did you mean `host`"):
        Host.configure_at_launch(hots="a")
