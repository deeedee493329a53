"""What both sides of Dagster Pipes agree on: names, parameters as text, asset keys as text."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from assetbook.keys import AssetKey

PROTOCOL_VERSION = "0.1"
"""Of the protocol, not of any package."""
VERSION_FIELD = "__dagster_pipes_version"
CONTEXT_ENV_VAR = "DAGSTER_PIPES_CONTEXT"
MESSAGES_ENV_VAR = "DAGSTER_PIPES_MESSAGES"

PipesParams = Mapping[str, Any]
"""Where the other side finds its context, or writes its messages: plain JSON values."""
PipesExtras = Mapping[str, Any]
"""What an author hands on to the process: plain JSON values."""
PipesContextData = Mapping[str, Any]
"""What the process is told of the step that it works for."""


def encode_param(value: object) -> str:
    """``value`` as JSON, packed by zlib, in base64: one word for an environment or command line."""
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode("ascii")


def decode_param(text: str) -> Any:
    """The value that ``encode_param`` made ``text`` of."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def cli_argument(env_var: str) -> str:
    """The option that stands for an environment variable: ``--dagster-pipes-context``."""
    return f"--{env_var}".lower().replace("_", "-")


def key_to_text(key: AssetKey) -> str:
    """The key as the other side spells it: slashes and backslashes inside a part are escaped."""
    return "/".join(part.replace("\\", "\\\\").replace("/", "\\/") for part in key.parts)


def key_from_text(text: str) -> AssetKey:
    """The key that the other side spells so; raises DefinitionError if it is none."""
    parts = re.findall(r"(?:\\.|[^/\\])+", text, re.DOTALL)
    return AssetKey([re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in parts])
