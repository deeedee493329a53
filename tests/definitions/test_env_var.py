"""Environment variables as values: read when asked, never before, never shown."""

from __future__ import annotations

import copy
import pickle

import pytest

from assetbook.definitions.env_var import EnvVar, IntEnvVar, is_env_var, looks_secret
from assetbook.errors import ConfigError


def test_a_variable_is_read_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    variable = EnvVar("AB_HOST")
    monkeypatch.setenv("AB_HOST", "one")
    assert variable.get_value() == "one"
    monkeypatch.setenv("AB_HOST", "two")
    assert variable.get_value() == "two"


def test_a_missing_variable_is_none_or_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AB_HOST", raising=False)
    assert EnvVar("AB_HOST").get_value() is None
    assert EnvVar("AB_HOST").get_value("local") == "local"
    assert EnvVar.int("AB_HOST").get_value(5) == 5


def test_an_int_variable_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AB_PORT", "5432")
    assert EnvVar.int("AB_PORT").get_value() == 5432


def test_a_bad_number_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AB_PORT", "hunter22")
    with pytest.raises(ConfigError, match="`AB_PORT`: its value is not a whole number") as raised:
        EnvVar.int("AB_PORT").get_value()
    assert "hunter22" not in str(raised.value)
    assert raised.value.__context__ is None


def test_a_variable_fits_fields_of_its_type() -> None:
    assert isinstance(EnvVar("A"), str)
    assert isinstance(EnvVar.int("A"), int)


@pytest.mark.parametrize("use", [str, "{}".format, lambda variable: f"{variable:>5}"])
@pytest.mark.parametrize("variable", [EnvVar("AB_HOST"), EnvVar.int("AB_HOST")], ids=repr)
def test_using_it_directly_is_refused(use: object, variable: object) -> None:
    with pytest.raises(ConfigError, match="`AB_HOST`: its value was asked for before"):
        use(variable)  # type: ignore[operator]


def test_its_repr_is_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AB_HOST", "hunter22")
    assert repr(EnvVar("AB_HOST")) == "EnvVar('AB_HOST')"
    assert repr(EnvVar.int("AB_HOST")) == "EnvVar.int('AB_HOST')"


@pytest.mark.parametrize("variable", [EnvVar("AB_HOST"), EnvVar.int("AB_HOST")], ids=repr)
def test_it_travels_between_processes(variable: EnvVar | IntEnvVar) -> None:
    for back in (pickle.loads(pickle.dumps(variable)), copy.deepcopy(variable)):
        assert is_env_var(back)
        assert back.env_var_name == "AB_HOST"


@pytest.mark.parametrize("name", ["", "A=B", "A\0", 3])
def test_a_name_no_variable_can_have_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="no name of an environment variable"):
        EnvVar(name)


def test_names_tell_secrets() -> None:
    assert looks_secret("DB_PASSWORD")
    assert looks_secret("github_token")
    assert not looks_secret("DB_HOST")
    assert not looks_secret("KEY_COLUMN")
