"""A notebook that is loaded without being run: the same as what ran, or told what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.surfaces.book import opened
from tests.surfaces.shell import program, told

from assetbook.instance.instance import Instance
from assetbook.instance.lived_records import known_records, lived_of
from assetbook.surfaces.code_location import load_definitions

SETUP = "%load_ext assetbook\nimport datetime, os, random"


def write(folder: Path, cells: Mapping[str, str], name: str = "book.ipynb") -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(text, id=name) for name, text in cells.items()]
    nbformat.write(notebook, folder / name)
    return folder / name


def lived(folder: Path, cells: Mapping[str, str]) -> None:
    """A session runs these cells, each with its id, in this order."""
    (folder / "pyproject.toml").touch()
    with opened(folder) as book:
        for name, text in cells.items():
            book.run(text, name)


def planned(folder: Path) -> dict[str, Any]:
    found = program(folder, "plan", "book.ipynb", "--json")
    assert found.returncode == 0, found.stderr
    answers: dict[str, Any] = json.loads(found.stdout)["parity"]
    return answers


def of(name: str) -> str:
    """An asset that is what a variable is."""
    return f"@asset\ndef a_{name.lower()}():\n    return {name}"


RAN = {
    "same": "SAME = 1",
    "comments": "COMMENTS = 1",
    "edited": "EDITED = 1",
    "base": "BASE = 1",
    "made_of": "MADE_OF = BASE + 1",
    "alias": "ALIAS = [1]\nheld = {'x': ALIAS}",
    "append": "held['x'].append(2)",
    "chance": "CHANCE = random.random()",
    "drawn": "DRAWN = list(set('abcdefghijklmnop'))",
    "clock": "CLOCK = datetime.datetime.now().microsecond",
    "text": "TEXT = 1",
    "by_text": "%time TEXT = 5",
    "second": "ORDER = 2",
    "first": "ORDER = 1",
    "gone": "GONE = [1]",
    "was": "GONE.append(2)",
    "other": "SAME",
    **{f"of_{name}": of(name) for name in (
        *("SAME", "COMMENTS", "EDITED", "MADE_OF", "ALIAS", "CHANCE"),
        *("DRAWN", "CLOCK", "TEXT", "ORDER", "GONE"),
    )},
}  # fmt: skip
FILE = {
    "setup": SETUP,
    **{name: text for name, text in RAN.items() if name not in ("was", "second", "first")},
    "comments": "# all of it\nCOMMENTS  =  1",
    "edited": "EDITED = 2",
    "base": "BASE = 7",
    "first": RAN["first"],
    "second": RAN["second"],
    "other": "SAME, 'looked at in another way'",
    "new": "NEW = 1",
    "of_NEW": of("NEW"),
}
EXPECTED = {
    "same": ("proven", "the same code as in the session"),
    "comments": ("proven", "the same code as in the session"),
    "edited": ("edited since", "others than in the session: cell 4, `EDITED = 2`"),
    "made_of": ("edited since", "others than in the session: cell 5, `BASE = 7`"),
    "alias": ("proven", "the same code as in the session"),
    "chance": ("volatile", "`CHANCE` is read anew at each load (`random.random`, cell 9)"),
    "drawn": ("volatile", "`DRAWN` is drawn anew at each load"),
    "clock": ("volatile", "`CLOCK` is read anew at each load (`datetime.datetime.now`, cell 11)"),
    "text": (
        "differs",
        "`TEXT` is 5 in the session, 1 when loaded (not loaded: cell 13, `%time TEXT = 5`)",
    ),
    "order": (
        "differs",
        "`ORDER` is 1 in the session, 2 when loaded (not loaded: cell 27, `ORDER = 1`)",
    ),
    "gone": ("edited since", "others than in the session: 1 that ran is not there any more"),
    "new": ("unproven", "no run of its cells is recorded to compare with"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose notebook ran in a session, and was edited and saved since."""
    folder = tmp_path_factory.mktemp("parity")
    lived(folder, {"setup": SETUP, **RAN})
    write(folder, FILE)
    return folder


@pytest.fixture(autouse=True)
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shell is in the project."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    yield
    Instance.get(folder).close()


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, Any]:
    return planned(folder)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_load_is_compared_with_the_session(name: str, answers: dict[str, Any]) -> None:
    found = answers[f"a_{name}"]
    assert (found["answer"], found["reason"]) == EXPECTED[name]


def test_answers_stay_in_the_store(folder: Path, answers: dict[str, Any]) -> None:
    rows = json.loads(told("assets", "--json").stdout)
    found = {row["key"]: row["parity"] for row in rows if row["parity"]}
    assert {key: each["answer"] for key, each in found.items()} == {
        key: each["answer"] for key, each in answers.items()
    }
    shown = told("assets").stdout
    assert re.search(r"a_order +.* ✕ differs", shown)


def test_a_run_carries_its_answers(folder: Path, answers: dict[str, Any]) -> None:
    made = program(folder, "materialize", "book.ipynb", "a_same", "a_edited", "--json")
    assert made.returncode == 0, made.stderr
    [run] = json.loads(told("runs", "--limit", "1", "--json").stdout)
    assert run["origin"]["parity"] == {"a_same": "proven", "a_edited": "edited since"}
    assert json.loads(made.stdout)["parity"]["a_same"] == answers["a_same"]
    assert "· 1 proven, 1 edited since" in told("runs").stdout


def test_what_differs_is_not_materialized(folder: Path) -> None:
    made = program(folder, "materialize", "book.ipynb", "a_text")
    assert made.returncode == 1
    assert "`a_text`: `TEXT` is 5 in the session, 1 when loaded" in made.stderr
    assert made.stderr.splitlines()[-1].startswith("Tag the cell that is lacking `assetbook:load`")
    whole = program(folder, "materialize", "book.ipynb", "a_text", "--load", "all")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert told("value", "a_text").stdout == "5\n"


def test_cells_that_ran_count_also_if_they_were_loaded_before(tmp_path: Path) -> None:
    cells = {"setup": SETUP, "rate": "RATE = 1", "of": of("RATE")}
    lived(tmp_path, cells)
    edited = {**cells, "rate": "RATE = 2"}
    load_definitions(write(tmp_path, edited), in_process=True)
    lived(tmp_path, edited)
    instance = Instance.get(tmp_path)
    records = known_records(instance, "book.ipynb")
    [(key, (ran, _, _))] = lived_of(instance, records).items()
    assert ran.code.digest == records[key].code
