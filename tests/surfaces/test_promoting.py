"""A messy notebook is promoted without a store: unproven, settled, locked; then validated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest
from tests.kernels.notebooks import written
from tests.surfaces.shell import program

from assetbook.instance.instance import Instance
from assetbook.instance.lock_file import LOCK, read_lock
from assetbook.keys import AssetKey
from assetbook.storage.sources import SourcesGoing, SourceUse

FLIGHTS = Path(__file__).resolve().parents[2] / "notebooks" / "flights.ipynb"
EXPLORING = (
    "flights",
    "1 / 0",
    "!echo looking",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])",
    "tried = [1, 2]\ntried.append(3)",
    "MINUTES = 15\nMINUTES += 1",
    "sample = pd.DataFrame({'a': [1, 2]})\nsample['b'] = sample['a'] * 2",
    "sample.plot()",
    "def late(x):\n    return x > 15",
    "def late(x):\n    return x > 30",
    "late(20)",
    "undefined_name",
    "%timeit -n1 -r1 sum(range(10))",
    "copy = sample.copy()\ncopy.drop(columns='b', inplace=True)",
    "print(copy.describe())",
)


def saved(path: Path, cells: Mapping[str, str]) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(text, id=name) for name, text in cells.items()]
    nbformat.write(notebook, path)


def messy(folder: Path) -> Path:
    """The real notebook with 30 exploratory cells between its own, in a folder of its own."""
    (folder / "pyproject.toml").touch()
    notebook = nbformat.read(FLIGHTS, as_version=4)
    own = list(notebook.cells)
    notebook.cells = []
    for at in range(max(len(own), 30)):
        notebook.cells += own[at : at + 1]
        if 2 <= at < 32:
            text = EXPLORING[at % len(EXPLORING)]
            notebook.cells.append(nbformat.v4.new_code_cell(text, id=f"exploring-{at}"))
    for at in range(30, 32):
        notebook.cells.append(nbformat.v4.new_code_cell(EXPLORING[at - 30], id=f"exploring-{at}"))
    nbformat.write(notebook, folder / "flights.ipynb")
    return folder / "flights.ipynb"


def bundles_in(folder: Path) -> list[str]:
    """The digests of the bundles that the project's store keeps."""
    found: list[str] = []

    def look(use: SourceUse) -> SourcesGoing:
        found.extend(each.content.digest for each in use.contents if each.content.kind == "bundle")
        return SourcesGoing()

    Instance.get(folder).own.drop_sources(look)
    return found


def test_a_messy_notebook_is_promoted_in_a_fresh_clone(tmp_path: Path) -> None:
    notebook = messy(tmp_path)
    before = notebook.read_bytes()
    tried = program(tmp_path, "promote", "flights.ipynb", "--dry-run", "--json")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    found = json.loads(tried.stdout)["findings"]
    assert len(found) == 14
    assert bundles_in(tmp_path) == []
    assert all("when all cells ran" in each["found"] for each in found)
    assert not (tmp_path / LOCK).exists()

    made = program(tmp_path, "promote", "flights.ipynb")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "14 assets locked in assetbook.lock; its pin is this source" in made.stdout
    assert notebook.read_bytes() == before
    assert len(bundles_in(tmp_path)) == 1
    checked = program(tmp_path, "validate")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "validate: 1 location, all well" in checked.stdout


CELLS = {
    "setup": "%load_ext assetbook\nimport random",
    "rate": "RATE = 1",
    "chance": "CHANCE = random.random()",
    "orders": "@asset\ndef orders():\n    return RATE",
    "drawn": "@asset\ndef drawn():\n    return CHANCE",
}


@pytest.mark.long
def test_what_is_drawn_anew_is_locked_without_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    saved(tmp_path / "a.ipynb", CELLS)
    made = program(tmp_path, "promote", "a.ipynb")
    assert made.returncode == 0, made.stdout + made.stderr
    locked = read_lock(tmp_path / LOCK).of(tmp_path / "a.ipynb")
    assert locked[AssetKey("drawn")].without == ("CHANCE",)

    saved(tmp_path / "a.ipynb", CELLS | {"rate": "RATE = 2"})
    checked = program(tmp_path, "validate", "a.ipynb", "--json")
    assert checked.returncode == 1
    found = {each["what"]: each["status"] for each in json.loads(checked.stdout)["findings"]}
    assert found == {"a.ipynb orders": "bad", "a.ipynb drawn": "good"}
    again = program(tmp_path, "promote", "a.ipynb")
    assert again.returncode == 1
    assert "cell 2, `RATE = 2`" in again.stdout
    assert read_lock(tmp_path / LOCK).of(tmp_path / "a.ipynb") == locked
    assert "`assetbook plan NOTEBOOK --load all`" in again.stdout
    assert program(tmp_path, "plan", "a.ipynb", "--load", "all").returncode == 0
    assert program(tmp_path, "promote", "a.ipynb").returncode == 0


def test_the_pin_runs_what_was_promoted(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    saved(tmp_path / "a.ipynb", CELLS)
    assert program(tmp_path, "promote", "a.ipynb").returncode == 0
    saved(tmp_path / "a.ipynb", CELLS | {"rate": "RATE = 2"})
    part = program(tmp_path, "promote", "a.ipynb", "drawn")
    assert "its pin stays, since 1 other asset would not be the same" in part.stdout
    made = program(tmp_path, "materialize", "a.ipynb", "orders", "--pinned")
    assert (made.returncode, made.stderr) == (0, "")
    assert program(tmp_path, "value", "orders").stdout.strip() == "1"


SECRET = "@asset\ndef orders():\n    password = 'tiger7scott9'\n    return RATE"


def test_a_source_with_a_secret_is_not_promoted(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    saved(tmp_path / "a.ipynb", CELLS | {"orders": SECRET})
    for dry in ([], ["--dry-run"]):
        made = program(tmp_path, "promote", "a.ipynb", *dry)
        assert made.returncode == 1
        assert 'Write EnvVar("NAME") in its place' in made.stderr
        assert "tiger7" not in made.stdout + made.stderr
    assert not (tmp_path / LOCK).exists()


@pytest.mark.long
@pytest.mark.parametrize("text", ["1 / 0", "def ("])
def test_a_notebook_that_does_not_load_is_not_valid(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    saved(tmp_path / "a.ipynb", CELLS | {"rate": f"RATE = {text}"})
    checked = program(tmp_path, "validate", "a.ipynb")
    assert checked.returncode == 1
    assert "cell 2" in checked.stdout
    assert "Traceback" not in checked.stderr


def test_a_notebook_of_jobs_alone_moves_its_pin(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    weekly = '%schedule weekly "0 7 * * 1" --notebook'
    written(tmp_path / "report.ipynb", "%load_ext assetbook", "day = 1", weekly)
    written(tmp_path / "plain.ipynb", "%load_ext assetbook", "day = 1")

    dry = program(tmp_path, "promote", "report.ipynb", "--dry-run")
    done = program(tmp_path, "promote", "report.ipynb")

    assert "no assets to lock; its pin would be this source" in dry.stdout
    assert "no assets to lock; its pin is this source" in done.stdout
    assert not (tmp_path / "assetbook.lock").exists()
    refused = program(tmp_path, "promote", "plain.ipynb")
    assert "it defines no asset and no job" in refused.stderr
