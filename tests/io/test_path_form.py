"""Files and folders as values: copied in, copied out, and nothing else is ever reached."""

from __future__ import annotations

import os
import socket
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetbook.errors import CorruptStoreError, UnstorableValueError, UsageError
from assetbook.io.forms import StoredForm, written_at_once
from assetbook.io.private_copies import is_private_copy
from assetbook.io.stored_value import SourceError, Writable
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey

NAMES = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="/\\"),
    min_size=1,
    max_size=5,
).filter(lambda name: name not in (".", "..") and name.isprintable())


@pytest.fixture
def files(tmp_path: Path) -> ValueFiles:
    return ValueFiles(tmp_path / "store" / "values")


def writer(path: Path) -> Writable:
    found = written_at_once(path, asked="the value of `model`")
    assert found is not None
    return found


def stored(files: ValueFiles, path: Path, run: str = "a1") -> StoredForm:
    return files.open(files.write(writer(path), key=AssetKey("model"), run_id=run))


def everything(root: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in root.rglob("*")
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    (made / "deep" / "er").mkdir(parents=True)
    (made / "empty").mkdir()
    (made / "a.txt").write_text("alpha")
    (made / "deep" / "er" / "ü.bin").write_bytes(b"\0" * 3_000_000)
    return made


def test_a_file_keeps_name_and_content(files: ValueFiles, tmp_path: Path) -> None:
    (tmp_path / "report.csv").write_bytes(b"n\n1\n")
    handed: Any = stored(files, tmp_path / "report.csv").hand_over(Path)
    assert (handed.name, handed.read_bytes()) == ("report.csv", b"n\n1\n")


def test_a_folder_keeps_its_files(files: ValueFiles, folder: Path) -> None:
    handed: Any = stored(files, folder).hand_over(None)
    assert handed.name == "model"
    assert everything(handed) == everything(folder)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(NAMES, st.binary(max_size=20), max_size=4))
def test_any_names_come_back(
    files: ValueFiles, tmp_path_factory: pytest.TempPathFactory, content: dict[str, bytes]
) -> None:
    made = tmp_path_factory.mktemp("made")
    for name, data in content.items():
        (made / name).write_bytes(data)
    handed: Any = stored(files, made, run=os.urandom(8).hex()).hand_over(None)
    assert everything(handed) == everything(made)


def test_each_consumer_has_a_private_copy(files: ValueFiles, folder: Path) -> None:
    form = stored(files, folder)
    mine: Any = form.hand_over(None)
    (mine / "a.txt").chmod(0o600)
    (mine / "a.txt").write_text("changed")
    (mine / "more.txt").write_text("more")
    again: Any = form.hand_over(None)
    assert everything(again) == everything(folder)
    assert is_private_copy(str(again / "a.txt"))
    assert not is_private_copy(str(folder / "a.txt"))


def test_handed_files_are_read_only(files: ValueFiles, folder: Path) -> None:
    handed: Any = stored(files, folder).hand_over(None)
    assert (handed / "a.txt").stat().st_mode & 0o777 == 0o400
    assert handed.parent.stat().st_mode & 0o777 == 0o700


def test_version_is_of_names_and_content(files: ValueFiles, folder: Path) -> None:
    first = stored(files, folder).data_version()
    os.utime(folder / "a.txt", (0, 0))
    assert stored(files, folder, "a2").data_version() == first
    (folder / "a.txt").rename(folder / "b.txt")
    assert stored(files, folder, "a3").data_version() != first


def test_writer_and_reader_agree(files: ValueFiles, folder: Path) -> None:
    copied = writer(folder)
    form = files.open(files.write(copied, key=AssetKey("model"), run_id="a1"))
    assert copied.data_version() == form.data_version()
    described = {name: each.value for name, each in form.describe().items()}
    assert described["assetbook/files"] == copied.describe()["assetbook/files"].value == 2
    assert described["assetbook/bytes"] == copied.describe()["assetbook/bytes"].value == 3_000_005


def test_links_inside_are_copied(files: ValueFiles, folder: Path) -> None:
    (folder / "link.txt").symlink_to("a.txt")
    handed: Any = stored(files, folder).hand_over(None)
    assert (handed / "link.txt").read_text() == "alpha"
    assert not (handed / "link.txt").is_symlink()


def out_of_it(folder: Path) -> None:
    (folder / "link").symlink_to("/etc/passwd")


def to_a_folder_outside(folder: Path) -> None:
    (folder / "deep" / "link").symlink_to("/etc")


def to_a_folder_inside(folder: Path) -> None:
    (folder / "loop").symlink_to(".")


def to_nothing(folder: Path) -> None:
    (folder / "gone").symlink_to("nowhere")


def a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def a_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(folder / "s"))


def a_newline(folder: Path) -> None:
    (folder / "a\nb").touch()


def no_text(folder: Path) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff"))).touch()


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (out_of_it, r"link is a link that leads out of the folder, to /etc/passwd"),
        (to_a_folder_outside, "is a link that leads out of the folder"),
        (to_a_folder_inside, "is neither a file nor a link to one"),
        (to_nothing, "is neither a file nor a link to one"),
        (a_pipe, "is neither a file nor a link to one"),
        (a_socket, "is neither a file nor a link to one"),
        (a_newline, "holds characters that not every system can keep"),
        (no_text, "holds characters that not every system can keep"),
    ],
)
def test_what_is_no_file_is_refused(folder: Path, make: Any, found: str) -> None:
    make(folder)
    with pytest.raises(UnstorableValueError, match=found):
        writer(folder)


def test_nothing_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnstorableValueError, match="where nothing is"):
        writer(tmp_path / "gone")


def test_a_link_made_meanwhile_is_not_followed(files: ValueFiles, folder: Path) -> None:
    copied = writer(folder)
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to("/etc/passwd")
    with pytest.raises(SourceError):
        files.write(copied, key=AssetKey("model"), run_id="a1")
    assert [path for path in files.root.rglob("*") if path.is_file()] == []


def test_no_other_type_is_given(files: ValueFiles, folder: Path) -> None:
    with pytest.raises(UsageError, match="the value as bytes: it is stored as a folder"):
        stored(files, folder).hand_over(bytes)


@pytest.mark.parametrize(
    "names",
    [
        ["../out"],
        ["/etc/out"],
        ["a/../../out"],
        ["a//b"],
        ["a", "a"],
        ["a", "a/b"],
        ["a\\b"],
        ["./a"],
    ],
    ids=repr,
)
def test_hostile_members_are_refused(files: ValueFiles, folder: Path, names: list[str]) -> None:
    reference = files.write(writer(folder), key=AssetKey("model"), run_id="a1")
    path = files.root / str(reference.path)
    path.chmod(0o600)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"hostile")
    with pytest.raises(CorruptStoreError):
        files.open(reference)
    with pytest.raises(CorruptStoreError, match="its file is no archive"):
        files.open(reference, check=False)


def test_a_changed_file_is_found(files: ValueFiles, folder: Path) -> None:
    reference = files.write(writer(folder), key=AssetKey("model"), run_id="a1")
    path = files.root / str(reference.path)
    data = bytearray(path.read_bytes())
    data[1_000_000] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    with pytest.raises(CorruptStoreError, match="was changed or damaged"):
        files.open(reference)
