"""`assetbook init` writes a notebook that runs as it is."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from tests.surfaces.shell import program, told

from assetbook.errors import UsageError
from assetbook.surfaces.starter import write_starter


@pytest.mark.parametrize("how", [(), ("--load", "all")])
def test_what_it_writes_runs(project: Path, how: tuple[str, ...]) -> None:
    written = told("init")
    assert (written.exit_code, "assetbook materialize first.ipynb" in written.stdout) == (0, True)
    nbformat.validate(nbformat.read(project / "first.ipynb", as_version=4))
    made = program(project, "materialize", "first.ipynb", *how)
    assert (made.returncode, made.stderr) == (0, "")
    shown = told("show", "large_orders").stdout
    assert "nothing_small" in shown and "2 rows" in shown


def test_a_file_that_is_there_is_left_alone(project: Path) -> None:
    (project / "first.ipynb").write_text("mine")
    assert told("init").exit_code == 1
    with pytest.raises(UsageError, match=r"there is one already\nGive another name"):
        write_starter(Path("first.ipynb"))
    assert (project / "first.ipynb").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "match"),
    [("first.txt", "`first.ipynb`?"), ("no/such/first.ipynb", "No such file or directory")],
)
def test_a_wrong_place_says_what_is_wrong(project: Path, name: str, match: str) -> None:
    with pytest.raises(UsageError, match=match.replace("?", r"\?")):
        write_starter(Path(name))
    assert not list(project.rglob("first.*"))
