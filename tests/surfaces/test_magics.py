"""Line magics read their line as the command line would, and say what they take."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book, CellFailedError

from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.magics import line_magics

NAMES = [*VERBS, "%asset"]


@pytest.mark.parametrize("name", NAMES)
def test_every_magic_has_help_with_examples(book: Book, name: str) -> None:
    shown = book.run(f"%{name} --help")
    assert "Usage: %" in shown
    assert f"Examples:\n    %{name}" in shown or f"Examples:\n  %{name}" in shown


@pytest.mark.parametrize("name", NAMES)
def test_every_magic_refuses_unknown_options(book: Book, name: str) -> None:
    with pytest.raises(CellFailedError, match=f"UsageError: %{name} .*it has no option --helpp"):
        book.run(f"%{name} --helpp" + ("\n1" if name == "%asset" else ""))


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("%materialize --forc", "--force"),
        ("%materialize --takeover", "--take-over"),
        ("%assets --orphan", "--orphans"),
        ("%plan --source", "--sources"),
        ("%%asset x --groop g\n1", "--group"),
    ],
)
def test_the_nearest_option_is_offered(book: Book, line: str, nearest: str) -> None:
    with pytest.raises(CellFailedError, match=f"Did you mean `{nearest}`"):
        book.run(line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%show", r"Missing argument 'NAME\[@V\]'"),
        ("%show a b", r"unexpected extra argument"),
        ("%runs --limit none", r"not a valid integer"),
        ("%show 'a", r"Close the quotes"),
    ],
)
def test_wrong_words_are_a_usage_error(book: Book, line: str, said: str) -> None:
    with pytest.raises(CellFailedError, match=rf"(?s)UsageError: .*{said}"):
        book.run(line)


def test_errors_show_no_frames_of_ours(book: Book) -> None:
    with pytest.raises(CellFailedError) as failed:
        book.run("%materialize nothing")
    assert "Traceback" not in str(failed.value)
    assert "site-packages" not in str(failed.value)


@pytest.mark.parametrize(
    "line", ["%plan +orders  # see first", "# see first\n%plan +orders", "%plan  +orders #x"]
)
def test_comments_are_stripped(book: Book, line: str) -> None:
    book.run("@asset\ndef orders():\n    return 1")
    book.run(line)
    assert book.result.asked == "+orders"


def test_several_words_are_one_selection(book: Book) -> None:
    book.run("@asset(group_name='raw')\ndef orders():\n    return 1")
    book.run("@asset\ndef other():\n    return 1")
    book.run("%plan group:raw and orders --force")
    assert [step.name for step in book.result] == ["orders"]
    book.run("plan_of_all = %plan")
    assert len(book.names["plan_of_all"]) == 2


def test_every_verb_is_a_magic() -> None:
    magics = line_magics()
    assert set(magics) == {name.partition(" ")[0] for name in VERBS}
    assert all("Usage:" in (magic.__doc__ or "") for magic in magics.values())


def test_a_magics_help_is_made_when_it_is_asked_for() -> None:
    magics = line_magics()
    assert not any("command" in vars(magic) for magic in magics.values())
    assert "Usage: %plan" in magics["plan"].__doc__
    assert [name for name, magic in magics.items() if "command" in vars(magic)] == ["plan"]
