"""Errors: what was asked, what was found, what to do; and the nearest names."""

from __future__ import annotations

import pickle

import pytest
from IPython.core.interactiveshell import InteractiveShell

from assetbook import errors
from assetbook.errors import AssetbookError, SelectionError, did_you_mean, nearest, with_article

CLASSES = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, AssetbookError)
]


def test_an_error_says_what_to_do_on_its_own_line() -> None:
    error = SelectionError("show `x`", "no such asset", "Did you mean `y`?")
    assert str(error) == "show `x`: no such asset\nDid you mean `y`?"
    assert str(SelectionError("show `x`", "no such asset")) == "show `x`: no such asset"


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_error_travels_between_processes(kind: type[AssetbookError]) -> None:
    error = pickle.loads(pickle.dumps(kind("asked", "found", "remedy")))
    assert type(error) is kind
    assert (error.asked, error.found, error.remedy) == ("asked", "found", "remedy")


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_kind_says_its_remedy(kind: type[AssetbookError]) -> None:
    assert (kind.__doc__ and kind.__doc__ is not AssetbookError.__doc__) or kind is AssetbookError


def test_a_notebook_shows_the_text_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell()
    shell.run_cell(
        "from assetbook.errors import SelectionError\n"
        "raise SelectionError('show `x`', 'no such asset', 'Type another one.')"
    )
    shown = capsys.readouterr().out
    assert shown.strip() == "SelectionError: show `x`: no such asset\nType another one."


def test_the_nearest_names_come_best_first() -> None:
    assert nearest("ordrs", ["orders", "customers", "raw/orders"])[0] == "orders"
    assert nearest("orders", ["raw/orders", "borders"])[0] == "raw/orders"
    assert nearest("zzz", ["orders"]) == []


def test_a_guess_reads_as_a_sentence() -> None:
    assert did_you_mean("ordrs", ["orders"]) == "Did you mean `orders`?"
    assert did_you_mean("order", ["orders", "border"]) == "Did you mean `orders` or `border`?"
    assert did_you_mean("zzz", ["orders"]) == ""


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("int", "an int"),
        ("object", "an object"),
        ("UnstorableValueError", "an UnstorableValueError"),
        ("UnionType", "a UnionType"),
        ("uint8", "a uint8"),
        ("UUID", "a UUID"),
        ("UserDict", "a UserDict"),
        ("OrderedDict", "an OrderedDict"),
        ("hour", "an hour"),
        ("table", "a table"),
    ],
)
def test_articles_follow_the_sound(noun: str, said: str) -> None:
    assert with_article(noun) == said
