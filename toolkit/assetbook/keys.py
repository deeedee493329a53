"""The words that everything else uses: keys of assets, their partitions and checks, ids of runs.

A key has three spellings. ``to_user_string()`` is what people read and type (``raw/orders``).
``text`` is the same but unambiguous, for databases (a slash inside a part is written ``%2F``).
``folder`` is safe on any file system below a store.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import NewType
from urllib.parse import unquote

from assetbook.errors import DefinitionError

RunId = NewType("RunId", str)
"""A run's id: 12 lower-case hexadecimal digits; any unique beginning names it for people."""

PartitionKey = NewType("PartitionKey", str)
"""One partition of a partitioned asset, in the partition definition's own spelling."""

CoercibleToAssetKey = "AssetKey | str | Sequence[str]"

_FOLDER_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_LONGEST_FOLDER = 200  # bytes; file systems allow 255, file names add a suffix


class AssetKey:
    """The name of an asset: one or more parts, as in Dagster.

    ``AssetKey("a/b")`` has the single part ``a/b``; ``AssetKey.from_user_string("a/b")`` has two.
    ``key.at("2026-01-01")`` names one partition of the asset, where assets are planned and made
    partition by partition; its parts, text and folder are the asset's.
    Equal keys are one object, which lives as long as the process: dicts find it by its identity.
    Raises DefinitionError for no parts, an empty part, or a part that is not text.
    """

    __slots__ = ("_partitions", "asset", "partition", "parts", "text")

    parts: tuple[str, ...]
    text: str
    """The asset's key as one unambiguous piece of text; ``from_text`` reads it back."""
    asset: AssetKey
    """The key without its partition."""
    partition: PartitionKey | None
    """The partition that it names; None for the asset as a whole."""
    _partitions: dict[str, AssetKey] | None

    def __new__(cls, path: str | Sequence[str]) -> AssetKey:
        parts = _checked_parts(path)
        text = "/".join([_escaped(part) for part in parts])
        known = _every_key.get(text)
        if known is not None:
            return known
        key = _made(parts, text)
        object.__setattr__(key, "asset", key)
        return _every_key.setdefault(text, key)  # one object, whichever thread comes first

    @classmethod
    def from_user_string(cls, text: str) -> AssetKey:
        """The key that a person typed: parts separated by ``/``."""
        return cls(text.split("/")) if "/" in text else key_named(text)

    @classmethod
    def from_text(cls, text: str) -> AssetKey:
        """The key whose ``text`` this is."""
        known = _every_key.get(text)
        if known is not None:
            return known
        if "%" not in text:
            return cls.from_user_string(text)
        return cls([unquote(part, errors="surrogatepass") for part in text.split("/")])

    @classmethod
    def from_coercible(cls, value: AssetKey | str | Sequence[str]) -> AssetKey:
        """``value`` itself, or the key it spells; text is split at ``/``, as in Dagster."""
        if isinstance(value, AssetKey):
            return value
        if isinstance(value, str):
            return cls.from_user_string(value)
        return cls(value)

    def at(self, partition: str | None) -> AssetKey:
        """The key of one partition of the asset; of the asset as a whole for None."""
        asset = self.asset
        if partition is None:
            return asset
        known = asset._partitions
        if known is None:
            known = {}
            object.__setattr__(asset, "_partitions", known)
        found = known.get(partition)
        if found is None:
            made = _made(asset.parts, asset.text)
            object.__setattr__(made, "asset", asset)
            object.__setattr__(made, "partition", PartitionKey(partition))
            found = known.setdefault(partition, made)
        return found

    @property
    def path(self) -> list[str]:
        """The parts as a list (Dagster's name for them)."""
        return list(self.parts)

    @property
    def folder(self) -> str:
        """The relative folder for this key's files: percent-encoded, below the store, no dots."""
        return "/".join([folder_name(part) for part in self.parts])

    def to_user_string(self) -> str:
        """The key as people read and type it: ``raw/orders``, ``raw/orders[2026-01-01]``."""
        name = "/".join(self.parts)
        return name if self.partition is None else f"{name}[{self.partition}]"

    def with_prefix(self, prefix: str | Sequence[str]) -> AssetKey:
        """This key below ``prefix``; text is one part."""
        return AssetKey([*([prefix] if isinstance(prefix, str) else prefix), *self.parts])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an AssetKey is frozen: {name} cannot be set")

    def __lt__(self, other: AssetKey) -> bool:
        return (self.parts, self.partition or "") < (other.parts, other.partition or "")

    def __repr__(self) -> str:
        named = "" if self.partition is None else f".at({self.partition!r})"
        return f"AssetKey({list(self.parts)!r}){named}"

    def __str__(self) -> str:
        return self.to_user_string()

    def __reduce__(self) -> tuple[object, ...]:
        if self.partition is None:
            return AssetKey, (self.parts,)
        return _key_at, (self.parts, self.partition)


