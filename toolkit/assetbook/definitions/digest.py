"""The digest of text that is stored by its content: sources, manifests, configurations."""

from __future__ import annotations

import hashlib


def text_digest(text: str) -> str:
    """32 hexadecimal digits (BLAKE2b, 128 bits) of ``text`` as UTF-8."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
