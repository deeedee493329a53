"""``[tool.assetbook.alerts]``: whom to tell what went wrong, and how to reach them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from assetbook.errors import ConfigError, did_you_mean

AlertKind: TypeAlias = Literal["failed", "recovered", "late", "missed", "code differs"]
ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)
MailSecurity: TypeAlias = Literal["starttls", "tls", "plain"]
_PORTS: Mapping[MailSecurity, int] = {"starttls": 587, "tls": 465, "plain": 25}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]+@[^\s@<>,;:\"\\]+")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")


@dataclass(frozen=True, slots=True)
class FromEnv:
    """``{env = "NAME"}``: a text that is in no file, read from the environment where it is used."""

    name: str


Text: TypeAlias = str | FromEnv


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address to which an alert is posted as JSON."""

    url: Text


@dataclass(frozen=True, slots=True)
class SlackHook:
    """An incoming webhook of Slack, or of what reads the same form."""

    url: FromEnv
    """Whoever knows it can write there: it is never in the file."""


@dataclass(frozen=True, slots=True)
class Mail:
    """People who get an email, and the server that takes it."""

    to: tuple[str, ...]
    host: str
    port: int
    security: MailSecurity
    sender: str
    user: Text | None = None
    password: FromEnv | None = None


@dataclass(frozen=True, slots=True)
class AlertTarget:
    """One that is told, by its name in the settings."""

    name: str
    to: Webhook | SlackHook | Mail
    on: tuple[AlertKind, ...] = ALERT_KINDS
    select: str | None = None
    """The assets that it is told of, as typed; None for everything."""
    interactive: bool = False
    """Whether it is also told of runs that somebody started by hand."""


def alert_targets(where: str, table: Mapping[str, Any]) -> tuple[AlertTarget, ...]:
    """The targets of the table, in its order; ``where`` names it and its file in errors.

    Raises ConfigError for what is unknown, wrong or missing.
    """
    return tuple(_target(where, name, each) for name, each in table.items())


def url_setting(where: str, key: str, value: object) -> Text:
    """An http(s) URL, or the variable that holds it; raises ConfigError for any other value.

    A URL with a password in it is refused, and not repeated.
    """
    if isinstance(value, dict):
        return _from_env(where, key, value)
    if not isinstance(value, str):
        raise ConfigError(where, f"`{key}` is {value!r}", _URL)
    wrong = url_problem(value)
    if wrong:
        raise ConfigError(where, f"`{key}` {wrong}", _URL)
    return value


def url_problem(url: str) -> str:
    """What is wrong with the URL, which is not repeated; empty if it can be asked."""
    try:
        parts = urlsplit(url)
        host, user, _ = parts.hostname, parts.username, parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f]", url):
        return "is no URL that begins with http:// or https://"
    return "is a URL with a user or password in it" if user is not None else ""


_URL = 'Give a URL as "https://example.org/hook", or {env = "NAME"} where it is a secret.'
_WAYS = ("webhook", "slack", "email")
_OF_ALL = ("on", "select", "interactive")
_OF_MAIL = ("smtp", "security", "from", "user", "password")


def _target(where: str, name: str, table: object) -> AlertTarget:
    if not isinstance(table, dict):
        raise ConfigError(
            where,
            f"`{name}` is {table!r}",
            f"Each one that is told is a table: [tool.assetbook.alerts.{name}].",
        )
    where = where.replace("[tool.assetbook.alerts]", f"[tool.assetbook.alerts.{name}]")
    if not _NAME.fullmatch(name):
        raise ConfigError(where, f"`{name}` is no name for it", "Use letters, digits, _ and -.")
    ways = [way for way in _WAYS if way in table]
    _refuse_unknown(where, table, (*_WAYS, *_OF_ALL, *_OF_MAIL))
    if len(ways) != 1:
        found = "it does not say how" if not ways else f"it has {' and '.join(ways)}"
        raise ConfigError(where, found, "Give one of webhook, slack and email.")
    if ways != ["email"] and (beside := [key for key in _OF_MAIL if key in table]):
        raise ConfigError(where, f"`{beside[0]}` is for email, and it has {ways[0]}", "Remove it.")
    return AlertTarget(
        name,
        _MADE[ways[0]](where, table),
        _kinds(where, table.get("on", list(ALERT_KINDS))),
        _text(where, "select", table["select"]) if "select" in table else None,
        _bool(where, "interactive", table.get("interactive", False)),
    )


