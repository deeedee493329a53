"""What loading a notebook takes for a setting and what for looking around: ``slice_rules.toml``."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

import msgspec


class SliceRules(msgspec.Struct, frozen=True):
    """The lists of the file, which says what each is for."""

    always: frozenset[str]
    acts: frozenset[str]
    settings: frozenset[str]
    looking: frozenset[str]
    magics: frozenset[str]
    skipped: frozenset[str]
    cells: frozenset[str]
    everywhere: frozenset[str]
    unsteady: frozenset[str]

    def is_setting(self, function: str) -> bool:
        """Whether the function's name, or its first word, is a setting's."""
        return function in self.settings or function.partition("_")[0] in self.settings


@functools.cache
def rules() -> SliceRules:
    """The lists."""
    text = resources.files(__package__).joinpath("slice_rules.toml").read_text(encoding="utf-8")
    return SliceRules(**{name: frozenset(each) for name, each in tomllib.loads(text).items()})
