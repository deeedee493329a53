"""What a definition is at this moment: code, configuration, files, readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.config import Config
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.secret import Secret
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.untracked import Untracked
from assetbook.instance.provenance import Tracked, definition_key
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager
from assetbook.keys import AssetKey
from assetbook.notebook.versioner import Versioner

KEY = b"one store's key"


class Login(Config):
    user: str = "ada"
    password: Secret = Secret("correct horse")


class Rate(ConfigurableResource):
    factor: int = 2


class Shelf(IOManager):
    def handle_output(self, context: OutputContext, obj: Any) -> None: ...

    def load_input(self, context: InputContext) -> Any: ...


@asset
def plain() -> int:
    return 1


@asset
def logged_in(config: Login) -> str:
    return config.user


@asset
def priced(rate: Rate) -> int:
    return rate.factor


@asset(io_manager_key="shelf")
def shelved() -> int:
    return 1


@asset(required_resource_keys={"rate"})
def told_by_its_context(context: AssetExecutionContext) -> int:
    factor: int = context.resources.rate.factor
    return factor


@asset(reads="*.csv")
def rows() -> int:
    return len(Path("a.csv").read_text())


@asset_check(asset=plain)
def is_one(plain: int) -> bool:
    return plain == 1


def tracked(folder: Path, *, key: bytes = KEY, config: Any = None, **resources: object) -> Tracked:
    versioner = Versioner(definition_of=definition_key, project_root=folder)
    return Tracked(versioner, lambda: resources, key, folder, config)


def digest(provenance: Tracked, definition: AssetsDefinition) -> str:
    parts, _ = provenance.config_of(definition)
    assert parts is not None
    return parts.digest


def test_without_configuration_there_is_none(tmp_path: Path) -> None:
    assert tracked(tmp_path).config_of(plain) == (None, None)


def test_configuration_shows_with_its_secrets_masked(tmp_path: Path) -> None:
    parts, shown = tracked(tmp_path).config_of(logged_in)
    assert parts is not None
    assert set(json.loads(parts.text)) == {"user", "password"}
    assert shown is not None
    assert ("ada" in shown, "***" in shown, "correct horse" in shown) == (True, True, False)


def test_the_hash_of_a_secret_is_of_this_store(tmp_path: Path) -> None:
    one, other = tracked(tmp_path), tracked(tmp_path, key=b"another store's key")
    assert digest(one, logged_in) != digest(other, logged_in)


def test_a_runs_own_configuration_counts_for_it(tmp_path: Path) -> None:
    provenance = tracked(tmp_path)
    given = provenance.with_run_config({"logged_in": {"user": "bob"}})
    assert "bob" in str(given.config_of(logged_in)[1])
    assert "bob" not in str(provenance.config_of(logged_in)[1])


def test_settings_of_a_resource_count(tmp_path: Path) -> None:
    two, three = tracked(tmp_path, rate=Rate(factor=2)), tracked(tmp_path, rate=Rate(factor=3))
    assert digest(two, priced) != digest(three, priced)
    assert digest(two, priced) == digest(tracked(tmp_path, rate=Rate()), priced)


def test_settings_of_a_resource_in_the_context_alone_count(tmp_path: Path) -> None:
    two, three = tracked(tmp_path, rate=Rate(factor=2)), tracked(tmp_path, rate=Rate(factor=3))
    assert digest(two, told_by_its_context) != digest(three, told_by_its_context)


def test_another_manager_for_its_values_counts(tmp_path: Path) -> None:
    assert tracked(tmp_path).config_of(shelved) == (None, None)
    parts, _ = tracked(tmp_path, shelf=Shelf()).config_of(shelved)
    assert parts is not None
    assert list(json.loads(parts.text)) == ["I/O manager shelf"]


def test_an_object_that_cannot_be_versioned_is_unknown(tmp_path: Path) -> None:
    import socket

    with socket.socket() as connection:
        code = tracked(tmp_path, rate=connection).code_of(priced)
    assert code is not None
    assert code.unknowns != ()


def test_checks_have_a_code_version_too(tmp_path: Path) -> None:
    code = tracked(tmp_path).code_of(is_one)
    assert code is not None
    assert code.unknowns == ()


def test_files_count_by_their_content(tmp_path: Path) -> None:
    provenance = tracked(tmp_path)
    (tmp_path / "a.csv").write_text("1")
    first = provenance.reads_of(rows)
    (tmp_path / "a.csv").write_text("22")
    second = provenance.reads_of(rows)
    assert first is not None
    assert second is not None
    assert list(json.loads(first.text)) == ["a.csv"]
    assert first.digest != second.digest


def test_no_file_is_a_finding_of_its_own(tmp_path: Path) -> None:
    provenance = tracked(tmp_path)
    missing = provenance.reads_as_found(rows)
    (tmp_path / "a.csv").write_text("1")
    assert missing is not None
    assert missing != provenance.reads_as_found(rows)


def test_readers_of_named_files_are_settled(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    provenance = tracked(tmp_path)
    code = provenance.code_of(rows)
    assert provenance.as_of_readers(rows, code, (str(tmp_path / "a.csv"), "db:5432")) == (
        "db:5432",
    )


@pytest.mark.parametrize(
    ("value", "key"), [(plain, AssetKey("plain")), (is_one, AssetKey("plain")), (3, None)]
)
def test_a_definition_is_known_by_its_key(value: object, key: AssetKey | None) -> None:
    assert definition_key(value) == key


def test_in_memory_nothing_is_kept() -> None:
    none = Untracked()
    none.clear_caches(plain)
    assert none.code_of(plain) is none.reads_of(plain) is None
    assert (none.config_of(plain), none.as_of_readers(plain, None, ("a",))) == ((None, None), ())
