"""A notebook writes its own store and reads through to another one; every view says from where."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError, opened

from assetbook.keys import AssetKey
from assetbook.surfaces.completion import completions_of

SETTINGS = """
[tool.assetbook]
store = "dev"
read_through = "prod"
[tool.assetbook.stores]
dev = ".assetbook"
prod = "shared/prod"
"""
ORDERS = """
@asset
def orders():
    print("orders were made")
    return pd.DataFrame({"id": [1, 2, 3], "price": [2.0, 3.0, 5.0]})
"""
TOTAL = """
@asset
def total(orders):
    return float(orders["price"].sum())
"""
CHECK = """
@asset_check(asset=orders, blocking=True)
def has_rows(orders):
    return len(orders) > 0
"""
REPORT = """
@asset
def report(total):
    return f"sold for {total}"
"""


def files_of(folder: Path) -> dict[str, tuple[str, int]]:
    """The content and the time of every file, by its path."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
    }


def run_in(book: Book, *cells: str) -> str:
    """What the cells wrote, assets first defined."""
    return "\n".join(book.run(cell) for cell in ("import pandas as pd", *cells))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in whose store ``prod`` a notebook made two assets, and that is closed again."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "pyproject.toml").write_text(SETTINGS)
    with opened(folder, "shop.ipynb", store="prod") as book:
        run_in(book, ORDERS, TOTAL, "%materialize")
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that project."""
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    return shutil.copytree(made, tmp_path / "project")


@pytest.fixture
def dev(project: Path) -> Iterator[Book]:
    """The same notebook in the project's own store."""
    with opened(project, "shop.ipynb") as book:
        run_in(book, ORDERS, TOTAL, REPORT)
        yield book


def test_an_asset_is_fresh_from_the_other_store(dev: Book) -> None:
    shown = dev.run("%assets")
    assert "2 fresh" in shown
    assert shown.count("from prod") == 2


def test_only_what_is_missing_is_made(dev: Book) -> None:
    dev.run("%materialize report")
    assert dev.run("report.value()") and dev.result == "sold for 10.0"
    [run] = dev.instance.own.runs()
    assert run.steps == ("report",)
    [version] = dev.instance.own.versions(AssetKey("report"))
    [read] = version.event.inputs.values()
    assert (read.key, read.version, read.store) == ("total", 1, "prod")
    assert not dev.instance.own.versions(AssetKey("total"))


def test_the_other_store_is_not_touched(dev: Book, project: Path) -> None:
    prod = project / "shared" / "prod"
    before = files_of(prod)
    assert "assetbook.db" in before
    for cell in (
        "%assets --checks",
        "%materialize report",
        "%materialize orders --force",
        "%versions orders@prod",
        "%value orders@prod:1",
        "%diff orders@prod orders",
        "%restore orders@prod",
        "%store gc",
        "%store verify",
    ):
        dev.run(cell)
    assert files_of(prod) == before


VIEWS = (
    ("%assets", "from prod"),
    ("%why orders", "from prod"),
    ("%show orders", "from prod"),
    ("%lineage", "from prod"),
    ("%versions orders", "prod:1"),
    ("%show orders", "prod:1"),
    ("%plan report", "from another store: total@prod:1"),
    ("%plan total", "all fresh: nothing to do\n     from another store: total@prod:1"),
    ("%materialize total", "from another store: total@prod:1"),
    ("%assetbook", "reads through to  prod:"),
    ("%doctor", "2 assets"),
    (TOTAL, "fresh · from prod"),
)


def test_every_view_says_from_where(dev: Book) -> None:
    for cell, said in VIEWS:
        assert said in dev.run(cell), cell
        html = getattr(dev.result, "_repr_html_", lambda: "prod")()
        assert "prod" in html, cell


def test_the_inputs_of_a_version_say_from_where(dev: Book) -> None:
    dev.run("%materialize report")
    assert "prod:1" in dev.run("%why report")
    assert "from prod" not in dev.run("%why report")


def test_a_fresh_cell_shows_its_output_from_the_other_store(project: Path) -> None:
    cell = "%%asset numbers\nprint('were made')\n[1, 2]"
    with opened(project, "more.ipynb", store="prod") as book:
        book.run(cell)
    with opened(project, "more.ipynb") as book:
        shown = book.run(cell)
        assert ", from prod; " in shown
        assert "were made" in shown
        assert book.result == [1, 2]


def test_an_own_version_counts_from_then_on(dev: Book) -> None:
    dev.run("%materialize orders --force")
    assert "from prod" not in dev.run("%why orders")
    assert [each.name for each in dev.instance.versions("orders")] == ["1"]
    # the same data: what was made of it there stays fresh
    assert "fresh" in dev.run("%why total")
    assert "from prod" in dev.run("%why total")


def test_other_code_here_makes_the_other_store_stale(dev: Book) -> None:
    dev.run(ORDERS.replace("5.0", "7.0"))
    shown = dev.run("%why orders")
    assert "stale" in shown and "from prod" in shown
    dev.run("%materialize report")
    dev.run("total.value()")
    assert dev.result == 12.0


