"""Returned paths in a run: copied in at once, handed out as private copies."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import UnstorableValueError
from assetbook.instance.instance import Instance


@asset
def report() -> Path:
    path = Path("report.csv")
    path.write_text("n\n1\n")
    return path


@asset
def lines(report: Path) -> int:
    return len(report.read_text().splitlines())


def test_a_file_is_the_value(instance: Instance, project: Path) -> None:
    outcome = make(instance, report, lines)
    assert outcome.asset_value("lines") == 2
    (project / "report.csv").write_text("changed")
    assert instance.value("report").read_text() == "n\n1\n"
    assert instance.version("report").event.metadata["assetbook/name"]["value"] == "report.csv"


def test_what_the_step_made_is_no_reading(instance: Instance) -> None:
    make(instance, report, lines)
    assert instance.version("report").event.as_of is None
    assert instance.version("lines").event.readers == (".read_text",)  # named, but no file seen


def test_what_was_there_before_is_read(instance: Instance, project: Path) -> None:
    given = project / "given.csv"
    given.write_text("n\n")

    @asset
    def given_file() -> Path:
        return given

    make(instance, given_file)
    event = instance.version("given_file").event
    assert event.as_of is not None
    assert event.readers == (str(given),)


def test_what_is_gone_fails_the_step(instance: Instance) -> None:
    @asset
    def fleeting() -> Path:
        with tempfile.TemporaryDirectory() as folder:
            return Path(folder)

    with pytest.raises(UnstorableValueError, match="where nothing is"):
        make(instance, fleeting)
    assert instance.latest_materialization("fleeting") is None


def test_copies_go_with_the_process(instance: Instance, project: Path) -> None:
    make(instance, report)
    code = (
        "from assetbook import Instance; p = Instance.get().value('report');"
        "print(p, p.read_text().strip().replace(chr(10), ' '))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    )
    path, *words = done.stdout.split()
    assert words == ["n", "1"]
    assert not Path(path).parent.parent.exists()
