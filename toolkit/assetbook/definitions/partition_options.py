"""The options of definitions that say how something is divided, checked as they are given."""

from __future__ import annotations

from typing import Any

from assetbook.errors import DefinitionError, with_article


def partition_option(option: str, of: str, given: Any) -> Any:
    """``given`` itself, None too; raises DefinitionError if it is not what ``option`` takes.

    ``option`` is ``partitions_def``, ``partition_mapping`` or ``backfill_policy``.
    """
    if given is None:
        return None
    from assetbook.definitions import partitions  # for few assets

    kind, remedy = _TAKES[option]
    if isinstance(given, getattr(partitions, kind)):
        return given
    if isinstance(given, type) and issubclass(given, getattr(partitions, kind)):
        found = f"it is the class {given.__name__}, not one of its objects"
    else:
        found = f"it is {given!r}, {with_article(type(given).__name__)}"
    raise DefinitionError(f"{option}= of {of}", found, remedy)


_TAKES = {
    "partitions_def": (
        "PartitionsDefinition",
        'Write DailyPartitionsDefinition("2026-01-01") or another kind; the text '
        "`daily:2026-01-01` goes behind --partitions of a cell.",
    ),
    "partition_mapping": (
        "PartitionMapping",
        "Write TimeWindowPartitionMapping(start_offset=-1) or another kind.",
    ),
    "backfill_policy": (
        "BackfillPolicy",
        "Write BackfillPolicy.single_run() or BackfillPolicy.multi_run(7).",
    ),
}
