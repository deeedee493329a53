"""A new folder or name lasts before anything is acknowledged that depends on it.

What a power cut would take away is read from the order of the system calls: a name in a folder
lasts when that folder is synced after the name was given.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.tracing import Traced

_CALLS = "mkdir,mkdirat,link,linkat,rename,renameat,fsync,write"
_MADE = re.compile(r'mkdir(?:at)?\((?:\w+<(?P<above>[^>]*)>, )?"(?P<name>[^"]*)", \d+\) += 0')
_LINKED = re.compile(r'linkat\(.*, \w+<(?P<above>[^>]*)>, "(?P<name>[^"]*)", \w+\) += 0')
_NAMED = re.compile(r'(?:link|rename)\("[^"]*", (?P<above>)"(?P<name>[^"]*)"\) += 0')
_SYNCED = re.compile(r"fsync\(\w+<(?P<folder>[^>]*)>\) += 0")
_ACKNOWLEDGED = re.compile(r'write\(1<.*"done +(?:orders|turnover)')


def not_lasting(record: str, project: Path) -> tuple[set[str], ...]:
    """The names given in the project, and those not sure to last at an acknowledgement."""
    given: set[Path] = set()
    open_: set[Path] = set()
    lost: set[Path] = set()
    for line in record.splitlines():
        if found := _MADE.search(line) or _LINKED.search(line) or _NAMED.search(line):
            place = Path(found["above"] or "/", found["name"])
            if place.is_relative_to(project):
                given.add(place)
                open_.add(place)
        elif found := _SYNCED.search(line):
            open_ -= {each for each in open_ if str(each.parent) == found["folder"]}
        elif _ACKNOWLEDGED.search(line):
            lost |= open_
    return tuple({str(each.relative_to(project)) for each in some} for some in (given, lost))


def names_of_a_first_run(folder: Path, protocol: str) -> tuple[set[str], ...]:
    """The same of a first run in a new project."""
    project = make_project(folder / "project")
    traced = Traced(project, rounds=1, protocol=protocol)
    assert traced.run(_CALLS) == 0
    assert "done  orders" in traced.lines.read_text(encoding="utf-8")
    return not_lasting(traced.record, project)


EXPECTED = (".assetbook", ".assetbook/assetbook.db", ".assetbook/key", ".assetbook/values")


def test_every_new_name_lasts_before_it_is_depended_on(tmp_path: Path) -> None:
    given, lost = names_of_a_first_run(tmp_path, "assetbook")
    assert given >= {*EXPECTED, ".assetbook/values/orders"}
    assert any(each.endswith(".parquet") for each in given)
    assert lost == set()


@pytest.mark.parametrize("name", [*EXPECTED, ".assetbook/values/orders"])
def test_a_folder_that_is_not_synced_is_noticed(unsynced: set[str], name: str) -> None:
    assert name in unsynced


@pytest.fixture(scope="module")
def unsynced(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return names_of_a_first_run(tmp_path_factory.mktemp("naive"), "folders not synced")[1]
