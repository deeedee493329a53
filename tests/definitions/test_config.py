"""Configuration: strict, frozen, all errors at once, variables read at use."""

from __future__ import annotations

import copy
import datetime as dt
import enum
import pickle
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field, field_validator, model_validator
from typing_extensions import TypedDict

from assetbook.definitions.config import Config, PermissiveConfig, make_config, resolve_config
from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.secret import Secret, scrub
from assetbook.errors import AssetbookError, ConfigError


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Login(Config):
    user: str = "ann"
    password: Secret | None = None
    port: int = 1


class Typed(TypedDict):
    type: int


class Load(Config):
    day: dt.date = dt.date(2026, 11, 24)
    rows: int = Field(default=10, gt=0)
    rate: float = 0.5
    level: Level = Level.LOW
    folder: Path = Path("data")
    parts: tuple[int, ...] = ()
    options: dict[str, str] = Field(default_factory=dict)
    either: list[int] | dict[str, int] | None = None
    typed: Typed | None = None
    login: Login = Login()
    others: list[Login] = Field(default_factory=list)


def make(**values: Any) -> Load:
    return make_config(Load, values, where="the config of `load`")


def test_defaults_are_filled_in() -> None:
    assert make_config(Load, None, where="x") == Load() == make()
    assert make().rows == 10


def test_an_instance_is_taken_itself() -> None:
    config = Load(rows=3)
    assert make_config(Load, config, where="x") is config


def test_values_as_json_writes_them_are_taken() -> None:
    config = make(day="2026-01-02", rate=1, level="high", folder="/a", parts=[1], login={"port": 2})
    assert (config.day, config.rate, config.level) == (dt.date(2026, 1, 2), 1.0, Level.HIGH)
    assert (config.folder, config.parts, config.login.port) == (Path("/a"), (1,), 2)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rows": "3"}, r"`rows` should be a valid integer \(given: str\)"),
        ({"rows": True}, r"`rows` should be a valid integer \(given: bool\)"),
        ({"rows": 3.0}, r"`rows` should be a valid integer \(given: float\)"),
        ({"rate": "0.5"}, r"`rate` should be a valid number \(given: str\)"),
        ({"options": {"a": 3}}, r"`options\.a` should be a valid string \(given: int\)"),
        ({"parts": ["1"]}, r"`parts\[0\]` should be a valid integer"),
        ({"either": ["1"]}, r"`either"),
        ({"typed": {"type": "1"}}, r"`typed.type` should be a valid integer"),
        ({"login": {"port": "1"}}, r"`login\.port` should be a valid integer"),
        ({"rows": 0}, r"`rows` should be greater than 0"),
    ],
)
def test_nothing_is_converted(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        make(**values)
    with pytest.raises(ConfigError, match=said):
        Load(**values)


def test_all_errors_are_listed_with_their_paths() -> None:
    with pytest.raises(ConfigError) as raised:
        make(rows="3", daj="x", login={"port": "1", "extra": 2}, others=[{}, {"user": 1}])
    text = str(raised.value)
    assert text.startswith("the config of `load`:")
    for path in ("`rows`", "`login.port`", "`login.extra`", "`others[1].user`"):
        assert path in text
    assert "`daj` is no field. Did you mean `day`?" in text


def test_a_missing_field_is_named() -> None:
    class Needs(Config):
        table: str

    with pytest.raises(ConfigError, match="`table` is missing\nNeeds takes `table`"):
        make_config(Needs, {}, where="x")


def test_given_values_never_show() -> None:
    with pytest.raises(ConfigError) as raised:
        make(rows="hunter22", login={"password": 33344455})
    assert "hunter22" not in str(raised.value)
    assert "33344455" not in str(raised.value)


def test_something_else_than_a_dict_is_refused() -> None:
    with pytest.raises(ConfigError, match="a list is given"):
        make_config(Load, [1], where="x")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["rows", "not_a_field"])
def test_fields_cannot_be_set(name: str) -> None:
    with pytest.raises(AssetbookError, match=f"setting {name} on Load"):
        setattr(Load(), name, 3)


def test_permissive_configs_keep_what_they_do_not_declare() -> None:
    class Open(PermissiveConfig):
        rows: int = 1

    assert make_config(Open, {"extra": [1]}, where="x").extra == [1]  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match="it is the environment variable `AB_X`"):
        _ = Open(extra=EnvVar("AB_X")).extra  # type: ignore[attr-defined,call-arg]


class Cat(Config):
    kind: Literal["cat"]
    lives: int = 9


class Dog(Config):
    kind: Literal["dog"]
    name: str = "rex"


class Pets(Config):
    one: Cat | Dog = Field(discriminator="kind")
    nested: Pets | None = None


def test_a_discriminator_chooses_the_class() -> None:
    pets = make_config(
        Pets, {"one": {"kind": "dog"}, "nested": {"one": {"kind": "cat"}}}, where="x"
    )
    assert pets == Pets(one=Dog(kind="dog"), nested=Pets(one=Cat(kind="cat")))
    with pytest.raises(ConfigError, match=r"`nested\.one\.cat\.lives` should be a valid integer"):
        make_config(
            Pets, {"one": pets.one, "nested": {"one": {"kind": "cat", "lives": "9"}}}, where="x"
        )


def test_a_variable_deep_inside_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AB_DEEP", "bello")
    inner = Pets(one={"kind": "dog", "name": EnvVar("AB_DEEP")})  # type: ignore[arg-type]
    resolved = resolve_config(Pets(one=Cat(kind="cat"), nested=inner))
    assert resolved.nested == Pets(one=Dog(kind="dog", name="bello"))


