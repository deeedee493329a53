"""papermill's own tests, with its engine and with ours in its place; prints which differ.

``python benchmarks/papermill_suite.py`` fetches papermill's source distribution with pip, and makes
an environment for its tests below ``benchmarks/.peers``. Not a matter of speed: some ten minutes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from peers import PEERS

RELEASE = "papermill==2.7.0"
_NEEDED = ("pytest", "pytest-mock", "boto3", "moto", "azure-storage-blob", "azure-datalake-store")
_NEEDED += ("azure-identity", "gcsfs", "requests")
_OURS = """
from papermill.engines import papermill_engines
from assetbook.kernels.papermill_engine import AssetbookEngine
papermill_engines.register(None, AssetbookEngine)
papermill_engines.register("nbclient", AssetbookEngine)
"""
_RESULT = re.compile(r"^(PASSED|FAILED|ERROR) (\S+)", re.MULTILINE)


def main() -> None:
    """Runs the tests twice, and prints what fails in either."""
    folder = PEERS / RELEASE.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        _made(folder, python)
    (folder / "ours_in_its_place.py").write_text(_OURS)
    results = {
        "papermill's engine": _results(folder, python),
        "ours": _results(folder, python, "-p", "ours_in_its_place"),
    }
    for name, found in results.items():
        passed = sum(each == "PASSED" for each in found.values())
        print(f"{name}: {passed} of {len(found)} tests pass")
    for test in sorted(set().union(*results.values())):
        states = [found.get(test, "not run") for found in results.values()]
        if set(states) != {"PASSED"}:
            print(f"{test}: {', '.join(states)}")


def _made(folder: Path, python: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "-q"]
    subprocess.run([*pip, "install", RELEASE, *_NEEDED], check=True)
    subprocess.run([*pip, "install", "-e", str(Path(__file__).parents[1])], check=True)
    source = ["download", "--no-deps", "--no-binary", ":all:", "-d", str(folder), RELEASE]
    subprocess.run([*pip, *source], check=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as found:
        found.extractall(folder, filter="data")
    (folder / "ready").touch()


def _results(folder: Path, python: Path, *more: str) -> dict[str, str]:
    """How each test ended."""
    source = folder / RELEASE.replace("==", "-")
    command = [str(python), "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", *more]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [*command, "papermill/tests"],
        cwd=source,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return {test: state for state, test in _RESULT.findall(done.stdout)}


if __name__ == "__main__":
    main()
