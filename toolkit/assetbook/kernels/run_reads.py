"""Which versions of assets a notebook's run reads: noted while it runs, and read again in a copy of
it that reproduces the run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import structs

from assetbook.keys import AssetKey
from assetbook.storage.version import Version

READS = "reads.jsonl"
"""The name of their list, in the folder of what is kept of a notebook."""
READS_VARIABLE = "ASSETBOOK_RUN_READS"
"""Set in the kernel of a notebook that runs as a job: the file in which reads are noted."""
INPUTS_VARIABLE = "ASSETBOOK_INPUTS"
"""Set in a copy that reproduces a run: what that read, as JSON."""


class RunRead(msgspec.Struct, frozen=True):
    """One version that a run read."""

    key: str
    """The asset's key as text."""
    partition: str | None
    asked: str
    """What stood behind ``@``; empty where the latest version was read."""
    version: int
    store: str | None
    """The name of the store that has it; None for the own one."""

    @property
    def reference(self) -> str:
        """What stands behind ``@`` for that version and no other."""
        return str(self.version) if self.store is None else f"{self.store}:{self.version}"

    def __str__(self) -> str:
        return f"{AssetKey.from_text(self.key).at(self.partition)}@{self.reference}"


def note_read(asked: int | str | None, partition: str | None, version: Version) -> None:
    """Notes in a notebook's run that it has read the value of a version; does nothing elsewhere.
    ``asked`` is what stood behind ``@``, None for the latest version."""
    path = os.environ.get(READS_VARIABLE)
    if not path:
        return
    text = "" if asked is None else str(asked)
    read = RunRead(version.key.text, partition, text, version.number, version.store)
    # a kernel on another computer has no such folder
    with suppress(OSError), Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(structs.asdict(read)) + "\n")


def as_the_run_read(
    key: AssetKey, partition: str | None, asked: int | str | None
) -> int | str | None:
    """What to ask for in a reproduction: the version that the run read for that; ``asked`` itself
    where the run read none, and outside reproductions."""
    told = os.environ.get(INPUTS_VARIABLE)
    if not told:
        return asked
    wanted = (key.text, partition, "" if asked is None else str(asked))
    for each in reversed(json.loads(told)):
        read = RunRead(**each)
        if (read.key, read.partition, read.asked) == wanted:
            return read.version if read.store is None else read.reference
    return asked


def reads_in(folder: Path) -> list[RunRead]:
    """What the run read whose notebook is kept in ``folder``, each once, in the order of the last
    reads."""
    try:
        lines = (folder / READS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    every = [RunRead(**json.loads(line)) for line in lines if line.endswith("}")]
    return list(reversed(dict.fromkeys(reversed(every))))


def reads_told(reads: Iterable[RunRead]) -> str:
    """Them as the variable of a reproduction has them."""
    return json.dumps([structs.asdict(each) for each in reads])
