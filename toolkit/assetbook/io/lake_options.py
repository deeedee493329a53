"""Options that a lake's library is given, whose secrets do not show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

import pydantic

from assetbook.definitions.env_var import looks_secret
from assetbook.definitions.secret import Secret

_WITH_PASSWORD = re.compile(r"://[^/@]*:[^/@]*@")


def _with_secrets(options: Any) -> Any:
    """The options, with a Secret for each value whose name or form says that it is one."""
    if not isinstance(options, Mapping):
        return options
    return {name: _kept(str(name), value) for name, value in options.items()}


def _kept(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    hidden = looks_secret(re.sub(r"[-.]", "_", name)) or _WITH_PASSWORD.search(value)
    return Secret(value) if hidden else value


Options = Annotated[dict[str, Any], pydantic.BeforeValidator(_with_secrets)]
"""Options by name, all text; passwords, keys and tokens among them show as ``***``."""


def plain_options(options: Mapping[str, Any]) -> dict[str, str]:
    """What the library is given: hand it on, and keep it nowhere."""
    return {
        name: each.get_value() if isinstance(each, Secret) else str(each)
        for name, each in options.items()
    }


def without_secrets(uri: str) -> str:
    """A URL without the user, password and query in it; a path as it is."""
    if "://" not in uri:
        return uri
    parts = urlsplit(uri)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
