"""Which pieces changed, by name."""

from __future__ import annotations

import pytest

from assetbook.definitions.code import CodeVersion, Piece, PieceKind
from assetbook.dependencies.code_changes import changes_of, changes_of_authored, manifest_of


def code(*pieces: Piece) -> CodeVersion:
    return CodeVersion("d", {f"{piece.kind}:{piece.name}": piece for piece in pieces})


def piece(kind: PieceKind, name: str, digest: str, text: str = "", where: str = "") -> Piece:
    return Piece(kind, name, digest, text, where)


def said(before: CodeVersion, now: CodeVersion) -> list[str]:
    return [reason.text for reason in changes_of(manifest_of(before), now)]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("asset", "its own code changed, In[4]"),
        ("helper", "helper `x` changed, In[4]"),
        ("class", "class `x` changed, In[4]"),
        ("module", "module `x` changed, In[4]"),
        ("package", "module `x` changed, In[4]"),
        ("file", "module `x` changed, In[4]"),
    ],
)
def test_a_changed_piece_is_named_with_its_place(kind: PieceKind, sentence: str) -> None:
    before, now = piece(kind, "x", "1"), piece(kind, "x", "2", where="In[4]")
    assert said(code(before), code(now)) == [sentence]


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ("3", "4.5", "constant LIMIT 3 → 4.5"),
        ("True", "False", "constant LIMIT True → False"),
        ("-inf", "nan", "constant LIMIT -inf → nan"),
        ("Decimal('1.0')", "Decimal('1.00')", "constant LIMIT Decimal('1.0') → Decimal('1.00')"),
        ("datetime.date(2026, 1, 1)", "None", "constant LIMIT datetime.date(2026, 1, 1) → None"),
    ],
)
def test_numbers_and_dates_are_shown(was: str, now: str, sentence: str) -> None:
    before = piece("constant", "LIMIT", "1", was)
    after = piece("constant", "LIMIT", "2", now)
    assert said(code(before), code(after)) == [sentence]


def test_text_is_shown_as_length_and_hash() -> None:
    before = piece("constant", "TOKEN", "1", "'secret-one'")
    (sentence,) = said(code(before), code(piece("constant", "TOKEN", "2", "'secret-two'")))
    assert "secret" not in sentence
    assert sentence.count("(12 characters)") == 2
    assert "secret" not in str(manifest_of(code(before)))


def test_a_long_number_is_not_shown() -> None:
    (sentence,) = said(
        code(piece("constant", "N", "1", "1" * 50)), code(piece("constant", "N", "2", "2"))
    )
    assert "(50 characters) → 2" in sentence


def test_pieces_that_come_and_go_are_named() -> None:
    before = code(piece("asset", "a", "1"), piece("helper", "old", "1"))
    now = code(piece("asset", "a", "1"), piece("helper", "new", "1"))
    assert said(before, now) == ["`new` is reached now", "`old` is no longer reached"]


def test_a_name_of_another_kind_has_changed() -> None:
    before = code(piece("helper", "f", "1"))
    assert said(before, code(piece("class", "f", "1"))) == ["class `f` changed"]
    now = code(piece("constant", "f", "1", "3"))
    assert said(before, now) == ["constant f is of another kind now"]


def test_a_name_that_was_unbound_and_is_now_bound_is_reached() -> None:
    before = code(piece("unbound", "g", "1"))
    assert said(before, code(piece("helper", "g", "2"))) == ["helper `g` changed"]
    assert said(code(piece("helper", "g", "2")), before) == ["`g` is reached now"]


def test_without_a_culprit_the_assets_own_code_is_named() -> None:
    now = code(piece("asset", "a", "1"))
    assert [reason.text for reason in changes_of(None, now)] == ["its own code changed"]
    assert said(now, now) == ["its own code changed"]


def test_an_authors_version_is_compared_as_text() -> None:
    assert changes_of_authored("1", "1") == []
    assert [reason.text for reason in changes_of_authored("1", "2")] == ["code version 1 → 2"]
