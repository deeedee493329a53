"""``--config``: fields, files and JSON text; in a cell and in a shell."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import program, saved

from assetbook.errors import ConfigError
from assetbook.surfaces.config_option import config_of

WINDOW = """\
class Window(Config):
    size: int = 10
    day: str = "monday"

@asset
def window(config: Window):
    return [config.size, config.day]
"""


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([], None),
        (["window.size=3"], {"ops": {"window": {"config": {"size": 3}}}}),
        (["window.day=friday"], {"ops": {"window": {"config": {"day": "friday"}}}}),
        (['window.day="3"'], {"ops": {"window": {"config": {"day": "3"}}}}),
        (["a.b.c=true"], {"ops": {"a": {"config": {"b": {"c": True}}}}}),
        (["resources.r.host=x=y"], {"resources": {"r": {"config": {"host": "x=y"}}}}),
        (['{"a": {"b": 1}}', "a.c=2"], {"ops": {"a": {"config": {"b": 1, "c": 2}}}}),
        (['{"ops": {"a": {"config": {"b": 1}}}}'], {"ops": {"a": {"config": {"b": 1}}}}),
    ],
)
def test_what_is_given_is_read(given: list[str], read: object) -> None:
    assert config_of(given) == read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.json", '{"window": {"size": 4}}'),
        ("c.toml", "[window]\nsize = 4"),
        ("c.yaml", "ops:\n  window:\n    config:\n      size: 4"),
    ],
)
def test_files_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert config_of([str(tmp_path / name)]) == {"ops": {"window": {"config": {"size": 4}}}}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("window=3", "it does not say whose field that is"),
        ("gone.json", "it is no file that can be read"),
        ("{ops: {}}", "it cannot be read.*\n.*single quotes"),
    ],
)
def test_what_cannot_be_read_is_told(given: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        config_of([given])


def test_a_cell_configures_its_run(book: Book) -> None:
    book.run(WINDOW)
    book.run("%materialize window --config window.size=3 --config window.day=friday")
    assert book.instance.value("window") == [3, "friday"]
    assert "config changed" in book.run("%plan window")
    assert "all fresh" in book.run(
        """%plan window --config '{"window": {"size": 3, "day": "friday"}}'"""
    )
    with pytest.raises(CellFailedError, match="Did you mean `window`"):
        book.run("%materialize --config windw.size=3")


def test_a_shell_configures_its_run(tmp_path: Path) -> None:
    saved(tmp_path, "%load_ext assetbook", f"from assetbook import Config\n{WINDOW}")
    (tmp_path / "run.toml").write_text('[window]\nday = "sunday"')
    words = ("numbers.ipynb", "--config", "run.toml", "--config", "window.size=2")
    found = program(tmp_path, "materialize", *words)
    assert found.returncode == 0, found.stderr
    assert program(tmp_path, "value", "window").stdout == "[2, 'sunday']\n"
    unnamed = program(tmp_path, "plan", "--config", "window.size=2")
    assert unnamed.returncode == 2
