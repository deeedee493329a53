"""What definitions declare, and how they show in IPython."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.surfaces.run_examples import PLAN, RESULT
from tests.surfaces.view_examples import HOSTILE, example_graph, faults_of, key, text_of

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definitions
from assetbook.definitions.spec import AssetSpec
from assetbook.surfaces.display.definition_view import definition_html, definition_text
from assetbook.surfaces.display.formatters import FORMS, register_formatters, unregister_formatters

GRAPH = example_graph()
DELAYS = GRAPH.makers[key("delays")]
HAS_CARRIERS = GRAPH.checks[key("delays")][0].definition
HOLIDAYS = GRAPH.specs[key("holidays")]


def test_an_asset_shows_what_it_reads_and_follows() -> None:
    assert definition_text(DELAYS).split("\n") == [
        "delays  asset",
        "Mean delay by carrier.",
        "reads  flights, airlines",
        "after  holidays",
        "group  marts",
    ]


def test_a_check_shows_what_it_blocks() -> None:
    assert isinstance(HAS_CARRIERS, AssetChecksDefinition)
    assert definition_text(HAS_CARRIERS).split("\n") == [
        "delays:has_carriers  asset check",
        "checks    delays",
        "blocking  yes: nothing downstream runs unless it passes",
    ]


def test_definitions_list_their_members() -> None:
    assert isinstance(HAS_CARRIERS, AssetChecksDefinition)
    gathered = Definitions([DELAYS, HOLIDAYS], [HAS_CARRIERS], {"warehouse": 1})
    assert definition_text(gathered).split("\n") == [
        "Definitions  2 assets, 1 check",
        "name                 kind            description",
        "delays               asset           Mean delay by carrier.",
        "holidays             external asset  Kept by another team.",
        "delays:has_carriers  asset check",
        "resources  warehouse",
    ]
    assert "Kept by another team." in text_of(definition_html(gathered))


def test_hostile_descriptions_stay_text() -> None:
    spec = AssetSpec([HOSTILE], description=HOSTILE, deps=[[HOSTILE]], code_version=HOSTILE)
    assert faults_of(definition_html(spec)) == []
    assert faults_of(definition_html(Definitions([spec]))) == []
    assert not set(definition_text(spec)) & set("\x00\x1b\r\u202e")


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """An IPython shell that shows our objects, for one test."""
    made = InteractiveShell.instance()
    register_formatters(made)
    yield made
    unregister_formatters(made)
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("shown", [PLAN, RESULT, DELAYS, HAS_CARRIERS, HOLIDAYS, Definitions()])
def test_ipython_shows_objects_by_their_views(shell: InteractiveShell, shown: object) -> None:
    bundle, _ = shell.display_formatter.format(shown)
    to_text = next(to_text for kind, _, to_text in FORMS if isinstance(shown, kind))
    assert bundle["text/plain"] == to_text(shown)
    assert bundle["text/html"].startswith('<div class="assetbook">')


def test_inside_a_list_they_stay_short(shell: InteractiveShell) -> None:
    @asset
    def small() -> int:
        return 1

    assert isinstance(small, AssetsDefinition)
    bundle, _ = shell.display_formatter.format([small, small])
    assert bundle["text/plain"] == "[<asset small>, <asset small>]"
    assert "text/html" not in bundle


def test_a_definition_shows_its_metadata_and_what_it_ignores() -> None:
    @asset(metadata={"unit": "euro"}, owners=["team:sales"], tags={"source": "till"})
    def total(orders: pd.DataFrme, count: None) -> int:  # type: ignore[name-defined]  # noqa: F821
        return 1

    assert isinstance(total, AssetsDefinition)
    lines = definition_text(total).split("\n")
    assert "metadata  unit euro" in lines
    assert "owners    team:sales" in lines and "tags      source=till" in lines
    assert "ignored   orders: pd.DataFrme (names nothing here)" in lines
    assert "orders: pd.DataFrme (names nothing here)" in text_of(definition_html(total))
