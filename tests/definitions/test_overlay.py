"""A run's configuration over the definition's: what is given overrides, the rest stays."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field

from assetbook.definitions.config import Config, PermissiveConfig
from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.overlay import overlaid
from assetbook.errors import ConfigError


class Login(Config):
    user: str = "ann"
    port: int = 1


class Files(Config):
    kind: Literal["files"] = "files"
    folder: str = "data"


class Table(Config):
    kind: Literal["table"] = "table"
    name: str = "orders"


class Load(Config):
    day: str = "monday"
    rows: int = Field(default=10, gt=0, alias="rowCount")
    login: Login = Login()
    source: Annotated[Files | Table, Field(discriminator="kind")] = Files()


OWN = Load(day="friday", rows=5, login=Login(user="bob", port=9), source=Files(folder="raw"))


def over(given: object, own: Load | None = OWN) -> Load:
    return overlaid(Load, own, given, where="the config of `load`")


def test_fields_that_are_not_given_stay_the_definitions() -> None:
    assert over({"rows": 7}) == Load(day="friday", rows=7, login=OWN.login, source=OWN.source)
    assert over({}) == over(None) == OWN


def test_without_own_values_the_class_fills_in() -> None:
    assert over({"rows": 7}, None) == Load(rows=7)
    assert over(None, None) == Load()


def test_an_instance_stands_alone() -> None:
    given = Load(rows=7)
    assert over(given) is given


def test_a_nested_config_is_overlaid_too() -> None:
    assert over({"login": {"port": 3}}).login == Login(user="bob", port=3)
    assert over({"login": Login(port=3)}).login == Login(user="ann", port=3)


def test_another_member_of_a_union_takes_nothing_over() -> None:
    assert over({"source": {"kind": "table"}}).source == Table()
    assert over({"source": {"kind": "files"}}).source == Files(folder="raw")


def test_a_field_may_be_given_by_its_alias() -> None:
    assert over({"rowCount": 7}).rows == 7


def test_variables_stay_unread() -> None:
    own = Load(day=EnvVar("NO_SUCH_DAY"))
    assert "NO_SUCH_DAY" in repr(over({"rows": 7}, own))
    assert "NO_SUCH_DAY" in repr(over({"day": {"env": "NO_SUCH_DAY"}}))


def test_undeclared_fields_are_kept_where_they_may_be() -> None:
    class Open(PermissiveConfig):
        day: str = "monday"

    own = Open(extra=1)  # type: ignore[call-arg]
    assert overlaid(Open, own, {"day": "x"}, where="x") == Open(day="x", extra=1)  # type: ignore[call-arg]


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(
        ConfigError, match=r"(?s)^the config of `load`.*`rows`.*`login\.prt`"
    ) as found:
        over({"rows": "7", "login": {"prt": 3}})
    assert "`day`" not in found.value.found


def test_anything_but_fields_is_refused() -> None:
    with pytest.raises(ConfigError, match="a str is given"):
        over("friday")
