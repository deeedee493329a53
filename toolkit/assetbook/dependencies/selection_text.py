"""Selections as text: what can be said, and how it is read. Which assets it means is elsewhere.

What may be written, tightest first::

    orders  raw/*  "any text"           a key or the end of one; * stands for any characters
    key: group: tag: kind: owner: is:   what is said of an asset: tag:k=v, kind:<null>
    *  ( )  sinks( )  roots( )          all that is made here; a group; the ends of a selection
    +x  x+  2+x  x+1                    with all that lies above or below, or so many layers
    not x
    x and y
    x or y  x, y  x y                   either, so that `%materialize orders customers` is both

A ``+`` belongs to the term that it touches. ``x and not y`` takes y from x. Inside quotes a
backslash takes the meaning from a quote, a wildcard or a backslash.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal, NoReturn, cast

from assetbook.errors import SelectionError, did_you_mean
from assetbook.keys import AssetKey

AttributeName = Literal["key", "group", "tag", "kind", "owner", "is"]
ATTRIBUTES: Final = ("key", "group", "tag", "kind", "owner", "is")
FUNCTIONS: Final = ("sinks", "roots")
OPERATORS: Final = ("and", "or", "not")
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


def parse(text: str, *, include_sources: bool = False) -> Expression:
    """What ``text`` says.

    With ``include_sources``, external assets count in ``*``, ``not``, groups, tags and kinds too.
    Raises SelectionError that points at the character where reading stopped.
    """
    return _Parser(text, include_sources).whole()


WORD: Final = re.compile(r"[\w./%*][\w./%*-]*")
_VALUE = re.compile(r'[^\s()+,"=<>:]+')
_OWNER = re.compile(r'[^\s()+,"=<>]+')
_NULL = re.compile(r"<null>")
_DIGITS = re.compile(r"[0-9]+")
_SPACE = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
# What Dagster reads as attributes and has no meaning here.
_UNSUPPORTED = re.compile(
    "automation_type|changed_in_branch|code_location|column|column_tag|job|partitions|schedule"
    "|sensor|status|table_name"
)
_PIECE = re.compile(r"(\\.|\*)", re.DOTALL)
_DEEPEST = 50  # levels of parentheses or of `not`, far below where the interpreter gives up
_MOST_DIGITS = 6
_ELSEWHERE = {"&": "and", "|": "or", "!": "not", "~": "not", "-": "and not", "'": '"', ";": ","}


class _Parser:
    """Reads a text once, from left to right; ``at`` is how far it has come."""

    def __init__(self, text: str, include_sources: bool) -> None:
        self.text = text
        self.everything = Everything(include_sources)
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        if not self.text.strip():
            self.fail("it is empty", "Write `*` for all assets.", 0)
        expression = self.either()
        if self.at < len(self.text):
            self.fail("this `)` closes nothing", "Take it away, or open it before.")
        return expression

    def either(self) -> Expression:
        """Terms joined by ``or``, by a comma, or standing side by side."""
        operands = [self.both()]
        while self.next_char() not in ("", ")"):
            if self.char() == ",":
                self.at += 1
            elif not self.keyword("or"):
                self.refuse_beside()
            operands.append(self.both())
        return _joined("or", operands)

    def both(self) -> Expression:
        """Terms joined by ``and``; what follows a ``not`` is taken from the others."""
        wanted: list[Expression] = []
        unwanted: list[Expression] = []
        while True:
            negations = 0
            while self.keyword("not"):
                negations += 1
                if negations > _DEEPEST:
                    self.fail(f"more than {_DEEPEST} `not`", "Two of them cancel out.")
            term = self.layers()
            for _ in range(negations - 1):
                term = Joined("and not", (self.everything, term))
            (unwanted if negations else wanted).append(term)
            if not self.keyword("and"):
                break
        left = _joined("and", wanted) if wanted else self.everything
        return Joined("and not", (left, _joined("or", unwanted))) if unwanted else left

    def layers(self) -> Expression:
        """A term with each ``+`` that touches it."""
        above = self.layers_above()
        term = self.term()
        below = self.layers_below()
        sides: list[Expression] = []
        if above:
            sides.append(Layers(term, "upstream", self.depth_of(above)))
        if below:
            sides.append(Layers(term, "downstream", self.depth_of(below)))
        return _joined("or", sides or [term])

    def layers_above(self) -> str:
        """``+`` or ``2+`` before a term, taken; empty without one."""
        self.next_char()
        start, digits = self.at, _DIGITS.match(self.text, self.at)
        plus = digits.end() if digits else start
        if self.text[plus : plus + 1] != "+" or (digits and not self.term_at(plus + 1)):
            return ""
        self.at = plus + 1
        self.refuse_second_plus("2+x")
        return self.text[start : self.at]

    def layers_below(self) -> str:
        """``+`` or ``+2`` right behind a term, taken; empty without one."""
        start = self.at
        if self.char() != "+":
            return ""
        digits = _DIGITS.match(self.text, start + 1)
        self.at = digits.end() if digits else start + 1
        if self.term_at(self.at):
            remedy = "Leave a space on one side of it: `a+ b` or `a +b`."
            self.fail("this `+` touches a term on either side", remedy, start)
        self.refuse_second_plus("x+2")
        return self.text[start : self.at]

    def depth_of(self, plus: str) -> int | None:
        digits = plus.strip("+")
        if len(digits) > _MOST_DIGITS:
            self.fail("no graph has so many layers", "For all of them write `+` alone.")
        return int(digits) if digits else None

    def term_at(self, at: int) -> bool:
        return self.text[at : at + 1] in ('"', "(") or WORD.match(self.text, at) is not None

    def term(self) -> Expression:
        char, start = self.next_char(), self.at
        if char == "(":
            return self.parenthesized()
        if char == '"':
            return Name(self.quoted())
        found = WORD.match(self.text, start)
        if found is None:
            self.refuse_start(char)
        word, self.at = found[0], found.end()
        if word.lower() in OPERATORS:
            remedy = f'Give it one; a name that is one of these words is quoted: "{word}".'
            self.fail(f"a term is missing before `{word}`", remedy, start)
        if self.char() == ":":
            return self.attribute(word, start)
        if self.char() == "(":
            return self.function(word, start)
        return self.everything if word == "*" else Name(Pattern.wild(word))

    def parenthesized(self) -> Expression:
        opened = self.at
        self.at += 1
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"more than {_DEEPEST} levels of `(`", "Say it with fewer.", opened)
        inner = self.either()
        if self.char() != ")":
            self.fail("this `(` is not closed", "Add a `)`.", opened)
        self.at += 1
        self.depth -= 1
        return inner

    def function(self, word: str, start: int) -> Expression:
        if word not in FUNCTIONS:
            known = did_you_mean(word.lower(), FUNCTIONS) or "There are sinks(x) and roots(x)."
            self.fail(f"there is no function `{word}`", known, start)
        return Ends(self.parenthesized(), "sinks" if word == "sinks" else "roots")

    def attribute(self, word: str, start: int) -> Expression:
        if word not in ATTRIBUTES:
            known = "There are " + ", ".join(f"`{each}:`" for each in ATTRIBUTES) + "."
            if _UNSUPPORTED.fullmatch(word):
                self.fail(f"`{word}:` is not supported", known, start)
            near = did_you_mean(word.lower(), ATTRIBUTES)
            self.fail(f"`{word}:` is no attribute", near or known, start)
        self.at += 1
        self.next_char()
        start, tag = self.at, None
        value = self.value(_OWNER if word == "owner" else _VALUE)
        if value is None and word in ("key", "tag", "is"):
            self.fail(f"`{word}:` needs a value", "<null> stands for no value at all.", start)
        if word == "is" and str(value) not in IS_VALUES:
            known = " or ".join(f"`is:{each}`" for each in IS_VALUES)
            self.fail(f"`is:` knows no `{value}`", f"Write {known}.", start)
        if word == "tag":
            tag, value = value, None
            if self.char() == "=":
                self.at += 1
                value = self.value(_VALUE)
        sources = self.everything.include_sources
        return Attribute(cast(AttributeName, word), value, tag, sources)

    def value(self, unquoted: re.Pattern[str]) -> Pattern | None:
        """A value, quoted or not; None for ``<null>``."""
        if self.char() == '"':
            return self.quoted()
        found = unquoted.match(self.text, self.at) or _NULL.match(self.text, self.at)
        if found is None:
            self.fail("a value is missing here", 'A value with signs in it is quoted: "a b".')
        self.at = found.end()
        return None if found[0] == "<null>" else Pattern.wild(found[0])

    def quoted(self) -> Pattern:
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

    def keyword(self, word: str) -> bool:
        """Whether ``word`` comes next, in any case; takes it."""
        self.next_char()
        found = WORD.match(self.text, self.at)
        if found is None or found[0].lower() != word:
            return False
        self.at = found.end()
        return True

    def char(self) -> str:
        return self.text[self.at : self.at + 1]

    def next_char(self) -> str:
        """The next character that is no space, after going there; empty at the end."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.char()

    def refuse_second_plus(self, example: str) -> None:
        if self.char() == "+":
            self.fail("one `+` means every layer already", f"For two layers write `{example}`.")

    def refuse_beside(self) -> None:
        """Refuses side by side what people mean differently: ``a not b`` and ``a + b``."""
        start = self.at
        if self.keyword("not"):
            self.fail("a word is missing before `not`", "Write `and not` or `or not`.", start)
        if self.char() == "+" and not self.term_at(start + 1):
            remedy = "Write `a+` or `+a`, without a space; for both assets write `a b`."
            self.fail("this `+` touches no term", remedy)

    def refuse_start(self, char: str) -> NoReturn:
        if not char:
            self.fail("it ends where a term is expected", "Add one, or end it before.")
        if char == "@":
            remedy = "Versions belong to `%value NAME@VERSION`; name the asset alone."
            self.fail("a version is not part of a selection", remedy)
        if char in _ELSEWHERE:
            self.fail(f"`{char}` has no meaning here", f"Write `{_ELSEWHERE[char]}` instead.")
        self.fail(f"no term begins with `{char}`", 'A name with signs in it is quoted: "a b".')

    def fail(self, found: str, remedy: str, at: int | None = None) -> NoReturn:
        position = self.at if at is None else at
        shown = f"{found}\n{_pointed_at(self.text, position)}"
        raise SelectionError("this selection", shown, remedy)


def _joined(how: Literal["or", "and"], operands: list[Expression]) -> Expression:
    return operands[0] if len(operands) == 1 else Joined(how, tuple(operands))


def _pointed_at(text: str, position: int) -> str:
    """Two lines: what of ``text`` is around ``position``, and a caret under that character."""
    line = "".join(char if char.isprintable() else " " for char in text)
    before = line[max(0, position - 60) : position]
    indent = "".join("\u3000" if unicodedata.east_asian_width(c) in "WF" else " " for c in before)
    return f"  {before}{line[position : position + 40]}\n  {indent}^"
