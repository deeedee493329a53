"""PostgreSQL's intervals as durations. Loads psycopg."""

from __future__ import annotations

from typing import Any

from psycopg import DataError
from psycopg.types.datetime import IntervalLoader as _Lenient


class IntervalLoader(_Lenient):  # type: ignore[misc]
    """Intervals as timedeltas; raises DataError for months, which have no length."""

    def load(self, data: Any) -> Any:
        """The length of an interval of days and less."""
        text = bytes(data)
        if b"mon" in text or b"year" in text:
            raise DataError(
                f"the interval `{text.decode()}` has months, which have no fixed length: take it "
                "as text, by `::text`"
            )
        return super().load(data)
