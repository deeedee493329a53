"""Many small records in pages of some each, cut by what they hold: an edit changes one page.

A page ends behind a record whose own digest says so: one that comes or goes moves no other cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assetbook.definitions.digest import text_digest

_ENDS = 16  # one digest in so many ends a page


def pages_of(records: Iterable[str]) -> dict[str, str]:
    """The pages by their digests, in order: JSON lists of the records, which are JSON."""
    return {text_digest(page): page for page in _pages(records)}


def _pages(records: Iterable[str]) -> Iterator[str]:
    page: list[str] = []
    for record in records:
        page.append(record)
        if int(text_digest(record)[:8], 16) % _ENDS == 0:
            yield f"[{','.join(page)}]"
            page = []
    if page:
        yield f"[{','.join(page)}]"
