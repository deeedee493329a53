"""``assetbook.lock``: the code versions that were promoted, beside their notebook, made for git.

One file for all notebooks of a folder, a line for each asset, sorted: two people who promote
different assets change different lines.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from assetbook.errors import ConfigError
from assetbook.io.durable_path import new_beside, put_in_place
from assetbook.keys import AssetKey

LOCK = "assetbook.lock"
_FORMAT = 1
_HEAD = (
    "# Code versions of promoted assets. `assetbook promote` writes them, `assetbook validate`\n"
    "# compares notebooks with them.\n"
)


class Locked(msgspec.Struct, frozen=True):
    """One asset as it was promoted."""

    code: str
    """Its code version."""
    without: tuple[str, ...] = ()
    """Names that are not in it, since every load draws or reads them anew."""


Lock: TypeAlias = Mapping[AssetKey, Locked]


class LockFile(msgspec.Struct, frozen=True):
    """What a lock file holds, by notebook's name."""

    notebooks: Mapping[str, Lock] = msgspec.field(default_factory=dict)

    def of(self, notebook: Path) -> Lock:
        """What is locked of a notebook; empty if nothing is."""
        return self.notebooks.get(notebook.name, {})

    def text(self) -> str:
        """The file's text: the same for the same content."""
        lines = [f"{_HEAD}version = {_FORMAT}"]
        for name, locked in sorted(self.notebooks.items()):
            lines += ["", f"[{json.dumps(name, ensure_ascii=False)}]"]
            lines += [_line(key, locked[key]) for key in sorted(locked, key=str)]
        return "\n".join(lines) + "\n"


def lock_path(notebook: Path) -> Path:
    """Where the lock of a notebook is."""
    return notebook.absolute().parent / LOCK


def read_lock(path: Path) -> LockFile:
    """The lock file at ``path``; an empty one if there is none.

    Raises ConfigError for a file that is none, and for one of a later format.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return LockFile()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"it cannot be read: {error}") from None
    version = found.pop("version", None)
    if version != _FORMAT:
        raise _unreadable(path, f"its format is {version!r}, and this assetbook knows {_FORMAT}")
    try:
        return LockFile({name: _lock(entries) for name, entries in found.items()})
    except (AttributeError, KeyError, TypeError):
        raise _unreadable(path, "it does not hold code versions by notebook and asset") from None


def write_lock(path: Path, notebook: Path, locked: Lock) -> None:
    """Writes what is locked of ``notebook``; what other notebooks have there stays.

    Durable when it returns; whoever reads meanwhile has the file before or this one.
    """
    before = read_lock(path)
    after = LockFile({**before.notebooks, notebook.name: locked})
    with new_beside(path) as new:
        new.write_text(after.text(), encoding="utf-8")
        put_in_place(new, path)


def _line(key: AssetKey, locked: Locked) -> str:
    name = json.dumps(str(key), ensure_ascii=False)
    if not locked.without:
        return f'{name} = "{locked.code}"'
    without = ", ".join(json.dumps(each, ensure_ascii=False) for each in sorted(locked.without))
    return f'{name} = {{ code = "{locked.code}", without = [{without}] }}'


def _lock(entries: Mapping[str, Any]) -> dict[AssetKey, Locked]:
    return {AssetKey.from_user_string(name): _locked(entry) for name, entry in entries.items()}


def _locked(entry: Any) -> Locked:
    if isinstance(entry, str):
        return Locked(entry)
    return Locked(str(entry["code"]), tuple(map(str, entry["without"])))


def _unreadable(path: Path, found: str) -> ConfigError:
    return ConfigError(
        f"the lock {path}", found, "Take the committed one back, or promote again: `%promote`."
    )
