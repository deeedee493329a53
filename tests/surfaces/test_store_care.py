"""The doctor and the verification say what is wrong, and what to do."""

from __future__ import annotations

import json
import re
import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from tests.surfaces.book import Book

import assetbook
import assetbook.instance.collecting as collecting
import assetbook.planning.retention as retention
from assetbook.events.asset_events import AssetObserved
from assetbook.surfaces import health, store_care
from assetbook.surfaces.display.findings_view import FindingsView
from assetbook.surfaces.health import Finding

Space = namedtuple("Space", "total used free")


def found(book: Book, what: str) -> Finding:
    view = assetbook.doctor()
    return next(each for each in view.findings if each.what == what)


def test_a_healthy_store_gets_no_remedies(book: Book) -> None:
    book.run("@asset\ndef numbers():\n    return [1]")
    book.run("%materialize numbers")
    book.run("%doctor")
    view = book.result
    assert isinstance(view, FindingsView)
    assert [each.what for each in view.findings if each.status == "bad"] == []
    names = [each.what for each in view.findings]
    assert names[:5] == ["store", "file system", "disk", "leftovers", "logs"]
    assert {"SQLite", "pandas", "pyarrow", "ipywidgets"} <= set(names)


def test_little_space_is_a_warning(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Space(1000, 850, 150))
    disk = found(book, "disk")
    assert (disk.status, disk.said[:17]) == ("warn", "150 B free (15%);")
    assert "%store gc" in disk.remedy


def test_a_folder_open_to_others_is_a_warning(book: Book) -> None:
    book.instance.values.root.parent.chmod(0o755)
    store = found(book, "store")
    assert (store.status, store.remedy[:10]) == ("warn", "chmod 700 ")


def test_events_of_the_future_are_wrong(book: Book) -> None:
    later = book.instance.clock.now() + timedelta(hours=2)
    book.instance.store.commit([AssetObserved(at=later, run_id="", key="prices")])
    assert found(book, "clock").status == "bad"
    assert not assetbook.doctor().is_well


def test_log_files_of_unknown_runs_are_told_and_removed(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.run("@asset\ndef numbers():\n    print('hello')\n    return [1]")
    book.run("%materialize numbers")
    logs = found(book, "logs")
    assert (logs.status, logs.said) == ("good", "1 file (6 B) of runs")
    assert book.instance.log_files is not None
    orphan = book.instance.log_files.path("f00", "numbers", "stdout")
    orphan.parent.mkdir()
    orphan.write_text("lost")
    logs = found(book, "logs")
    assert (logs.status, logs.said) == (
        "warn",
        "2 files (10 B), among them 1 file (4 B) of runs that this store does not know",
    )
    assetbook.store_gc()
    assert orphan.exists()  # it is no day old
    monkeypatch.setattr(collecting, "YOUNGEST", timedelta(seconds=-1))
    assetbook.store_gc()
    assert not orphan.exists()
    assert found(book, "logs").said == "1 file (6 B) of runs"


def test_log_files_are_not_verified_which_is_said(book: Book) -> None:
    book.run("@asset\ndef numbers():\n    print('hello')\n    return [1]")
    book.run("%materialize numbers")
    assert "1 log file not looked into: no checksum is kept" in str(assetbook.store_verify())


def test_files_of_no_version_are_told(book: Book) -> None:
    folder = book.instance.values.root / "gone"
    folder.mkdir(parents=True)
    (folder / "x.a1.parquet").write_bytes(b"123")
    leftovers = found(book, "leftovers")
    assert (leftovers.status, leftovers.said) == ("warn", "1 file (3 B) that no version names")


def test_an_old_package_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: "2.9.1")
    pandas = next(each for each in health._versions() if each.what == "pandas")
    assert (pandas.status, pandas.said) == ("bad", "2.9.1, older than 3.0")


