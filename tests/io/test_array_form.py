"""Arrays in stored form: what the file gives, a writable copy for each consumer, no pickle."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.io.stored import content, form_of, handed, notes, reread

from assetbook.errors import CorruptStoreError, UnstorableValueError, UsageError
from assetbook.io.forms import read_form

DTYPES = (
    hnp.scalar_dtypes()
    | hnp.byte_string_dtypes()
    | hnp.unicode_string_dtypes()
    | hnp.array_dtypes(hnp.integer_dtypes() | hnp.floating_dtypes())
)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))
ORDERS = st.sampled_from([lambda a: a, np.asfortranarray, np.transpose, lambda a: a[..., ::2]])


def same(left: Any, right: Any) -> bool:
    return (
        left.dtype == right.dtype
        and left.shape == right.shape
        and left.tobytes() == right.tobytes()
        and left.strides == right.strides
    )


@settings(max_examples=150, deadline=None)
@given(ARRAYS, ORDERS)
def test_memory_equals_file(made: Any, reordered: Any) -> None:
    array = reordered(made) if made.ndim else made
    form = form_of(array)
    back = reread(form)
    assert same(form.hand_over(None), back.hand_over(None))
    assert form.hand_over(None).tobytes() == array.tobytes()  # type: ignore[attr-defined]
    assert form.data_version() == back.data_version()


@settings(max_examples=50, deadline=None)
@given(ARRAYS)
def test_memory_order_is_no_content(array: Any) -> None:
    turned = np.asfortranarray(array) if array.ndim else array.copy()
    assert form_of(turned).data_version() == form_of(array).data_version()


@pytest.mark.parametrize(
    "other",
    [np.array([1, 3]), np.array([1.0, 2.0]), np.array([[1, 2]]), np.array([1, 2], dtype=">i8")],
)
def test_other_arrays_have_other_versions(other: Any) -> None:
    assert form_of(np.array([1, 2])).data_version() != form_of(other).data_version()


def test_each_consumer_writes_its_own() -> None:
    made = np.arange(3)
    form = form_of(made)
    made[0] = 99
    mine: Any = form.hand_over(None)
    mine[1] = 99
    assert form.hand_over(None).tolist() == [0, 1, 2]  # type: ignore[attr-defined]


def test_bytes_between_fields_do_not_count() -> None:
    dtype = np.dtype([("a", "i1"), ("b", "f8")], align=True)
    full, clean = np.full(32, 255, "u1").view(dtype), np.zeros(2, dtype)
    for array in (full, clean):
        array["a"], array["b"] = 1, 2.0
    assert content(form_of(full)) == content(form_of(clean))


def test_shape_and_dtype_are_described() -> None:
    described = form_of(np.zeros((2, 3), "f4")).describe()
    assert {name: each.value for name, each in described.items()} == {
        "assetbook/shape": "2 × 3",
        "assetbook/dtype": "float32",
    }


def test_subclasses_become_plain() -> None:
    records = np.rec.array([(1, 2.0)], dtype=[("a", "i8"), ("b", "f8")])
    assert type(handed(records)) is np.ndarray
    assert notes(records) == ["a recarray becomes a plain ndarray"]


@pytest.mark.parametrize(
    "wanted", [None, Any, np.ndarray, npt.NDArray[np.int64], list | np.ndarray]
)
def test_annotations_fit(wanted: object) -> None:
    assert isinstance(handed(np.array([1]), wanted), np.ndarray)


def test_other_annotations_are_refused() -> None:
    with pytest.raises(UsageError, match="the value as list: it is stored as a numpy array"):
        handed(np.array([1]), list)


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.array([object()]), 'an array of object.*\n.*io_manager_key="pickle"'),
        (np.array(["a"], dtype=np.dtypes.StringDType()), "an array of StringDType"),
        (np.array([(1, None)], dtype=[("a", "i8"), ("o", "O")]), "an array of"),
        (np.ma.masked_array([1, 2], [True, False]), "a masked array"),
    ],
    ids=["objects", "text", "fields", "masked"],
)
def test_objects_are_refused(array: Any, found: str) -> None:
    with pytest.raises(UnstorableValueError, match=found):
        form_of(array)


def pickled() -> bytes:
    import io

    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}]), allow_pickle=True)
    return file.getvalue()


ARANGED = content(form_of(np.arange(9)))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x93NUMPY", ARANGED[:-1], ARANGED + b"x", pickled()],
    ids=["empty", "cut header", "cut content", "more", "pickled objects"],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CorruptStoreError, match="its file is no array"):
        read_form("numpy", data, asked="the value of `orders`")
