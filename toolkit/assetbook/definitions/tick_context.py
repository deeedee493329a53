"""What the functions of schedules and of sensors alike may ask while they are evaluated."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, ClassVar

from assetbook.errors import UsageError

_LOGGER = logging.getLogger("assetbook")


class TickContext:
    """One evaluation of a schedule or sensor."""

    __assetbook_context__: ClassVar[bool] = True
    built_by: ClassVar[str] = ""
    """The function that builds such a context for a test."""

    def __init__(
        self,
        *,
        resources: Mapping[str, object] | None = None,
        instance: Any = None,
        log: logging.Logger = _LOGGER,
    ) -> None:
        self._instance = instance
        self.given_resources = dict(resources or {})
        """The resources by name, each set up."""
        self.resources: Any = SimpleNamespace(**self.given_resources)
        """The resources as attributes."""
        self.log = log
        """What is written to it is kept with the tick."""

    @property
    def instance(self) -> Any:
        """The instance that evaluates; raises UsageError in a context that was built without."""
        if self._instance is None:
            raise self._not_given("instance", "an Instance")
        return self._instance

    def _not_given(self, name: str, kind: str) -> UsageError:
        return UsageError(
            f"context.{name}",
            "this context was built without",
            f"Build it by {self.built_by}({name}=...), with {kind}.",
        )
