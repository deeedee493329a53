"""Earlier versions made the latest again, and versions that are kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.instance.making import make, state_of

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.config import Config
from assetbook.errors import CorruptStoreError, SelectionError
from assetbook.events.parts import Origin
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options
from assetbook.instance.restoring import keep_version, restore_version
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager
from assetbook.keys import AssetKey
from assetbook.storage.version import Version

ADA = Origin(kind="session", user="ada")


class Day(Config):
    day: int = 1


@asset
def frame(config: Day) -> pd.DataFrame:
    return pd.DataFrame({"day": range(config.day)})


@asset
def rows(frame: pd.DataFrame) -> int:
    return len(frame)


@asset_check(asset=frame, blocking=True)
def is_short(frame: pd.DataFrame) -> bool:
    return len(frame) < 3


def frame_of(instance: Instance, *days: int) -> None:
    for day in days:
        make(instance, frame, run_config={"frame": {"day": day}})


def restored(instance: Instance, name: str) -> Version:
    return restore_version(instance, instance.version(name), ADA)


def files(instance: Instance) -> list[Path]:
    return sorted(each for each in instance.values.root.rglob("*") if each.is_file())


def test_a_restored_version_is_new_and_has_the_same_file(instance: Instance) -> None:
    frame_of(instance, 1, 2)
    before = files(instance)
    made = restored(instance, "frame@1")
    first = instance.version("frame@1").event
    assert (made.number, made.event.restored_from) == (3, 1)
    assert (made.event.value, made.event.data_version) == (first.value, first.data_version)
    assert files(instance) == before
    assert len(instance.value("frame")) == 1
    assert instance.latest_materialization("frame") == made


def test_a_restored_version_tells_who_asked(instance: Instance) -> None:
    frame_of(instance, 1, 2)
    made = restored(instance, "frame@1")
    assert instance.origin_of(made) == ADA
    run = instance.run(made.run_id)
    assert (run.status, run.asked) == ("success", "restore frame@1")
    assert instance.version(f"frame@run:{made.run_id}") == made


def test_its_state_is_that_of_what_made_it(instance: Instance) -> None:
    frame_of(instance, 1, 2)
    assert state_of(instance, "frame", frame) == "stale"
    restored(instance, "frame@1")
    assert state_of(instance, "frame", frame) == "fresh"
    restored(instance, "frame@2")
    assert state_of(instance, "frame", frame) == "stale"


def test_what_reads_it_is_stale_until_its_data_is_back(instance: Instance) -> None:
    make(instance, frame, rows)
    frame_of(instance, 2)
    assert state_of(instance, "rows", frame, rows) == "stale"
    restored(instance, "frame@1")
    assert state_of(instance, "rows", frame, rows) == "fresh"


def test_checks_say_of_it_what_they_said_before(instance: Instance) -> None:
    for day in (2, 5):
        make(
            instance,
            frame,
            is_short,
            run_config={"frame": {"day": day}},
            raise_on_error=False,
        )
    assert state_of(instance, "frame", frame, is_short) == "stale"
    restored(instance, "frame@1")
    [evaluation] = instance.recorded()[AssetKey("frame")].checks.values()
    assert (evaluation.passed, evaluation.version) == (True, 3)
    restored(instance, "frame@2")
    [evaluation] = instance.recorded()[AssetKey("frame")].checks.values()
    assert (evaluation.passed, evaluation.version) == (False, 4)


def test_a_restored_version_can_be_restored(instance: Instance) -> None:
    frame_of(instance, 1, 2)
    restored(instance, "frame@1")
    restored(instance, "frame@2")
    made = restored(instance, "frame@3")
    assert (made.number, made.event.restored_from) == (5, 3)
    assert made.event.written_by == instance.version("frame@1").run_id


def test_the_latest_is_not_restored(instance: Instance) -> None:
    frame_of(instance, 1)
    with pytest.raises(SelectionError, match="`frame@1`: it is the latest version already"):
        restored(instance, "frame")


def test_a_version_whose_file_is_gone_is_not_restored(instance: Instance) -> None:
    frame_of(instance, 1, 2)
    [first, _] = [version.event.value for version in reversed(instance.versions("frame"))]
    assert first is not None
    assert first.path is not None
    (instance.values.root / first.path).unlink()
    with pytest.raises(CorruptStoreError, match="`frame@1`: its file is gone"):
        restored(instance, "frame@1")
    assert instance.version("frame").number == 2


@asset
def sent() -> None:
    pass


def test_what_has_no_value_is_not_restored(instance: Instance) -> None:
    for _ in range(2):
        make(instance, sent, options=Options(force=True))
    with pytest.raises(SelectionError, match="it has no stored value that could be used again"):
        restored(instance, "sent@1")


class Drawer(IOManager):
    """Keeps every value by its run."""

    versioned = True

    def __init__(self) -> None:
        self.kept: dict[str, object] = {}

    def handle_output(self, context: OutputContext, obj: object) -> None:
        self.kept[context.run_id] = obj

    def load_input(self, context: InputContext) -> object:
        return self.kept[context.run_id]


class Slot(Drawer):
    """Keeps the latest."""

    versioned = False


@asset(io_manager_key="mine")
def letter(config: Day) -> int:
    return config.day


@asset
def answer(letter: int) -> int:
    return -letter


def letters(instance: Instance, manager: Drawer) -> None:
    for day in (1, 2):
        make(
            instance,
            letter,
            resources={"mine": manager},
            run_config={"letter": {"day": day}},
            record=True,
        )


def test_a_managers_own_version_is_found_again(instance: Instance) -> None:
    drawer = Drawer()
    letters(instance, drawer)
    restored(instance, "letter@1")
    resources = {"mine": drawer}
    assert instance.value("letter", resources=resources) == 1
    config = {"letter": {"day": 1}}
    make(instance, letter, answer, resources=resources, run_config=config, record=True)
    assert instance.value("answer") == -1
    assert len(instance.versions("letter")) == 3


@pytest.mark.parametrize("verb", ["restore", "keep"])
def test_what_a_manager_overwrites_is_refused(instance: Instance, verb: str) -> None:
    letters(instance, Slot())
    act = restore_version if verb == "restore" else keep_version
    with pytest.raises(SelectionError, match=f"{verb} `letter@1`: its I/O manager `mine` keeps"):
        act(instance, instance.version("letter@1"), ADA)


def test_a_version_is_kept_until_it_is_released(instance: Instance) -> None:
    frame_of(instance, 1, 2)
    first = instance.version("frame@1")
    assert keep_version(instance, first, ADA)
    assert not keep_version(instance, first, ADA)
    assert instance.store.kept() == {AssetKey("frame"): frozenset([1])}
    assert keep_version(instance, first, ADA, release=True)
    assert not keep_version(instance, first, ADA, release=True)
    assert instance.store.kept() == {}
