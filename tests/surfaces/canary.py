"""Looks for a secret in all files of a folder, in each form in which it may have been written."""

from __future__ import annotations

import base64
import html
import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus


def canary(route: str) -> str:
    """A secret of its own for a way in; it differs in every form."""
    return f'canary {route}/Kq83+"ü"&<é>'


def found(folder: Path, secrets: list[str]) -> list[str]:
    """Where one of them stands, as ``secret, as form, in file``."""
    forms = {text: (each, form) for each in secrets for form, text in forms_of(each)}
    return sorted(
        {
            f"{secret}, as {form}, in {place}"
            for place, body in bodies(folder)
            for text, (secret, form) in forms.items()
            if text in body
        }
    )


def forms_of(secret: str) -> Iterator[tuple[str, bytes]]:
    """The bytes of a secret, by the name of what makes them; each also as JSON has it."""
    for name, text in _plain_forms(secret):
        yield name, text.encode()
        yield f"{name} in JSON", json.dumps(text)[1:-1].encode()
        yield (
            f"{name} in JSON with its letters",
            json.dumps(text, ensure_ascii=False)[1:-1].encode(),
        )


def _plain_forms(secret: str) -> Iterator[tuple[str, str]]:
    yield "text", secret
    yield "JSON", json.dumps(secret)[1:-1]
    yield "HTML", html.escape(secret, quote=False)
    yield "HTML with quotes", html.escape(secret)
    yield "a URL", quote(secret)
    yield "a form", quote_plus(secret)
    yield "a URL's part", quote(secret, safe="")
    for offset in range(3):  # by where it begins in a group of three bytes
        begun = base64.b64encode(b"-" * offset + secret.encode() + b"-" * 3).decode()
        inside = begun[4 if offset else 0 :][: len(secret.encode()) * 4 // 3 - 4]
        yield f"base64 at {offset}", inside
        yield f"base64 for URLs at {offset}", inside.translate(str.maketrans("+/", "-_"))


def bodies(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that the files of a folder hold: their bytes, and, of a database, each value too, which
    may stand in several pages there, or be compressed."""
    for path in (each for each in folder.rglob("*") if each.is_file()):
        body = path.read_bytes()
        name = str(path.relative_to(folder))
        yield name, body
        if body.startswith(b"SQLite format 3"):
            yield from ((f"{name}, {place}", value) for place, value in _rows(path))


def _rows(database: Path) -> Iterator[tuple[str, bytes]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        connection.text_factory = bytes
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            for row in connection.execute(f'SELECT * FROM "{table.decode()}"'):
                yield from ((table.decode(), _unpacked(each)) for each in row)
    connection.close()


def _unpacked(value: object) -> bytes:
    if not isinstance(value, bytes):
        return str(value).encode()
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value