def test_a_damaged_value_is_named_with_its_remedy(book: Book) -> None:
    book.run("import pandas as pd\n@asset\ndef table():\n    return pd.DataFrame({'a': [1]})")
    book.run("%materialize table")
    assert assetbook.store_verify().summary.startswith("whole: 1 value (")
    [file] = book.instance.values.root.rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-1])
    book.run("%store verify")
    view = book.result
    assert not view.is_well
    assert "✕ table@1" in str(view)
    assert "`%materialize table --force` makes it anew" in str(view)
    assert json.loads(json.dumps(view.to_json()))["well"] is False
    assert "assetbook-state" in view.html()


def test_old_values_are_let_go_as_the_plan_said(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "YOUNGEST", timedelta(0))
    monkeypatch.setattr(collecting, "YOUNGEST", timedelta(0))
    book.run("import pandas as pd\n@asset\ndef table():\n    return pd.DataFrame({'a': [1]})")
    for _ in range(5):
        book.run("%materialize table --force")
    book.run("%store gc --plan")
    planned = book.result
    assert str(planned).startswith("2 old values would go: ")
    assert planned.to_json()["versions"][0]["version"] == 1
    assert len(list(book.instance.values.root.rglob("*.parquet"))) == 5
    book.run("%store gc")
    assert str(book.result).startswith("2 old values let go: ")
    assert re.search(r"table +1, 2 +\d", str(book.result))
    assert len(list(book.instance.values.root.rglob("*.parquet"))) == 3
    assert str(assetbook.store_gc()) == "nothing to let go; 3 values stay"
    found = {each.what: each.said for each in assetbook.store_verify().findings}
    assert found["let go"] == "2 values gone, as somebody asked for"
    assert "Nothing was changed" in planned.html()


def test_ipythons_own_store_magic_stays(book: Book) -> None:
    book.run("%unload_ext assetbook\n%load_ext storemagic")
    book.run("%load_ext assetbook")
    assert "Stored variables" in book.run("%store")
    book.run("%store verify")
    assert isinstance(book.result, FindingsView)


def test_hostile_findings_stay_text() -> None:
    view = FindingsView("x", "<b>y", [Finding("<script>", "a\nb\x1b[2J", "bad", "<i>")])
    assert "<script>" not in view.html().replace("&lt;script&gt;", "")
    assert "\x1b" not in str(view)


def test_progress_is_told_after_a_moment(
    book: Book, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetbook.clock import ManualClock

    clock = ManualClock(book.instance.clock.now())
    telling = store_care._Telling(clock)
    telling(1, 3)
    clock.advance(2)
    telling(2, 3)
    telling(3, 3)
    assert capsys.readouterr().err == "\rlooked at 2 of 3 versions\rlooked at 3 of 3 versions\n"


def test_a_backup_says_what_it_holds(book: Book, tmp_path: Path) -> None:
    book.run("import pandas as pd\n@asset\ndef table():\n    return pd.DataFrame({'a': [1]})")
    book.run("%materialize table")
    shown = book.run(f"%store backup {tmp_path / 'copy'}")
    assert re.search(
        r"assetbook: 1 of 1 value file to bring over: 0 B to write, .* free there", shown
    )
    view = book.result
    assert isinstance(view, FindingsView)
    assert view.is_well
    assert re.match(r"Backup: 1 value file \(\S+ \S?B\) in .*/copy\n", str(view))
    assert "values  1 new (1 linked), 0 there already" in str(view)
    assert f"ASSETBOOK_STORE={tmp_path / 'copy'} opens it" in str(view)
    assert "0 new, 1 there already" in str(assetbook.store_backup(tmp_path / "copy"))


def test_a_backup_of_damage_is_not_well(book: Book, tmp_path: Path) -> None:
    book.run("import pandas as pd\n@asset\ndef table():\n    return pd.DataFrame({'a': [1]})")
    book.run("%materialize table")
    next(book.instance.values.root.rglob("*.parquet")).unlink()
    view = assetbook.store_backup(tmp_path / "copy")
    assert not view.is_well
    assert "✕ damaged" in str(view)
