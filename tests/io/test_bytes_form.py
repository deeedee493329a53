"""Bytes in stored form: the bytes themselves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io.stored import content, form_of, handed, reread

from assetbook.errors import UsageError


@given(st.binary(max_size=50))
def test_bytes_come_back(data: bytes) -> None:
    for value in (data, bytearray(data)):
        back: Any = reread(form_of(value)).hand_over(None)
        assert (type(back), back) == (type(value), value)
        assert content(form_of(value)) == data


def test_version_is_of_the_bytes() -> None:
    assert form_of(b"a").data_version() == form_of(bytearray(b"a")).data_version()
    assert form_of(b"a").data_version() != form_of(b"b").data_version()
    assert form_of(b"a").data_version().startswith("xxh3_128/1:")


def test_each_consumer_changes_its_own() -> None:
    made = bytearray(b"abc")
    form = form_of(made)
    made[0] = 0
    form.hand_over(None)[1] = 0  # type: ignore[index]
    assert form.hand_over(None) == bytearray(b"abc")


def test_the_other_class_is_given() -> None:
    assert handed(b"a", bytearray) == bytearray(b"a")
    assert type(handed(bytearray(b"a"), bytes)) is bytes
    with pytest.raises(UsageError, match="the value as str: it is stored as a bytes"):
        handed(b"a", str)


def test_length_is_described() -> None:
    assert form_of(b"abc").describe()["assetbook/length"].value == 3
