"""Secrets: values that never show, and the scrubbing of text in which they turn up all the same.

Every Secret that exists in this process is known here, with the forms in which it travels
(base64, URL, JSON and HTML escapes). Whoever writes events, logs and notebooks calls ``scrub``.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from assetbook.errors import ConfigError, with_article
from assetbook.named_arguments import named_arguments

MASK = "***"
_SHORTEST = 4  # characters; shorter values would mask half of every text
_SHORTEST_LINE = 12  # characters, for the lines of a long secret such as a private key
_TAGS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_HTML = (  # as pandas and XML write it, as Python's html, and as templates
    str.maketrans(_TAGS),
    str.maketrans({**_TAGS, '"': "&quot;", "'": "&#x27;"}),
    str.maketrans({**_TAGS, '"': "&#34;", "'": "&#39;"}),
)


@named_arguments
class Secret:
    """A text that shows as ``***`` wherever it is printed, formatted or turned into JSON.

    It cannot be pickled. Raises ConfigError for anything but text.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise ConfigError(
                "Secret(...)", f"its value is {with_article(type(value).__name__)}", "Give text."
            )
        self._value = str.__str__(value)
        known_secrets.add(self._value)

    def get_value(self) -> str:
        """The secret itself: hand it on, and keep it nowhere."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        raise ConfigError(
            "pickling a Secret",
            "it would be written where anybody can read it",
            'Give EnvVar("NAME") instead: each process reads the variable itself.',
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """The schema of fields of this type: text or a Secret goes in, ``***`` comes out."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            _as_secret, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """What forms show for fields of this type."""
        return {"type": "string", "format": "password", "writeOnly": True}


def _as_secret(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if isinstance(value, str):
        return Secret(value)
    raise ValueError("a secret is text")


class KnownSecrets:
    """The secret values of one process, and what masks them; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self.told: Callable[[str], None] | None = None
        """Is told of each new one, before anything can show it."""

    def __bool__(self) -> bool:
        """Whether any is known."""
        return bool(self._forms)

    def add(self, value: str) -> None:
        """From now on masks ``value``; does nothing for one of fewer than four characters."""
        if len(value) < _SHORTEST or value in self._values:
            return
        with self._lock:
            self._values |= {value}
            forms = {*self._forms, *_forms(value)}
            self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        if self.told is not None:
            self.told(value)

    def scrub(self, text: str) -> str:
        """``text`` with every known secret masked, the longest first."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text

    def settled(self, text: str) -> int:
        """How many characters of ``text`` can be scrubbed for themselves, whatever follows.

        What is left may be the beginning of a secret whose rest is still to come.
        """
        settled = min((len(text) - _begun(form, text) for form in self._forms), default=len(text))
        cut = settled if settled < len(text) else 0
        while cut:  # a secret that is whole stays whole
            starts = [_around(form, text, cut) for form in self._forms]
            earlier = min((each for each in starts if each >= 0), default=cut)
            settled, cut = min(settled, earlier), earlier if earlier < cut else 0
        return settled

    def scrub_json(self, value: Any) -> Any:
        """``value`` with the secrets in its texts, keys and whole numbers masked, as a copy."""
        if not self._forms:
            return value
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {self.scrub_json(key): self.scrub_json(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.scrub_json(each) for each in value]
        if isinstance(value, int) and str(value) in self._values:
            return MASK
        return value


known_secrets = KnownSecrets()
"""The secrets of this process."""


def scrub(text: str) -> str:
    """``text`` with every secret known to this process replaced by ``***``."""
    return known_secrets.scrub(text)


def scrub_json(value: Any) -> Any:
    """A JSON value with every secret known to this process replaced by ``***``.

    Is ``value`` itself, not a copy, while no secret is known.
    """
    return known_secrets.scrub_json(value)


def keyed_hash(value: str | Secret, key: bytes) -> str:
    """A hash by which equal secrets are told apart from others, useless without ``key``.

    32 hexadecimal digits. Raises ConfigError for an empty key, with which anybody could guess.
    """
    if not key:
        raise ConfigError("the hash of a secret", "the store's key is empty")
    import hmac  # loads OpenSSL, which scrubbing does not need

    text = value.get_value() if isinstance(value, Secret) else value
    return hmac.new(key, _bytes(text), "sha256").hexdigest()[:32]


def _begun(form: str, text: str) -> int:
    """How many characters at the end of ``text`` are the beginning of ``form``, not all of it."""
    end = text[len(text) - len(form) + 1 :] if len(text) >= len(form) else text
    at = end.find(form[0])
    while at >= 0:
        if form.startswith(end[at:]):
            return len(end) - at
        at = end.find(form[0], at + 1)
    return 0


def _around(form: str, text: str, cut: int) -> int:
    """Where ``form`` begins in ``text`` with ``cut`` inside it; -1 for nowhere."""
    return text.find(form, max(cut - len(form) + 1, 0), cut + len(form) - 1)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _forms(value: str) -> Iterator[str]:
    """The texts in which a secret turns up."""
    yield value
    yield from (line for line in value.splitlines() if len(line) >= _SHORTEST_LINE)
    raw = _bytes(value)
    yield quote(raw, safe="")
    yield quote(raw)
    yield quote_plus(raw)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    yield from (value.translate(each) for each in _HTML)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode()
        yield from _inside_base64(raw, encode)


def _inside_base64(raw: bytes, encode: Any) -> Iterator[str]:
    """The digits that ``raw`` always has inside longer base64, as in ``user:password`` of HTTP.

    Where it begins within a group of three bytes decides; digits shared with neighbours are cut.
    """
    for offset in range(3):
        digits = encode(b"\0" * offset + raw).decode().rstrip("=")
        first = -(-offset * 8 // 6)
        last = (offset + len(raw)) * 8 // 6
        if last - first >= _SHORTEST:
            yield digits[first:last]
