"""A program of assetbook's own starts as by ``python -m``, with no collection amid its imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from assetbook.execution.processes.quick_start import command_of

PROGRAM = """
import gc, json, sys
importing = gc.isenabled()
def main():
    collecting = [importing, gc.isenabled(), gc.get_freeze_count()]
    print(json.dumps([sys.argv[1:], sys.path[0], collecting]))
"""


def test_a_program_has_its_arguments_and_collects_once_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "the_program.py").write_text(PROGRAM)
    command = command_of(sys.executable, "the_program", "one", "--two")
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    arguments, first_on_path, (importing, afterwards, frozen) = json.loads(said)
    assert arguments == ["one", "--two"]
    assert first_on_path == str(tmp_path)
    assert (importing, afterwards) == (False, True)
    assert frozen > 1_000


def test_a_program_that_fails_says_so(tmp_path: Path) -> None:
    (tmp_path / "the_program.py").write_text("def main():\n    raise SystemExit(3)")
    command = command_of(sys.executable, "the_program")
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 3
