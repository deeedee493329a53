"""Every verb and magic has help, an example and completion; shell and magics take the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from tests.surfaces.book import Book

from assetbook.surfaces.cli import cli
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.completion import completions_of

MAGICS = [*VERBS, "%asset", "%sql_asset"]
IN_SHELL = [name for name in VERBS if name not in ("forget", "assetbook")]
ONLY_IN_SHELL = {
    "--format",
    "--pinned",
    "--json",
    "--check",
    "--store",
    "--load",
    "--location",
}


def magic_options(book: Book, name: str) -> set[str]:
    return {each for each in completions_of(book.live, f"%{name} -") if each.startswith("--")}


def command_of(name: str) -> click.Command:
    found: click.Command = cli
    for word in name.split():
        assert isinstance(found, click.Group)
        found = found.commands[word]
    return found


def shell_offers(*words: str) -> list[str]:
    """What a shell is given for the last of ``words``."""
    *before, last = words
    found = ShellComplete(cli, {}, "assetbook", "_X").get_completions(before, last)
    return [each.value for each in found if each.type == "plain"]


@pytest.mark.parametrize("name", MAGICS)
def test_every_magic_has_help_examples_and_completion(book: Book, name: str) -> None:
    shown = book.run(f"%{name} --help")
    assert re.search(rf"Examples:\n +%{name}\b", shown)
    assert "--help" in magic_options(book, name)
    for option in magic_options(book, name):
        assert re.search(rf"{option}\b.*  \S|{option}\b.*\n +\S", shown), option


@pytest.mark.parametrize("name", IN_SHELL)
def test_every_verb_has_help_examples_and_completion(name: str) -> None:
    command = command_of(name)
    shown = command.get_help(click.Context(command, info_name=f"assetbook {name}"))
    assert f"Examples:\n    assetbook {name}" in shown
    *family, last = name.split()
    assert "--help" in shell_offers(*family, last, "--")
    assert last in shell_offers(*family, last[:3])


@pytest.mark.parametrize("name", IN_SHELL)
def test_shell_and_magic_have_the_same_options(book: Book, name: str) -> None:
    given = {option for param in command_of(name).params for option in param.opts}
    options = {option for option in given if option.startswith("--")}
    assert options - ONLY_IN_SHELL | {"--help"} == magic_options(book, name)
    assert "--json" in options


@pytest.mark.parametrize("name", IN_SHELL)
def test_every_example_of_the_shell_can_be_typed(name: str) -> None:
    command = command_of(name)
    shown = command.get_help(click.Context(command, info_name=name))
    examples = re.findall(rf"^ +assetbook {name}(.*)$", shown, re.MULTILINE)
    assert examples
    for example in examples:
        command.make_context(name, shlex.split(example))


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("show", "n"), ["numbers"]),
        (("why", ""), ["numbers", "total"]),
        (("value", "t"), ["total"]),
        (("versions", "x"), []),
        (("value", "numbers@"), ["numbers@1"]),
        (("show", "numbers@2"), []),
        (("diff", "n"), ["numbers"]),
        (("diff", "numbers@1", "t"), ["total"]),
        (("assets", "+t"), ["+total"]),
        (("lineage", "numbers", "t"), ["total"]),
        (("materialize", "numbers.ipynb", "t"), ["total"]),
        (("plan", "numbers.ipynb", "--fo"), ["--force", "--format"]),
    ],
)
@pytest.mark.usefixtures("project")
def test_a_shell_completes_the_names_that_the_store_knows(
    words: tuple[str, ...], offered: list[str]
) -> None:
    assert shell_offers(*words) == offered


@pytest.mark.usefixtures("project")
def test_a_shell_completes_runs() -> None:
    [run] = shell_offers("logs", "")
    assert shell_offers("logs", run[:3]) == [run]


def test_completing_makes_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    assert shell_offers("show", "") == shell_offers("logs", "") == []
    assert [each.name for each in tmp_path.iterdir()] == ["pyproject.toml"]


def test_what_the_overview_suggests_runs_in_a_notebook(book: Book) -> None:
    book.run("@asset\ndef orders():\n    return 1")
    book.run("%materialize")
    run = book.instance.runs()[0].id
    book.run("%assetbook")
    lines = re.findall(r"^  (%\S.*?)  ", str(book.result), re.MULTILINE)
    book.run("again = define_asset_job('again', 'orders')")
    names = {"NAME@3": "orders@1", "NAME": "orders", "RUN": run, "JOB": "again"}
    assert len(lines) == 11
    for line in lines:
        for word, name in names.items():
            line = line.replace(word, name)
        book.run(line)
