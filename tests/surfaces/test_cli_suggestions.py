"""What the command line suggests can be typed as it is printed; its failures are sentences."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from tests.surfaces.book import opened
from tests.surfaces.shell import CELLS, program, saved, told

from assetbook.errors import AssetbookError
from assetbook.instance.instance import Instance
from assetbook.surfaces.cli import cli
from assetbook.surfaces.suggestion import NEED_NOTEBOOK


def suggested(text: str) -> list[str]:
    """The commands at the ends of lines, each once."""
    return list(dict.fromkeys(re.findall(r": (assetbook .+)$", text, re.MULTILINE)))


def test_what_the_overview_suggests_can_be_typed(project: Path) -> None:
    run = Instance.get(project).runs()[0].id
    lines = re.findall(r"^  (assetbook \S.*?)  ", told().stdout, re.MULTILINE)
    assert len(lines) == 11
    for line in lines:
        words = line.replace("NAME@3", "numbers@1").replace("NAME", "numbers").replace("RUN", run)
        _, verb, *rest = shlex.split(words)
        if verb in NEED_NOTEBOOK:  # a kernel of its own: the words are read, and name the notebook
            assert rest[0] == "numbers.ipynb"
            cli.commands[verb].make_context(verb, rest)
        else:
            assert told(verb, *rest).exit_code == 0, line


def test_several_notebooks_leave_a_place_for_one(project: Path) -> None:
    with opened(project, "other.ipynb") as book:
        book.run("@asset\ndef more():\n    return 1")
    assert "assetbook plan NOTEBOOK +NAME" in told().stdout
    (project / "other.ipynb").unlink()
    assert "assetbook plan numbers.ipynb +NAME" in told().stdout


def test_a_selection_of_nothing_says_how_to_see_all(project: Path) -> None:
    for verb in ("assets", "lineage"):
        found = told(verb, "group:no")
        said = f"`group:no` matches none of the 2 assets. `assetbook {verb}` shows all.\n"
        assert (found.exit_code, found.stdout) == (0, said)
    assert told("assets", "group:no", "--check").exit_code == 1
    assert json.loads(told("assets", "group:no", "--json").stdout) == []


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("show", "zzz"), "`assetbook assets` lists them."),
        (("value", "numbers@x"), "`assetbook versions numbers` lists them."),
        (("versions", "total"), "`assetbook materialize numbers.ipynb total` makes the first"),
    ],
)
def test_errors_suggest_commands_of_the_shell(
    project: Path, words: tuple[str, ...], remedy: str
) -> None:
    error = told(*words).exception
    assert isinstance(error, AssetbookError)
    assert remedy in error.remedy


def test_what_a_failed_run_suggests_runs_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = "@asset_check(asset=prices, blocking=True)\ndef is_fine(prices):\n    return False"
    cells = ("@asset\ndef prices():\n    return [1]", check, "%%asset total\nsum(prices)")
    saved(tmp_path, CELLS[0], *cells, name="my prices.ipynb")
    made = program(tmp_path, "materialize", "my prices.ipynb", "total")
    assert made.returncode == 1
    assert "the blocking check `is_fine` failed" in made.stdout
    forced, logs, *_ = suggested(made.stdout)
    assert forced == "assetbook materialize 'my prices.ipynb' total --force"
    assert logs.endswith(" --step prices:is_fine")
    monkeypatch.chdir(tmp_path)
    assert told(*shlex.split(logs)[1:]).exit_code == 0
    Instance.get(tmp_path).close()
    again = program(tmp_path, *shlex.split(forced)[1:])
    assert "done  total" in again.stdout
    assert "By --force `total` used it as it is." in again.stdout


def test_json_of_a_failed_check_has_what_it_said(tmp_path: Path) -> None:
    check = (
        "@asset_check(asset=prices, blocking=True)\ndef is_fine(prices):\n"
        "    return assetbook.AssetCheckResult(False, metadata={'bad': 1}, description='odd')"
    )
    cells = ("import assetbook", "@asset\ndef prices():\n    return [1]", check)
    saved(tmp_path, CELLS[0], *cells)
    made = program(tmp_path, "materialize", "numbers.ipynb", "--json")
    [_, checked] = json.loads(made.stdout)["steps"]
    assert made.returncode == 1
    assert checked["checks"][0]["description"] == "odd"
    assert checked["checks"][0]["metadata"]["bad"]["value"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "numbers.ipynb", "totl"), "Did you mean `total`?"),
        (("materialize", "numbers.ipynb", "group:no", "--json"), "it selects no asset"),
        (("plan", "bare.ipynb"), "no asset is defined here"),
        (("plan", "cell.ipynb"), "cell 2 of the notebook, `n = 1 / 0`: ZeroDivisionError"),
        (("plan", "text.ipynb", "--json"), "it cannot be read: it is not JSON"),
    ],
)
def test_failures_are_plain_sentences(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    saved(tmp_path, *CELLS[:3])
    saved(tmp_path, CELLS[0], name="bare.ipynb")
    saved(tmp_path, CELLS[0], "n = 1 / 0", "@asset\ndef a():\n    return n", name="cell.ipynb")
    (tmp_path / "text.ipynb").write_text("no json")
    found = program(tmp_path, *words)
    assert (found.returncode, found.stdout) == (1, "")
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_help_names_the_command_however_it_was_started(tmp_path: Path) -> None:
    found = program(tmp_path, "plan", "--help")
    assert found.returncode == 0
    assert found.stdout.startswith("Usage: assetbook plan [OPTIONS] [NOTEBOOK] [SELECTION]...")
