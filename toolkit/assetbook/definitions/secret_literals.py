"""Literals in source text that look like secrets: found, or masked before the text is kept.

A literal looks secret if it is the value of a Secret that this process knows; if it is bound to a
name such as ``password`` or ``api_key``, or typed for it in a line that begins with ``%`` or ``!``;
if it is the user and password of a URL; if it has the form of a known kind of token or of a private
key; or if it is a word of 24 to 256 characters with digits, small and capital letters, mixed as
chance mixes them. Commit hashes, UUIDs, names in camel case, and pictures in base64 are none of
these.
"""

from __future__ import annotations

import ast
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

from assetbook.definitions.env_var import looks_secret
from assetbook.definitions.secret import MASK, known_secrets, scrub

GIVEN_VARIABLE = "ASSETBOOK_SECRETS"
"""Set in the kernel of a notebook that runs as a job: the names of the environment variables that
give it secrets, with ``=`` between them, which no name has."""
_SHORTEST = 4  # characters, as of a Secret: `pad_token = "_"` is none
_SHORTEST_KNOWN = 8  # characters of a literal that is masked wherever it turns up
_MIXED = re.compile(r"[^\W\d_].*[\d\W]|[\d\W].*[^\W\d_]", re.DOTALL)
_SHORTEST_FORM = 20  # characters of the shortest token or random word
_NAMED_LITERAL = re.compile(
    r"""(?<!\w)(?P<name>[A-Za-z_]\w*)['"]?\s*\]?\s*
        (?::[ \t]*(?P<kind>[A-Za-z_][\w.\[\]|\ ]{0,40}?)[ \t]*(?==))?  # an annotation, or `if x: y`
        (?:(?<![=!<>])=(?!=)|:)\s*
        (?:(?:Secret|SecretStr|str|bytes)\(\s*)?
        (?P<prefix>[rbfuRBFU]{0,2})(?P<quote>'{3}|"{3}|['"])
        (?P<text>(?:\\.|(?!(?P=quote))[^\\\n])+)(?P=quote)""",
    re.VERBOSE,
)
_COMMAND = re.compile(  # a line for IPython, as it is written or as its transformers leave it
    r"^[ \t]*(?:[\w.,\[\] ]+=[ \t]*)?"
    r"(?:[%!]|get_ipython\(\)\.(?:run_\w+_magic|system|getoutput)\().*",
    re.MULTILINE,
)
_TYPED = re.compile(r"(?<![\w$])(?P<name>[A-Za-z_]\w*)=(?P<text>[^\s'\"]+)")
_NO_TEXT = re.compile(r"None|null|[Tt]rue|[Ff]alse|[\d.]+|EnvVar\(.*")
_PLACEHOLDER = re.compile(r"\*+|\.+|<[^>]*>|\{[^}]*\}|\$\{?\w+\}?|%\(\w+\)s|%s|\?+")
_ABOUT = re.compile(
    r"TOKENI[SZ]|(?:NAME|COLUMN|FIELD|URL|URI|PATH|FILE|ENV|VAR|TYPE|LABEL|HEADER|ID)S?$"
)
"""Names that tell of a secret what it is called, where it is, or what kind it is."""
_USER_INFO = re.compile(r"(?<=://)(?P<user>[^/\s:@'\"]*):(?P<password>[^/\s@'\"]+)@(?=[\w\[{$<%])")
_KNOWN_FORM = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA[0-9A-Z]{16}|gh[opsur]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}"
    r"|xox[abprs]-[\w-]{20,}|sk-[\w-]{32,}|AIza[\w-]{35}|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+)"
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?!-----BEGIN).)*?-----END [A-Z ]*PRIVATE KEY-----",
    re.DOTALL,
)
_LONG_WORD = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_=-]{24,256}(?![\w+/=-])")
_DATA_LINES = re.compile(  # from the beginning of a word: a long one is not tried at each place
    r"""(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}[ \t'"\\n]*\n
        (?:[ \t'"b]*[A-Za-z0-9+/]{40,}[ \t'"\\n]*\n){2,}.*""",
    re.VERBOSE,
)
_RANDOM = 0.75  # of the bits a character that as many different ones would have
_SMALL_RUN = re.compile(r"[a-z]{3,}")
_IN_RUNS = 0.55  # of the characters in runs of small letters: chance has 0.15, camel case 0.6


