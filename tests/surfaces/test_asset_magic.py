"""``%%asset``: the cell is an asset, with the options of ``@asset``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import nbformat
import pytest
from tests.surfaces.book import Book, CellFailedError

from assetbook.keys import AssetKey


def test_it_binds_the_definition_and_gives_the_value(book: Book) -> None:
    book.run("%%asset raw/orders\n[1, 2]")
    assert book.result == [1, 2]
    assert repr(book.names["orders"]) == "<asset raw/orders>"


def test_its_options_are_those_of_the_decorator(book: Book) -> None:
    book.run("@asset\ndef numbers():\n    return [1]")
    (book.path.parent / "a.csv").write_text("1")
    book.run(
        "%%asset orders --group raw --key-prefix a/b --description 'All of them' --owners team:x"
        " --kinds pandas --kinds csv --tags layer=raw --tags new --metadata rows=3"
        " --code-version 7 --reads *.csv --max-age 6h --ignore noise --deps numbers --define\n1"
    )
    definition = book.names["orders"]
    spec = definition.spec
    assert str(spec.key) == "a/b/orders"
    assert (spec.group_name, spec.description, spec.owners) == ("raw", "All of them", ("team:x",))
    assert (set(spec.kinds), dict(spec.tags)) == ({"pandas", "csv"}, {"layer": "raw", "new": ""})
    assert (spec.code_version, [str(dep.asset_key) for dep in spec.deps]) == ("7", ["numbers"])
    assert (definition.reads, definition.max_age) == (("*.csv",), timedelta(hours=6))
    assert definition.ignore == {"noise"}


def test_nothing_of_the_cell_leaks(book: Book) -> None:
    book.run("%%asset total\nfor number in range(3):\n    last = number\nlast")
    assert book.result == 2
    assert "number" not in book.names
    assert "last" not in book.names


def test_the_variable_of_its_name_is_its_value(book: Book) -> None:
    shown = book.run("%%asset orders\norders = [1, 2, 3]\norders[:1]")
    assert "stored: the variable `orders`; the last line is only shown" in shown
    book.run("orders.value()")
    assert book.result == [1, 2, 3]


def test_only_defining_runs_nothing(book: Book) -> None:
    book.run("%%asset orders --define\n1 / 0")
    assert book.instance.runs() == []


def test_a_wrong_definition_says_so_once(book: Book) -> None:
    shown = book.run("%%asset orders --deps nothing --define\n1")
    assert "`orders` cannot be used yet: `orders` needs `nothing`" in shown


def test_an_effect_needs_no_value(book: Book) -> None:
    book.run("%%asset notify --effect\nprint('sent')")
    assert "sent" in book.shown
    assert book.instance.version("notify").event.value is None
    with pytest.raises(CellFailedError, match="without a value\nName it in deps="):
        book.run("%%asset wrong\nnotify + 1")


def test_a_context_and_a_config_are_given(book: Book) -> None:
    book.run("class Day(Config):\n    day: int = 4")
    book.run("%%asset daily --config Day\ncontext.add_output_metadata({'rows': 1})\nconfig.day")
    assert book.result == 4
    assert book.instance.version("daily").event.metadata["rows"]["value"] == 1


def test_a_resource_is_an_input_by_its_name(book: Book) -> None:
    book.run("class Rate(ConfigurableResource):\n    factor: int = 2\nrate = Rate(factor=3)")
    book.run("%%asset priced\nrate.factor * 2")
    assert book.result == 6


def test_an_input_may_come_in_another_type(book: Book) -> None:
    book.run("import pandas as pd\nimport polars as pl")
    book.run("%%asset table\npd.DataFrame({'n': [1, 2]})")
    book.run("%%asset kind --as table=pl.DataFrame\ntype(table).__module__.split('.')[0]")
    assert book.result == "polars"


def test_a_manager_of_ones_own_stores_it(book: Book) -> None:
    book.run(
        "class Shelf(IOManager):\n    kept = {}\n"
        "    def handle_output(self, context, obj):\n        self.kept['it'] = obj\n"
        "    def load_input(self, context):\n        return self.kept['it']\n"
        "shelf = Shelf()"
    )
    book.run("%%asset kept --io-manager-key shelf\nobject")
    assert book.result is object
    assert book.names["shelf"].kept == {"it": object}


def test_top_level_await_works(book: Book) -> None:
    book.run("import asyncio")
    book.run("%%asset waited\nawait asyncio.sleep(0)\n5")
    assert book.result == 5


def test_shell_lines_that_fail_fail_the_step(book: Book) -> None:
    with pytest.raises(CellFailedError, match="`bad` failed"):
        book.run("%%asset bad\n!exit 3\n1")
    book.run("%%asset good\n!false || true\n1")
    assert book.result == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%%asset not-a-name\n1", "`not-a-name` is not a Python name"),
        ("%%asset x --metadata rows\n1", "it is not KEY=VALUE"),
        ("%%asset x --config nothing\n1", "`nothing` is not a variable of this notebook"),
        ("%%asset x --config int\n1", "`int` is not a variable of this notebook"),
        ("%%asset x --as orders\n1", "it is not INPUT=TYPE"),
        ("%%asset x --as orders=assetbook.nothing\n1", "`assetbook` has no `nothing`"),
        ("%%asset x --max-age soon\n1", "it is not a time\nWrite 30m, 6h or 2d"),
        ("%%asset\n1", "Missing argument 'NAME'"),
        ("%%asset x y\n1", "unexpected extra argument"),
        ("%%asset x\ny = 1", "it has no value: it ends without an expression"),
        ("%%asset x\nnothing_here", "`nothing_here` is neither an asset nor a variable"),
    ],
)
def test_what_it_cannot_take_is_refused(book: Book, line: str, said: str) -> None:
    with pytest.raises(CellFailedError, match=said):
        book.run(line)


def test_an_edited_cell_replaces_its_definition(book: Book) -> None:
    book.run("%%asset orders\n1", "a")
    book.run("%%asset invoices\n1", "a")
    assert "orders" not in book.names
    assert "1 asset" in book.run("%assets")


def test_case_alone_does_not_tell_keys_apart(book: Book, tmp_path: Path) -> None:
    book.run("%%asset orders\n1")
    with pytest.raises(CellFailedError, match="`orders` differs from it only in upper and lower"):
        book.run("%%asset Orders\n1")


def test_a_notebook_that_percent_run_includes_defines_and_materializes(book: Book) -> None:
    cells = ["@asset\ndef one() -> int:\n    return 1", "%%asset two\none + 1"]
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nbformat.write(other, book.path.parent / "other.ipynb")
    said = book.run(f"%run {book.path.parent / 'other.ipynb'}")
    assert "2 materialized" in said
    assert book.instance.value("two") == 2
    cells_of = [book.live.session.living(AssetKey(name)) for name in ("one", "two")]
    assert {str(living.cell) for living in cells_of if living is not None} == {"In[3]"}


def test_a_cell_that_runs_silently_is_refused(book: Book) -> None:
    result = book.shell.run_cell("%%asset total\n1", silent=True)
    assert "runs silently" in str(result.error_in_exec or result.error_before_exec)
    assert "total" not in book.names
