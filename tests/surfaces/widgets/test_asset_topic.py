"""What a page is told of one asset: state and why, versions with checks and numbers, neighbours."""

from __future__ import annotations

from typing import Any

import pytest
from tests.surfaces.book import Book, CellFailedError

from assetbook.errors import SelectionError
from assetbook.surfaces.desk import StoreDesk, current_desk
from assetbook.surfaces.widgets.asset_topic import asset_document
from assetbook.surfaces.widgets.changes import changes
from assetbook.surfaces.widgets.lineage_topic import lineage_document
from assetbook.surfaces.widgets.plain_json import as_page_reads
from assetbook.surfaces.widgets.topics import topic_of

SHOP = """
@asset(group_name="shop", owners=["ada@example.org"], metadata={"contact": "<b>Ada</b>"})
def orders():
    '''Each **order**.'''
    return MaterializeResult(value=[1, 2], metadata={"mean": LEVEL / 2, "till": "north"})

@asset_check(asset=orders)
def enough(orders):
    return AssetCheckResult(passed=LEVEL != 1, severity=AssetCheckSeverity.WARN)

@asset
def total(orders):
    return sum(orders)
"""


@pytest.fixture
def shop(book: Book) -> Book:
    """A notebook with two versions of an asset, the first of which made its check warn."""
    book.run("LEVEL = 1")
    book.run(SHOP)
    book.run("%materialize orders")
    book.run("LEVEL = 3")
    book.run("%materialize orders")
    return book


def told(key: str = "orders", **given: Any) -> dict[str, Any]:
    document: dict[str, Any] = as_page_reads(asset_document(current_desk(), {"key": key, **given}))
    return document


def test_versions_come_newest_first_with_checks_and_numbers(shop: Book) -> None:
    versions = told()["versions"]

    assert list(versions) == ["@2", "@1"]
    assert [each["checks"] for each in versions.values()] == [
        {"enough": "passed"},
        {"enough": "warned"},
    ]
    assert [each["numbers"] for each in versions.values()] == [{"mean": 1.5}, {"mean": 0.5}]
    assert versions["@1"]["has_value"] and not versions["@1"]["kept"]


def test_the_state_is_told_with_its_reasons_and_the_code_that_changed(shop: Book) -> None:
    shop.run("LEVEL = 4")
    document = told()

    assert document["asset"]["state"] == "stale"
    assert any("LEVEL" in each for each in document["reasons"])
    [piece] = document["code"]
    assert [line for line in piece["lines"] if line[0] in "+-"] == ["-3", "+4"]


def test_what_a_definition_says_and_what_is_around_it_is_told(shop: Book) -> None:
    document = told()

    assert document["asset"]["description"] == "Each **order**."
    assert document["downstream"] == {"total": {"name": "total", "state": "missing"}}
    assert document["upstream"] == {} and document["latest"] == "2"
    assert document["declared"]["rows"] == [["contact", "<b>Ada</b>"]]
    assert ["owners", "ada@example.org"] in document["facts"]
    assert told("total")["upstream"]["orders"]["state"] == "fresh"


def test_a_new_version_is_told_without_the_others(shop: Book) -> None:
    before = told()
    shop.run("%materialize orders --force")
    changed = changes(before, told())

    assert list(changed["put"]["versions"]) == ["@3"]
    assert changed["order"]["versions"] == ["@3", "@2", "@1"]


def test_kept_and_restored_versions_say_so(shop: Book) -> None:
    shop.run("%keep orders@1")
    shop.run("%restore orders@1")
    versions = told()["versions"]

    assert versions["@1"]["kept"] and versions["@3"]["note"] == "restored from 1"
    assert versions["@3"]["checks"] == {"enough": "warned"}


def test_rows_are_in_no_document(book: Book) -> None:
    book.run(
        "import pandas as pd\n@asset\ndef names():\n    return pd.DataFrame({'who': ['xyzzy']})"
    )
    book.run("%materialize names")
    document = told("names")

    assert document["schema"]["rows"][0][0] == "who"
    assert "xyzzy" not in str(document)


def test_partitions_are_told_as_squares_and_in_words(book: Book) -> None:
    book.run(
        "@asset(partitions_def=StaticPartitionsDefinition(['a', 'b', 'c']))\n"
        "def parts(context):\n    return context.partition_key"
    )
    book.run("%materialize parts --partition b")
    document = told("parts")

    assert document["partitions"]["squares"] == [["a", "missing"], ["b", "fresh"], ["c", "missing"]]
    assert document["versions"]["@1"]["partition"] == "b" and document["latest"] == "1"


def test_a_store_without_a_notebook_tells_the_same(shop: Book) -> None:
    here = told()
    desk = StoreDesk(shop.instance)
    there: dict[str, Any] = as_page_reads(asset_document(desk, {"key": "orders"}))

    assert there["asset"]["location"] == "book.ipynb"
    for name in ("versions", "latest", "schema", "metadata", "checks", "downstream"):
        assert there[name] == here[name]


def test_the_cell_that_defines_it_is_told_without_a_notebook_too(shop: Book) -> None:
    document = as_page_reads(asset_document(StoreDesk(shop.instance), {"key": "orders"}))

    where = dict(document["facts"])["defined in"]
    assert where.startswith("In[4], as of In[") and where.endswith("book.ipynb")
    assert dict(told()["facts"])["defined in"] == "In[4]"


def test_what_failed_last_says_so_until_it_is_made(book: Book) -> None:
    book.run("good = False")
    book.run("@asset\ndef odd():\n    assert good, 'no good'\n    return 1")
    with pytest.raises(CellFailedError):
        book.run("%materialize odd")
    document = told("odd")
    assert document["asset"]["state"] == "failed"
    assert document["asset"]["why"] == "its last run failed; never materialized"
    assert document["failed"]["error"].splitlines()[0] == "AssertionError: no good"
    assert document["failed"]["run"] == book.instance.runs(1)[0].id
    lineage = as_page_reads(lineage_document(current_desk(), {}))
    assert lineage["nodes"]["odd"]["state"] == "failed"

    book.run("good = True")
    book.run("%materialize odd")

    assert (told("odd")["asset"]["state"], told("odd")["failed"]) == ("fresh", None)


def test_a_slip_is_told_with_the_nearest_name(shop: Book) -> None:
    assert topic_of("asset").document is asset_document
    with pytest.raises(SelectionError, match="orders"):
        told("ordesr")
