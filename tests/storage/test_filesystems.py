"""File systems that computers share are told from local ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetbook.errors import StoreError
from assetbook.storage.filesystems import filesystem_of, refuse_shared

MOUNTS = """\
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 21 0:26 / {root}/home rw master:3 - {kind} server:/export rw
31 30 0:27 / {root}/home/local\\040disk rw - xfs /dev/vdb rw
32 21 0:28 / {root}/twice rw - nfs4 server:/old rw
33 21 0:29 / {root}/twice rw - tmpfs none rw
"""


def mounts(tmp_path: Path, kind: str) -> Path:
    (tmp_path / "home").mkdir(exist_ok=True)
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS.format(root=tmp_path.resolve(), kind=kind))
    return table


@pytest.mark.parametrize(
    "kind",
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse", "fuse.sshfs", "fuseblk", "9p", "virtiofs"],
)
def test_shared_file_systems_are_refused_with_the_remedy(tmp_path: Path, kind: str) -> None:
    with pytest.raises(StoreError, match=rf"\({kind}\).*\n.*local path by ASSETBOOK_STORE; values"):
        refuse_shared(tmp_path / "home" / "ada" / ".assetbook", mounts(tmp_path, kind))


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "f2fs"])
def test_local_file_systems_are_taken(tmp_path: Path, kind: str) -> None:
    table = mounts(tmp_path, kind)
    refuse_shared(tmp_path / "home", table)
    assert filesystem_of(tmp_path / "home", table) == kind


def test_the_nearest_mount_decides(tmp_path: Path) -> None:
    table = mounts(tmp_path, "nfs")
    assert filesystem_of(tmp_path / "home" / "x", table) == "nfs"
    assert filesystem_of(tmp_path / "home" / "local disk" / "x", table) == "xfs"
    assert filesystem_of(tmp_path / "homestead", table) == "ext4"


def test_a_later_mount_hides_the_earlier(tmp_path: Path) -> None:
    assert filesystem_of(tmp_path / "twice", mounts(tmp_path, "nfs")) == "tmpfs"


def test_a_link_is_followed_to_where_it_leads(tmp_path: Path) -> None:
    table = mounts(tmp_path, "cifs")
    (tmp_path / "link").symlink_to(tmp_path / "home")
    assert filesystem_of(tmp_path / "link", table) == "cifs"


def test_this_machine_is_read_without_a_table(tmp_path: Path) -> None:
    assert filesystem_of(Path("/proc")) == "proc"
    assert filesystem_of(tmp_path, tmp_path / "no table") == ""
