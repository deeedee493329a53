"""How the code of an asset differs from the code that made its latest version: the texts."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass

from assetbook.definitions.code import CodeVersion
from assetbook.dependencies.code_changes import pieces_in
from assetbook.instance.instance import Instance
from assetbook.storage.version import Version


@dataclass(frozen=True, slots=True)
class Difference:
    """One piece that differs; ``lines`` are a unified difference without file headers."""

    name: str
    kind: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.kind} {self.name}", *self.lines])


def code_differences(
    instance: Instance, version: Version | None, code: CodeVersion
) -> tuple[Difference, ...]:
    """Every piece of ``code`` that differs from what made ``version``.

    Empty if nothing differs, if there is no version, or if its code was not recorded.
    """
    manifest = version.event.code.manifest if version is not None else None
    if manifest is None:
        return ()
    text = instance.store.texts([manifest]).get(manifest)
    if text is None:
        return ()
    before = {name: entry.split(" ", 1)[0] for name, entry in pieces_in(json.loads(text)).items()}
    now = {name: piece.digest for name, piece in code.pieces.items()}
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    texts = instance.store.texts([before[name] for name in changed if name in before])
    return tuple(
        _difference(
            name,
            texts.get(before.get(name, ""), ""),
            code.pieces[name].text if name in code.pieces else "",
        )
        for name in changed
    )


def _difference(name: str, before: str, now: str) -> Difference:
    kind, _, short = name.partition(":")
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=2)
    return Difference(short, kind, tuple(list(lines)[2:]))
