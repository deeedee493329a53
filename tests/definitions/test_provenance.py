"""What of configuration counts: equal text for equal values only, and no secret in it."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.definitions.config import Config, PermissiveConfig
from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.provenance import (
    config_json,
    resource_token,
    settings_classes,
    shown_config,
)
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.secret import Secret
from assetbook.errors import ConfigError

KEY = b"the store's key"


class Anything(Config):
    value: Any = None


class Level(enum.Enum):
    LOW = "low"


class First(Config):
    n: int = 1


class Second(Config):
    n: int = 1


def text(value: Any) -> str:
    return config_json(Anything(value=value), KEY)[0]


def test_fields_are_sorted_json() -> None:
    class Load(PermissiveConfig):
        rows: int = 3
        day: str = "2026-11-24"

    assert config_json(Load(), KEY)[0] == '{"day":"2026-11-24","rows":3}'
    assert config_json(Load(a=None), KEY)[0] == '{"a":null,"day":"2026-11-24","rows":3}'  # type: ignore[call-arg]
    assert config_json(None, KEY) == ("{}", "{}")


def test_values_that_differ_have_different_texts() -> None:
    different = [
        *(1, True, 1.0, "1", decimal.Decimal("1"), decimal.Decimal("1.0")),
        *(0.0, -0.0, None, "null", float("nan"), "NaN", b"1"),
        *([1], (1,), {1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {1: 1}, {"1": 1}, [[1, 1]]),
        *("data", Path("data"), dt.date(2026, 1, 1), "2026-01-01", dt.datetime(2026, 1, 1)),
        *(Level.LOW, "low", First(), Second(), First(n=2), {"n": 1}, First, Second),
        *(Secret("data-1"), "data-1", EnvVar("AB_NOT_SET"), "AB_NOT_SET"),
    ]
    assert len({text(value) for value in different}) == len(different)


def test_the_order_of_a_set_does_not_count() -> None:
    assert text({"a", "b", "c"}) == text({"c", "b", "a"}) == text(frozenset("abc"))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.just("$"), inner, max_size=3)
        | st.tuples(inner)
    ),
)


@given(plain, plain)
def test_texts_are_equal_exactly_for_equal_values(one: Any, other: Any) -> None:
    assert (text(one) == text(other)) == (repr(one) == repr(other))


def test_a_dict_cannot_pose_as_another_type() -> None:
    posed = json.loads(text(Path("data")))["value"]
    assert text(posed) != text(Path("data"))


def test_secrets_count_by_their_keyed_hash() -> None:
    assert "correct-horse" not in text(Secret("correct-horse"))
    assert text(Secret("correct-horse")) == text(Secret("correct-horse"))
    assert text(Secret("correct-horse")) != text(Secret("battery-staple"))
    other = config_json(Anything(value=Secret("correct-horse")), b"another key")[0]
    assert other != text(Secret("correct-horse"))


def test_variables_count_by_name_and_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AB_HOST", raising=False)
    unset = text(EnvVar("AB_HOST"))
    monkeypatch.setenv("AB_HOST", "host-one")
    one = text(EnvVar("AB_HOST"))
    monkeypatch.setenv("AB_HOST", "host-two")
    two = text(EnvVar("AB_HOST"))
    monkeypatch.setenv("AB_OTHER", "host-two")
    assert len({unset, one, two, text(EnvVar("AB_OTHER"))}) == 4
    assert "host-one" not in one
    assert "AB_HOST" in one


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"`value\[1\]` holds an object"):
        text([1, object()])


def test_people_see_neither_secrets_nor_values_of_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AB_HOST", "host-one")
    config = Anything(
        value={"a": Secret("correct-horse"), "b": First(), "c": Path("x"), "d": Level.LOW}
    )
    assert shown_config(config) == {"value": {"a": "***", "b": {"n": 1}, "c": "x", "d": "LOW"}}
    assert shown_config(Anything(value=EnvVar("AB_HOST"))) == {"value": "EnvVar('AB_HOST')"}
    assert config_json(Anything(value=Secret("correct-horse")), KEY)[1] == '{"value": "***"}'
    assert shown_config(None) == {}


class Warehouse(ConfigurableResource):
    host: str = "db"
    password: Secret | None = None
    handle: Any = None


class Replica(Warehouse):
    pass


def test_a_resource_is_known_by_class_and_settings() -> None:
    resources = [
        Warehouse(),
        Replica(),
        Warehouse(host="other"),
        Warehouse(password=Secret("one-secret")),
        Warehouse(password=Secret("two-secret")),
    ]
    tokens = [resource_token("db", each, KEY) for each in resources]
    assert len({token for token, _ in tokens}) == len(resources)
    assert all(reason is None for _, reason in tokens)
    assert resource_token("db", Warehouse(), KEY) == tokens[0]


def test_what_setup_made_does_not_count() -> None:
    used = Warehouse()
    used._connection = object()  # type: ignore[attr-defined]
    assert resource_token("db", used, KEY) == resource_token("db", Warehouse(), KEY)


def test_a_plain_object_gives_a_reason() -> None:
    token, reason = resource_token("client", object(), KEY)
    assert token is None
    assert reason is not None and "`client` is a plain object" in reason


def test_a_setting_without_content_gives_a_reason() -> None:
    token, reason = resource_token("db", Warehouse(handle=object()), KEY)
    assert token is None
    assert reason is not None and "`db`: the field `handle` holds an object" in reason


class Holding(ConfigurableResource):
    one: First = First()
    more: dict[str, list[Anything]] | None = None


def test_the_classes_of_settings_are_found_wherever_they_are() -> None:
    nested = Holding(more={"a": [Anything(value=Second())]})
    assert settings_classes(nested) == (Holding, First, Anything, Second)
    assert settings_classes(Holding()) == (Holding, First)
    assert settings_classes(3) == ()
