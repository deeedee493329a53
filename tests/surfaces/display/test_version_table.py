"""The list of versions."""

from __future__ import annotations

import msgspec
from tests.surfaces.view_examples import (
    DELAYS,
    NOW,
    STORE,
    key,
    shown,
)

from assetbook.storage.version import Version
from assetbook.surfaces.display.version_table import VersionTable


def test_versions_are_listed() -> None:
    assert shown(VersionTable(key("delays"), STORE.versions(key("delays")), now=NOW)) == [
        "version  made                took  rows    size  data      run",
        "      1  2026-11-25 09:14  0.12 s    16  2.3 kB  00000010  4f2a1c",
    ]


def test_notes_say_what_cannot_be_read_later() -> None:
    overridden = msgspec.structs.replace(DELAYS, overridden=True)
    valueless = msgspec.structs.replace(DELAYS, value=None)
    found = [
        Version(key("delays"), number, None, number, event)
        for number, event in ((3, overridden), (2, valueless))
    ]
    notes = [
        line.partition("4f2a1c")[2].strip()
        for line in shown(VersionTable(key("delays"), found, now=NOW))
    ]
    assert notes == ["", "overridden: never the latest", "no stored value"]


def test_no_versions_are_said() -> None:
    expected = "No versions of delays yet. `%materialize delays` makes the first one."
    assert str(VersionTable(key("delays"), [], now=NOW)) == expected
