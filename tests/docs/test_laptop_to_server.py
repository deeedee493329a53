"""The ten lines that take a notebook to a server, typed as the page has them."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from tests.docs.cells import DOCS
from tests.surfaces.shell import program, saved

CELLS = (
    "%load_ext assetbook\nfrom assetbook import *",
    "@asset\ndef one():\n    return 1",
    '%schedule nightly "0 6 * * *" one',
)


def lines() -> list[str]:
    page = (DOCS / "daemon.md").read_text(encoding="utf-8")
    block = page.partition("## Laptop to server in ten lines")[2].split("```")[1]
    return block.removeprefix("bash\n").splitlines()


def test_the_lines_take_a_schedule_to_a_running_daemon(tmp_path: Path) -> None:
    typed = lines()
    assert len(typed) == 10
    assert typed[0].startswith("git clone")  # what is cloned is written here
    saved(tmp_path, *CELLS, name="shop.ipynb")
    told: dict[str, subprocess.CompletedProcess[str]] = {}
    try:
        for line in typed[3:]:
            _, *words = shlex.split(line, comments=True)
            told[" ".join(words)] = done = program(tmp_path, *words)
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "nightly   off" in told["schedules"].stdout
        assert "nightly on" in told["schedules on nightly"].stdout
        assert "1 of 1 schedules are on" in told["daemon status"].stdout
        assert "no daemon" not in told["schedules show nightly"].stdout
    finally:
        program(tmp_path, "daemon", "stop")