def test_restoring_goes_back_to_the_other_store(dev: Book) -> None:
    dev.run(ORDERS.replace("5.0", "7.0"))
    dev.run("%materialize orders")
    dev.run(ORDERS)
    assert "stale" in dev.run("%why orders")
    assert "`orders` is read from prod again, now version 1" in dev.run("%restore orders@prod")
    shown = dev.run("%why orders")
    assert "fresh" in shown and "from prod" in shown
    assert "already" in dev.run("%restore orders@prod:1")
    # what was made here is still there, and the next one is numbered after it
    assert [each.name for each in dev.instance.own.versions(AssetKey("orders"))] == ["1"]
    assert "run" in dev.run("%versions orders@dev:1")
    assert "value of version 1 again, as version 2" in dev.run("%restore orders@dev:1")
    assert "from prod" not in dev.run("%why orders")
    dev.run("%materialize orders --force")
    assert dev.instance.version("orders").name == "3"


def test_versions_of_both_stores_are_compared(dev: Book) -> None:
    dev.run(ORDERS.replace("5.0", "7.0"))
    dev.run("%materialize orders")
    shown = dev.run("%diff orders@prod:1 orders@1")
    assert "@prod:1 → @1" in shown
    assert "price" in shown
    assert "was" not in dev.run("%diff orders@dev orders@prod --code")


def test_a_run_reads_a_version_of_the_other_store(dev: Book) -> None:
    dev.run(ORDERS.replace("5.0", "7.0"))
    dev.run("%materialize orders")
    dev.run("%materialize total --with orders@prod:1")
    [version] = dev.instance.own.versions(AssetKey("total"))
    assert version.event.inputs["orders"].store == "prod"
    assert dev.instance.value("total", "dev:1") == 10.0


REFUSALS = (
    ("%keep orders", "is in the store `prod`, which is only read here"),
    ("%restore orders@prod:9", "there is no such version"),
    ("%rename orders sales", "is in the store `prod`, which is only read here"),
    ("%value orders@prd:1", "there is no store `prd`\nDid you mean `prod`?"),
    ("%value orders@dev", "it has no version in the store `dev`"),
    ("%assetbook --store pord", "there is no store `pord`\nDid you mean `prod`?"),
)


def test_what_cannot_be_done_here_is_said(dev: Book) -> None:
    for cell, said in REFUSALS:
        with pytest.raises(CellFailedError) as raised:
            dev.run(cell)
        assert said in str(raised.value)


def test_sql_reads_tables_of_the_other_store(dev: Book) -> None:
    dev.run("%sql select sum(price) as total from orders")
    assert dev.result["total"].tolist() == [10.0]
    dev.run('%sql select count(*) as n from "orders@prod:1"')
    assert dev.result["n"].tolist() == [3]


def test_a_check_of_the_other_stores_version_is_kept_here(dev: Book) -> None:
    dev.run(CHECK)
    assert "blocked" in dev.run("%why orders")
    dev.run("%materialize orders")
    shown = dev.run("%why orders")
    assert "fresh" in shown and "from prod" in shown
    [state] = dev.instance.own.checks([AssetKey("orders")]).values()
    assert (state.version, state.event.store) == (1, "prod")
    dev.run("%materialize orders --force")
    [state] = dev.instance.own.checks([AssetKey("orders")]).values()
    assert state.event.store is None


def test_a_session_goes_over_to_another_store(dev: Book) -> None:
    shown = dev.run("%assetbook --store prod")
    assert "prod:" in shown  # what is behind it may be on the next line
    assert "reads through to" not in shown
    dev.run("%materialize report")
    assert dev.instance.project is not None and dev.instance.project.store_name == "prod"
    assert dev.instance.own.versions(AssetKey("report"))
    dev.run("%assetbook --store dev")
    assert "from prod" in dev.run("%why report")


def test_a_store_that_is_gone_is_said_once(dev: Book, project: Path) -> None:
    dev.run("%materialize report")
    there = project / "shared"
    there.rename(project / "elsewhere")
    assert "the store `prod` is not there" in dev.run("%assets")
    assert "is not there" not in dev.run("1 + 1")
    assert "which is not there" in dev.run("%doctor")
    assert dev.run("report.value()") and dev.result == "sold for 10.0"
    dev.run("%materialize report")  # makes anew what only the other store had
    assert dev.instance.own.versions(AssetKey("orders"))
    (project / "elsewhere").rename(there)
    dev.run("%restore orders@prod")
    assert "from prod" in dev.run("%why orders")


def test_completion_offers_the_versions_of_stores(dev: Book) -> None:
    assert "orders@prod" in completions_of(dev.live, "%value orders@p")
    assert completions_of(dev.live, "%value orders@prod:") == ["orders@prod:1"]


def test_the_log_files_of_the_other_store_are_read(dev: Book) -> None:
    version = dev.instance.latest_materialization("orders")
    assert version is not None and version.run_id
    said = dev.run(f"%logs {version.run_id[:8]} --step orders --stdout")
    assert "orders were made" in said and "of stdout" in said
    assert "orders | orders were made" in dev.run(f"%logs {version.run_id[:8]} --follow")
