"""Value files: whole or not there, never replaced, never outside their root."""

from __future__ import annotations

import errno
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetbook.errors import ConflictError, CorruptStoreError, StoreError
from assetbook.events.parts import ValueRef
from assetbook.io import new_file
from assetbook.io.forms import StoredForm, stored_form
from assetbook.io.value_files import ValueFiles, file_name
from assetbook.keys import AssetKey

ORDERS = AssetKey(["raw", "orders"])
ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1)
HOSTILE = st.sampled_from(
    ["..", ".", "/", "../../etc", "a/../b", "\0", "a\0b", "\ud800", "~", "-rf", " ", "x" * 5000]
)
FRAME = pd.DataFrame({"n": [1, 2], "s": ["x", None]})
STAGES = ("_write_temporary", "_sync", "_publish", "_sync_folder")


@pytest.fixture
def files(tmp_path: Path) -> ValueFiles:
    return ValueFiles(tmp_path / "values")


def table(frame: pd.DataFrame = FRAME) -> StoredForm:
    return stored_form(frame, asked="the value of `orders`")


def put(files: ValueFiles, form: StoredForm | None = None, **others: Any) -> ValueRef:
    named = {"key": ORDERS, "run_id": "a1b2c3d4e5f6", **others}
    return files.write(form or table(), **named)


def all_files(root: Path) -> list[str]:
    return sorted(str(each.relative_to(root)) for each in root.rglob("*") if not each.is_dir())


def test_values_come_back(files: ValueFiles) -> None:
    reference = put(files)
    pd.testing.assert_frame_equal(files.open(reference).hand_over(None), FRAME)  # type: ignore[arg-type]


def test_reference_says_where_and_what(files: ValueFiles) -> None:
    reference = put(files, attempt=2)
    assert reference.path == "raw/orders/a1b2c3d4e5f6.a2.parquet"
    assert reference.size == (files.root / str(reference.path)).stat().st_size
    assert reference.integrity.startswith("xxh3_128:")  # type: ignore[union-attr]
    assert (reference.kind, reference.io_manager) == ("pandas", "io_manager")


def test_data_version_is_kept(files: ValueFiles) -> None:
    assert files.open(put(files)).data_version() == table().data_version()


def test_small_values_get_no_file(files: ValueFiles) -> None:
    reference = put(files, stored_form({"total": 7}, asked="it"))
    assert (reference.inline, reference.path, reference.size) == ('{"total":7}', None, 11)
    assert files.open(reference).hand_over(None) == {"total": 7}
    assert not files.root.exists()


def test_large_plain_values_get_a_file(files: ValueFiles) -> None:
    value = list(range(20_000))
    reference = put(files, stored_form(value, asked="it"))
    assert str(reference.path).endswith(".json")
    assert files.open(reference).hand_over(None) == value


def test_files_belong_to_the_user_alone(files: ValueFiles) -> None:
    path = files.root / str(put(files).path)
    assert [each.stat().st_mode & 0o777 for each in (path, path.parent)] == [0o600, 0o700]


def test_partitions_and_attempts_have_files(files: ValueFiles) -> None:
    for partition in (None, "2013-01-01", "a/b"):
        for attempt in (1, 2):
            put(files, partition=partition, attempt=attempt)
    assert len(all_files(files.root)) == 6


def test_earlier_versions_stay(files: ValueFiles) -> None:
    first = put(files)
    put(files, table(pd.DataFrame({"n": [9]})), run_id="b2")
    pd.testing.assert_frame_equal(files.open(first).hand_over(None), FRAME)  # type: ignore[arg-type]


def test_no_file_is_replaced(files: ValueFiles) -> None:
    first = put(files)
    with pytest.raises(ConflictError, match=r"attempt 1 of run a1b2c3d4e5f6 has stored a value"):
        put(files, table(pd.DataFrame({"n": [9]})))
    pd.testing.assert_frame_equal(files.open(first).hand_over(None), FRAME)  # type: ignore[arg-type]
    assert all_files(files.root) == [first.path]


def test_no_file_is_replaced_without_links(
    files: ValueFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_file, "_publish", new_file._claim_and_rename)
    first = put(files)
    with pytest.raises(ConflictError):
        put(files)
    pd.testing.assert_frame_equal(files.open(first).hand_over(None), FRAME)  # type: ignore[arg-type]
    assert all_files(files.root) == [first.path]


