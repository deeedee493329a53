"""How many partitions one call of a function makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from assetbook.errors import DefinitionError
from assetbook.named_arguments import named_arguments


@named_arguments
@dataclass(frozen=True, slots=True)
class BackfillPolicy:
    """How many partitions an asset's function is called for at a time."""

    max_partitions_per_run: int | None
    """None for all that are asked for."""

    def __post_init__(self) -> None:
        most = self.max_partitions_per_run
        if most is not None and (not isinstance(most, int) or most < 1):
            raise DefinitionError(
                f"BackfillPolicy.multi_run({most!r})", "it is no number of partitions", "Give 1 up."
            )

    @classmethod
    def single_run(cls) -> Self:
        """One call for all partitions: ``context.partition_keys`` has them, and a dict by key is
        what the function returns."""
        return cls(None)

    @classmethod
    def multi_run(cls, max_partitions_per_run: int = 1) -> Self:
        """One call for up to that many."""
        return cls(max_partitions_per_run)
