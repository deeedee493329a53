"""Wiping as people type it: nothing of the value is left anywhere in the store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import program, told

import assetbook
from assetbook.instance.instance import Instance

MARK = "quokka4"

CELLS = (
    "import pandas as pd",
    """@asset
def orders() -> pd.DataFrame:
    print("read quokka4 from the shop")
    display(pd.DataFrame({"card": ["quokka4"] * 3}))
    frame = pd.DataFrame({"card": ["quokka4"] * 3, "n": [1, 2, 3]})
    return Output(frame, metadata={"head": MetadataValue.md(frame.to_string())})""",
    """@asset
def names(orders):
    return {"first": "quokka4"}""",
    """@asset_check(asset=orders)
def no_card(orders):
    return AssetCheckResult(passed=False, description="quokka4", severity=AssetCheckSeverity.WARN,
                            metadata={"seen": "quokka4"})""",
)


def traces(folder: Path) -> set[str]:
    """The files of the store in which the secret stands."""
    files = (each for each in folder.rglob("*") if each.is_file())
    return {each.name for each in files if MARK.encode() in each.read_bytes()}


def store_of(book: Book) -> Path:
    return book.instance.values.root.parent


@pytest.fixture
def secrets(book: Book) -> Book:
    """Two versions of a table and two of a dict with the secret in it, and a failed run.

    The cells' source is code, which is no value: it names the secret by parts.
    """
    for cell in CELLS:
        book.run(
            cell.replace('"quokka4"', '"quo" + "kka4"').replace(
                '"read quokka4', '"read " + "quo" + "kka4'
            )
        )
    for _ in range(2):
        book.run("%materialize names orders --force")
    return book


def test_a_plan_says_what_would_go(secrets: Book) -> None:
    secrets.run("%wipe orders")
    view = str(secrets.result)
    assert re.match(r"Wipe: 2 versions would be wiped: \d", view)
    assert re.search(r"orders +1, 2 +\S+ kB +previews, metadata, logs and captured outputs", view)
    assert "not touched  made from it: names@1, names@2" in view
    assert view.endswith("Nothing was changed. `%wipe orders --yes` does it, for good.")
    assert len(secrets.instance.value("orders", 1)) == 3
    assert "assetbook-name" in secrets.result.html()
    assert secrets.result.to_json()["assets"][0]["copies"] == ["names@1", "names@2"]


def test_nothing_of_what_is_wiped_is_left(secrets: Book) -> None:
    assert traces(store_of(secrets)) != set()
    secrets.run("%wipe orders names --yes")
    assert re.search(
        r"Wipe: 4 versions wiped: \d.* of values and \d log records", str(secrets.result)
    )
    assert traces(store_of(secrets)) == set()
    assert not [each for each in secrets.instance.values.root.rglob("*") if each.is_file()]
    assert assetbook.store_verify().is_well
    assert {each.what: each.said for each in assetbook.doctor().findings}["wipes"].startswith(
        "none"
    )


def test_deleting_files_alone_leaves_the_secret(secrets: Book) -> None:
    for file in secrets.instance.values.root.rglob("*.parquet"):
        file.unlink()
    assert traces(store_of(secrets)) != set()


def test_a_tombstone_stays(secrets: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    secrets.run("%wipe orders --yes")
    day = f"{secrets.instance.clock.now():%Y-%m-%d}"
    noted = re.findall(rf"wiped on {day} \d\d:\d\d UTC by ada", secrets.run("%versions orders"))
    assert len(noted) == 2
    assert re.search(r"success +wipe orders .* ada .*bytes of values", secrets.run("%runs"))
    assert f"its value was wiped on {day}" in secrets.run("%why orders")
    assert "by ada" in secrets.run("%why orders")
    assert re.search(r"orders +\S missing", secrets.run("%assets"))
    assert re.search(r"1 +.* 3 +", secrets.run("%versions orders"))  # rows


def test_what_is_wiped_cannot_be_read(secrets: Book) -> None:
    secrets.run("%wipe orders@1 --yes")
    for line in (
        "%restore orders@1",
        "%keep orders@1",
        "%export orders@1 orders.csv",
        "%diff orders@1 orders@2",
        "%materialize names --with orders@1",
        "%sql from 'orders@1'",
    ):
        with pytest.raises(CellFailedError, match=r"orders@1"):
            secrets.run(line)
    with pytest.raises(CellFailedError, match=r"`orders@1`: it was wiped on .*, for good"):
        secrets.run("%value orders@1")
    assert len(secrets.instance.value("orders")) == 3
    assert "missing" not in secrets.run("%assets orders")


def test_a_kept_version_has_to_be_named(secrets: Book) -> None:
    secrets.run("%keep orders@1")
    secrets.run("%wipe orders")
    assert "kept" in str(secrets.result)
    assert "orders@1; --kept takes it too" in str(secrets.result)
    secrets.run("%wipe orders --yes")
    assert len(secrets.instance.value("orders", 1)) == 3
    with pytest.raises(CellFailedError, match="all that is left of it is kept"):
        secrets.run("%wipe orders --yes")
    secrets.run("%wipe orders@1 --yes")
    with pytest.raises(CellFailedError, match="it was wiped before"):
        secrets.run("%wipe orders --yes")


def test_a_restored_version_goes_with_its_original(secrets: Book) -> None:
    secrets.run("%restore orders@1")
    secrets.run("%wipe orders@1 --yes")
    assert secrets.result.to_json()["assets"][0]["versions"] == [1, 3]
    assert len(secrets.instance.value("orders", 2)) == 3


def test_making_it_anew_is_a_new_version(secrets: Book) -> None:
    secrets.run("%wipe orders --yes")
    secrets.run("%materialize orders")
    assert secrets.instance.version("orders").number == 3
    assert len(secrets.instance.value("orders")) == 3


def test_a_failed_run_leaves_nothing_either(book: Book) -> None:
    book.run("@asset\ndef broken():\n    raise ValueError('quo' + 'kka4')")
    with pytest.raises(CellFailedError):
        book.run("%materialize broken")
    assert traces(store_of(book)) != set()
    book.run("%wipe broken --yes")
    assert traces(store_of(book)) == set()


def test_copies_from_before_an_upgrade_go_too(secrets: Book) -> None:
    old = store_of(secrets) / "assetbook.db.before-1"
    old.write_bytes(b"quokka4")
    secrets.run("%wipe orders names")
    assert "of the database before upgrades: assetbook.db.before-1" in str(secrets.result)
    secrets.run("%wipe orders names --yes")
    assert not old.exists()
    assert traces(store_of(secrets)) == set()


def test_files_of_killed_runs_go_too(secrets: Book) -> None:
    folder = secrets.instance.values.root / "orders"
    for name in ("0a0a0a.a1.parquet", ".0b0b0b.a1.parquet.12ab.tmp"):
        (folder / name).write_bytes(b"quokka4")
    secrets.run("%wipe orders names --yes")
    assert "2 files of killed runs" in str(secrets.result)
    assert traces(store_of(secrets)) == set()


def test_what_a_run_reads_is_refused_by_its_name(secrets: Book) -> None:
    secrets.run(
        "@asset\ndef late(orders):\n    get_ipython().run_line_magic('wipe', 'orders --yes')"
    )
    with pytest.raises(CellFailedError, match=r"wiping `orders`: run \w+ is on its way"):
        secrets.run("%materialize late")
    assert len(secrets.instance.value("orders", 1)) == 3


def test_an_unknown_asset_is_told(secrets: Book) -> None:
    with pytest.raises(CellFailedError, match="Did you mean `orders`"):
        secrets.run("%wipe order --yes")


def test_a_shell_wipes_after_yes(project: Path) -> None:
    Instance.get(project).close()
    planned = program(project, "wipe", "numbers")
    assert (planned.returncode, planned.stderr) == (0, "")
    assert "`assetbook wipe numbers --yes` does it, for good" in planned.stdout
    done = program(project, "wipe", "numbers@1", "--yes", "--json")
    assert (done.returncode, '"planned": false' in done.stdout) == (0, True)
    assert "its value was wiped on" in told("why", "numbers").output