# names


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)  # keys refuse others


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    parts=st.lists((ANY_TEXT | HOSTILE).filter(_is_unicode), min_size=1, max_size=3),
    partition=st.none() | ANY_TEXT | HOSTILE,
    run_id=st.just("a1b2") | HOSTILE,
)
def test_hostile_names_stay_inside(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], partition: str | None, run_id: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    files = ValueFiles(outside / "values")
    form = stored_form("x" * 70_000, asked="it")
    reference = put(files, form, key=AssetKey(parts), partition=partition, run_id=run_id)
    assert [each.name for each in outside.iterdir()] == ["values"]
    assert all_files(files.root) == [reference.path]
    assert files.open(reference).hand_over(None) == "x" * 70_000


@settings(max_examples=300)
@given(*[st.tuples(ANY_TEXT | HOSTILE, st.none() | ANY_TEXT | HOSTILE, st.integers(1, 99))] * 2)
def test_different_names_differ(one: Any, other: Any) -> None:
    assert (file_name(*one) == file_name(*other)) is (one == other)
    assert len(file_name(*one)) <= 200


@pytest.mark.parametrize("planted", ["raw", "raw/orders"])
def test_planted_folders_are_not_followed(files: ValueFiles, tmp_path: Path, planted: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "orders").mkdir(parents=True)
    link = files.root / planted
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    with pytest.raises(StoreError, match="a link or a file stands where a folder should be"):
        put(files)
    assert all_files(elsewhere) == []


def test_planted_files_are_not_read(files: ValueFiles, tmp_path: Path) -> None:
    reference = put(files)
    path = files.root / str(reference.path)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    with pytest.raises(CorruptStoreError, match="cannot be read"):
        files.open(reference)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "raw//x", "raw/../../secret", ".."])
def test_hostile_references_are_refused(files: ValueFiles, path: str) -> None:
    put(files)
    with pytest.raises(CorruptStoreError, match="which is no value file"):
        files.open(ValueRef(io_manager="io_manager", kind="json", path=path))


# damage


def test_missing_file_says_what_to_do(files: ValueFiles) -> None:
    reference = put(files)
    (files.root / str(reference.path)).unlink()
    with pytest.raises(
        CorruptStoreError, match=r"raw/orders`: its file is gone \(raw/orders/a1b2.*\)"
    ):
        files.open(reference)


def test_every_flipped_bit_is_found(files: ValueFiles) -> None:
    reference = put(files)
    path = files.root / str(reference.path)
    whole = path.read_bytes()
    generator = random.Random(11)
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[generator.randrange(len(whole))] ^= 1 << generator.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(CorruptStoreError, match="was changed or damaged"):
            files.open(reference)


@pytest.mark.parametrize("length", [0, 10, -1])
def test_short_files_are_found(files: ValueFiles, length: int) -> None:
    reference = put(files)
    path = files.root / str(reference.path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(CorruptStoreError, match="was changed or damaged"):
        files.open(reference)


# failures while writing


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "failure", [OSError(errno.EIO, "I/O error"), OSError(errno.ENOSPC, "full")]
)
def test_failed_stages_leave_earlier_versions(
    files: ValueFiles, monkeypatch: pytest.MonkeyPatch, stage: str, failure: OSError
) -> None:
    first = put(files)
    monkeypatch.setattr(new_file, stage, _raiser(failure))
    with pytest.raises(StoreError, match=r"storing `raw/orders`: .*bytes free"):
        put(files, run_id="b2")
    monkeypatch.undo()
    assert not [name for name in all_files(files.root) if name.endswith(".tmp")]
    pd.testing.assert_frame_equal(files.open(first).hand_over(None), FRAME)  # type: ignore[arg-type]
    files.open(put(files, run_id="b2", attempt=2))


def _raiser(failure: BaseException) -> Any:
    def fail(*_: object) -> None:
        raise failure

    return fail


