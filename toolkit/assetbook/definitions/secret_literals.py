"""Masking literals in source text that look like secrets, before the text is stored or shown."""

from __future__ import annotations

import math
import re
from collections import Counter

from assetbook.definitions.env_var import looks_secret
from assetbook.definitions.secret import MASK, scrub

_NAMED_LITERAL = re.compile(
    r"""(?P<name>[A-Za-z_]\w*)(?P<between>['"]?\s*(?:=|:)\s*)(?P<quote>['"])(?P<text>[^'"\n]+)(?P=quote)"""
)
_USER_INFO = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s:@'\"]+:[^/\s@'\"]+@", re.IGNORECASE)
_LONG_WORD = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_=-]{24,}(?![\w+/=-])")
_RANDOM = 4.2  # bits a character; English words and identifiers stay below 4


def masked(text: str, name: str = "") -> str:
    """``text`` with ``***`` for what looks like a secret.

    That is: a known secret's value, text bound to a name such as ``password`` or ``api_key``, the
    user and password in a URL, and long random words. ``name`` is the name that ``text`` itself is
    bound to, if it has one.
    """
    if name and looks_secret(name):
        return MASK
    clean = _NAMED_LITERAL.sub(_mask_named, scrub(text))
    clean = _USER_INFO.sub(rf"\g<scheme>{MASK}@", clean)
    return _LONG_WORD.sub(_mask_random, clean)


def _mask_named(match: re.Match[str]) -> str:
    if not looks_secret(match["name"]):
        return match[0]
    return f"{match['name']}{match['between']}{match['quote']}{MASK}{match['quote']}"


def _mask_random(match: re.Match[str]) -> str:
    word = match[0]
    has_all = re.search(r"\d", word) and re.search(r"[a-z]", word) and re.search(r"[A-Z]", word)
    return MASK if has_all and _entropy(word) >= _RANDOM else word


def _entropy(word: str) -> float:
    """Bits a character, by how often each occurs in the word."""
    counts = Counter(word).values()
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts)
