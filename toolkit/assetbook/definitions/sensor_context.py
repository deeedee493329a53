"""What the function of a sensor may ask while it is evaluated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from assetbook.definitions.sensor_result import checked_cursor
from assetbook.definitions.tick_context import TickContext

if TYPE_CHECKING:
    from assetbook.definitions.collection import Definitions


class SensorEvaluationContext(TickContext):
    """One evaluation of a sensor."""

    built_by: ClassVar[str] = "build_sensor_context"

    def __init__(
        self,
        cursor: str | None = None,
        *,
        last_tick_completion_time: float | None = None,
        last_run_key: str | None = None,
        last_sensor_start_time: float | None = None,
        definitions: Definitions | None = None,
        location: str | None = None,
        folder: Path | None = None,
        **given: Any,
    ) -> None:
        super().__init__(**given)
        self._cursor = checked_cursor("the cursor of a sensor", cursor)
        self._definitions = definitions
        self.cursor_updated = False
        """Whether ``update_cursor`` was called."""
        self.last_tick_completion_time = last_tick_completion_time
        """When it was last evaluated, in seconds since 1970; None the first time."""
        self.last_run_key = last_run_key
        """The run key of the last run that it asked for; None if that has none."""
        self.last_sensor_start_time = last_sensor_start_time
        """When it was turned on, in seconds since 1970; None where nobody has."""
        self.location = location
        """The code location that it is in; None where it is not told, as in tests."""
        self.folder = folder
        """Where the location's relative paths begin; None for the current folder."""

    @property
    def cursor(self) -> str | None:
        """How far it came, in its own words: what ``update_cursor`` was given last. None before
        that was called."""
        return self._cursor

    def update_cursor(self, cursor: str | None) -> None:
        """Sets the cursor, which is stored together with what this evaluation asks for.

        If the evaluation fails nothing is stored, and the next one begins with the former cursor.
        Raises DefinitionError for what is no text.
        """
        self._cursor = checked_cursor("context.update_cursor(...)", cursor)
        self.cursor_updated = True

    @property
    def is_first_tick_since_sensor_start(self) -> bool:
        """Whether it was not evaluated since it was turned on."""
        last, start = self.last_tick_completion_time, self.last_sensor_start_time
        return last is None or (start is not None and last < start)

    @property
    def definitions(self) -> Definitions:
        """All that the sensor's location defines; raises UsageError in a context that was built
        without."""
        if self._definitions is None:
            raise self._not_given("definitions", "Definitions")
        return self._definitions

    def told(self) -> dict[str, Any]:
        """What another context of the same evaluation is made with."""
        return {
            "cursor": self._cursor,
            "last_tick_completion_time": self.last_tick_completion_time,
            "last_run_key": self.last_run_key,
            "last_sensor_start_time": self.last_sensor_start_time,
            "definitions": self._definitions,
            "location": self.location,
            "folder": self.folder,
            "resources": self.given_resources,
            "instance": self._instance,
            "log": self.log,
        }
