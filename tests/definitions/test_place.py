"""Places of definitions, and watching what code makes."""

from __future__ import annotations

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.place import Place, calling_place, watch_made


def where_it_was_called() -> Place:
    return calling_place()


def test_the_calling_line_is_found() -> None:
    place = where_it_was_called()
    assert place.filename == __file__
    assert str(place) == f"{__file__}, line {place.line}"


def test_what_is_made_is_noted_while_somebody_watches() -> None:
    asset(name="before")(lambda: 1)
    with watch_made() as outer:
        first = asset(name="first")(lambda: 1)
        with watch_made() as inner:
            second = asset(name="second")(lambda: 1)
        asset(name="third")(lambda: 1)
    assert inner == [second]
    assert outer[:2] == [first, second]
    assert len(outer) == 3


def test_a_definition_knows_its_first_line() -> None:
    @asset
    def orders() -> int:
        return 1

    assert orders.place.filename == __file__
    assert orders.place.line == orders.compute.__code__.co_firstlineno
