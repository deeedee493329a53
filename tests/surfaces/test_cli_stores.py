"""``--store`` goes with every command, before or behind the verb."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.surfaces.book import opened
from tests.surfaces.shell import CELLS, program, saved, told
from tests.surfaces.test_every_verb import shell_offers

from assetbook.errors import ConfigError, NotLoadedError

SETTINGS = """
[tool.assetbook]
store = "dev"
read_through = "prod"
stores = {dev = ".assetbook", prod = "p"}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in whose store ``prod`` a notebook made one asset of two."""
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    with opened(tmp_path, "numbers.ipynb", store="prod") as book:
        book.run(CELLS[1])
        book.run(CELLS[2])
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    return tmp_path


def versions(*words: str) -> list[tuple[str | None, int | None]]:
    found = told(*words, "--json")
    assert found.exit_code == 0, found.output
    return [(row["store"], row["version"]) for row in json.loads(found.stdout)]


@pytest.mark.usefixtures("project")
def test_a_shell_reads_through_too() -> None:
    assert versions("assets", "numbers") == [("prod", 1)]
    assert "from prod" in told("why", "numbers").stdout
    assert told("value", "numbers@prod:1").stdout == "[1, 2]\n"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "words", [("--store", "prod", "assets", "numbers"), ("assets", "numbers", "--store", "prod")]
)
def test_a_store_is_named_before_or_behind_the_verb(words: tuple[str, ...]) -> None:
    assert versions(*words) == [(None, 1)]
    assert "ASSETBOOK_STORE" not in os.environ


@pytest.mark.usefixtures("project")
def test_without_a_verb_the_named_store_is_shown() -> None:
    assert "reads through to" in told().stdout
    shown = told("--store", "prod").stdout
    assert "prod:" in shown and "reads through to" not in shown


@pytest.mark.usefixtures("project")
def test_an_unknown_store_is_refused() -> None:
    found = told("assets", "--store", "prd")
    assert isinstance(found.exception, ConfigError)
    assert "Did you mean `prod`?" in str(found.exception)


def test_a_named_store_that_is_not_there_is_not_made(project: Path) -> None:
    (project / "pyproject.toml").write_text(SETTINGS.replace('"p"', '"q"'))
    found = told("assets", "--store", "prod")
    assert isinstance(found.exception, NotLoadedError)
    assert not (project / "q").exists()


def test_a_missing_store_is_said_beside_the_answer(project: Path) -> None:
    (project / "p").rename(project / "elsewhere")
    found = told("assets", "--json")
    assert json.loads(found.stdout) == []
    assert "the store `prod` is not there" in found.stderr


@pytest.mark.usefixtures("project")
def test_stores_and_their_names_are_completed() -> None:
    assert shell_offers("assets", "--store", "p") == ["prod"]
    assert shell_offers("value", "numbers@prod:") == ["numbers@prod:1"]
    assert shell_offers("--store", "prod", "value", "n") == ["numbers"]


def test_a_notebook_is_run_in_the_named_store(tmp_path: Path) -> None:
    notebook = saved(tmp_path, *CELLS[:3])
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / ".assetbook").mkdir()
    done = program(tmp_path, "materialize", notebook.name, "numbers", "--store", "prod")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "p" / "assetbook.db").exists()
    assert not (tmp_path / ".assetbook" / "assetbook.db").exists()
