"""SQL as a row of tokens: its parameters, its statements, and a spelling that formatting leaves.

sqlglot's tokenizer does the reading. Nothing here knows what a name stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import msgspec

from assetbook.errors import DefinitionError
from assetbook.io.sql_errors import at_place

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

_WORDS = """
    all analyse analyze and any array as asc asymmetric attach between both by case cast check
    collate column constraint create cross default deferrable delete desc distinct do drop else end
    except exists fetch for foreign from full group having in initially inner insert intersect
    interval into is isnull join lambda lateral leading left like limit natural not notnull null
    offset on only or order outer pivot placing primary qualify recursive references returning
    right rows select set show some summarize symmetric table then trailing true false union unique
    unpivot update using values alter where when window with"""
_RESERVED = frozenset(_WORDS.split())
"""Words that name nothing, so that their case says nothing."""
_OPERANDS = frozenset({"null", "true", "false", "end", "default"})
"""The reserved words that end an expression."""
_OPERATORS = frozenset(
    {"ilike", "glob", "regexp", "rlike", "match", "similar to", "to", "escape", "zone", "first"}
    | {"next", "div", "xor", "sample"}
)
"""Words that are no reserved ones, after which a value comes: ``name ILIKE :pattern``."""
_VALUES = frozenset(
    {"NUMBER", "STRING", "IDENTIFIER", "R_PAREN", "R_BRACKET", "R_BRACE", "HEREDOC_STRING"}
)
_PARAMETER = re.compile(r"[^\W\d]\w*")


class Parameter(msgspec.Struct, frozen=True):
    """A Python name in the text; ``at`` is where its ``:`` or ``$`` stands, in characters."""

    name: str
    at: int


class SqlTokens(msgspec.Struct, frozen=True):
    """The tokens of a text, and what they alone tell."""

    source: str
    tokens: tuple[Token, ...]
    parameters: tuple[Parameter, ...]

    @property
    def with_dollars(self) -> str:
        """The text with ``$day`` for ``:day``, character for character in the same place."""
        letters = list(self.source)
        for parameter in self.parameters:
            letters[parameter.at] = "$"
        return "".join(letters)

    @property
    def normalized(self) -> str:
        """The text without comments, spaces and the case of words that name nothing.

        What it says of every other token is exactly what was written.
        """
        marks = {each.at for each in self.parameters}
        return " ".join(_spelled(token, token.start in marks) for token in self.tokens)

    def statements(self) -> Iterator[tuple[Token, ...]]:
        """The tokens of each statement, without the ``;`` between them."""
        current: list[Token] = []
        for token in self.tokens:
            if token.token_type.name != "SEMICOLON":
                current.append(token)
            elif current:
                yield tuple(current)
                current = []
        if current:
            yield tuple(current)


def tokens_of(source: str, *, asked: str, dialect: str = "duckdb") -> SqlTokens:
    """The tokens of ``source``.

    Raises DefinitionError, with the line, for text that is no SQL: an open quote, a template, a
    parameter without a name.
    """
    from sqlglot import tokenize
    from sqlglot.errors import TokenError

    try:
        tokens = tuple(_pieces(tokenize(source, read=dialect), source, dialect))
    except TokenError as error:
        raise DefinitionError(
            asked, f"it is no SQL: {error}", "Close quotes and comments."
        ) from None
    _refuse_templates(source, tokens, asked)
    found = _parameters(source, tokens, asked, has_operator=dialect == "postgres")
    return SqlTokens(source, tokens, tuple(found))


def _pieces(tokens: Sequence[Token], source: str, dialect: str) -> Iterator[Token]:
    """The tokens; what the tokenizer keeps as one piece after a word such as CALL, in its own."""
    from sqlglot import tokenize

    before: Token | None = None
    for token in tokens:
        if before is not None and token.text and token.start == token.end and _is_text(token):
            rest = source[before.end + 1 : token.end + 1]
            spaced = " " * (before.end + 1) + rest
            yield from _pieces(tokenize(spaced, read=dialect), spaced, dialect)
        else:
            yield token
        before = token


def _is_text(token: Token) -> bool:
    return token.token_type.name == "STRING"


def names_nothing(token: Token) -> bool:
    """Whether it is a reserved word."""
    return token.token_type.name not in ("IDENTIFIER", "STRING") and all(
        word in _RESERVED for word in token.text.lower().split()
    )


def _spelled(token: Token, is_mark: bool) -> str:
    if is_mark:
        return f"$ {token.text[1:]}".rstrip()
    kind = token.token_type.name
    if names_nothing(token):
        return token.text.upper()
    return f"{kind}:{token.text!r}" if kind.endswith(("STRING", "IDENTIFIER")) else token.text


def _refuse_templates(source: str, tokens: Sequence[Token], asked: str) -> None:
    for token, after in zip_longest(tokens, tokens[1:]):
        doubled = (
            after is not None
            and token.token_type.name == after.token_type.name == "L_BRACE"
            and after.start == token.start + 1
        )
        if doubled or token.token_type.name == "BLOCK_START":
            raise DefinitionError(
                asked,
                at_place(source, token.start, "a template begins, and text is never put into SQL"),
                "Bind the value by its Python name: `:day`.",
            )


def _parameters(
    source: str, tokens: Sequence[Token], asked: str, *, has_operator: bool
) -> Iterator[Parameter]:
    """The parameters; ``has_operator`` tells of a language in which ``?`` between values is one."""
    before: Token | None = None
    subscripts: list[bool] = []
    for token, after in zip_longest(tokens, tokens[1:]):
        kind = token.token_type.name
        if kind == "L_BRACKET":
            subscripts.append(before is not None and _ends_value(before))
        elif kind == "R_BRACKET" and subscripts:
            subscripts.pop()
        name = _name_after(source, token, after)
        is_dollar = kind == "PARAMETER" and token.text == "$"  # ``@`` is no mark of ours
        is_operator = has_operator and before is not None and _ends_value(before)
        if (kind == "PLACEHOLDER" and not is_operator) or (is_dollar and not name):
            raise DefinitionError(
                asked,
                at_place(source, token.start, "a parameter without a name"),
                "Write the Python name whose value it stands for: `:day`.",
            )
        opens_slice = bool(
            before and before.token_type.name == "L_BRACKET" and subscripts and subscripts[-1]
        )
        is_colon = (
            kind == "COLON"
            and not opens_slice
            and not (before and _ends_value(before) and not _is_operator(before, token))
        )
        if name and (is_dollar or is_colon):
            yield Parameter(name, token.start)
        elif kind == "VAR" and _PARAMETER.fullmatch(token.text[1:]) and token.text[0] == "$":
            yield Parameter(token.text[1:], token.start)  # one token in some languages
        before = token


def _is_operator(word: Token, colon: Token) -> bool:
    """Whether a word that may be a name, but has a space after it, waits for a value."""
    return word.text.lower() in _OPERATORS and colon.start > word.end + 1


def _name_after(source: str, token: Token, after: Token | None) -> str:
    """The Python name that follows at once; empty if there is none."""
    if after is None or after.start != token.end + 1:
        return ""
    found = _PARAMETER.match(source, after.start)
    return found[0] if found else ""


def _ends_value(token: Token) -> bool:
    """Whether a value may end here, so that a colon after it makes a slice, a key or an alias."""
    if token.token_type.name in _VALUES:
        return True
    if names_nothing(token):
        return token.text.lower() in _OPERANDS
    return token.text[:1].isidentifier()