KILLED = """
import os, sys
import pandas as pd
from pathlib import Path
from assetbook.io import new_file, value_files
from assetbook.io.forms import stored_form
from assetbook.keys import AssetKey
root, stage, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
whole = getattr(new_file, stage)
def killed(*args):
    if when == "after":
        whole(*args)
    os.kill(os.getpid(), 9)
setattr(new_file, stage, killed)
form = stored_form(pd.DataFrame({"n": [1, 2], "s": ["x", None]}), asked="it")
value_files.ValueFiles(root).write(form, key=AssetKey("orders"), run_id="killed")
"""


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_writers_leave_whole_files_only(files: ValueFiles, stage: str, when: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(files.root), stage, when], check=False)
    assert done.returncode == -9
    published = [name for name in all_files(files.root) if not name.endswith(".tmp")]
    assert bool(published) is (STAGES.index(stage) + (when == "after") > STAGES.index("_publish"))
    assert all(pd.read_parquet(files.root / name).equals(FRAME) for name in published)


TORN = """
import os, sys
from pathlib import Path
from assetbook.io.forms import stored_form
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey
form = stored_form("x" * 70_000, asked="it")
def torn(file):
    file.write(b"x" * 35_000)
    os.kill(os.getpid(), 9)
form.write = torn
root = Path(sys.argv[1])
if sys.argv[2] == "ours":
    ValueFiles(root).write(form, key=AssetKey("orders"), run_id="killed")
else:
    root.mkdir()
    form.write((root / "orders.json").open("wb", buffering=0))
"""


@pytest.mark.parametrize(("writer", "torn"), [("ours", []), ("in place", ["orders.json"])])
def test_kill_within_a_write_publishes_nothing(
    files: ValueFiles, writer: str, torn: list[str]
) -> None:
    subprocess.run([sys.executable, "-c", TORN, str(files.root), writer], check=False)
    assert [name for name in all_files(files.root) if not name.endswith(".tmp")] == torn


def test_order_of_stages_is_fixed(files: ValueFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    for stage in STAGES:
        whole = getattr(new_file, stage)
        monkeypatch.setattr(
            new_file,
            stage,
            lambda *args, whole=whole, stage=stage: (seen.append(stage), whole(*args))[1],
        )
    put(files)
    assert tuple(seen) == STAGES


def test_interrupted_writes_are_cleaned_up(
    files: ValueFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_file, "_sync", _raiser(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        put(files)
    assert all_files(files.root) == []


FULL_DISK = """
import sys
from pathlib import Path
import numpy as np, pandas as pd
from assetbook.errors import StoreError
from assetbook.io.forms import stored_form
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey
files = ValueFiles(Path(sys.argv[1]) / "values")
small = stored_form(pd.DataFrame({"n": [1]}), asked="it")
large = stored_form(pd.DataFrame({"n": np.random.default_rng(0).random(1_000_000)}), asked="it")
first = files.write(small, key=AssetKey("orders"), run_id="a")
try:
    files.write(large, key=AssetKey("orders"), run_id="b")
except StoreError as error:
    print(error)
print(sorted(each.name for each in files.root.rglob("*") if each.is_file()))
print(files.open(first).hand_over(None).n.tolist())
files.write(small, key=AssetKey("orders"), run_id="c")
"""


def test_full_disk_names_path_and_space(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=2m tmpfs "$1" && exec "$2" -c "$3" "$1"'
    arguments = [mount, "sh", str(tmp_path), sys.executable, FULL_DISK]
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and "unshare" in done.stderr:
        pytest.fail(f"this test needs user namespaces: {done.stderr}")
    said = done.stdout.splitlines()
    assert f"the disk of {tmp_path}/values is full (" in said[0], done.stderr
    assert "bytes free" in said[0]
    assert said[-2:] == ["['a.a1.parquet']", "[1]"]
    assert done.stderr == ""
    assert done.returncode == 0


def test_read_only_folder_names_path(files: ValueFiles, tmp_path: Path) -> None:
    (tmp_path / "values").mkdir()
    read_only = 'mount -t tmpfs -o ro tmpfs "$1" && exec "$2" -c "$3" "$1"'
    program = (
        "import sys; from pathlib import Path; from assetbook.io.forms import stored_form\n"
        "from assetbook.errors import StoreError\n"
        "from assetbook.io.value_files import ValueFiles; from assetbook.keys import AssetKey\n"
        "form = stored_form('x' * 70_000, asked='it')\n"
        "try:\n ValueFiles(Path(sys.argv[1])).write(form, key=AssetKey('a'), run_id='b')\n"
        "except StoreError as error: print(error)"
    )
    arguments = [read_only, "sh", str(files.root), sys.executable, program]
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{files.root} cannot be written (Read-only file system)" in done.stdout
    assert f"Make {files.root} writable for this user" in done.stdout
