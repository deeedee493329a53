"""Selections as text: what can be said, and how it is read.

What may be written, tightest first::

    orders  raw/*  "any text"           a key or the end of one; * stands for any characters
    key: group: tag: kind: owner: is:   what is said of an asset: tag:k=v, kind:<null>
    check:                              checks, not assets: check:"orders:full", check:"orders:*"
    *  ( )  sinks( )  roots( )          all that is made here; a group; the ends of a selection
    +x  x+  2+x  x+1                    with all that lies above or below, or so many layers
    not x
    x and y
    x or y  x, y  x y                   either, so that `%materialize orders customers` is both

A ``+`` belongs to the term that it touches. ``x and not y`` takes y from x. Inside quotes a
backslash takes the meaning from a quote, a wildcard or a backslash.
"""

from __future__ import annotations

from typing import Final, Literal, NoReturn, cast

from assetbook.dependencies.selection_expression import (
    ATTRIBUTES,
    IS_VALUES,
    Attribute,
    AttributeName,
    Ends,
    Everything,
    Expression,
    Joined,
    Layers,
    Name,
    Pattern,
)
from assetbook.dependencies.selection_tokens import OPERATORS, OWNER, VALUE, Tokens
from assetbook.errors import did_you_mean

FUNCTIONS: Final = ("sinks", "roots")
_UNSUPPORTED = frozenset(
    [
        *("automation_type", "changed_in_branch", "code_location", "column", "column_tag", "job"),
        *("partitions", "schedule", "sensor", "status", "table_name"),
    ]
)
"""What Dagster reads as attributes and has no meaning here."""
_DEEPEST = 50  # levels of parentheses or of `not`, far below where the interpreter gives up
_MOST_DIGITS = 6
_ELSEWHERE = {"&": "and", "|": "or", "!": "not", "~": "not", "-": "and not", "'": '"', ";": ","}


def parse(text: str, *, include_sources: bool = False) -> Expression:
    """What ``text`` says.

    With ``include_sources``, external assets count in ``*``, ``not``, groups, tags and kinds too.
    Raises SelectionError that points at the character where reading stopped.
    """
    return _Parser(text, include_sources).whole()


class _Parser(Tokens):
    """The grammar over the tokens: one method for each line of what may be written."""

    def __init__(self, text: str, include_sources: bool) -> None:
        super().__init__(text)
        self.everything = Everything(include_sources)
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
        start = self.at
        plus = self.after_digits(start)
        if self.text[plus : plus + 1] != "+" or (plus > start and not self.term_at(plus + 1)):
            return ""
        self.at = plus + 1
        self.refuse_second_plus("2+x")
        return self.text[start : self.at]

    def layers_below(self) -> str:
        """``+`` or ``+2`` right behind a term, taken; empty without one."""
        start = self.at
        if self.char() != "+":
            return ""
        self.at = self.after_digits(start + 1)
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

    def term(self) -> Expression:
        char, start = self.next_char(), self.at
        if char == "(":
            return self.parenthesized()
        if char == '"':
            return Name(self.quoted())
        word = self.word()
        if not word:
            self.refuse_start(char)
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
            self.refuse_attribute(word, start)
        self.at += 1
        self.next_char()
        start, tag = self.at, None
        value = self.value(OWNER if word == "owner" else VALUE)
        if value is None and word in ("key", "tag", "is", "check"):
            self.fail(f"`{word}:` needs a value", "<null> stands for no value at all.", start)
        if word == "is" and str(value) not in IS_VALUES:
            known = " or ".join(f"`is:{each}`" for each in IS_VALUES)
            self.fail(f"`is:` knows no `{value}`", f"Write {known}.", start)
        if word == "tag":
            tag, value = value, None
            if self.char() == "=":
                self.at += 1
                value = self.value(VALUE)
        sources = self.everything.include_sources
        return Attribute(cast(AttributeName, word), value, tag, sources)

    def refuse_attribute(self, word: str, start: int) -> NoReturn:
        known = "There are " + ", ".join(f"`{each}:`" for each in ATTRIBUTES) + "."
        if word in _UNSUPPORTED:
            self.fail(f"`{word}:` is not supported", known, start)
        near = did_you_mean(word.lower(), ATTRIBUTES)
        self.fail(f"`{word}:` is no attribute", near or known, start)

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


def _joined(how: Literal["or", "and"], operands: list[Expression]) -> Expression:
    return operands[0] if len(operands) == 1 else Joined(how, tuple(operands))
