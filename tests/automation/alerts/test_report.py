"""What is told with an alert: read from a real store, without secrets and without what hides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.automation.alerts.happening import ERROR, NOON, Shop
from tests.automation.stored_schedules import SHOP

from assetbook import AssetKey
from assetbook.automation.alerts.alert import Alert
from assetbook.automation.alerts.report import Report, clean, report_of
from assetbook.definitions.secret import Secret
from assetbook.events.parts import ErrorInfo, Origin
from assetbook.events.run_events import RunStarted, StepEnded
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.bundles import Bundle, BundleCell, keep_bundle
from assetbook.instance.snapshots import remember
from assetbook.notebook.local_imports import LocalModule

RUN = "aaaaaa000001"
ALERT = Alert(kind="failed", subject="orders", said="no", key="k", at=NOON, run_id=RUN, step="s")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


def failed(
    shop: Shop,
    *cells: str,
    record: AssetRecord | None = None,
    step: str = "s",
    error: ErrorInfo = ERROR,
    modules: dict[str, LocalModule] | None = None,
    texts: dict[str, str] | None = None,
    given: dict[str, int] | None = None,
) -> Report:
    """What is told of a step that failed in a run of those cells."""
    bundle = None
    if cells or modules:
        held = tuple(BundleCell(f"c{n}", cell) for n, cell in enumerate(cells))
        bundle = keep_bundle(
            shop.instance, Bundle(SHOP, held, modules or {}, "python3", "CPython 3.11", {})
        )
    records = () if record is None else (record,)
    snapshot = remember(
        shop.instance, Snapshot(location=SHOP, at=NOON, assets=records), texts or {}
    )
    origin = Origin(kind="schedule", notebook=SHOP)
    started = RunStarted(
        at=shop.clock.now(),
        run_id=RUN,
        asked="orders",
        steps=(step,),
        origin=origin,
        snapshot=snapshot,
        bundle=bundle,
        given=given or {},
    )
    keys = () if record is None else (record.key,)
    ended = StepEnded(
        at=shop.clock.now(), run_id=RUN, step=step, status="failed", error=error, keys=keys
    )
    shop.instance.own.commit([started, ended])
    return report_of(shop.instance, replace(ALERT, step=step), "shop")


ORDERS = AssetRecord(key="raw/orders", inputs={"prices": "prices"})


@pytest.mark.parametrize(
    "cell",
    [
        "%%asset raw/orders --group marts\n# why\nprices * 2",
        "%%asset --group marts raw/orders\nprices * 2",
        "%%sql_asset raw/orders\nselect 1",
        "@asset(key_prefix='raw')\ndef orders(prices):\n    # why\n    return prices",
        "K = 2\n\n@asset(key_prefix='raw')\nasync def orders(prices): return prices * K",
    ],
)
def test_the_cell_that_defines_an_asset(shop: Shop, cell: str) -> None:
    before = "%%asset raw/orders_before\n1"
    assert failed(shop, before, cell, "x = orders", record=ORDERS).source == cell


def test_the_function_of_several_assets(shop: Shop) -> None:
    cell = "@multi_asset(specs=specs)\ndef both():\n    ..."
    assert failed(shop, cell, record=replace(ORDERS, maker="both")).source == cell


@pytest.mark.parametrize("step", ["look", "outer.look", "look[a]"])
def test_the_op_of_a_job(shop: Shop, step: str) -> None:
    cell = "@op\ndef look():\n    ...\n\n@job\ndef looks():\n    look()"
    assert failed(shop, "x = 1", cell, step=step).source == cell


def test_a_function_in_a_module(shop: Shop) -> None:
    module = LocalModule("import os\n\n@asset\ndef orders():\n    return 1\n\nx = 1\n", False)
    told = failed(shop, "from helpers import *", modules={"helpers": module}, record=ORDERS)
    assert told.source == "@asset\ndef orders():\n    return 1"


def test_the_code_as_it_is_counted_where_no_cell_is_kept(shop: Shop) -> None:
    texts = {
        "m": '{"asset:cell": "d", "helper:help": "e"}',
        "d": "prices * 2",
        "e": "def help(): 1",
    }
    assert failed(shop, record=replace(ORDERS, manifest="m"), texts=texts).source == "prices * 2"


def test_nothing_is_told_of_what_is_gone(shop: Shop) -> None:
    gone = report_of(shop.instance, ALERT, "shop")
    assert (gone.source, gone.traceback, gone.inputs) == ("", "", {})


def test_the_versions_that_it_read(shop: Shop) -> None:
    def makes(run: str) -> None:
        shop.makes(run, asked="prices", key="prices")
        shop.clock.advance(60)

    for run in ("bbbbbb000001", "bbbbbb000002"):
        makes(run)
    told = failed(shop, record=ORDERS)
    shop.clock.advance(60)
    makes("bbbbbb000003")  # after it failed
    assert told.inputs == {"prices": "version 2 of 2026-03-01 12:01:00 UTC"}
    again = report_of(shop.instance, replace(ALERT, step="s"), "shop")
    assert again == told


def test_the_version_that_it_was_given(shop: Shop) -> None:
    for run in ("bbbbbb000001", "bbbbbb000002"):
        shop.makes(run, asked="prices", key="prices")
    told = failed(shop, record=ORDERS, given={AssetKey("prices").text: 1})
    assert told.inputs["prices"].startswith("version 1 of")


def test_texts_are_cut(shop: Shop) -> None:
    long = replace(ERROR, traceback="\n".join(f"line {n}" for n in range(100)))
    cell = "%%asset raw/orders\n" + "\n".join(f"x_{n} = {n}" for n in range(100))
    told = failed(shop, cell, record=ORDERS, error=long)
    assert told.traceback.splitlines()[0] == "... 85 lines before"
    assert told.traceback.splitlines()[-1] == "line 99"
    assert told.source.splitlines()[-1] == "... 61 more lines"


def test_one_long_line_is_cut(shop: Shop) -> None:
    huge = replace(ERROR, traceback="x" * 100_000)
    assert len(failed(shop, record=ORDERS, error=huge).traceback) == 4_000


def test_secrets_are_masked(shop: Shop) -> None:
    Secret("sesame-open-sesame")
    raised = replace(
        ERROR, traceback='login(password="hunter2hunter2")\nValueError: sesame-open-sesame\n'
    )
    texts = {"m": '{"asset:cell": "d"}', "d": 'api_key = "hunter2hunter2"'}
    record = replace(ORDERS, manifest="m")
    told = failed(shop, record=record, texts=texts, error=raised)
    assert "hunter2" not in f"{told.source} {told.traceback}"
    assert "sesame" not in told.traceback
    said = report_of(shop.instance, replace(ALERT, said="no: sesame-open-sesame"), "shop").said
    assert said == "no: ***"


def test_nothing_hides() -> None:
    assert clean("a\x1b[31mb\u202ec\u200bd\ud800\r\ne\tf\n") == (
        "a\\u001b[31mb\\u202ec\\u200bd\\ud800\ne\tf\n"
    )


def test_an_id_is_of_one_store_and_one_news(shop: Shop, tmp_path: Path) -> None:
    other = Shop(tmp_path / "other")
    again = [report_of(shop.instance, ALERT, name).id for name in ("a", "b")]
    more = report_of(shop.instance, replace(ALERT, more=1), "a").id
    elsewhere = report_of(other.instance, ALERT, "a").id
    assert len({*again, more, elsewhere}) == 3
    other.close()
