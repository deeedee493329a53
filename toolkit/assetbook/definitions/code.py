"""What is known of the code behind a definition: its version, its pieces, what stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PieceKind = Literal["asset", "helper", "class", "constant", "module", "package", "file", "unbound"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that the code reaches: a function, class, constant, module or package."""

    kind: PieceKind
    name: str
    """As people name it: ``clean``, ``THRESHOLD``, ``helpers.parse``."""
    digest: str
    text: str
    """Its source or printed value, for showing a difference; not what the digest is made of."""
    where: str = ""
    """``In[4]`` or ``helpers.py``; empty where it has no place."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that the code reaches and that cannot be versioned."""

    name: str
    """The name by which the code reaches it: ``conn``."""
    why: str
    """A sentence naming it, what it is and what to do."""


@dataclass(frozen=True, slots=True)
class CodeVersion:
    """The version of an asset's own code and of all that it reaches."""

    digest: str
    """Equal whenever nothing that can change the result has changed; 32 hexadecimal digits."""
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    """By ``kind:name``; the asset's own code is the piece of kind ``asset``."""
    unknowns: tuple[Unknown, ...] = ()
    reads_assets: tuple[tuple[str, str], ...] = ()
    """Names by which code reaches the definition of an asset, each with the code that does; such
    a name stands for no value when the code runs."""
    ignored: frozenset[str] = frozenset()
    """The names that the author said count for nothing."""
    readers: tuple[str, ...] = ()
    """The reached names that read the world outside: ``pandas.read_csv``, ``os.environ``."""
    observed: Mapping[str, str] = field(default_factory=dict)
    """Names that it was seen to read while it ran and that its code does not show, each with the
    call that read it: ``rate``, by ``df.query``."""
    files: tuple[str, ...] = field(default=(), compare=False)
    """The files of the project's own modules that it was taken from, by their whole paths."""


def changed_meanwhile(name: str) -> str:
    """The doubt about something that an asset reaches and that was another one after its run."""
    return f"`{name}` changed while the asset ran"
