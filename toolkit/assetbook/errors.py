"""What goes wrong, one class for each kind of remedy.

An error says what was asked, what was found and what to do about it. In a notebook it shows as
that text alone: a person's slip never produces a traceback through assetbook's own frames.
Asset keys are held as text, so that an error travels between processes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping


class AssetbookError(Exception):
    """An error with its remedy.

    ``asked`` is what the person wanted, ``found`` what stood in the way, ``remedy`` what to do.
    All three are plain text; ``remedy`` may be empty where the first two already say it.
    """

    def __init__(self, asked: str, found: str, remedy: str = "") -> None:
        super().__init__(asked, found, remedy)
        self.asked = asked
        self.found = found
        self.remedy = remedy

    def __str__(self) -> str:
        said = f"{self.asked}: {self.found}"
        return f"{said}\n{self.remedy}" if self.remedy else said

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython shows instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class DefinitionError(AssetbookError):
    """A definition is wrong as written: change its code."""


class ConfigError(AssetbookError):
    """Configuration or a resource's settings are missing or wrong: change the values."""


class SelectionError(AssetbookError):
    """A selection, name or version as typed cannot be read or found: type another one."""


class UsageError(AssetbookError):
    """A command was called with words or options it does not take: see its ``--help``."""


class NotLoadedError(AssetbookError):
    """Something was asked of a notebook or store that is not open here: open it first."""


class StoreError(AssetbookError):
    """The store cannot be opened, read or written: mend its place (space, rights, file)."""


class CorruptStoreError(StoreError):
    """A stored file does not hold what was written: restore it or materialize again."""


class UnstorableValueError(AssetbookError):
    """A value cannot be stored by its I/O manager: return another value or choose another one."""


class UntrustedValueError(AssetbookError):
    """A stored value would run code that this user did not sign: materialize it here instead."""


class MissingLibraryError(AssetbookError):
    """An optional library is not installed: install the extra that the remedy names."""


class CheckFailedError(AssetbookError):
    """A blocking check did not pass: mend the data, or go on with ``--force``."""


class TypeCheckError(AssetbookError):
    """A value is not of its declared type: change the value, or the type.

    ``samples`` are lines that show values: they are seen where it is raised, and stored nowhere.
    """

    samples: tuple[str, ...] = ()

    def _render_traceback_(self) -> list[str]:
        return [*super()._render_traceback_(), *self.samples]


class WrongTypeError(TypeCheckError, UsageError):
    """A stored value is not of the type that was asked for: ask for another, or for none."""


class RunFailedError(AssetbookError):
    """A run ended without materializing all it was asked for: its log says where and why."""


class NotebookCellError(RunFailedError):
    """A cell of a notebook that runs as a job failed: mend it, and resume or retry the run."""

    def __init__(
        self,
        asked: str,
        found: str,
        remedy: str = "",
        *,
        traceback: str = "",
        lines: tuple[str, ...] = (),
    ) -> None:
        super().__init__(asked, found, remedy)
        self.traceback = traceback
        """The whole traceback of the cell, as its kernel wrote it."""
        self.lines = lines
        """The lines of it that a person reads."""


class TimeLimitError(RunFailedError):
    """A run or step took longer than it may: give it more time, or less to do."""


class PipesError(AssetbookError):
    """A process outside failed, or reported what does not fit: mend it, its own words are shown."""


class ConflictError(AssetbookError):
    """Somebody else holds or has changed what was asked for: wait, or take it over explicitly."""


class DoomedFileError(ConflictError):
    """A value file was collected before the version that names it was committed."""


class RunEndedError(ConflictError):
    """The run was marked as ended while it still ran: nothing more of it counts."""


def error_from(parts: Mapping[str, str]) -> AssetbookError:
    """The error of another process, by its ``kind`` (its class's name), and its three texts."""
    kinds: list[type[AssetbookError]] = [AssetbookError]
    for each in kinds:
        kinds += each.__subclasses__()
    kind = {each.__name__: each for each in kinds}.get(parts["kind"], AssetbookError)
    return kind(parts["asked"], parts["found"], parts["remedy"])


def nearest(name: str, names: Iterable[str], *, limit: int = 3) -> list[str]:
    """The ``names`` most like ``name``, best first; empty where none is close."""
    known = sorted(set(names))
    close = difflib.get_close_matches(name, known, n=limit, cutoff=0.6)
    tails = [known_name for known_name in known if known_name.rsplit("/", 1)[-1] == name]
    return list(dict.fromkeys([*tails, *close]))[:limit]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A sentence that offers the names most like ``name``; empty where none is close."""
    close = nearest(name, names)
    if not close:
        return ""
    return "Did you mean " + " or ".join(f"`{each}`" for each in close) + "?"


def with_article(noun: str) -> str:
    """``a table``, ``an object``, ``a uint8``: the noun after the article that its sound asks for.

    ``noun`` is often a type's name, as in "it is an int".
    """
    return f"an {noun}" if _VOWEL_SOUND.match(noun) else f"a {noun}"


_VOWEL_SOUND = re.compile(r"[aeio]|u(?!ni|[ust]|u?int)|hour|honest", re.IGNORECASE)
