"""Restoring, keeping and exporting versions, as magics, functions and commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import told

import assetbook
from assetbook.instance.instance import Instance


@pytest.fixture
def filled(book: Book) -> Book:
    """An asset with two versions of differing code."""
    for amount in (1, 2):
        book.run(f"@asset\ndef orders():\n    return [{amount}]", "orders")
        book.run("%materialize orders")
    return book


def test_restore_makes_a_new_version_and_says_its_state(filled: Book) -> None:
    filled.run("%restore orders@1")
    said = str(filled.result)
    assert said.startswith(
        "`orders` has the value of version 1 again, as version 3: stale (its own code changed"
    )
    assert assetbook.value("orders") == [1]
    assert "restored from 1" in str(assetbook.versions("orders")).splitlines()[1]
    assert "restored from version 1" in str(assetbook.show("orders"))


def test_restore_is_the_same_in_python(filled: Book) -> None:
    assetbook.restore("orders@1")
    assert assetbook.restore("orders@2") == (
        "`orders` has the value of version 2 again, as version 4: fresh"
    )
    origin = filled.instance.origin_of(filled.instance.version("orders"))
    assert origin is not None
    assert origin.kind == "session"


def test_keep_says_how_to_release(filled: Book) -> None:
    filled.run("%keep orders@1")
    assert str(filled.result) == "`orders@1` is kept until `%keep orders@1 --release`"
    lines = str(assetbook.versions("orders")).splitlines()
    assert [line.endswith("kept") for line in lines[1:]] == [False, True]
    assert assetbook.keep("orders@1") == "`orders@1` was kept already"
    filled.run("%keep orders@1 --release")
    assert str(filled.result) == "`orders@1` is no longer kept: retention decides"
    assert assetbook.keep("orders@1", release=True) == "`orders@1` was not kept"


def test_keep_without_a_version_keeps_the_latest(filled: Book) -> None:
    assert str(assetbook.keep("orders")).startswith("`orders@2` is kept")


def test_export_writes_a_file_and_says_what(filled: Book) -> None:
    filled.run("%export orders@1 orders.json")
    assert str(filled.result).startswith("`orders@1` is in orders.json: ")
    assert json.loads(Path("orders.json").read_text()) == [1]
    with pytest.raises(CellFailedError, match="there is such a file already"):
        filled.run("%export orders orders.json")
    assetbook.export("orders", Path("orders.json"), force=True)
    assert json.loads(Path("orders.json").read_text()) == [2]


def test_with_reads_an_earlier_version_once(filled: Book) -> None:
    filled.run("@asset\ndef report(orders):\n    return orders[0] * 10")
    filled.run("%materialize report")
    filled.run("%plan report --with orders@1")
    assert "you want it made with orders@1" in str(filled.result)
    filled.run("%materialize report --with orders@1")
    assert assetbook.value("report@2") == 10
    assert assetbook.value("report") == 20
    outcome = assetbook.materialize("report", with_versions={"orders": 1})
    assert outcome.asset_value("report") == 10
    assert filled.instance.runs()[0].asked == "report --with orders@1"
    assert "all fresh" in str(assetbook.plan("report"))


def test_the_shell_restores_keeps_and_exports(project: Path) -> None:
    Instance.get(project).close()
    found = told("keep", "numbers@1")
    assert found.stdout == "`numbers@1` is kept until `assetbook keep numbers@1 --release`\n"
    assert told("versions", "numbers").stdout.rstrip().endswith("kept")
    listed = json.loads(told("versions", "numbers", "--json").stdout)
    assert [each["kept"] for each in listed] == [True]
    assert told("export", "numbers", "out.json").exit_code == 0
    assert json.loads(Path("out.json").read_text()) == [1, 2]
    error = told("restore", "numbers@1").exception
    assert "it is the latest version already" in str(error)
