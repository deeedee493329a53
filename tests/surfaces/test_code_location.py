"""A notebook, module or package is loaded without being run whole; nothing of it leaks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.surfaces.shell import CELLS, saved

import assetbook
from assetbook.errors import (
    DefinitionError,
    NotLoadedError,
    RunFailedError,
    SelectionError,
    UsageError,
)
from assetbook.instance.snapshots import recall
from assetbook.surfaces.code_location import CodeLocation, load_definitions
from assetbook.surfaces.desk import live_desk


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    return tmp_path


def loaded(folder: Path, *cells: str, name: str = "numbers.ipynb") -> CodeLocation:
    return load_definitions(saved(folder, *cells, name=name), in_process=True)


def keys(location: CodeLocation) -> list[str]:
    return [record.key for record in location.snapshot.assets]


def test_a_notebook_is_a_location(folder: Path) -> None:
    location = loaded(folder, *CELLS, "1 / 0", "print('looking')")
    assert location.id == "numbers.ipynb"
    assert keys(location) == ["numbers", "total"]
    assert location.snapshot.inputs[assetbook.AssetKey("total")]["numbers"].text == "numbers"
    assert [record.cell for record in location.snapshot.assets] == ["cell 2", "cell 3"]
    assert location.left_out == ("cell 4, `%materialize total`", "cell 5, `1 / 0`",
                                 "cell 6, `print('looking')`")  # fmt: skip


@pytest.mark.parametrize("in_process", [True, False])
@pytest.mark.parametrize("load", ["slice", "all"])
def test_a_notebook_of_another_language_is_told(folder: Path, load: Any, in_process: bool) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x <- 1")])
    notebook.metadata["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    nbformat.write(notebook, folder / "r.ipynb")
    with pytest.raises(NotLoadedError, match="its cells are r, for the kernel `ir`; assets are"):
        load_definitions("r.ipynb", load=load, in_process=in_process)


def test_it_plans_and_materializes(folder: Path) -> None:
    location = loaded(folder, *CELLS)
    assert [step.name for step in location.plan("+total")] == ["numbers", "total"]
    run = location.materialize("+total")
    assert run.success
    assert run.asset_value("total") == 3
    assert location.plan().all_fresh


def test_a_step_that_fails_is_in_the_run(folder: Path) -> None:
    assert not loaded(folder, CELLS[0], "%%asset bad\n1 / 0").materialize().success


def test_its_definitions_can_be_had(folder: Path) -> None:
    cells = ["from assetbook import asset, Definitions", "class Box: ...\nbox = Box()\nother = 1"]
    asks = "@asset(io_manager_key='box')\ndef a():\n    return 1\nlisted = [a]"
    definitions = loaded(folder, *cells, asks).definitions
    assert [str(each.key) for each in definitions.assets] == ["a"]
    assert list(definitions.resources) == ["box"]


def test_its_schedules_can_be_had_and_asked(folder: Path) -> None:
    definitions = loaded(
        folder,
        "from assetbook import ResourceParam, RunRequest, build_schedule_context, schedule",
        "class Calendar:\n    holidays = ('12-25',)\ncalendar = Calendar()\nother = 1",
        "@schedule('@daily', target='*')\n"
        "def nightly(calendar: ResourceParam[Calendar]):\n"
        "    return RunRequest(calendar.holidays[0])",
        "1 / 0",
    ).definitions
    [nightly] = definitions.schedules
    context = assetbook.build_schedule_context(resources=definitions.resources)
    assert [each.run_key for each in nightly.evaluate_tick(context).run_requests] == ["12-25"]
    assert list(definitions.resources) == ["calendar"]


def test_its_sensors_can_be_had_and_asked(folder: Path) -> None:
    definitions = loaded(
        folder,
        "from assetbook import ResourceParam, RunRequest, sensor",
        "class Inbox:\n    letters = ('a',)\ninbox = Inbox()\nother = 1",
        "@sensor(target='*')\n"
        "def post(inbox: ResourceParam[Inbox]):\n"
        "    return RunRequest(inbox.letters[0])",
        "1 / 0",
    ).definitions
    [post] = definitions.sensors
    context = assetbook.build_sensor_context(resources=definitions.resources)
    assert [each.run_key for each in post.evaluate_tick(context).run_requests] == ["a"]
    assert list(definitions.resources) == ["inbox"]


def test_its_snapshot_is_stored(folder: Path) -> None:
    location = loaded(folder, *CELLS)
    stored = recall(location.instance, "numbers.ipynb")
    assert stored == location.snapshot
    assert list(stored.sources) == ["numbers.ipynb"]
    assert [record.places for record in stored.assets] == [("cell 2",), ("cell 3",)]


def test_what_a_notebook_binds_is_called_like_a_modules_functions(folder: Path) -> None:
    helper = "def doubled(x):\n    return 2 * x"
    location = loaded(folder, "%load_ext assetbook", helper, ASSET, "%%asset summed\nsum(twice)")
    assert location["doubled"](2) == 4
    assert location["twice"]([1]) == [2]
    assert location["summed"](twice=[1, 2]) == 3
    with pytest.raises(UsageError, match="a cell's inputs have no order"):
        location["summed"]([1, 2])
    with pytest.raises(SelectionError, match=r"bound no such name\nDid you mean `twice`"):
        _ = location["twic"]


ASSET = "@asset\ndef twice(numbers):\n    return [doubled(each) for each in numbers]"


def test_loading_again_stores_nothing_new(folder: Path) -> None:
    first, again = loaded(folder, *CELLS), load_definitions("numbers.ipynb", in_process=True)
    assert again.snapshot.at == first.snapshot.at


def test_what_is_gone_from_the_file_is_gone(folder: Path) -> None:
    loaded(folder, *CELLS)
    assert keys(loaded(folder, *CELLS[:2])) == ["numbers"]


def test_a_key_of_two_cells_is_an_error(folder: Path) -> None:
    with pytest.raises(DefinitionError, match="`a` is defined in cell 2 and in cell 3"):
        loaded(folder, CELLS[0], "%%asset a\n1", "%%asset a\n2")


def test_a_cell_that_fails_is_named_with_its_line(folder: Path) -> None:
    with pytest.raises(RunFailedError, match=r"cell 2 .* `y = 2`: ZeroDiv.* \(cell 2, line 2\)"):
        loaded(folder, CELLS[0], "y = 2\nx = y / 0", "@asset\ndef a():\n    return x")


# -- nothing leaks


HELPER = "VALUE = {value}\ndef of(n):\n    return n * VALUE"
USES = "from assetbook import asset\nimport helper_of_it\n@asset\ndef a():\n    return VALUE(2)"


def test_helpers_of_one_name_stay_apart(folder: Path) -> None:
    values, locations = [], []
    for number in (2, 3):
        inside = folder / f"part{number}"
        inside.mkdir()
        (inside / "helper_of_it.py").write_text(HELPER.format(value=number))
        cell = USES.replace("VALUE(2)", "helper_of_it.of(1)").replace("def a", f"def a{number}")
        saved(inside, cell)
        (inside / "pyproject.toml").unlink()
        locations.append(load_definitions(inside / "numbers.ipynb", in_process=True))
    for location, name in ((locations[0], "a2"), (locations[1], "a3")):
        values.append(location.materialize().asset_value(name))
    assert values == [2, 3]
    assert list(locations[1].snapshot.sources) == ["part3/numbers.ipynb", "part3/helper_of_it.py"]
    assert "helper_of_it" not in sys.modules


def test_nothing_of_it_is_left_in_this_process(folder: Path) -> None:
    inside = folder / "inside"
    inside.mkdir()
    main, path, names = sys.modules["__main__"], list(sys.path), set(vars(sys.modules[__name__]))
    before = dict(os.environ)
    cell = "import os, sys\nos.environ['OF_IT'] = '1'\nsys.path.append('of_it')\nleaked = 1"
    location = loaded(folder, CELLS[0], cell, "@asset\ndef env():\n    return os.environ['OF_IT']")
    assert sys.modules["__main__"] is main
    assert (sys.path, dict(os.environ), Path.cwd()) == (path, before, folder)
    assert set(vars(sys.modules[__name__])) == names
    assert live_desk() is None
    assert location.materialize().asset_value("env") == "1"
    assert dict(os.environ) == before


# -- modules and packages


def test_a_package_is_a_location(folder: Path) -> None:
    package = folder / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tables.py").write_text(
        "from assetbook import asset\nRATE = 2\n@asset\ndef orders():\n    return RATE\n"
    )
    (package / "reports.py").write_text(
        "from assetbook import asset\nfrom shop.tables import orders\n"
        "@asset\ndef report(orders):\n    return orders + 1\n"
    )
    for given in ("shop", Path("shop"), folder / "shop"):
        location = load_definitions(given, in_process=True)
        assert location.id == "shop"
    assert sorted(keys(location)) == ["orders", "report"]
    assert {record.cell for record in location.snapshot.assets} == {
        "tables.py, line 3", "reports.py, line 3",
    }  # fmt: skip
    assert location.materialize("+report").asset_value("report") == 3
    assert {*location.snapshot.sources} == {
        "shop", "shop/__init__.py", "shop/reports.py", "shop/tables.py",
    }  # fmt: skip
    one = load_definitions("shop.tables", in_process=True)
    assert (one.id, keys(one)) == ("shop/tables.py", ["orders"])
    assert "shop" not in sys.modules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ny = x / 0\n", "ZeroDivisionError: division by zero"),
        ("x = 1\ny = (\n", "SyntaxError: '(' was never closed"),
    ],
)
def test_a_module_that_fails_says_where(folder: Path, text: str, said: str) -> None:
    (folder / "broken_of_it.py").write_text(text)
    with pytest.raises(RunFailedError) as told:
        load_definitions("broken_of_it.py", in_process=True)
    assert str(told.value) == (
        f"the module broken_of_it: {said} (broken_of_it.py, line 2)\nMend the module."
    )


def test_a_percent_file_is_a_notebook(folder: Path) -> None:
    (folder / "book.py").write_text(
        "# %%\nfrom assetbook import asset\n# %%\n1 / 0\n# %%\n@asset\ndef a():\n    return 1\n"
    )
    assert keys(load_definitions("book.py", in_process=True)) == ["a"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("numbrs.ipynb", "no such file\nDid you mean `numbers.ipynb`"),
        ("shp", "the module shp: there is no such module\nDid you mean `shop`"),
        ("shop.tabels", "the module shop.tabels: there is no such module\nDid you mean `tables`"),
        ("shop.nope/x", "there is no such file, folder or module"),
        ("plain", "it is a folder of 1 notebooks, and no package"),
    ],
)
def test_what_is_not_there_is_told(folder: Path, given: str, said: str) -> None:
    saved(folder, *CELLS)
    (folder / "plain").mkdir()
    nbformat.write(nbformat.v4.new_notebook(), folder / "plain" / "a.ipynb")
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").touch()
    (folder / "shop" / "tables.py").touch()
    with pytest.raises(NotLoadedError, match=said):
        load_definitions(given, in_process=True)


def test_an_unknown_way_of_loading_is_told(folder: Path) -> None:
    with pytest.raises(UsageError, match='Say "slice" or "all"'):
        load_definitions(saved(folder, *CELLS), load="some")  # type: ignore[arg-type]


# -- in a process of its own


def test_its_own_process_answers(folder: Path) -> None:
    location = load_definitions(saved(folder, *CELLS))
    assert keys(location) == ["numbers", "total"]
    with pytest.raises(NotLoadedError, match=r"in a process of their own.*\n.*in_process=True"):
        _ = location.definitions
    assert [step.name for step in location.plan("+total")] == ["numbers", "total"]
    assert location.materialize("+total").asset_value("total") == 3
    assert location.plan().all_fresh


def test_its_own_process_raises_what_was_wrong(folder: Path) -> None:
    path = saved(folder, CELLS[0], "%nobody_knows")
    with pytest.raises(DefinitionError, match=r"cell 2, `%nobody_knows`: .* may define something"):
        load_definitions(path)


def test_the_whole_notebook_can_be_run(folder: Path) -> None:
    cells = ["globals()['n'] = 2", "@asset\ndef a():\n    return n"]
    location = load_definitions(saved(folder, CELLS[0], *cells), load="all")
    assert keys(location) == ["a"]
    assert list(location.snapshot.sources) == ["numbers.ipynb"]


def test_the_text_above_a_cell_documents_its_asset(folder: Path) -> None:
    path = saved(folder, *CELLS)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(2, nbformat.v4.new_markdown_cell("The <b>sum</b>\nof all."))
    nbformat.write(notebook, path)
    location = load_definitions(path, in_process=True)
    assert [each.documentation for each in location.snapshot.assets] == [
        "",
        "The <b>sum</b>\nof all.",
    ]
    shown = assetbook.show("total")
    assert "\nThe <b>sum</b>\nof all.\n" in str(shown)
    assert "The &lt;b&gt;sum&lt;/b&gt;" in str(shown.html())
    assert shown.to_json()["documentation"] == "The <b>sum</b>\nof all."


# -- names of another location


def test_assets_of_another_location_are_found_by_name(folder: Path) -> None:
    loaded(folder, CELLS[0], "%%asset orders\n[1, 2]", name="raw.ipynb").materialize()
    cells = ["%%asset total\nsum(orders)", "@asset\ndef twice(orders):\n    return orders * 2"]
    location = loaded(folder, CELLS[0], *cells, name="marts.ipynb")
    assert [each.inputs for each in location.snapshot.assets] == [{"orders": "orders"}] * 2
    assert location.warnings == ()
    assert location.materialize().asset_value("total") == 3
    with pytest.raises(SelectionError, match=r"`orders`: raw.ipynb defines it\nMaterialize it th"):
        location.plan("orders")

    # what is stale there is told here, and made again only there
    loaded(folder, CELLS[0], "%%asset orders\n[1, 2, 3]", name="raw.ipynb")
    planned = loaded(folder, CELLS[0], *cells, name="marts.ipynb").plan()
    assert planned.all_fresh
    assert "total, twice (upstream `orders` is stale, which is made elsewhere)" in str(planned)


def test_a_variable_counts_before_another_locations_asset(folder: Path) -> None:
    loaded(folder, CELLS[0], "%%asset orders\n[1, 2]", name="raw.ipynb")
    location = loaded(folder, CELLS[0], "orders = [5]", "%%asset total\nsum(orders)")
    assert [each.inputs for each in location.snapshot.assets] == [{}]
    assert location.materialize().asset_value("total") == 5


def test_an_asset_imported_twice_is_no_clash(folder: Path) -> None:
    (folder / "defs_of_it.py").write_text(
        "from assetbook import asset\n@asset\ndef a():\n    return 1\n"
    )
    cells = ["from defs_of_it import a", "from defs_of_it import a"]
    assert keys(loaded(folder, CELLS[0], *cells)) == ["a"]


def test_what_is_wrong_is_kept_with_the_snapshot(folder: Path) -> None:
    location = loaded(folder, CELLS[0], "@asset\ndef total(numbrs):\n    return 1")
    assert location.warnings == ("`total`: `total` needs `numbrs`, which nothing defines.",)
    stored = recall(location.instance, "numbers.ipynb")
    assert stored is not None
    assert stored.wrong == location.warnings


def test_a_secret_in_an_error_is_masked(folder: Path) -> None:
    cell = "from assetbook import Secret\nkey = Secret('s3cr3t-of-it')"
    with pytest.raises(RunFailedError, match="invalid literal for int") as raised:
        loaded(folder, cell, "x = int(key.get_value())", "%%asset a\nx")
    assert "s3cr3t-of-it" not in str(raised.value)