def _refuse_unknown(where: str, table: Mapping[str, Any], known: Collection[str]) -> None:
    for key in table:
        if key not in known:
            remedy = did_you_mean(key, known) or f"The settings are {', '.join(known)}."
            raise ConfigError(where, f"there is no setting `{key}`", remedy)


def _kinds(where: str, value: object) -> tuple[AlertKind, ...]:
    if not isinstance(value, list) or not value:
        raise ConfigError(where, f"`on` is {value!r}", 'Give a list, as ["failed", "late"].')
    for each in value:
        if each not in ALERT_KINDS:
            near = did_you_mean(each, ALERT_KINDS) if isinstance(each, str) else ""
            remedy = near or f"They are {', '.join(ALERT_KINDS)}."
            raise ConfigError(where, f"`on` has {each!r}", remedy)
    return tuple(kind for kind in ALERT_KINDS if kind in value)


def _webhook(where: str, table: Mapping[str, Any]) -> Webhook:
    return Webhook(url_setting(where, "webhook", table["webhook"]))


def _slack(where: str, table: Mapping[str, Any]) -> SlackHook:
    return SlackHook(_secret(where, "slack", table["slack"]))


def _mail(where: str, table: Mapping[str, Any]) -> Mail:
    people = table["email"] if isinstance(table["email"], list) else [table["email"]]
    to = tuple(_address(where, "email", each) for each in people)
    for key in ("smtp", "from"):
        if key not in table:
            raise ConfigError(where, f"`{key}` is missing", _EXAMPLES[key])
    if not to:
        raise ConfigError(where, "`email` is empty", "Give an address, or a list of them.")
    security = table.get("security", "starttls")
    if security not in _PORTS:
        remedy = f"Give one of {', '.join(_PORTS)}."
        raise ConfigError(where, f"`security` is {security!r}", remedy)
    host, port = _server(where, table["smtp"], _PORTS[security])
    user = table.get("user")
    password = table.get("password")
    if (user is None) != (password is None):
        raise ConfigError(where, "it has one of `user` and `password`", "Give both, or none.")
    return Mail(
        to,
        host,
        port,
        security,
        _address(where, "from", table["from"]),
        None if user is None else _text_or_env(where, "user", user),
        None if password is None else _secret(where, "password", password),
    )


_EXAMPLES = {
    "smtp": 'Name the server that takes it: smtp = "smtp.example.org", or with ":587".',
    "from": 'Say from whom it is: from = "assetbook@example.org".',
}


def _server(where: str, value: object, port: int) -> tuple[str, int]:
    text = _text(where, "smtp", value)
    host, colon, number = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, number = text, str(port)
    if not _HOST.fullmatch(host) or not number.isdecimal() or not 0 < int(number) < 65536:
        raise ConfigError(where, f"`smtp` is {value!r}", _EXAMPLES["smtp"])
    return host.strip("[]"), int(number)


def _address(where: str, key: str, value: object) -> str:
    if isinstance(value, str) and _ADDRESS.fullmatch(value) and value.isprintable():
        return value
    raise ConfigError(where, f"`{key}` has {value!r}", 'Give an address as "ann@example.org".')


def _text(where: str, key: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise ConfigError(where, f"`{key}` is {value!r}", "Give text.")


def _bool(where: str, key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ConfigError(where, f"`{key}` is {value!r}", "Give true or false.")


def _text_or_env(where: str, key: str, value: object) -> Text:
    return _from_env(where, key, value) if isinstance(value, dict) else _text(where, key, value)


def _secret(where: str, key: str, value: object) -> FromEnv:
    """Of the environment alone; what else stands there may be a secret, and is not repeated."""
    if isinstance(value, dict):
        return _from_env(where, key, value)
    raise ConfigError(
        where,
        f"`{key}` is written into the file",
        f'Name the variable that holds it: {key} = {{env = "NAME"}}.',
    )


def _from_env(where: str, key: str, value: Mapping[str, Any]) -> FromEnv:
    name = value.get("env")
    if set(value) != {"env"} or not isinstance(name, str) or not name or set(name) & set("=\0"):
        raise ConfigError(where, f"`{key}` names no variable", f'Write {key} = {{env = "NAME"}}.')
    return FromEnv(name)


_MADE: Mapping[str, Callable[[str, Mapping[str, Any]], Webhook | SlackHook | Mail]] = {
    "webhook": _webhook,
    "slack": _slack,
    "email": _mail,
}
