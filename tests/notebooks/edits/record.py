"""The records of the edit table: a notebook, the edits made to it, and the state each must leave.

A step means: everything is brought fresh where possible (unless ``settle=False``), the edit is
applied in the order of its fields, and the state of *every* asset of the notebook is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Literal


def code(text: str) -> str:
    """The text of a cell or file, without the indentation it has in the table."""
    return dedent(text).strip("\n")


@dataclass(frozen=True, slots=True)
class Expect:
    """What an asset must look like after an edit.

    ``state`` is one of fresh, stale, unknown, missing, blocked, or several joined by ``|`` where
    the rules leave the choice open. ``names`` must occur in one of the reasons (any case).
    ``as_of`` says whether the mark of the outside world is there; None leaves it open.
    ``volatile`` says why a fresh asset may give other data when forced; empty means it may not.
    """

    state: str
    names: str = ""
    as_of: bool | None = None
    volatile: str = ""

    @property
    def states(self) -> tuple[str, ...]:
        """The states that are right, at least one."""
        return tuple(self.state.split("|"))


Expected = Expect | tuple[str, str] | str


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a notebook, and what every asset must be afterwards.

    Applied in this order: ``files`` are written (None removes one), the kernel is restarted,
    ``delete`` reaches the kernel with the next execution, ``before`` runs in a scratch cell,
    all cells run if ``rerun`` says so, ``cells`` run (same id; a new name is a new cell), and
    ``after`` runs in a scratch cell. ``fails`` says whether an error in any of these is wanted.
    ``moved`` names assets whose data, when forced after the comparison, must differ from before
    the edit. ``unsettled`` names assets that cannot be fresh before this edit, ``gone`` those
    that must not be listed after it though their cell's text is still there.
    """

    change: str
    expect: Mapping[str, Expected]
    why: str
    cells: Mapping[str, str] = field(default_factory=dict)
    delete: tuple[str, ...] = ()
    files: Mapping[str, str | None] = field(default_factory=dict)
    before: str = ""
    after: str = ""
    restart: bool = False
    rerun: Literal["", "all"] = ""
    settle: bool = True
    fails: Literal["no", "must", "may"] = "no"
    moved: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def expected(self) -> dict[str, Expect]:
        """What each asset must be, with the short forms written out."""
        return {key: _written_out(short) for key, short in self.expect.items()}


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as first run, top to bottom, and the edits made to it one after the other.

    ``made`` names assets that loops and factories make, which the cells' text does not show;
    ``unsettled`` those that can never be fresh in this notebook.
    """

    name: str
    about: str
    cells: Mapping[str, str]
    steps: tuple[Edit, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()


def _written_out(short: Expected) -> Expect:
    if isinstance(short, Expect):
        return short
    if isinstance(short, tuple):
        return Expect(*short)
    return Expect(short)
