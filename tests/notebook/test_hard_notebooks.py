"""Notebooks that are hard to slice: a slice gives what the whole notebook gives, or says so.

The ordinary run takes a fixed sample and every known gap; all of them are behind ``long``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.notebook.clean_shells import CleanShells, clean_shells

_CASES = Path(__file__).with_name("slice_nasty.txt")
_GAP = "(gap)"
_STEP = 16
"""The sample is every so many'th notebook."""


def _cases() -> Iterator[tuple[str, list[str]]]:
    text = _CASES.read_text(encoding="utf-8")
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        body = re.sub(r"^=> (.*)$", r"---\n@asset\ndef a():\n    return \1", body, flags=re.M)
        cells = [each.strip("\n") for each in re.split(r"^---$", body, flags=re.MULTILINE)]
        yield name, ["from assetbook import asset", *filter(None, cells)]


CASES = dict(_cases())
SAMPLE = [name for at, name in enumerate(CASES) if at % _STEP == 0 or _GAP in name]
REST = [name for name in CASES if name not in SAMPLE]


@pytest.fixture(scope="module")
def shells() -> Iterator[CleanShells]:
    with clean_shells() as made:
        yield made


@pytest.mark.parametrize(
    "name", [*SAMPLE, *(pytest.param(each, marks=pytest.mark.long) for each in REST)]
)
def test_only_known_gaps_are_silently_wrong(shells: CleanShells, name: str) -> None:
    whole = shells.run(CASES[name], whole=True)
    assert whole.values and not whole.refused and not whole.failed
    by_slice = shells.run(CASES[name], whole=False)
    silent = not by_slice.refused and not by_slice.failed
    wrong = silent and by_slice.values != whole.values
    assert wrong == (_GAP in name), f"{whole.values}, by its slice {by_slice}"
    assert not wrong or by_slice.versions != whole.versions  # comparing versions finds it


def test_a_notebook_that_hangs_is_ended(shells: CleanShells) -> None:
    came = shells.run(["import signal", "signal.alarm(1)", "while True: pass"], whole=True)
    assert "took too long" in came.refused