def _made(parts: tuple[str, ...], text: str) -> AssetKey:
    key = object.__new__(AssetKey)
    for name, value in (
        ("parts", parts),
        ("text", text),
        ("partition", None),
        ("_partitions", None),
    ):
        object.__setattr__(key, name, value)
    return key


def _key_at(parts: tuple[str, ...], partition: str) -> AssetKey:
    return AssetKey(parts).at(partition)


_every_key: dict[str, AssetKey] = {}
"""By ``text``."""


@lru_cache(maxsize=1 << 16)
def key_named(name: str) -> AssetKey:
    """The key whose only part is ``name``; raises DefinitionError as the constructor does."""
    return AssetKey(name)


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F")


def _checked_parts(path: object) -> tuple[str, ...]:
    parts = tuple(path) if isinstance(path, list | tuple) else (path,)
    if parts and all(isinstance(part, str) and part and _is_text(part) for part in parts):
        return tuple([str.__str__(part) for part in parts])  # no subclass: it is everybody's key
    raise DefinitionError(
        f"asset key {path!r}",
        "a key is one or more non-empty pieces of Unicode text",
        'Write AssetKey("orders") or AssetKey(["raw", "orders"]).',
    )


def _is_text(part: str) -> bool:
    """Whether it can be written as UTF-8: lone surrogates cannot."""
    try:
        part.encode()
    except UnicodeEncodeError:
        return False
    return True


class CheckKey:
    """The name of a check: the asset that it checks, and its own name."""

    __slots__ = ("asset_key", "name")

    def __init__(self, asset_key: AssetKey | str | Sequence[str], name: str) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(asset_key))
        object.__setattr__(self, "name", name)

    asset_key: AssetKey
    name: str

    @property
    def text(self) -> str:
        """One unambiguous piece of text: the asset's text, a colon, the check's name."""
        return f"{self.asset_key.text}:{self.name}"

    def to_user_string(self) -> str:
        """``orders:has_rows``, as people read it."""
        return f"{self.asset_key.to_user_string()}:{self.name}"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a CheckKey is frozen: {name} cannot be set")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, CheckKey)
            and self.asset_key == other.asset_key
            and self.name == other.name
        )

    def __lt__(self, other: CheckKey) -> bool:
        return (self.asset_key, self.name) < (other.asset_key, other.name)

    def __hash__(self) -> int:
        return hash((self.asset_key, self.name))

    def __repr__(self) -> str:
        return f"CheckKey({self.asset_key!r}, {self.name!r})"

    def __str__(self) -> str:
        return self.to_user_string()

    def __reduce__(self) -> tuple[type[CheckKey], tuple[AssetKey, str]]:
        return CheckKey, (self.asset_key, self.name)


def new_run_id() -> RunId:
    """A fresh random run id."""
    return RunId(os.urandom(6).hex())


def folder_name(part: str) -> str:
    """A file system name for any text: distinct texts get distinct names, none is hidden or '..'.

    Everything but ASCII letters, digits, ``_`` and ``-`` is percent-encoded as UTF-8. A name over
    200 bytes keeps its beginning and ends in a hash of the whole.
    """
    if _FOLDER_SAFE.issuperset(part) and len(part) <= _LONGEST_FOLDER:
        return part
    name = "".join(
        char
        if char in _FOLDER_SAFE
        else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
        for char in part
    )
    if len(name) <= _LONGEST_FOLDER:
        return name
    import hashlib

    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{name[: _LONGEST_FOLDER - 33]}~{digest}"


def version_name(number: int | None, store: str | None = None) -> str:
    """What stands behind ``@`` to name a version: ``41``, ``prod:41`` in another store; or nothing.

    ``number`` is None for a value that has no version.
    """
    if number is None:
        return ""
    return str(number) if store is None else f"{store}:{number}"
