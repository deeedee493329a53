"""Assets that whole notebooks make, as people use them: from a cell, with real kernels."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tests.kernels.notebooks import outputs_of, written
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import program, saved

from assetbook import build_asset_context, notebook_asset
from assetbook.events.asset_events import AssetMaterialized
from assetbook.instance.instance import Instance

ORDERS = (
    "import pandas as pd\n"
    "@asset\ndef orders() -> pd.DataFrame:\n    return pd.DataFrame({'n': [1, 2, 3]})"
)
PARAMETERS = (
    "from assetbook import AssetReference, publish\norders = AssetReference('orders')\ntop = 2"
)
TOTAL = "publish('total', int(orders.load()['n'].sum()) * top)"


def report(book: Book, *cells: str, parameters: str | None = PARAMETERS) -> Path:
    return written(book.path.parent / "report.ipynb", *cells, parameters=parameters)


def latest(book: Book, name: str) -> AssetMaterialized:
    found = book.instance.latest_materialization(name)
    assert found is not None
    return found.event


def value(book: Book, name: str) -> Any:
    return book.instance.value(name)


def kept(book: Book, name: str) -> Path:
    return Path(latest(book, name).metadata["notebook"]["value"])


def test_a_notebook_reads_assets_and_makes_several(book: Book) -> None:
    report(
        book,
        "table = orders.load()\nprint(type(table).__name__, len(table))",
        "publish('largest', table.nlargest(top, 'n'), metadata={'asked': top})",
        TOTAL,
    )
    book.run(ORDERS)

    book.run("made = notebook_asset('report.ipynb')")
    book.run("%materialize largest total")

    assert value(book, "total") == 12
    assert value(book, "largest")["n"].tolist() == [3, 2]
    event = latest(book, "largest")
    assert event.metadata["asked"]["value"] == 2
    assert [each.key for each in event.inputs.values()] == ["orders"]
    assert outputs_of(kept(book, "largest"))[2] == "DataFrame 3\n"
    assert [each.name for each in kept(book, "total").parent.iterdir() if each.is_dir()] == []


def test_it_is_stale_when_its_code_is_another_and_not_before(book: Book) -> None:
    helper = book.path.parent / "counting.py"
    helper.write_text("def counted(table):\n    return len(table)\n")
    cells = ["from counting import counted", "publish('count', counted(orders.load()))"]
    report(book, *cells)
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    book.run("%materialize count")

    report(book, "# how many\n" + cells[0], cells[1])
    assert "fresh" in book.run("%materialize count")

    helper.write_text("def counted(table):\n    return -len(table)\n")
    assert "counting" in book.run("%why count")
    book.run("%materialize count")
    assert value(book, "count") == -3

    report(book, cells[0], "publish('count', counted(orders.load()) + 1)")
    assert "stale" in book.run("%why count")


def test_what_it_reads_of_the_world_outside_is_told(book: Book) -> None:
    report(book, "publish('lines', len(open('names.txt').readlines()))")
    (book.path.parent / "names.txt").write_text("a\nb\n")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    book.run("%materialize lines")
    assert "as of" in book.run("%why lines")


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("publish('lines', len(getattr(Path('names.txt'), 'read_' + 'text')()))", True),
        ("from assetbook import value\npublish('lines', len(value('orders')))", True),
        ("import matplotlib.pyplot as plt\nplt.plot([1])\npublish('lines', top)", False),
        ("(Path('made.txt').write_text('x'), publish('lines', len(orders.load())))", False),
    ],
    ids=["no name shows it", "a value that is no input", "fonts", "what it writes"],
)
def test_what_its_kernel_is_seen_to_read_counts(book: Book, cell: str, read: bool) -> None:
    parameters = f"from pathlib import Path\n{PARAMETERS}"
    report(book, cell, parameters=parameters)
    (book.path.parent / "names.txt").write_text("a\nb\n")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    book.run("%materialize lines")
    assert ("as of" in book.run("%why lines")) is read


def test_inputs_arrive_as_the_notebook_wants_them(book: Book) -> None:
    declared = "import polars as pl\norders: pl.LazyFrame\nfactor = 10"
    cells = [
        "print(type(orders).__name__)",
        "from assetbook import publish",
        "publish('sum', orders.select(pl.col('n').sum()).collect().item() * factor)",
    ]
    report(book, *cells, parameters=declared)
    book.run(ORDERS)
    book.run(
        "made = notebook_asset('report.ipynb', ins={'orders': AssetIn('orders')}, "
        "parameters={'factor': 100})"
    )

    book.run("%materialize sum")

    assert value(book, "sum") == 600
    assert outputs_of(kept(book, "sum"))[2] == "LazyFrame\n"


def test_a_notebook_that_publishes_nothing_is_an_asset_itself(book: Book) -> None:
    report(book, "print('seen', top)", parameters="top = 3")
    book.run("weekly = notebook_asset('report.ipynb', name='weekly', parameters={'top': 5})")

    book.run("%materialize weekly")

    assert outputs_of(value(book, "weekly"))[-1] == "seen 5\n"


def test_what_is_not_published_is_told_with_what_was(book: Book) -> None:
    report(book, "if top > 5:\n    publish('late', 1)", "publish('early', 2)")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")

    with pytest.raises(CellFailedError, match="late"):
        book.run("%materialize early late")

    assert book.instance.latest_materialization("early") is None


def test_an_unknown_name_fails_its_cell_with_the_nearest(book: Book) -> None:
    report(book, "publish('totl', 1)")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb', outs={'total': AssetOut()})")

    with pytest.raises(CellFailedError, match="Did you mean `total`"):
        book.run("%materialize total")


def test_an_output_may_be_left_out_that_is_not_required(book: Book) -> None:
    report(book, "publish('total', 1)")
    book.run(ORDERS)
    outs = "{'total': AssetOut(), 'rest': AssetOut(is_required=False)}"
    book.run(f"made = notebook_asset('report.ipynb', outs={outs})")

    book.run("%materialize total rest")

    assert book.instance.latest_materialization("rest") is None


def test_a_partition_is_a_parameter(book: Book) -> None:
    declared = "from datetime import date\nday: date = date(2026, 1, 1)"
    report(book, "from assetbook import publish\npublish('sales', day.day)", parameters=declared)
    book.run(
        "made = notebook_asset('report.ipynb', partition_parameter='day', "
        "partitions_def=DailyPartitionsDefinition('2026-02-01'))"
    )

    book.run("%materialize sales --partition 2026-02-03")

    assert book.instance.value("sales", partition="2026-02-03") == 3
    with pytest.raises(CellFailedError, match="Did you mean `day`"):
        book.run(
            "made = notebook_asset('report.ipynb', partition_parameter='dya', "
            "partitions_def=DailyPartitionsDefinition('2026-02-01'))"
        )


def test_a_resumed_run_keeps_what_was_published(book: Book) -> None:
    report(book, "publish('first', 1)", "publish('second', 1 / 0)")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    with pytest.raises(CellFailedError, match="ZeroDivisionError"):
        book.run("%materialize first second")
    assert book.instance.latest_materialization("first") is None
    notebook = (book.path.parent / "report.ipynb").read_text()
    (book.path.parent / "report.ipynb").write_text(notebook.replace("1 / 0", "1 / 1"))

    book.run(f"%resume {book.instance.runs()[0].id}")

    assert (value(book, "first"), value(book, "second")) == (1, 1.0)


def test_one_that_is_resumed_twice_keeps_all_that_was_published_and_read(book: Book) -> None:
    read = "getattr(open('names.txt'), 'read')()"
    path = report(book, "publish('first', 1)", f"publish('second', {read})", "publish('third', x)")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    with pytest.raises(CellFailedError, match="FileNotFoundError"):
        book.run("%materialize first second third")
    (book.path.parent / "names.txt").write_text("a")
    with pytest.raises(CellFailedError, match="NameError"):
        book.run(f"%resume {book.instance.runs()[0].id}")
    path.write_text(path.read_text().replace("'third', x", "'third', 3"))

    book.run(f"%resume {book.instance.runs()[0].id}")

    assert [value(book, each) for each in ("first", "second", "third")] == [1, "a", 3]


def test_worker_processes_run_it_too(book: Book) -> None:
    report(book, "publish('table', orders.load())")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")

    book.run("%materialize table --executor processes")

    assert value(book, "table")["n"].tolist() == [1, 2, 3]
    assert kept(book, "table").exists()


def test_it_is_called_in_a_test_as_a_function(tmp_path: Path) -> None:
    path = written(tmp_path / "report.ipynb", TOTAL, parameters=PARAMETERS)
    made = notebook_asset(path)

    (output,) = made(build_asset_context(), orders=pd.DataFrame({"n": [4]}))

    assert (output.output_name, output.value) == ("total", 8)


def test_a_reference_is_a_parameter_of_jobs(book: Book) -> None:
    report(book, "print(orders, orders.load()['n'].tolist())")
    book.run(ORDERS + "\n%materialize orders")
    book.run(ORDERS.replace("3]", "4]") + "\n%materialize orders")

    book.run("%launch report.ipynb orders=orders@1")
    book.run("%launch report.ipynb")

    folder = book.instance.notebook_files
    assert folder is not None
    shown = [
        outputs_of(folder / run.id / "report" / "report.ipynb")[-1] for run in book.instance.runs(2)
    ]
    assert shown == ["orders [1, 2, 4]\n", "orders@1 [1, 2, 3]\n"]


def test_what_other_libraries_publish_is_no_asset(book: Book) -> None:
    report(
        book,
        "import assetbook as ab\nclass client:\n    publish = print",
        "client.publish('topic', 1)\nab.publish('total', 2)",
        "from decimal import Decimal as publish\nString = publish('3')",
        parameters=None,
    )
    made = notebook_asset(book.path.parent / "report.ipynb")
    assert [str(key) for key in made.keys] == ["total"]


def test_keys_of_several_parts_arrive_as_others(book: Book) -> None:
    declared = PARAMETERS.replace("'orders'", "'raw/orders'")
    report(book, "publish('total', len(orders.load()))", parameters=declared)
    book.run("@asset(key_prefix='raw')\ndef orders():\n    return [1, 2]")
    book.run("made = notebook_asset('report.ipynb')")

    book.run("%materialize total")

    assert value(book, "total") == 2


def test_wiping_an_input_removes_what_a_failed_run_was_given_of_it(book: Book) -> None:
    report(book, "publish('total', len(orders.load()))\n1 / 0")
    book.run("@asset\ndef orders():\n    return ['Jane Doe'] * 2000")
    book.run("made = notebook_asset('report.ipynb')")
    with pytest.raises(CellFailedError, match="ZeroDivisionError"):
        book.run("%materialize total")
    root = book.instance.notebook_files
    assert root is not None
    assert [each for each in root.rglob("*") if each.is_file() and b"Jane" in each.read_bytes()]

    book.run("%wipe orders --yes")

    assert not [each for each in root.rglob("*") if each.is_file() and b"Jane" in each.read_bytes()]


def test_what_is_left_of_it_goes_with_its_run(book: Book) -> None:
    report(book, "publish('total', 1)\n1 / 0")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    with pytest.raises(CellFailedError, match="ZeroDivisionError"):
        book.run("%materialize total")
    root = book.instance.notebook_files
    assert root is not None and [each for each in root.rglob("*") if each.parent.name == "exchange"]
    ago = time.time() - 40 * 86400
    for each in [*root.rglob("*")]:
        os.utime(each, (ago, ago))

    book.run("%store gc")

    assert [*root.iterdir()] == []


def test_publishing_elsewhere_does_nothing(book: Book) -> None:
    assert book.run("publish('total', 3)") == ""


def test_a_named_version_is_configuration_and_no_input(book: Book) -> None:
    report(book, TOTAL, parameters=PARAMETERS.replace("'orders'", "'orders@1'"))
    book.run(ORDERS + "\n%materialize orders")
    book.run("made = notebook_asset('report.ipynb')")
    book.run(ORDERS.replace("3]", "4]") + "\n%materialize orders total")

    assert value(book, "total") == 12
    assert latest(book, "total").inputs == {}
    assert "fresh" in book.run("%why total")


def test_it_loads_without_being_run(tmp_path: Path) -> None:
    made = "made = notebook_asset('report.ipynb')"
    saved(tmp_path, "from assetbook import *", ORDERS, "1 / 0", made, name="defining.ipynb")
    written(tmp_path / "report.ipynb", TOTAL, parameters=PARAMETERS)

    done = program(tmp_path, "materialize", "defining.ipynb", "total")

    assert done.returncode == 0, done.stderr
    with closing(Instance.open(tmp_path / ".assetbook")) as instance:
        assert instance.value("total") == 12


def test_wiping_it_removes_the_notebook_that_showed_it(book: Book) -> None:
    report(book, "publish('total', 41)\nprint('the answer is', 42)")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    book.run("%materialize total")
    notebook = kept(book, "total")
    assert "the answer is 42" in notebook.read_text()

    book.run("%wipe total --yes")

    assert not notebook.parent.exists()


def test_a_failed_run_is_reproduced_with_what_it_read(book: Book) -> None:
    report(book, "table = orders.load()", "publish('total', 1)", "print(len(table))\n1 / 0")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    with pytest.raises(CellFailedError, match="ZeroDivisionError"):
        book.run("%materialize total")
    book.run(ORDERS.replace("3]", "3, 4]") + "\n%materialize orders")

    book.run(f"%reproduce {book.instance.runs()[1].id}")

    (copy,) = book.path.parent.glob("report-*/report-*-Copy.ipynb")
    notebook = nbformat.read(copy, as_version=4)
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        NotebookClient(notebook).execute()
    assert notebook.cells[-1].outputs[0].text == "3\n"


def test_a_run_that_ended_well_is_reproduced_with_what_it_read(book: Book) -> None:
    report(book, "print(len(orders.load()))", "publish('total', 1)")
    book.run(ORDERS)
    book.run("made = notebook_asset('report.ipynb')")
    book.run("%materialize total")
    book.run(ORDERS.replace("3]", "3, 4]") + "\n%materialize orders")

    book.run(f"%reproduce {book.instance.runs()[1].id}")

    (copy,) = book.path.parent.glob("report-*/report-*-Copy.ipynb")
    notebook = nbformat.read(copy, as_version=4)
    NotebookClient(notebook).execute()
    assert notebook.cells[-2].outputs[0].text == "3\n"
