"""What is imported before a location's process is forked."""

from __future__ import annotations

import json
import subprocess
import sys

_TELLS = """
import json, sys, threading
from assetbook.surfaces.forked_location import warm_up
warm_up()
before = set(sys.modules)
from assetbook import *
from assetbook.surfaces.loading import new_shell
new_shell()
own = [each for each in set(sys.modules) - before if each.startswith("assetbook")]
print(json.dumps([threading.active_count(), list(before), own]))
"""
_UNSOUND = {"polars", "duckdb", "deltalake", "pyiceberg", "dask", "ray", "matplotlib", "torch"}
"""What has threads or locks that a forked process finds in no state, or was never tried."""


def test_a_first_cell_finds_all_imported_and_nothing_unsound() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _TELLS], capture_output=True, text=True, check=True
    )
    threads, before, own = json.loads(told.stdout)
    assert threads == 1
    assert not _UNSOUND & set(before)
    assert own == []