@dataclass(frozen=True, slots=True)
class SecretLiteral:
    """One place in a text that looks like a secret; it does not hold what stands there."""

    line: int
    """From 1."""
    why: str
    """In words: ``it is bound to `api_key```."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    why: str


def secret_literals(text: str) -> list[SecretLiteral]:
    """What in ``text`` looks like a secret, in its order."""
    known = [
        SecretLiteral(number, "it is the value of a Secret")
        for number, line in enumerate(text.split("\n"), 1)
        if scrub(line) != line
    ]
    found = [SecretLiteral(text.count("\n", 0, each.start) + 1, each.why) for each in _spans(text)]
    return sorted(
        {each.line: each for each in [*found, *known]}.values(), key=lambda each: each.line
    )


def masked(text: str, name: str = "") -> str:
    """``text`` with ``***`` in the place of what looks like a secret.

    ``name`` is the name that ``text`` itself is bound to, if it has one.
    """
    if name and _names_secret(name):
        return MASK
    text = scrub(text)
    parts: list[str] = []
    end = 0
    for span in _spans(text):
        parts += [text[end : span.start], MASK]
        end = span.end
    return "".join([*parts, text[end:]])


def secret_parts(text: str, variable: str) -> Iterator[str]:
    """What of the value of an environment variable is secret: all of it where the name says so,
    else what looks like it; of a URL the user with the password, and the password alone."""
    if looks_secret(variable):
        yield text
    for span in _spans(text):
        yield text[span.start : span.end]
    for match in _USER_INFO.finditer(text):
        yield match["password"]


def know_literals(texts: Iterable[str]) -> None:
    """From now on masks what looks like a secret in source that is about to run, also where that
    prints or raises it; but no plain word, such as ``password = "example"``, which may be part of
    any name."""
    for text in texts:
        for part in secret_parts(text, ""):
            for value in {part, _unescaped(part)}:
                if len(value) >= _SHORTEST_KNOWN and _MIXED.search(value):
                    known_secrets.add(value)


def know_given_secrets() -> None:
    """From now on masks what the run of a notebook that this process belongs to was given."""
    for name in filter(None, os.environ.get(GIVEN_VARIABLE, "").split("=")):
        text = os.environ.get(name, "")
        for part in (text,) if name.startswith("ASSETBOOK_") else secret_parts(text, name):
            known_secrets.add(part)


def _unescaped(literal: str) -> str:
    """The text that a literal stands for, if it is Python's."""
    for quote in ("'''", '"""') if "\\" in literal else ():
        with suppress(ValueError, SyntaxError):
            return str(ast.literal_eval(f"{quote}{literal}{quote}"))
    return literal


def _spans(text: str) -> Iterator[_Span]:
    """The places, one after the other; the longer of two that overlap."""
    found = [*_named(text), *_user_info(text)]
    if len(text) >= _SHORTEST_FORM:
        found += [*_known(text), *_random(text)]
    end = -1
    for span in sorted(found, key=lambda each: (each.start, -each.end)):
        if span.start >= end:
            yield span
            end = span.end


def _named(text: str) -> Iterator[_Span]:
    if not looks_secret(text):  # then no name in it does
        return
    for match in _NAMED_LITERAL.finditer(text):
        value = match["text"]
        computed = "f" in match["prefix"].lower() and "{" in value
        if len(value) < _SHORTEST or computed or _PLACEHOLDER.fullmatch(value):
            continue
        kind = match["kind"] or ""  # a variable, if it is no class, such as `Token`
        names = [match["name"], *([kind] if kind in (kind.lower(), kind.upper()) else [])]
        if name := next(filter(_names_secret, names), None):
            yield _Span(*match.span("text"), f"it is bound to `{name}`")
    for line in _COMMAND.finditer(text):
        yield from _typed(text, *line.span())


def _typed(text: str, start: int, end: int) -> Iterator[_Span]:
    """What a command's line gives by name, as in ``%launch report.ipynb token=...``."""
    for match in _TYPED.finditer(text, start, end):
        value = match["text"]
        if len(value) < _SHORTEST or _PLACEHOLDER.fullmatch(value) or _NO_TEXT.fullmatch(value):
            continue
        if _names_secret(match["name"]):
            yield _Span(*match.span("text"), f"it is given for `{match['name']}`")


def _user_info(text: str) -> Iterator[_Span]:
    for match in _USER_INFO.finditer(text) if "://" in text else ():
        if not _PLACEHOLDER.fullmatch(match["password"]):
            yield _Span(match.start("user"), match.end("password"), "it is in a URL, before the @")


def _known(text: str) -> Iterator[_Span]:
    for match in _KNOWN_FORM.finditer(text):
        yield _Span(*match.span(), "it has the form of a token")
    for match in _PRIVATE_KEY.finditer(text):
        yield _Span(*match.span(), "it is a private key")


def _random(text: str) -> Iterator[_Span]:
    data = [match.span() for match in _DATA_LINES.finditer(text)]
    for match in _LONG_WORD.finditer(text):
        inside = any(start <= match.start() < end for start, end in data)
        if not inside and _looks_random(match[0]):
            yield _Span(*match.span(), "it is a long random word")


def _looks_random(word: str) -> bool:
    if not all(re.search(kind, word) for kind in ("[0-9]", "[a-z]", "[A-Z]")):
        return False
    in_runs = sum(len(run) for run in _SMALL_RUN.findall(word))
    counted_up = sum(ord(other) - ord(one) == 1 for one, other in pairwise(word))
    return (
        _entropy(word) >= _RANDOM * min(math.log2(len(word)), 6)
        and in_runs <= _IN_RUNS * len(word)
        and counted_up < len(word) / 2  # an alphabet
    )


def _names_secret(name: str) -> bool:
    return looks_secret(name) and not _ABOUT.search(name.upper())


def _entropy(word: str) -> float:
    """Bits a character, by how often each occurs in the word."""
    counts = Counter(word).values()
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts)


know_given_secrets()
