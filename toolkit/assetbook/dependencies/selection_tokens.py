"""A selection's text while it is read: how far, what comes next, and where it went wrong."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NoReturn

from assetbook.dependencies.selection_expression import Pattern
from assetbook.errors import SelectionError

WORD: Final = re.compile(r"[\w./%*][\w./%*-]*")
VALUE: Final = re.compile(r'[^\s()+,"=<>:]+')
OWNER: Final = re.compile(r'[^\s()+,"=<>]+')
OPERATORS: Final = ("and", "or", "not")
_NULL = re.compile(r"<null>")
_DIGITS = re.compile(r"[0-9]+")
_SPACE = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PIECE = re.compile(r"(\\.|\*)", re.DOTALL)
_BEFORE, _AFTER = 60, 40  # characters of a long text that are shown around a fault


class Tokens:
    """Reads a text once, from left to right; ``at`` is how far it has come."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def char(self) -> str:
        """The character that comes next, a space too; empty at the end."""
        return self.text[self.at : self.at + 1]

    def next_char(self) -> str:
        """The next character that is no space, after going there; empty at the end."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.char()

    def word(self) -> str:
        """The word that comes next, taken; empty if none does."""
        found = WORD.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found[0] if found else ""

    def keyword(self, word: str) -> bool:
        """Whether ``word`` comes next, in any case; takes it."""
        self.next_char()
        found = WORD.match(self.text, self.at)
        if found is None or found[0].lower() != word:
            return False
        self.at = found.end()
        return True

    def term_at(self, at: int) -> bool:
        """Whether a term begins at the position ``at``."""
        return self.text[at : at + 1] in ('"', "(") or WORD.match(self.text, at) is not None

    def after_digits(self, at: int) -> int:
        """The position behind the digits that begin at ``at``; ``at`` itself without any."""
        digits = _DIGITS.match(self.text, at)
        return digits.end() if digits else at

    def value(self, unquoted: re.Pattern[str]) -> Pattern | None:
        """A value, quoted or not, taken; None for ``<null>``."""
        if self.char() == '"':
            return self.quoted()
        found = unquoted.match(self.text, self.at) or _NULL.match(self.text, self.at)
        if found is None:
            self.fail("a value is missing here", 'A value with signs in it is quoted: "a b".')
        self.at = found.end()
        return None if found[0] == "<null>" else Pattern.wild(found[0])

    def quoted(self) -> Pattern:
        """A text in quotes, taken; a backslash takes the meaning from what follows it."""
        found = _QUOTED.match(self.text, self.at)
        if found is None:
            self.fail('this `"` is not closed', 'Add a `"`.')
        self.at = found.end()
        pieces = [""]
        for part in _PIECE.split(found[1]):
            if part == "*":
                pieces.append("")
            else:
                pieces[-1] += part[1:] if part.startswith("\\") else part
        return Pattern(tuple(pieces))

    def fail(self, found: str, remedy: str, at: int | None = None) -> NoReturn:
        """Raises SelectionError that points at the position ``at``; None is the present one."""
        shown = f"{found}\n{pointed_at(self.text, self.at if at is None else at)}"
        raise SelectionError("this selection", shown, remedy)


def pointed_at(text: str, position: int) -> str:
    """Two lines: what of ``text`` is around ``position``, and a caret under that character."""
    line = "".join(char if char.isprintable() else " " for char in text)
    before = line[max(0, position - _BEFORE) : position]
    indent = "".join("\u3000" if unicodedata.east_asian_width(c) in "WF" else " " for c in before)
    return f"  {before}{line[position : position + _AFTER]}\n  {indent}^"
