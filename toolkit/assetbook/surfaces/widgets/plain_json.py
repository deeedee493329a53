"""What is sent to a page: plain JSON, with every known secret masked."""

from __future__ import annotations

from typing import Any

import msgspec

from assetbook.definitions.secret import scrub_json
from assetbook.events.encoding import as_text


def as_page_reads(value: Any) -> Any:
    """The value as the page will have it: instants as ISO text, records and tuples as JSON has
    them. Raises TypeError for what JSON cannot hold."""
    return scrub_json(msgspec.json.decode(msgspec.json.encode(value, enc_hook=as_text)))
