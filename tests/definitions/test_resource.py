"""Resources: their life in a run, and how a parameter asks for one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import PrivateAttr

from assetbook.definitions.config import Config
from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.resource import ConfigurableResource, InitResourceContext, resolve
from assetbook.definitions.resource_parameter import ResourceParam, is_resource_annotation
from assetbook.errors import ConfigError, DefinitionError


class Warehouse(ConfigurableResource):
    host: str = "localhost"
    port: int = 5432
    _calls: list[str] = PrivateAttr(default_factory=list)

    def setup_for_execution(self, context: InitResourceContext) -> None:
        self._calls.append(f"setup {context.resource_name}")

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        self._calls.append("teardown")


CONTEXT = InitResourceContext(resource_name="warehouse")


def test_a_resource_is_set_up_and_torn_down() -> None:
    warehouse = Warehouse()
    with warehouse.yield_for_execution(CONTEXT) as ready:
        assert ready is warehouse
        assert warehouse._calls == ["setup warehouse"]
    assert warehouse._calls == ["setup warehouse", "teardown"]


def test_it_is_torn_down_after_a_failure() -> None:
    warehouse = Warehouse()
    with pytest.raises(KeyError), warehouse.yield_for_execution(CONTEXT):
        raise KeyError("step failed")
    assert warehouse._calls[-1] == "teardown"


def test_its_own_context_manager_replaces_the_two() -> None:
    class Custom(Warehouse):
        @contextmanager
        def yield_for_execution(self, context: InitResourceContext) -> Iterator[Any]:
            self._calls.append("own")
            yield self

    custom = Custom()
    with custom.yield_for_execution(CONTEXT):
        assert custom._calls == ["own"]


def test_fields_are_frozen_and_private_names_are_not() -> None:
    warehouse = Warehouse()
    warehouse._connection = object()  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match="setting host on Warehouse"):
        warehouse.host = "other"


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError, match="`port` should be a valid integer"):
        Warehouse(port="5432")  # type: ignore[arg-type]


def test_a_variable_is_read_for_the_run_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = Warehouse(host=EnvVar("AB_HOST"), port=EnvVar.int("AB_PORT"))
    with pytest.raises(ConfigError, match=r"Warehouse.host: .*`AB_HOST`, which only a run reads"):
        _ = warehouse.host
    monkeypatch.setenv("AB_HOST", "db")
    monkeypatch.setenv("AB_PORT", "1")
    ready = resolve(warehouse, "warehouse")
    assert (ready.host, ready.port) == ("db", 1)
    assert repr(warehouse) == "Warehouse(host=EnvVar('AB_HOST'), port=EnvVar.int('AB_PORT'))"


def test_a_missing_variable_names_field_and_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AB_HOST", raising=False)
    with pytest.raises(ConfigError, match=r"the resource `warehouse`: .*`AB_HOST` for `host`"):
        resolve(Warehouse(host=EnvVar("AB_HOST")), "warehouse")


def test_runs_do_not_share_what_setup_made() -> None:
    class Counter(ConfigurableResource):
        _n: int = 0

        def setup_for_execution(self, context: InitResourceContext) -> None:
            self._n += 1

    counter = Counter()
    for _ in range(2):
        ready = resolve(counter)
        ready.setup_for_execution(CONTEXT)
        assert ready._n == 1
    assert counter._n == 0


def test_a_config_inside_is_allowed() -> None:
    class Pool(Config):
        size: int = 1

    class Database(ConfigurableResource):
        pool: Pool = Pool()

    assert Database(pool={"size": 3}).pool.size == 3  # type: ignore[arg-type]


@pytest.mark.parametrize("annotation", [list[Warehouse], dict[str, Warehouse] | None])
def test_several_resources_in_one_field_are_refused(annotation: Any) -> None:
    with pytest.raises(DefinitionError, match="the field `inner` of Outer"):
        type(
            "Outer",
            (ConfigurableResource,),
            {"__annotations__": {"inner": annotation}, "__module__": __name__},
        )


def test_parameters_tell_resources_from_inputs() -> None:
    assert is_resource_annotation(Warehouse)
    assert is_resource_annotation(ResourceParam[dict])
    assert not any(is_resource_annotation(each) for each in (dict, None, "Warehouse", Config))


def test_a_resource_param_names_its_type() -> None:
    assert repr(ResourceParam[int]) == "ResourceParam[int]"
    assert ResourceParam[int] == ResourceParam[int] != ResourceParam[str]


def test_telling_resources_does_not_load_pydantic() -> None:
    code = (
        "import sys; from assetbook.definitions.resource_parameter import *;"
        "assert is_resource_annotation(ResourceParam[int]); print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
