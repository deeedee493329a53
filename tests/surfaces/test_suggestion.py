"""Suggested commands run where they are read: in a notebook, or in a shell."""

from __future__ import annotations

import pytest

from assetbook.errors import SelectionError
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.suggestion import NEED_NOTEBOOK, as_typed, in_shell, typed


def test_a_notebook_is_offered_magics() -> None:
    assert typed("materialize +x --force") == "%materialize +x --force"
    assert as_typed("See `%assets`.") == "See `%assets`."


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("assets", "assetbook assets"),
        ("logs 4f2 --step a", "assetbook logs 4f2 --step a"),
        ("materialize", "assetbook materialize a.ipynb"),
        ("plan +x", "assetbook plan a.ipynb +x"),
        ("assetbook", "assetbook"),
    ],
)
def test_a_shell_is_offered_commands(words: str, line: str) -> None:
    with in_shell("a.ipynb"):
        assert typed(words) == line


def test_an_unknown_notebook_has_a_place() -> None:
    with in_shell():
        assert typed("plan +x") == typed("plan +x", shell=True) == "assetbook plan NOTEBOOK +x"


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("`%versions x`, then `%value x@1`", "`assetbook versions x`, then `assetbook value x@1`"),
        ("`%%asset x --effect`", "`%%asset x --effect`"),
        ("run `%load_ext assetbook`", "run `%load_ext assetbook`"),
        ("100%assets", "100%assets"),
    ],
)
def test_only_our_magics_are_rewritten(text: str, rewritten: str) -> None:
    with in_shell("a.ipynb"):
        assert as_typed(text) == rewritten


def test_errors_on_their_way_to_a_shell_are_rewritten() -> None:
    with (
        pytest.raises(SelectionError, match=r"Run `assetbook materialize a\.ipynb x` first\."),
        in_shell("a.ipynb"),
    ):
        raise SelectionError("x", "it is not there", "Run `%materialize x` first.")
    assert typed("assets") == "%assets"


def test_every_verb_of_the_shell_can_be_rewritten() -> None:
    with in_shell("a.ipynb"):
        magics = {name for name in VERBS if as_typed(f"%{name}") != f"%{name}"}
    assert magics == VERBS.keys() - {"forget"}  # which is a magic only
    assert {verb.name for verb in VERBS.values() if verb.needs_notebook} == {
        *NEED_NOTEBOOK,
        "forget",
    }
