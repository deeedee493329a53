"""The stored form of plotly figures: their JSON, of which each consumer gets a new figure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from assetbook.errors import CorruptStoreError
from assetbook.io.consumers import library_of
from assetbook.io.data_version import content_data_version
from assetbook.io.description import LENGTH, storing_changes
from assetbook.io.wanted_types import fitting
from assetbook.metadata import MetadataValue


class PlotlyForm:
    """A figure as data: traces and layout. Nothing of it is script or HTML."""

    kind = "plotly"

    def __init__(self, text: str, traces: int, notes: tuple[str, ...] = ()) -> None:
        self._text = text
        self._traces = traces
        self._notes = notes

    @classmethod
    def of(cls, value: Any, *, asked: str) -> PlotlyForm:
        """The form of a figure as it is now."""
        name = type(value).__name__
        notes = () if name == "Figure" else (f"a {name} becomes a plain Figure",)
        found = json.loads(value.to_json())
        text = json.dumps(found, sort_keys=True, separators=(",", ":"))
        return cls(text, len(found["data"]), notes)

    @classmethod
    def read(cls, kind: str, data: bytes, *, asked: str) -> PlotlyForm:
        """The form whose file's bytes these are; raises CorruptStoreError if they are none."""
        try:
            text = data.decode("ascii")
            return cls(text, len(json.loads(text)["data"]))
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise CorruptStoreError(
                asked, f"its file is no figure ({error})", "Materialize it again."
            ) from error

    @property
    def size(self) -> int:
        """Bytes of the text."""
        return len(self._text)

    def data_version(self) -> str:
        """The version of the JSON, whatever the order of its keys was."""
        return content_data_version(self.kind, self._text.encode("ascii"))

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """The number of traces, and what storing changes."""
        return {LENGTH: MetadataValue.int(self._traces), **storing_changes(self._notes)}

    def hand_over(self, wanted: object | None) -> object:
        """A new figure; raises MissingLibraryError without plotly."""
        figure = library_of("plotly.io").from_json(self._text)
        return fitting(figure, wanted, "plotly figure")

    def write(self, file: BinaryIO) -> None:
        """Writes the JSON, ASCII."""
        file.write(self._text.encode("ascii"))

    def inline(self) -> str | None:
        """None: figures have files."""
        return None
