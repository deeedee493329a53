"""What a class, an annotation or a type of one's own checks: as Dagster's types do."""

# ruff: noqa: UP007, UP045 - the older spellings are among what is asked
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, Optional, TypedDict, Union

import numpy as np
import pandas as pd
import pytest

from assetbook.errors import DefinitionError
from assetbook.types.python_types import PythonObjectType
from assetbook.types.resolution import (
    Nothing,
    annotated_type,
    check_value_type,
    loaded_as,
    make_python_type_usable_as_value_type,
    usable_as_value_type,
)
from assetbook.types.value_type import ValueType

Positive = ValueType(lambda context, value: value > 0, "Positive")
Count = NewType("Count", int)


class Entry(TypedDict):
    name: str


PASS: list[tuple[Any, Any]] = [
    (int, 1),
    (int, True),
    (int, np.int64(1)),
    (bool, np.bool_(True)),
    (float, 1.0),
    (float, np.float32(1)),
    (str, "a"),
    (None, 1),
    (type(None), None),
    (Nothing, None),
    (Any, 1),
    (Optional[int], None),
    (int | None, 3),
    (int | str, "a"),
    (list[int], [1, 2]),
    (list, [1, "x"]),
    (list, [1]),
    (list[int], []),
    (list[Any], [1, "x"]),
    (dict[str, int], {"a": 1}),
    (dict, {1: 1}),
    (dict[str, list[int]], {"a": [1]}),
    (Mapping[str, int], {"a": 1}),
    (tuple[int, str], (1, "x")),
    (tuple[int, ...], (1, 2, 3)),
    (set[int], {1}),
    (frozenset[int], frozenset({1})),
    (Sequence[int], (1, 2)),
    (Literal["a", "b"], "b"),
    (Annotated[int, "euro"], 1),
    (Annotated[int, []], 1),
    (Annotated[int, Positive], 1),
    (Count, 1),
    (Entry, {"name": 3}),
    (Path, Path("a")),
    (object, 1),
    (pd.DataFrame, pd.DataFrame()),
    (list[Positive], [1, 2]),
    (Positive | None, None),
]
FAIL: list[tuple[Any, Any, str]] = [
    (int, "x", "it is a str, not an int"),
    (int, None, "it is None, not an int"),
    (int, np.float64(1), "it is a numpy.float64, not an int"),
    (bool, 1, "it is an int, not a bool"),
    (float, 1, "it is an int, not a float"),
    (str, b"", "it is a bytes, not a str"),
    (type(None), 1, "it is an int, not a None"),
    (Optional[int], "x", "it is a str, not an int"),
    (Union[int, str], 1.0, r"it is a float, not an int \| str"),
    (list[int], [1, "x"], "item 1: it is a str, not an int"),
    (list[int], (1,), r"it is a tuple, not a list\[int\]"),
    (dict[str, int], {"a": "b"}, "value 0: it is a str"),
    (dict[str, int], {1: 1}, "key 0: it is an int"),
    (dict[str, list[int]], {"a": ["b"]}, "value 0: item 0: it is a str"),
    (tuple[int, str], (1,), "it has 1 items, not 2"),
    (tuple[int, str], (1, 2), "item 1: it is an int"),
    (tuple[int, ...], (1, "a"), "item 1"),
    (set[int], {"a"}, "item 0"),
    (Literal[1], True, r"none of Literal\[1\]"),
    (Optional[list[int]], ["x"], "item 0"),
    (Path, "a", "it is a str, not a pathlib"),
    (pd.DataFrame, pd.Series(), "pandas"),
    (list[Positive], [1, -1], "item 1: it does not pass"),
    (Annotated[int, Positive], -1, ""),
    (Count, "x", "it is a str"),
]


@pytest.mark.parametrize(("kind", "value"), PASS, ids=str)
def test_it_passes(kind: Any, value: Any) -> None:
    assert check_value_type(kind, value).success


@pytest.mark.parametrize(("kind", "value", "said"), FAIL, ids=str)
def test_it_fails_and_says_what_was_found(kind: Any, value: Any, said: str) -> None:
    found = check_value_type(kind, value)
    assert not found.success
    assert re.search(said, found.description or "")


@pytest.mark.parametrize("kind", [Iterator[int], Iterator, "int", 3, Literal], ids=str)
def test_what_cannot_be_asked_is_no_type(kind: Any) -> None:
    assert annotated_type(kind) is None
    with pytest.raises(DefinitionError, match="cannot be asked of a value"):
        check_value_type(kind, 1)


def test_a_million_items_are_checked_by_their_classes() -> None:
    found = check_value_type(list[int], [*range(100_000), "x"])
    assert found.description == "item 100000: it is a str, not an int"


def test_a_class_may_have_a_name_and_a_type_of_its_own() -> None:
    @usable_as_value_type(name="Bee", description="it buzzes")
    class B:
        pass

    @usable_as_value_type
    class C:
        pass

    assert check_value_type(B, B()).success
    assert "not a Bee" in (check_value_type(B, 1).description or "")
    assert "not a C" in (check_value_type(list[C], [1]).description or "")


def test_a_class_may_stand_for_a_type_once() -> None:
    class Plain:
        size = 0

    assert check_value_type(Plain, Plain()).success
    make_python_type_usable_as_value_type(
        Plain, ValueType(lambda context, value: value.size > 0, "Sized")
    )
    assert not check_value_type(Plain, Plain()).success
    with pytest.raises(DefinitionError, match="stands for the type Sized already"):
        make_python_type_usable_as_value_type(Plain, Positive)
    with pytest.raises(DefinitionError, match="it is Python's own"):
        make_python_type_usable_as_value_type(int, Positive)


def test_several_classes_are_one_type() -> None:
    kind = PythonObjectType((int, str))
    assert check_value_type(kind, "a").success
    assert check_value_type(kind, 1.0).description == "it is a float, not an int | str"


def test_an_input_is_loaded_as_what_its_type_says() -> None:
    framed = ValueType(lambda context, value: True, "Framed", typing_type=pd.DataFrame)
    assert loaded_as(framed) is pd.DataFrame
    assert loaded_as(framed | None) is pd.DataFrame
    assert loaded_as(Positive) is None
    assert loaded_as(pd.DataFrame) is pd.DataFrame
    assert loaded_as(list[int]) == list[int]
