"""Named digests that count as one: the fields of a configuration, the files that are read.

The whole is compared by its one digest; its text is stored, so that a difference can be named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from assetbook.definitions.digest import text_digest


@dataclass(frozen=True, slots=True)
class Parts:
    """Digests by name, with the digest and the stored text of the whole."""

    digest: str
    text: str

    @classmethod
    def of(cls, parts: Mapping[str, str]) -> Parts:
        """The whole of ``parts``, whatever their order."""
        text = json.dumps(dict(sorted(parts.items())), ensure_ascii=False, separators=(",", ":"))
        return cls(text_digest(text), text)

    def differing(self, before: Mapping[str, str] | None) -> tuple[str, ...]:
        """The names whose digests are not those of ``before``; all of them for None."""
        now: Mapping[str, str] = json.loads(self.text)
        if before is None:
            return tuple(now)
        return tuple(name for name in {**before, **now} if before.get(name) != now.get(name))
