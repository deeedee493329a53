"""A disk of a few megabytes to fill up or to lock, in a mount namespace that goes with its process.

``run_on_small_disk`` starts this module as a program: it mounts a tmpfs, does what it is told, and
prints what it found as JSON.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from tests.faults import naive_protocols
from tests.faults.conftest import make_project
from tests.faults.full_disk_kinds import every_kind
from tests.faults.kinds import KINDS, STREAM
from tests.faults.mounts import in_own_namespace
from tests.faults.notebook_disk import notebook_until_full, notebook_until_full_by_papermill
from tests.faults.verification import NAMES, Witness, wrong_with_value
from tests.faults.warm_worker import REPOSITORY, environment
from tests.faults.worker import ASSETS, open_store, prices

from assetbook import Instance, asset, materialize
from assetbook.errors import StoreError
from assetbook.instance.backing_up import back_up
from assetbook.instance.verifying import verify

_BALLAST = 3 << 20
"""Bytes that are freed when the disk is full."""


def run_on_small_disk(name: str, folder: Path, megabytes: int) -> dict[str, Any]:
    """What the scenario of that name found on a disk of that size, mounted at ``folder``."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.small_disk"]
    done = subprocess.run(
        [*in_own_namespace(), *program, name, str(folder), str(megabytes)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment() | {"PYTHONFAULTHANDLER": "1"},  # a crash says what each thread did
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def values_until_full(folder: Path) -> dict[str, Any]:
    """Materializes tables until one does not fit."""
    return _until_full(folder, ASSETS)


def events_until_full(folder: Path) -> dict[str, Any]:
    """Materializes small values, which need no file, until the database cannot grow."""
    project = make_project(folder / "project")
    open_store(project).close()
    _fill(folder / "filling", but=_BALLAST + (300 << 10))
    return _until_full(folder, [prices], project)


def full_before_a_run(folder: Path) -> dict[str, Any]:
    """Materializes where the disk was filled to the last byte since the store was opened."""
    project = make_project(folder / "project")
    return _until_full(folder, [prices], project, lambda: _fill(folder / "filling", but=0))


def full_amid_a_run(folder: Path) -> dict[str, Any]:
    """Materializes an asset during which somebody fills the disk to the last byte."""

    @asset
    def busy(prices: dict[str, int]) -> int:
        _fill(folder / "filling", but=0)
        return 1

    return _until_full(folder, [prices, busy])


def flood_of_lines(folder: Path) -> dict[str, Any]:
    """Materializes an asset that prints more than the disk has room for."""
    return _flooded(folder)


def flood_of_lines_without_end(folder: Path) -> dict[str, Any]:
    """The same where log files take the last room."""
    naive_protocols.take("logs until the disk is full")
    return _flooded(folder)


def _flooded(folder: Path) -> dict[str, Any]:
    @asset
    def flood(prices: dict[str, int]) -> dict[str, int]:
        for number in range(1_000):
            print(f"{number:100}" * 500)
        return prices

    @asset
    def table(flood: dict[str, int]) -> Any:
        import pyarrow as pa

        return pa.table({"amount": [os.urandom(1000) for _ in range(1000)]})

    instance = open_store(make_project(folder / "project"))
    with redirect_stdout(io.StringIO()):
        try:
            success = materialize([prices, flood, table], instance=instance).success
        except StoreError:
            success = False
    assert instance.log_files is not None
    free = shutil.disk_usage(folder).free
    written = sum(each.stat().st_size for each in instance.log_files.root.rglob("*.out"))
    said = [] if not success else [each.record for each in instance.logs(instance.runs()[0].id)]
    with suppress(StoreError):  # what is queued finds no room
        instance.close()
    return {
        "success": success,
        "written": written,
        "free": free,
        "warnings": [each.text for each in said if each.level == "WARNING"],
    }


def read_only_store(folder: Path) -> dict[str, Any]:
    """Opens a store on a disk that was mounted read-only after its first run."""
    project = _stored(folder)
    _mount("-o", "remount,ro", folder)
    found = _refused(lambda: open_store(project).close())
    _mount("-o", "remount,rw", folder)
    return found | {"wrong_after": Witness(project).look(whole=True)}


def read_only_values(folder: Path) -> dict[str, Any]:
    """Materializes where the database can be written and the value files cannot."""
    project = _stored(folder)
    values = project / ".assetbook" / "values"
    _mount("--bind", values, values)
    _mount("-o", "remount,bind,ro", values)
    instance = open_store(project)
    found = _refused(lambda: materialize(ASSETS, instance=instance, force=True))
    newest = instance.runs()[0]
    instance.close()
    subprocess.run(["umount", values], check=True)
    wrong = Witness(project).look(whole=True)
    return found | {"status": newest.status, "message": newest.message, "wrong_after": wrong}


def little_space(folder: Path) -> dict[str, Any]:
    """Materializes on a disk with room, and on one that has less than a fifth of it left."""
    project = make_project(folder / "project")
    instance = open_store(project)
    roomy = _errors_of(lambda: materialize(ASSETS, instance=instance, force=True))
    _fill(folder / "filling", but=shutil.disk_usage(folder).total // 6)
    full = [
        _errors_of(lambda: materialize([prices], instance=instance, force=True)) for _ in range(2)
    ]
    instance.close()
    return {"roomy": roomy, "full": full}


def backup_until_full(folder: Path) -> dict[str, Any]:
    """Copies a store to a small disk three times: with room, without, and with room again."""
    small = folder / "copies"
    project = make_project(folder.parent / "project")
    instance = open_store(project)
    materialize(ASSETS, instance=instance)
    back_up(instance, small)
    for _ in range(2):
        materialize(ASSETS, instance=instance, force=True)
    filling = folder / "filling"
    _fill(filling, but=1 << 20)
    refused = _refused(lambda: back_up(instance, small))
    # room is promised, and taken by somebody else before the copy is written
    filling.unlink()
    torn = _refused(lambda: back_up(instance, small, lambda needed: _fill(filling, but=1 << 20)))
    earlier = _found_in(small)
    leftovers = [
        each.name for each in small.rglob("*") if "tmp" in each.name or ".new" in each.name
    ]
    filling.unlink()
    back_up(instance, small)
    instance.close()
    return {
        "refused": refused["said"],
        "torn": torn["said"],
        "earlier": earlier,
        "leftovers": leftovers,
        "again": _found_in(small),
    }


def _found_in(folder: Path) -> list[Any]:
    """How many versions a store has, and what is wrong with them."""
    copy = Instance.open(folder)
    found = verify(copy)
    copy.close()
    return [found.values, [each.found for each in found.damaged]]


def _errors_of(doing: Callable[[], object]) -> str:
    said = io.StringIO()
    with redirect_stderr(said):
        doing()
    return said.getvalue()


def table_in_place(folder: Path) -> dict[str, Any]:
    """Overwrites a Parquet file by a table that does not fit."""
    import pyarrow as pa
    from pyarrow import parquet

    file = folder / "orders.parquet"
    parquet.write_table(pa.table({"amount": list(range(1000))}), file)
    before = parquet.read_table(file).num_rows
    try:
        parquet.write_table(
            pa.table({"amount": [os.urandom(1 << 20)] * 16}),
            file,
            compression="none",
            use_dictionary=False,
        )
    except OSError as error:
        said = str(error)
    try:
        after = parquet.read_table(file).num_rows
    except (OSError, pa.ArrowInvalid):
        after = 0
    return {"said": said, "before": before, "after": after}


def some_kinds_at_some_writes(folder: Path) -> dict[str, Any]:
    """Makes values where the disk is full at one write after the other."""
    some = {kind: KINDS[kind] for kind in ("pandas+arrow_file", "numpy", "tree", "pickle", "file")}
    return every_kind(folder, some | {"stream": STREAM}, step=3)


def writes_not_checked(folder: Path) -> dict[str, Any]:
    """The same with two kinds, where nobody looks whether a write succeeded."""
    naive_protocols.take("writes not checked")
    return every_kind(folder, {"numpy": KINDS["numpy"], "bytes": KINDS["bytes"]}, step=3)


def each_kind_at_each_write(folder: Path) -> dict[str, Any]:
    """The same with all kinds of value."""
    return every_kind(folder, KINDS | {"stream": STREAM}, step=1)


SCENARIOS: dict[str, Callable[[Path], dict[str, Any]]] = {
    each.__name__: each
    for each in (
        values_until_full,
        events_until_full,
        full_before_a_run,
        full_amid_a_run,
        flood_of_lines,
        flood_of_lines_without_end,
        little_space,
        backup_until_full,
        table_in_place,
        read_only_store,
        read_only_values,
        some_kinds_at_some_writes,
        writes_not_checked,
        each_kind_at_each_write,
        notebook_until_full,
        notebook_until_full_by_papermill,
    )
}


def _until_full(
    folder: Path,
    assets: Any,
    project: Path | None = None,
    before: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    project = project or make_project(folder / "project")
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(_BALLAST))
    instance = open_store(project)
    before()
    runs, said = 0, ""
    while not said:
        try:
            materialize(assets, instance=instance, force=True)
            runs += 1
        except StoreError as error:
            said = str(error)
    made = [version for name in NAMES for version in instance.versions(name)]
    found = {
        "runs": runs,
        "said": said,
        "store": str(instance.values.root.parent),
        "versions": len(made),
        "wrong_when_full": [
            each for version in made for each in wrong_with_value(instance, version)
        ],
    }
    ballast.unlink()
    ended = instance.runs(None)
    found |= {
        "statuses": [run.status for run in ended],
        "failures": [run.message for run in ended if run.status == "failed"],
        "goes_on": materialize(ASSETS, instance=instance, force=True).success,
        "leftovers": len(list(project.rglob("*.tmp"))),
    }
    instance.close()
    return found | {"wrong_after": Witness(project).look(whole=True)}


def _stored(folder: Path) -> Path:
    """A project with a version of each asset."""
    project = make_project(folder / "project")
    instance = open_store(project)
    materialize(ASSETS, instance=instance)
    instance.close()
    return project


def _refused(doing: Callable[[], object]) -> dict[str, Any]:
    try:
        doing()
    except StoreError as error:
        return {"said": str(error)}
    return {"said": ""}


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], check=True)


def _fill(file: Path, *, but: int) -> None:
    """Takes all free space but so many bytes."""
    with file.open("wb", buffering=0) as filling, suppress(OSError):
        while (free := shutil.disk_usage(file.parent).free) > but:
            filling.write(bytes(min(free - but, 1 << 20)))


def _main() -> None:
    name, folder, megabytes = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    options = ["-o", f"size={megabytes}m,mode=0700"]
    _mount("-t", "tmpfs", *options, "tmpfs", folder)
    print(json.dumps(SCENARIOS[name](folder)))


if __name__ == "__main__":
    _main()
