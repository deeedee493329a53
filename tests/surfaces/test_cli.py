"""The command line: the verbs on a project's store, exit codes, plain JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.surfaces.shell import CELLS, program, saved, told

from assetbook.errors import AssetbookError, SelectionError
from assetbook.surfaces.commands import VERBS

# -- in this process


def test_without_a_verb_it_shows_the_store(project: Path) -> None:
    found = told()
    assert found.exit_code == 0
    assert "assetbook materialize numbers.ipynb +NAME" in found.stdout
    assert "1 fresh, 1 missing" in found.stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("assets",),
        ("assets", "numbers", "--checks"),
        ("show", "numbers"),
        ("lineage",),
        ("why", "numbers"),
        ("runs",),
        ("logs",),
        ("versions", "numbers"),
        ("value", "numbers"),
        ("value", "numbers@1"),
    ],
)
def test_json_can_be_read(project: Path, words: tuple[str, ...]) -> None:
    found = told(*words, "--json") if words else told("--json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout) is not None
    if words:
        assert json.loads(told("--json", *words).stdout) is not None


def test_a_value_is_printed(project: Path) -> None:
    assert told("value", "numbers").stdout == "[1, 2]\n"


def test_logs_show_what_was_printed(project: Path) -> None:
    assert "counting" in told("logs").stdout


@pytest.mark.parametrize(("words", "code"), [(("numbers",), 0), ((), 1), (("total",), 1)])
def test_check_fails_for_what_is_not_fresh(
    project: Path, words: tuple[str, ...], code: int
) -> None:
    assert told("assets", *words, "--check").exit_code == code


def test_an_error_is_raised_to_the_program(project: Path) -> None:
    found = told("show", "nubers")
    assert isinstance(found.exception, SelectionError)
    assert isinstance(found.exception, AssetbookError)


@pytest.mark.parametrize("name", [name for name in VERBS if name not in ("forget", "assetbook")])
def test_every_verb_has_help_with_examples(name: str) -> None:
    found = told(*name.split(), "--help")
    assert found.exit_code == 0
    assert f"Examples:\n    assetbook {name}" in found.stdout


@pytest.mark.parametrize("name", ["plan", "materialize"])
def test_examples_name_a_notebook_where_one_is_needed(name: str) -> None:
    lines = told(name, "--help").stdout.splitlines()
    examples = [line.strip() for line in lines if line.startswith(f"    assetbook {name}")]
    found = [each for each in examples if "--against" in each or "--detach" in each]
    assert found and all(f"assetbook {name} flights.ipynb" in each for each in found)
    assert examples[0] == f"assetbook {name} flights.ipynb"
    assert f"assetbook {name}" in examples


def test_looking_makes_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    assert "there is none yet\nA notebook that runs" in str(told("assets").exception)
    assert [each.name for each in tmp_path.iterdir()] == ["pyproject.toml"]


# -- the program itself


def test_partitions_that_are_named_are_heeded(tmp_path: Path) -> None:
    saved(tmp_path, *CELLS)
    made = program(tmp_path, "materialize", "numbers.ipynb", "numbers", "--partition", "tue")
    assert made.returncode == 1
    assert "numbers --partitions tue: nothing that it selects has partitions" in made.stderr


def test_partitions_are_heeded_over_locations(tmp_path: Path) -> None:
    saved(tmp_path, *CELLS)
    (tmp_path / "pyproject.toml").write_text('[tool.assetbook]\nlocations = ["*.ipynb"]\n')
    made = program(tmp_path, "materialize", "numbers", "--partition", "tue")
    assert made.returncode == 1
    assert "nothing that it selects has partitions" in made.stderr


def test_a_notebook_is_planned_and_materialized(tmp_path: Path) -> None:
    saved(tmp_path, *CELLS)
    planned = program(tmp_path, "plan", "numbers.ipynb", "+total", "--check", "--json")
    assert planned.returncode == 1, planned.stderr
    assert [step["name"] for step in json.loads(planned.stdout)["steps"]] == ["numbers", "total"]

    made = program(tmp_path, "materialize", "numbers.ipynb", "+total", "--json")
    assert made.returncode == 0, made.stderr
    steps = json.loads(made.stdout)["steps"]
    assert [(step["name"], step["status"]) for step in steps] == [
        ("numbers", "done"),
        ("total", "done"),
    ]

    runs = json.loads(program(tmp_path, "runs", "--json").stdout)
    assert [run["origin"]["notebook"] for run in runs] == ["numbers.ipynb"]
    assert runs[0]["origin"]["kind"] == "cli"


def test_a_failed_step_exits_with_one(tmp_path: Path) -> None:
    saved(tmp_path, CELLS[0], "%%asset bad\n1 / 0")
    made = program(tmp_path, "materialize", "numbers.ipynb")
    assert made.returncode == 1
    assert "ZeroDivisionError: division by zero" in made.stdout
    assert "cell 2, line 2" in made.stdout


def test_an_asset_that_ends_the_process_is_told(tmp_path: Path) -> None:
    saved(tmp_path, "%load_ext assetbook", "@asset\ndef leaves():\n    raise SystemExit(3)")
    ran = program(tmp_path, "materialize", "numbers.ipynb")
    assert ran.returncode == 1
    assert "its code asked to end the process (SystemExit: 3)" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_a_key_of_another_notebook_can_be_taken_over(project: Path) -> None:
    saved(project, CELLS[0], "%%asset numbers\n3", name="other.ipynb")
    made = program(project, "materialize", "other.ipynb", "--take-over")
    assert made.returncode == 0, made.stdout
    shown = program(project, "show", "nubers")
    assert (shown.returncode, shown.stderr.splitlines()[-1]) == (1, "Did you mean `numbers`?")
    assert told("value", "numbers").stdout == "3\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nothing",), 2, "No such command 'nothing'"),
        (("assets", "--nothing"), 2, "No such option"),
        (("show",), 2, "Missing argument 'NAME[@V]'"),
        (("show", "nothing"), 1, "NotLoadedError: the store of"),
        (("plan", "nothing.ipynb"), 1, "nothing.ipynb: there is no such file"),
        (("plan", "plain.ipynb"), 1, "no asset is defined here"),
    ],
)
def test_exit_codes_say_what_kind_of_failure(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    saved(tmp_path, "x = 1", name="plain.ipynb")
    found = program(tmp_path, *words)
    assert found.returncode == code
    everything = found.stdout + found.stderr
    assert said in everything, everything
    assert "Traceback" not in everything
