"""Five answers to whether a load gives what running gave, from recorded data alone."""

from __future__ import annotations

import pytest

from assetbook.planning.parity import (
    ANSWERS,
    Coded,
    Recorded,
    differing,
    edited,
    of_same_sources,
    proven,
)


def coded(digest: str, **constants: str) -> Coded:
    manifest = {f"constant:{name}": f"{value}0 {value}" for name, value in constants.items()}
    return Coded(digest, {"asset:orders": "aa", **manifest})


def test_there_are_five_answers() -> None:
    assert ANSWERS == ("proven", "volatile", "differs", "edited since", "unproven")


def test_the_same_code_is_proven() -> None:
    found = proven(coded("1"), Recorded(coded("1"), "session"))
    assert (found.answer, found.reason) == (
        "proven",
        "the same code as in the session",
    )


def test_what_cannot_be_compared_is_said() -> None:
    found = proven(Coded("1", {}, ("rows",)), Recorded(coded("1"), "all"))
    assert "not compared (rows)" in found.reason


def test_a_difference_names_both_values() -> None:
    [found] = differing(coded("1", RATE="0.1").manifest, coded("2", RATE="0.2").manifest)
    assert (found.name, found.before, found.now) == ("RATE", "0.1", "0.2")


def test_a_difference_in_no_piece_has_no_name() -> None:
    [found] = differing(coded("1").manifest, coded("2").manifest)
    assert (found.name, found.root) == ("its own code", "")


def test_what_two_loads_give_otherwise_is_volatile() -> None:
    was = Recorded(coded("1", SEED="1"), "session")
    found = of_same_sources(coded("2", SEED="2"), coded("3", SEED="3"), was, {}, {})
    assert (found.answer, found.reason) == ("volatile", "`SEED` is drawn anew at each load")


def test_what_is_read_from_outside_is_volatile() -> None:
    was = Recorded(coded("1", TODAY="1"), "session")
    now = coded("2", TODAY="2")
    found = of_same_sources(now, now, was, {"TODAY": "`datetime.date.today`, cell 2"}, {})
    assert (found.answer, found.names) == ("volatile", ("TODAY",))
    assert "(`datetime.date.today`, cell 2)" in found.reason


def test_what_two_loads_give_alike_differs() -> None:
    was = Recorded(coded("1", RATE="0.1", SEED="1"), "session")
    found = of_same_sources(
        coded("2", RATE="0.2", SEED="2"),
        coded("3", RATE="0.2", SEED="3"),
        was,
        {},
        {"RATE": "not loaded: cell 3"},
    )
    assert (found.answer, found.names) == ("differs", ("RATE",))
    assert found.reason == "`RATE` is 0.1 in the session, 0.2 when loaded (not loaded: cell 3)"


@pytest.mark.parametrize(("count", "end"), [(2, "cell 1; cell 2"), (5, "cell 3; and 2 more")])
def test_edits_name_the_first_cells(count: int, end: str) -> None:
    cells = [f"cell {at}" for at in range(1, count + 1)]
    assert edited(cells, Recorded(coded("1"), "all")).reason.endswith(end)
