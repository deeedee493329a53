"""How assets stand that are read from another store, by what is defined here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.instance.making import ALL, Rate, make, numbers, priced, state_of, steps, total

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.config import Config
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.results import AssetObservation
from assetbook.definitions.secret import Secret
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_state import AssetState
from assetbook.errors import SelectionError
from assetbook.instance.data_parity import data_parity
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import Options
from assetbook.instance.states import standing
from assetbook.io.configurable import ConfigurableIOManager
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.keys import AssetKey

_FORCED = Options(force=True)
SETTINGS = """
[tool.assetbook]
store = "dev"
read_through = "prod"
stores = {dev = "d", prod = "p"}
"""


@pytest.fixture
def prod(project: Path) -> Iterator[Instance]:
    (project / "pyproject.toml").write_text(SETTINGS)
    opened = Instance.get(store="prod")
    yield opened
    opened.close()


@pytest.fixture
def dev(prod: Instance) -> Iterator[Instance]:
    opened = Instance.get()
    yield opened
    opened.close()


def states(instance: Instance, *definitions: object) -> dict[AssetKey, AssetState]:
    return dict(standing(instance, load(definitions, instance)).states)


def said(state: AssetState) -> tuple[object, ...]:
    """All of a state but for where its version is."""
    return state.state, state.reasons, state.number, state.data_version, state.as_of


@given(
    made=st.lists(st.sampled_from(["numbers", "total", "doubled"]), max_size=3),
    factor=st.integers(1, 2),
    clocked=st.booleans(),
)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_an_empty_store_gives_the_states_of_the_other(
    prod: Instance, dev: Instance, made: list[str], factor: int, clocked: bool
) -> None:
    for name in made:
        make(prod, *ALL, selection=name)
    make(prod, _scaled(1))
    now = (*ALL, _scaled(factor), *((_reads_the_clock,) if clocked else ()))
    there, here = states(prod, *now), states(dev, *now)
    assert {key: said(each) for key, each in here.items()} == {
        key: said(each) for key, each in there.items()
    }
    assert all(each.store == "prod" for each in here.values() if each.number is not None)


def _scaled(factor: int) -> object:
    @asset
    def scaled() -> int:
        return factor

    return scaled


@asset
def _reads_the_clock() -> float:
    import time

    return time.time()


def test_only_what_the_other_store_has_not_is_made(prod: Instance, dev: Instance) -> None:
    make(prod, numbers, total)
    outcome = make(dev, *ALL)
    assert steps(outcome) == ["doubled"]
    assert outcome.asset_value("doubled") == 12
    assert outcome.asset_value("total") == 6
    assert outcome.plan.elsewhere == dict.fromkeys([numbers.key, total.key], "prod:1")
    assert dev.own.latest().keys() == {AssetKey("doubled")}
    assert prod.store.latest().keys() == {AssetKey("numbers"), AssetKey("total")}


def test_other_settings_of_a_resource_are_shown_alone(prod: Instance, dev: Instance) -> None:
    make(prod, priced)
    here = priced.replace(resources={"rate": Rate(factor=3)})
    [state] = states(dev, here).values()
    assert state.state == "fresh"
    assert [each.text for each in state.beside] == ["resource `rate` has other settings in prod"]
    make(dev, here, options=_FORCED)
    assert state_of(dev, "priced", priced) == "stale"


def test_other_code_of_a_resource_is_stale(prod: Instance, dev: Instance) -> None:
    make(prod, _charged(1))
    assert state_of(dev, "charged", _charged(1)) == "fresh"
    assert state_of(dev, "charged", _charged(2)) == "stale"


def _charged(factor: int) -> object:
    class Fee(ConfigurableResource):
        def of(self) -> int:
            return factor

    @asset(resources={"fee": Fee()})
    def charged(fee: Fee) -> int:
        return fee.of()

    return charged


def test_an_observation_there_is_seen_here(prod: Instance, dev: Instance) -> None:
    source, count = AssetSpec("source"), _count
    prod.report_runless_asset_event(AssetObservation("source", tags={"dagster/data_version": "7"}))
    make(dev, source, count)
    [version] = dev.own.versions(AssetKey("count"))
    assert not version.event.inputs
    seen = states(dev, source, count)[AssetKey("source")]
    assert (seen.state, seen.store, seen.data_version) == ("fresh", "prod", "7")


def test_a_manager_with_other_settings_is_stale(prod: Instance, dev: Instance) -> None:
    make(prod, _kept(), resources={"shelf": Shelf(folder="a")}, record=True)
    for folder, state in (("a", "fresh"), ("b", "stale")):
        loaded = load(_kept(), dev, replacing={"shelf": Shelf(folder=folder)})
        assert standing(dev, loaded).states[AssetKey("kept")].state == state


class Shelf(ConfigurableIOManager):
    folder: str

    def handle_output(self, context: OutputContext, obj: object) -> None:
        Path(f"{self.folder}.txt").write_text(str(obj))

    def load_input(self, context: InputContext) -> object:
        return Path(f"{self.folder}.txt").read_text()


def _kept() -> object:
    @asset(io_manager_key="shelf")
    def kept() -> str:
        return "text"

    return kept


@asset(name="count", deps=["source"])
def _count() -> int:
    return 3


class Login(Config):
    password: Secret


def test_a_secret_is_compared_by_the_other_key(prod: Instance, dev: Instance) -> None:
    make(prod, _logged_in("hush"))
    assert prod.key != dev.key
    assert state_of(dev, "logged_in", _logged_in("hush")) == "fresh"
    assert state_of(dev, "logged_in", _logged_in("shout")) == "stale"


def _logged_in(password: str) -> object:
    @asset(config=Login(password=Secret(password)))
    def logged_in(config: Login) -> int:
        return 1

    return logged_in


def test_a_version_let_go_there_says_so(prod: Instance, dev: Instance) -> None:
    make(prod, _table(1))
    make(prod, _table(2))
    path = prod.versions("table")[1].event.value.path
    prod.own.doom(lambda files: [path])
    prod.values.remove(path)
    assert dev.value("table").num_rows == 2
    with pytest.raises(SelectionError, match="`table@prod:1`: it was let go on"):
        dev.value("table@prod:1")


def _table(rows: int) -> object:
    @asset
    def table():
        import pyarrow as pa

        return pa.table({"a": list(range(rows))})

    return table


def test_what_is_made_again_is_held_against_the_other_store(prod: Instance, dev: Instance) -> None:
    make(prod, *ALL)
    make(dev, numbers, options=_FORCED)
    loaded = load(ALL, dev)
    now, quiet = standing(dev, loaded), lambda text: nullcontext()
    found = data_parity(dev, loaded, now, loaded.graph.order, quiet)
    assert {str(key): each.said for key, each in found.items()} == {
        "numbers": "same data as @1 (Python)",
        "total": "same data as @prod:1 (Python)",
        "doubled": "same data as @prod:1 (Python)",
    }
    assert dev.own.versions(AssetKey("total")) == []
