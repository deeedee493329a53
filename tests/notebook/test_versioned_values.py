"""What of a reached value counts: type, content and state; and what has no version."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.notebook.changed_values import IN_PLACE, KINDS, READS_X, UNVERSIONABLE
from tests.notebook.live_notebook import LiveNotebook, digest_of, version_of


@pytest.mark.parametrize(("before", "after"), KINDS.values(), ids=KINDS.keys())
def test_a_changed_global_changes_the_digest(before: str, after: str) -> None:
    notebook = LiveNotebook()
    notebook.run(READS_X, before)
    first = notebook.version()
    assert notebook.version() == first
    notebook.run(after)
    second = notebook.version()
    assert first.digest != second.digest or second.unknowns


@pytest.mark.parametrize("before", [row[0] for row in KINDS.values()], ids=KINDS.keys())
def test_the_same_cell_again_changes_nothing(before: str) -> None:
    notebook = LiveNotebook()
    notebook.run(before, READS_X)
    first = notebook.version()
    notebook.run(before, READS_X)
    assert notebook.version() == first
    if "frompyfunc" not in before:
        assert first.unknowns == ()


@pytest.mark.parametrize("cell", UNVERSIONABLE.values(), ids=UNVERSIONABLE.keys())
def test_what_cannot_be_versioned_is_named(cell: str) -> None:
    version = version_of(cell, READS_X)
    assert [each.name.partition("[")[0] for each in version.unknowns] == ["X"]
    assert "`X" in version.unknowns[0].why


def test_an_unknown_says_what_to_do() -> None:
    version = version_of(
        "import sqlite3\nconn = sqlite3.connect(':memory:')\nconn.close()", "def f(): return conn"
    )
    assert version.unknowns[0].why == (
        "`conn` is a sqlite3.Connection that cannot be versioned: make it a resource, "
        'or say ignore={"conn"}'
    )


_THREE = """
import json, sys
sys.path.insert(0, {folder!r})
from tests.notebook.live_notebook import LiveNotebook
rows, reads = json.load(sys.stdin)
out = []
for before in rows:
    notebook = LiveNotebook()
    notebook.run(before, reads)
    out.append(notebook.version().digest)
print(json.dumps(out))
"""


def test_digests_are_equal_in_three_processes_with_other_hash_seeds() -> None:
    rows = [row[0] for row in KINDS.values()] + ["X = {'a', 'b', 'c', max, min, len}"]
    script = _THREE.format(folder=str(Path(__file__).parents[2]))

    def digests(seed: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps([rows, READS_X]),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    first = digests("0")
    assert digests("1") == first
    assert digests("4242") == first


def test_set_order_and_nan_do_not_count() -> None:
    assert digest_of("X = {1, 2, 3}", READS_X) == digest_of("X = {3, 2, 1}", READS_X)
    nan = "X = float('nan')"
    assert digest_of(nan, READS_X) == digest_of(nan, READS_X)


def test_nothing_is_taken_anew_while_nothing_changed() -> None:
    notebook = LiveNotebook()
    notebook.run("X = [1, 2]", READS_X)
    assert notebook.version() is notebook.version()
    notebook.names["X"].append(3)
    assert (
        notebook.version().pieces["constant:X"].digest
        != version_of("X = [1, 2]", READS_X).pieces["constant:X"].digest
    )


@pytest.mark.parametrize(("cell", "change"), IN_PLACE.values(), ids=IN_PLACE.keys())
def test_a_change_in_place_is_noticed(cell: str, change: str) -> None:
    notebook = LiveNotebook()
    notebook.run(cell, READS_X if "module" not in cell else "def f(): return X.n")
    first = notebook.digest()
    notebook.run(change)
    assert notebook.digest() != first


def test_the_shell_is_unknown_and_not_gone_through() -> None:
    """It leads to all that a session holds: going through it took minutes."""
    shell = InteractiveShell()
    notebook = LiveNotebook()
    notebook.names["ip"] = shell
    notebook.run("def f():\n    return ip.display_formatter")
    [unknown] = notebook.version().unknowns
    assert (unknown.name, "InteractiveShell" in unknown.why) == ("ip", True)
