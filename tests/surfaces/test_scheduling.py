"""``%schedule`` and ``schedules``: what is due, turned on and off, and tried out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import saved, told

from assetbook.automation.known_schedules import KnownSchedule, known_schedules
from assetbook.events.parts import Origin
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pin
from assetbook.instance.snapshot_pages import content_of
from assetbook.notebook.document import read_document
from assetbook.surfaces.run_bundle import kept_bundle

ONE = "@asset\ndef one():\n    return 1"
NIGHTLY = '%schedule nightly "0 6 * * *" one'


@pytest.fixture
def made(book: Book) -> Book:
    book.run(ONE)
    return book


def known(book: Book, name: str = "nightly") -> KnownSchedule:
    (found,) = [each for each in known_schedules(book.instance) if each.record.name == name]
    return found


def verb(book: Book, line: str) -> str:
    return book.run(f"shown = {line}\nprint(shown)")


def test_a_schedule_is_off_and_says_how_to_turn_it_on(made: Book) -> None:
    shown = made.run(NIGHTLY)
    assert "nightly: one, at 06:00 every day, UTC\n  next: 20" in shown
    assert "off: `%schedules on nightly` turns it on here" in shown
    assert not known(made).is_on


def test_without_a_name_it_is_called_as_what_runs(made: Book) -> None:
    made.run('%schedule "@hourly" +one')
    assert known(made, "one_schedule").record.selection == "+one"


def test_on_pins_it_to_the_cells_and_says_that_no_daemon_runs(made: Book) -> None:
    shown = made.run(f"{NIGHTLY} --on")
    assert "on, pinned to these cells\n  no daemon runs this store" in shown
    assert known(made).is_on
    assert known(made).bundle is not None


def test_its_options_are_kept_in_the_snapshot(made: Book) -> None:
    made.run(
        f"{NIGHTLY} --tz Europe/Berlin --partition last --on-missed all --stale-only --tag a=b"
    )
    record = known(made).record
    assert (record.timezone, record.partition, record.on_missed) == ("Europe/Berlin", "last", "all")
    assert record.stale_only
    assert record.tags == {"a": "b"}


def test_a_job_runs_in_the_place_of_a_selection(made: Book) -> None:
    made.run("from assetbook import define_asset_job\nreport = define_asset_job('report', 'one')")
    made.run('%schedule weekly "0 7 * * 1" --job report')
    assert known(made, "weekly").record.job == "report"
    with pytest.raises(CellFailedError, match="no cell here defines that job\nDid you mean `rep"):
        made.run('%schedule weekly "0 7 * * 1" --job reprot')
    made.run(
        "@op\ndef f(): ...\n@job(partitions_def=StaticPartitionsDefinition(['a']))\ndef etl(): f()"
    )
    with pytest.raises(CellFailedError, match=r"`etl` has partitions \(static: a\), and none"):
        made.run('%schedule weekly "0 7 * * 1" --job etl')
    made.run('%schedule weekly "0 7 * * 1" --job etl --partition a')


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a b", "there is no cron line behind the name"),
        ('nightly "0 6 * *" one', "it has 4 fields in place of five"),
        ('nightly "0 6 * * *"', "nothing says what runs"),
        ('nightly "0 6 * * *" one --job x', "both a selection and --job are given"),
        ('nightly "0 6 * * *" oen', "nothing here is called so\nDid you mean `one`"),
        ('nightly "0 6 * * *" one --tz Europe/Berln', "Did you mean `Europe/Berlin`"),
        ('1a "0 6 * * *" one', "it is not a Python name"),
        ('one "0 6 * * *" one', "`one` is another definition of this notebook"),
        ('nightly "0 6 * * *" one --tag x', "it is not KEY=VALUE"),
        ('nightly "0 6 * * *" by_day', "`by_day` has partitions (static: a, b), and none is named"),
        ('nightly "0 6 * * *" one or +by_day', "Say which its runs make: --partition last"),
    ],
)
def test_a_slip_is_told_and_defines_nothing(made: Book, line: str, said: str) -> None:
    made.run("%%asset by_day --partitions static:a,b --define\n1")
    with pytest.raises(CellFailedError) as failed:
        made.run(f"%schedule {line}")
    assert said in str(failed.value)
    assert "made, 0 kept" not in str(failed.value)
    assert known_schedules(made.instance) == []


def test_its_cell_replaces_it_and_takes_it_away(made: Book) -> None:
    made.run(NIGHTLY, "cell-a")
    made.run('%schedule morning "0 7 * * *" one', "cell-a")
    assert [each.record.name for each in known_schedules(made.instance)] == ["morning"]
    made.run("1", "cell-a")
    assert known_schedules(made.instance) == []


def test_forget_ends_it(made: Book) -> None:
    made.run(NIGHTLY)
    made.run("%forget nightly")
    assert known_schedules(made.instance) == []


def test_it_is_loaded_with_its_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = "print('this is not loaded')"
    saved(tmp_path, "%load_ext assetbook\nfrom assetbook import *", ONE, plot, NIGHTLY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    assert told("plan", "numbers.ipynb").exit_code == 0
    (found,) = json.loads(told("schedules", "--json").stdout)
    assert (found["name"], found["location"], found["on"]) == ("nightly", "numbers.ipynb", False)
    assert told("schedules", "on", "nightly").exit_code == 0
    assert "on" in told("schedules").stdout
    Instance.get(tmp_path).close()


def test_on_and_off_hold_in_this_store(made: Book) -> None:
    made.run(NIGHTLY)
    assert "nightly on, pinned" in verb(made, "%schedules on nightly")
    assert "`nightly` is off in this store" in verb(made, "%schedules off nightly")
    assert not known(made).is_on


def test_the_list_names_each_with_its_next_tick(made: Book) -> None:
    assert "No schedules" in verb(made, "%schedules")
    made.run(f"{NIGHTLY} --on")
    assert "nightly   on  one   at 06:00 every day" in verb(made, "%schedules")


def test_a_dry_run_says_what_a_tick_would_ask_for(made: Book) -> None:
    made.run(f"{NIGHTLY} --tag team=a")
    shown = verb(made, "%schedules dry-run nightly")
    assert "would ask for 1 run; nothing was launched:\n  one (" in shown
    assert "team=a" in shown
    assert made.instance.own.ticks() == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("show nigtly", "no location defines it\nDid you mean `nightly`"),
        ("show", "which one is not said\nThere are: nightly"),
        ("list nightly", "it lists all\nOne: `%schedules show nightly`"),
    ],
)
def test_a_schedule_that_is_not_there_is_told(made: Book, line: str, said: str) -> None:
    made.run(NIGHTLY)
    with pytest.raises(CellFailedError) as failed:
        made.run(f"%schedules {line}")
    assert said in str(failed.value)


def test_a_notebook_that_was_edited_is_ahead_of_its_schedule(made: Book) -> None:
    made.run(f"{NIGHTLY} --on")
    assert "ahead" not in verb(made, "%schedules")
    made.run("@asset\ndef one():\n    return 2", "cell-3")
    made.run("@asset\ndef two():\n    return 2")
    assert "nightly: the notebook is 2 changes ahead: one, two" in verb(made, "%schedules")
    assert "the notebook is 2 changes ahead: one, two; it runs what" in verb(
        made, "%schedules show nightly"
    )
    assert "ahead" not in verb(made, "%schedules on nightly")
    assert "ahead" not in verb(made, "%schedules")


def test_one_turned_on_in_a_shell_follows_the_pin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(tmp_path, "%load_ext assetbook\nfrom assetbook import *", ONE, NIGHTLY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    assert told("promote", "numbers.ipynb").exit_code == 0
    assert told("schedules", "on", "nightly").exit_code == 0
    instance = Instance.get(tmp_path)
    (found,) = known_schedules(instance)
    assert found.bundle is None
    assert "ahead" not in told("schedules").stdout
    notebook = tmp_path / "numbers.ipynb"
    notebook.write_text(notebook.read_text().replace("return 1", "return 2"))
    assert told("plan", "numbers.ipynb").exit_code == 0
    assert "nightly: the notebook is 1 change ahead: one" in told("schedules").stdout
    newest = instance.store.snapshot("numbers.ipynb")
    assert newest is not None
    bundle = kept_bundle(instance, read_document(notebook), "numbers.ipynb")
    by = Origin(kind="cli", host="here")
    pin(instance, "numbers.ipynb", bundle, content_of(newest), by=by)  # as promoting it does
    assert "ahead" not in told("schedules").stdout
    instance.close()