def test_a_subclass_may_replace_a_field() -> None:
    class Strict(Login):
        port: str = "one"  # type: ignore[assignment]
        _seen: int = 0

        @cached_property
        def address(self) -> str:
            return f"{self.user}@{self.port}"

    config = Strict(user="bea")
    assert config.address == "bea@one"
    assert hash(config) == hash(Strict(user="bea"))
    with pytest.raises(ConfigError, match="`port` should be a valid string"):
        Strict(port=1)  # type: ignore[arg-type]


def test_equal_configs_have_equal_hashes() -> None:
    assert hash(Load(rows=3)) == hash(Load(rows=3))
    assert Load(rows=3) != Load(rows=4)


def test_configs_travel_between_processes() -> None:
    config = Login(user=EnvVar("AB_USER"))
    for back in (pickle.loads(pickle.dumps(config)), copy.deepcopy(config)):
        assert repr(back) == repr(config)


def test_a_variable_is_read_at_use_only(monkeypatch: pytest.MonkeyPatch) -> None:
    config = make(rows=EnvVar.int("AB_ROWS"), login={"user": EnvVar("AB_USER")}, folder=EnvVar("F"))
    with pytest.raises(ConfigError, match=r"Load\.rows: it is the environment variable `AB_ROWS`"):
        _ = config.rows
    for name, value in {"AB_ROWS": "7", "AB_USER": "bea", "F": "/tmp/x"}.items():
        monkeypatch.setenv(name, value)
    resolved = resolve_config(config)
    assert (resolved.rows, resolved.login.user) == (7, "bea")
    assert resolved.folder == Path("/tmp/x")
    with pytest.raises(ConfigError, match="AB_ROWS"):
        _ = config.rows


def test_json_names_a_variable_by_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AB_ROWS", "7")
    config = make(rows={"env": "AB_ROWS"}, options={"env": "is a plain dict here"})
    assert resolve_config(config).rows == 7
    assert config.options == {"env": "is a plain dict here"}


def test_all_missing_variables_are_named_with_their_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AB_ROWS", raising=False)
    config = make(rows=EnvVar.int("AB_ROWS"), others=[{"user": EnvVar("AB_NOBODY")}])
    with pytest.raises(ConfigError) as raised:
        resolve_config(config, where="the config of `load`")
    assert "`AB_ROWS` for `rows` is not set" in str(raised.value)
    assert "`AB_NOBODY` for `others[0].user` is not set" in str(raised.value)


def test_a_variable_that_does_not_fit_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AB_ROWS", "hunter22")
    with pytest.raises(ConfigError, match="`rows` should be a valid integer") as raised:
        resolve_config(make(rows=EnvVar.int("AB_ROWS")))
    assert "hunter22" not in str(raised.value)


def test_a_variable_inside_a_list_is_refused() -> None:
    with pytest.raises(ConfigError, match="`options`: an EnvVar stands for a whole field"):
        make(options={"a": EnvVar("AB_X")})


class Server(Config):
    user: str = EnvVar("AB_USER")  # type: ignore[assignment]


class Deployment(Config):
    server: Server


def test_a_nested_config_has_variables_as_defaults_and_as_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AB_USER", "ann")
    for given in ({}, {"user": {"env": "AB_USER"}}):
        made = make_config(Deployment, {"server": given}, where="it")
        assert resolve_config(made).server.user == "ann"
    with pytest.raises(ConfigError, match=r"`server\.usr` is no field\. Did you mean `user`\?"):
        make_config(Deployment, {"server": {"usr": "ann"}}, where="it")


class Address(Config):
    url: str
    backup: str = "http://b"

    @field_validator("url")
    @classmethod
    def is_web(cls, url: str) -> str:
        if not url.startswith("http"):
            raise ValueError(f"no web address: {url}")
        return url

    @model_validator(mode="after")
    def differ(self) -> Address:
        if self.url == self.backup:
            raise ValueError("url and backup are the same")
        return self


def test_validators_wait_for_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Address(url=EnvVar("AB_URL"))
    monkeypatch.setenv("AB_URL", "http://a")
    assert resolve_config(config).url == "http://a"
    monkeypatch.setenv("AB_URL", "ftp://hunter22")
    with pytest.raises(ConfigError, match=r"`url`: no web address: \*\*\*"):
        resolve_config(config)
    monkeypatch.setenv("AB_URL", "http://b")
    with pytest.raises(ConfigError, match="url and backup are the same"):
        resolve_config(config)


def test_validators_hold_without_variables() -> None:
    with pytest.raises(ConfigError, match="no web address: ftp"):
        Address(url="ftp")
    with pytest.raises(ConfigError, match="are the same"):
        Address(url="http://b")


def test_what_is_read_for_a_secret_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AB_ONE", "first-of-two")
    monkeypatch.setenv("AB_API_TOKEN", "second-of-two")
    resolved = resolve_config(Login(password=EnvVar("AB_ONE"), user=EnvVar("AB_API_TOKEN")))  # type: ignore[arg-type]
    assert isinstance(resolved.password, Secret)
    assert scrub("first-of-two second-of-two") == "*** ***"


def test_what_looks_like_a_secret_in_a_variable_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its value; the name of the variable says nothing."""
    monkeypatch.setenv("AB_ADDRESS", "https://robot:looked-like-one@example.org/path")
    resolved = resolve_config(Login(password="none", user=EnvVar("AB_ADDRESS")))
    assert scrub(resolved.user) == "https://***@example.org/path"
    assert scrub("looked-like-one") == "***"
