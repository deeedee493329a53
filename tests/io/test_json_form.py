"""Plain values as JSON text: what goes in comes out."""

from __future__ import annotations

import datetime as dt
import io
import math
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetbook.errors import CorruptStoreError, UnstorableValueError, UsageError
from assetbook.io.forms import StoredForm, read_form, stored_form

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=5)
OFFSETS = st.integers(-86399, 86399).map(lambda s: dt.timezone(dt.timedelta(seconds=s)))
ZONES = st.none() | st.sampled_from([ZoneInfo("Europe/Paris"), ZoneInfo("UTC")]) | OFFSETS
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | ANY_TEXT
    | st.dates()
    | st.timedeltas()
    | st.decimals()
    | st.datetimes(timezones=ZONES, allow_imaginary=True)
    | st.times(timezones=st.none() | OFFSETS)
)
PLAIN = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(ANY_TEXT | st.just("$float"), inner, max_size=3)
    ),
    max_leaves=8,
).filter(lambda value: value is not None)


def form_of(value: object) -> StoredForm:
    return stored_form(value, asked="the value of `total`")


def spelled(value: Any) -> Any:
    """The value with what == does not tell: types, signs of zeros, NaN, folds, zones, order."""
    if isinstance(value, dict):
        return [(key, spelled(each)) for key, each in value.items()]
    if isinstance(value, list | tuple):
        return type(value).__name__, [spelled(each) for each in value]
    return type(value).__name__, repr(value)


@settings(max_examples=300, deadline=None)
@given(PLAIN)
def test_values_come_back_exactly(value: Any) -> None:
    form = form_of(value)
    file = io.BytesIO()
    form.write(file)
    back = read_form("json", file.getvalue(), asked="it")
    assert spelled(form.hand_over(None)) == spelled(back.hand_over(None)) == spelled(value)
    assert form.data_version() == back.data_version()


@settings(max_examples=200, deadline=None)
@given(PLAIN, PLAIN)
def test_other_values_have_other_versions(one: Any, other: Any) -> None:
    same = spelled(one) == spelled(other)
    assert (form_of(one).data_version() == form_of(other).data_version()) is same


def test_each_consumer_gets_its_own() -> None:
    form = form_of({"a": [1]})
    form.hand_over(None)["a"].append(2)  # type: ignore[index]
    assert form.hand_over(None) == {"a": [1]}


@pytest.mark.parametrize(
    ("value", "plain"),
    [(np.float64(1.5), 1.5), (np.int8(3), 3), (np.bool_(True), True), (np.str_("a"), "a")],
)
def test_numpy_scalars_become_plain(value: object, plain: object) -> None:
    form = form_of(value)
    assert spelled(form.hand_over(None)) == spelled(plain)
    assert "becomes" in form.describe()["assetbook/storing_changes"].value[0]


def test_nothing_else_is_noted() -> None:
    assert form_of({"a": (1, None)}).describe() == {}


def test_small_values_are_inline() -> None:
    assert form_of([1, "ü"]).inline() == '[1,"\\u00fc"]'


@pytest.mark.parametrize(("size", "inline"), [(64 * 1024 - 2, True), (64 * 1024 - 1, False)])
def test_large_values_need_a_file(size: int, inline: bool) -> None:
    assert (form_of("x" * size).inline() is not None) is inline


class Strange(dict[str, int]):
    pass


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": {1, 2}}, r"`value\['a'\]` is a builtins\.set"),
        ([1, object()], r"`value\[1\]` is a builtins\.object"),
        ({1: 2}, "it has the key 1, which is no text"),
        ({"a": Strange()}, "is a .*Strange"),
        ([pd.Timestamp(0)], "Timestamp"),
        ([dt.datetime(2013, 1, 1, tzinfo=dt.timezone(dt.timedelta(0), "Z"))], "time zone"),
        (LOOP, "it contains itself"),
    ],
)
def test_unstorable_parts_are_named(value: object, found: str) -> None:
    with pytest.raises(UnstorableValueError, match=rf"the value of `total`: .*{found}"):
        form_of(value)


class Row(TypedDict):
    a: int


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1, int),
        (1, float),
        (1, int | None),
        (1, Any),
        (1, Literal[1, 2]),
        (1, Annotated[int, "unit"]),
        ([1], list[int]),
        ({"a": 1}, dict[str, int]),
        ({"a": 1}, Row),
    ],
)
def test_fitting_types_are_given(value: object, wanted: object) -> None:
    assert form_of(value).hand_over(wanted) == value


@pytest.mark.parametrize("wanted", [str, pd.DataFrame, list[int], str | None])
def test_other_types_name_both(wanted: object) -> None:
    with pytest.raises(UsageError, match=r"the value as .*: it is stored as a plain int"):
        form_of(1).hand_over(wanted)


@pytest.mark.parametrize("text", [b"{", b"\xff", b'{"$what": 1}', b'{"$date": "tomorrow"}'])
def test_damaged_text_is_refused(text: bytes) -> None:
    with pytest.raises(CorruptStoreError, match="its text is not a stored value"):
        read_form("json", text, asked="it")


def test_special_numbers_come_back() -> None:
    value = [math.inf, -math.inf, -0.0, 2**70, Decimal("1.50"), Decimal("sNaN")]
    assert spelled(form_of(value).hand_over(None)) == spelled(value)
