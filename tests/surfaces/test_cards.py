"""The lines that a cell leaves behind about what it defined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from msgspec import structs
from tests.surfaces.book import Book
from tests.surfaces.view_examples import (
    HOSTILE,
    MADE,
    NOW,
    example_standing,
    example_store,
    faults_of,
    key,
    text_of,
)

from assetbook.clock import ManualClock
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.place import Place
from assetbook.definitions.ports import OutputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.instance.instance import Instance
from assetbook.io.value_files import ValueFiles
from assetbook.notebook.asset_cell import CellFunction
from assetbook.notebook.cell_places import CellPlaces
from assetbook.notebook.session import Cell, Session
from assetbook.surfaces.cards import (
    Line,
    asset_line,
    check_line,
    counted_line,
    fresh_line,
    new_lines,
    ran_card,
    show_new_definitions,
)
from assetbook.surfaces.display.theme import look_of

STORE = example_store()
STANDING = example_standing(STORE)
GRAPH = STANDING.graph


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("flights", "● flights · raw · fresh"),
        (
            "delays",
            "◐ delays · marts · from flights, airlines · stale: helper `clean` changed, In[2]",
        ),
        ("monthly", "○ monthly · marts · from delays · never materialized"),
        ("holidays", "· holidays · external"),
    ],
)
def test_an_asset_has_one_line(name: str, text: str) -> None:
    assert asset_line(key(name), STANDING).text == text


def test_a_check_says_what_it_checks_and_found() -> None:
    passed, warned = (node.definition for node in GRAPH.checks[key("delays")])
    assert (
        check_line(passed.spec, STANDING).text
        == "✓ has_carriers · checks delays · blocking · passed"
    )  # type: ignore[arg-type]
    assert check_line(warned.spec, STANDING).text == "▲ not_too_late · checks delays · warned"  # type: ignore[arg-type]


def test_an_edited_check_has_not_run() -> None:
    node = GRAPH.checks[key("delays")][0]
    edited = structs.replace(STANDING, pending_checks=frozenset({node.key}))
    assert check_line(node.spec, edited).text.endswith("blocking · not run")  # type: ignore[arg-type]


def test_many_definitions_are_counted_in_one_line() -> None:
    lines = [asset_line(key(name), STANDING) for name in ("flights", "delays", "monthly")] * 4
    assert (
        counted_line(lines).text == "◐ 12 definitions · 4 fresh, 4 stale, 4 missing · see %assets"
    )


def test_hostile_names_stay_text() -> None:
    line = Line(look_of("stale"), HOSTILE, (HOSTILE, ""))
    assert faults_of(line.html()) == []
    assert not set(line.text) & set("\x00\x1b\r\u202e")


@pytest.fixture
def shell() -> Iterator[Any]:
    """An IPython shell that keeps what it publishes."""
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance(display_pub_class=CapturingDisplayPublisher)
    InteractiveShell.clear_instance()


class Notebook:
    """What cards ask of a live notebook: its session, its places, how things stand."""

    def __init__(self, standing: Any = STANDING) -> None:
        self.places = CellPlaces()
        self.session = Session({}, lambda name: False)
        self._standing = standing

    def standing(self) -> Any:
        """How all assets stand; raises what it was given, if that is an error."""
        if isinstance(self._standing, Exception):
            raise self._standing
        return self._standing, {}, {}

    def run(self, cell: Cell, **names: Any) -> None:
        """Runs a cell that binds ``names``."""
        self.session.begin(cell)
        self.session.namespace.update(names)
        self.session.end(True)


def cell_asset(name: str, text: str) -> AssetsDefinition:
    """The definition of an asset cell."""
    function = CellFunction(name, text, {}, where="In[2]")
    port = OutputPort("result", AssetSpec(name))
    return AssetsDefinition(name, function, (port,), Place(function.filename, 1))


def published(shell: Any) -> list[str]:
    """The plain forms of what was published."""
    return [each["data"]["text/plain"] for each in shell.display_pub.outputs]


def test_a_cell_shows_what_it_defined(shell: Any) -> None:
    live, first, second = Notebook(), Cell("a", 1), Cell("b", 2)
    live.run(first, flights=GRAPH.makers[key("flights")])
    live.run(second, delays=GRAPH.makers[key("delays")], holidays=GRAPH.specs[key("holidays")])
    show_new_definitions(live, STANDING, second)  # type: ignore[arg-type]
    assert published(shell) == [
        "· holidays · external\n"
        "◐ delays · marts · from flights, airlines · stale: helper `clean` changed, In[2]"
    ]
    html = shell.display_pub.outputs[0]["data"]["text/html"]
    assert "flights, airlines" in text_of(html) and len(html) < 1_000


def test_a_cell_shows_its_checks(shell: Any) -> None:
    live, cell = Notebook(), Cell("a", 3)
    check = GRAPH.checks[key("delays")][0].definition
    live.places.note(check.place.filename, "In[3]")
    live.run(cell, has_carriers=check)
    show_new_definitions(live, STANDING, cell)  # type: ignore[arg-type]
    assert published(shell) == ["✓ has_carriers · checks delays · blocking · passed"]


def test_a_cell_that_defines_nothing_shows_nothing(shell: Any) -> None:
    live, cell = Notebook(), Cell("b", 2)
    live.run(Cell("a", 1), flights=GRAPH.makers[key("flights")])
    live.run(cell, x=1)
    show_new_definitions(live, STANDING, cell)  # type: ignore[arg-type]
    assert published(shell) == []


def test_asset_cells_show_themselves(shell: Any) -> None:
    live, cell = Notebook(), Cell("b", 2)
    live.run(cell, flights=cell_asset("flights", "1"))
    show_new_definitions(live, STANDING, cell)  # type: ignore[arg-type]
    assert published(shell) == []


def test_seven_definitions_of_a_cell_are_one_line(shell: Any) -> None:
    def made(name: str) -> AssetsDefinition:
        @asset(name=name)
        def fn() -> int:
            return 1

        return fn  # type: ignore[no-any-return]

    live, cell = Notebook(), Cell("b", 2)
    parts = [made(f"part_{number}") for number in range(7)]
    live.run(cell, parts=parts)
    states = {part.key: replace(STANDING.states[key("monthly")], key=part.key) for part in parts}
    graph = replace(GRAPH, specs={part.key: part.spec for part in parts}, inputs={})
    defined = {part.key: STANDING.defined[key("monthly")] for part in parts}
    now = structs.replace(STANDING, graph=graph, states=states, defined=defined)
    show_new_definitions(live, now, cell)  # type: ignore[arg-type]
    assert published(shell) == ["○ 7 definitions · 7 missing · see %assets"]


def test_a_cell_only_defined_says_its_value_and_how_to_run(shell: Any) -> None:
    ran_card(Notebook(), cell_asset("monthly", "1"))  # type: ignore[arg-type]
    assert published(shell) == [
        "○ monthly · marts · from delays · never materialized · its value is the last expression"
        " · `%materialize monthly` runs it"
    ]


def test_a_cell_whose_inputs_are_not_there_yet_is_defined(shell: Any) -> None:
    live = Notebook(DefinitionError("the asset `monthly`", "it reads `x`, which nobody defines"))
    ran_card(live, cell_asset("monthly", "monthly = 1"))  # type: ignore[arg-type]
    assert published(shell) == [
        "○ monthly · defined · its value is the variable monthly · `%materialize monthly` runs it"
    ]


def test_new_lines_take_only_what_is_new() -> None:
    wanted = GRAPH.makers[key("monthly")]
    lines = new_lines(list(GRAPH.makers.values()), STANDING, lambda each: each is wanted)
    assert [line.name for line in lines] == ["monthly"]


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ({}, ""),
        ({"as_of": MADE, "own_as_of": True}, ", as of 09:14"),
        ({"as_of": MADE - timedelta(days=1)}, ", sources as of 2026-11-24 09:14"),
    ],
    ids=["plain", "own", "inherited"],
)
def test_a_fresh_asset_says_since_when(mark: dict[str, Any], said: str) -> None:
    instance = Instance(STORE, ValueFiles(Path("values")), clock=ManualClock(NOW))
    state = replace(STANDING.states[key("delays")], state="fresh", reasons=(), **mark)
    assert fresh_line(instance, STORE.latest()[key("delays")], state) == (
        f"`delays` is fresh since 2026-11-25 09:14 (16 rows){said}; "
        "`%materialize delays --force` runs it again"
    )


WRONG_ANNOTATION = "@asset\ndef total(orders: 'pd.DataFrme', more: 'Nope'):\n    return 1"


def test_annotations_that_name_nothing_are_a_warning(book: Book) -> None:
    book.run("@asset\ndef orders():\n    return 1\n@asset\ndef more():\n    return 1")
    shown = book.run(WRONG_ANNOTATION)
    said = "▲ total · `orders: pd.DataFrme` and `more: Nope` name nothing here: ignored"
    assert shown.splitlines()[-1] == said
    assert "▲" not in book.run("%materialize total")


def test_an_input_annotated_with_a_type_is_no_warning(book: Book) -> None:
    book.run("T = table_type('T', [ColumnRule('x', int)])")
    assert "▲" not in book.run("@asset\ndef rows(orders: T) -> int:\n    return len(orders)")


def test_many_definitions_keep_their_warnings(book: Book) -> None:
    many = "\n".join(f"@asset\ndef a{number}():\n    return 1" for number in range(9))
    check = "@asset_check(asset='a1')\ndef odd(a1: 'Nope'):\n    return True"
    shown = book.run(f"{many}\n{check}")
    assert "10 definitions" in shown
    assert "▲ odd · `a1: Nope` names nothing here: ignored" in shown


def test_checks_that_are_answered_together_have_a_line_each(book: Book) -> None:
    book.run("@asset\ndef orders(): return [1]")
    shown = book.run(
        "@multi_asset_check(specs=[AssetCheckSpec('few', asset=orders),\n"
        "    AssetCheckSpec('many', asset=orders, blocking=True)])\n"
        "def sizes(orders):\n"
        "    yield AssetCheckResult(True, check_name='few')\n"
        "    yield AssetCheckResult(False, check_name='many', severity='warn')\n"
    )
    assert "○ few · checks orders · not run" in shown
    assert "○ many · checks orders · blocking · not run" in shown
    assert "1 check passed, 1 check warned" in book.run("%materialize orders")
    assert "▲ sizes" in book.run("print(logs())")
