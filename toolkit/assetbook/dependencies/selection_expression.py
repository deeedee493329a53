"""What a selection says, as frozen nodes: what ``+orders and not raw/*`` is once it is read.

Which assets the nodes mean, how they are read from text and how they are written are elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from assetbook.keys import AssetKey

AttributeName = Literal["key", "group", "tag", "kind", "owner", "is", "check"]
ATTRIBUTES: Final = ("key", "group", "tag", "kind", "owner", "is", "check")
IS_VALUES: Final = ("materializable", "external")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text with wildcards; ``pieces`` is what stands between them, so one piece is plain text."""

    pieces: tuple[str, ...]

    @classmethod
    def wild(cls, text: str) -> Pattern:
        """The pattern in which each ``*`` of ``text`` is a wildcard."""
        return cls(tuple(text.split("*")))

    @property
    def plain(self) -> bool:
        """Whether it stands for one text alone."""
        return len(self.pieces) == 1

    def matches(self, text: str) -> bool:
        """Whether the whole ``text`` fits; a wildcard takes any characters, also ``/``."""
        first, last = self.pieces[0], self.pieces[-1]
        if self.plain:
            return text == first
        if not text.startswith(first):
            return False
        at = len(first)
        for piece in self.pieces[1:-1]:
            at = text.find(piece, at) + len(piece)
            if at < len(piece):
                return False
        return at + len(last) <= len(text) and text.endswith(last)

    @property
    def quoted(self) -> str:
        """The pattern in quotes, as it is read back."""
        return '"' + "*".join(re.sub(r'(["*\\])', r"\\\1", each) for each in self.pieces) + '"'

    def __str__(self) -> str:
        return "*".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Everything:
    """Every asset that is made here; with ``include_sources`` the external ones too."""

    include_sources: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """Assets by a bare name, the whole key or the end of one; there must be one."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Keys:
    """Assets by exact keys; each must be there."""

    keys: tuple[AssetKey, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """Assets of which something is said; ``value`` None means that they have none of it.

    ``check`` is no asset, but the checks whose names, as ``orders:full``, fit.
    ``tag`` is the tag's name where ``name`` is tag, and None elsewhere.
    """

    name: AttributeName
    value: Pattern | None
    tag: Pattern | None = None
    include_sources: bool = False


@dataclass(frozen=True, slots=True)
class Layers:
    """An expression with up to ``depth`` layers above or below it; None means all of them."""

    child: Expression
    direction: Literal["upstream", "downstream"]
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """What of an expression has no other of it below (sinks) or above (roots)."""

    child: Expression
    which: Literal["sinks", "roots"]


@dataclass(frozen=True, slots=True)
class Joined:
    """What is in any operand, in each, or in the first and in no other."""

    how: Literal["or", "and", "and not"]
    operands: tuple[Expression, ...]


Expression = Everything | Name | Keys | Attribute | Layers | Ends | Joined
