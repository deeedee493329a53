"""The stored form of matplotlib figures: their picture, as PNG and as SVG, in one archive."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, BinaryIO
from zipfile import ZipFile

from assetbook.errors import CorruptStoreError, WrongTypeError
from assetbook.io.archive import BROKEN, written_archive, written_member
from assetbook.io.data_version import content_data_version
from assetbook.io.description import SHAPE, storing_changes
from assetbook.io.figure_value import FigureValue
from assetbook.io.wanted_types import fits, spelled
from assetbook.metadata import MetadataValue

_PNG, _SVG = "figure.png", "figure.svg"
_NOTE = "a figure comes back as its picture, a FigureValue with png and svg"


class FigureForm:
    """A figure's picture."""

    kind = "figure"

    def __init__(self, picture: FigureValue) -> None:
        self._picture = picture

    @classmethod
    def of(cls, value: Any, *, asked: str) -> FigureForm:
        """The form of a figure, drawn now; it is left as it was."""
        return cls(FigureValue(_drawn(value, "png"), _drawn(value, "svg")))

    @classmethod
    def read(cls, kind: str, data: bytes, *, asked: str) -> FigureForm:
        """The form whose file's bytes these are; raises CorruptStoreError if they are none."""
        try:
            with ZipFile(io.BytesIO(data)) as archive:
                return cls(FigureValue(archive.read(_PNG), archive.read(_SVG)))
        except BROKEN as error:
            raise CorruptStoreError(
                asked, f"its file is no figure ({error})", "Materialize it again."
            ) from error

    @property
    def size(self) -> int:
        """Bytes of both pictures."""
        return len(self._picture.png) + len(self._picture.svg)

    def data_version(self) -> str:
        """The version of both pictures."""
        return content_data_version(self.kind, self._picture.png, self._picture.svg)

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """Width and height in pixels, and that the figure becomes a picture."""
        shape = f"{self._picture.width} × {self._picture.height} px"
        return {SHAPE: MetadataValue.text(shape), **storing_changes([_NOTE])}

    def hand_over(self, wanted: object | None) -> object:
        """A FigureValue; raises WrongTypeError for any other type, also for matplotlib's Figure."""
        picture = FigureValue(self._picture.png, self._picture.svg)
        if fits(picture, wanted):
            return picture
        raise WrongTypeError(
            f"the value as {spelled(wanted)}",
            "it is stored as a figure's picture",
            "Annotate the input with `assetbook.FigureValue`, or leave the annotation out. To hand "
            "over the figure itself, store it by pickle: `--io pickle`.",
        )

    def write(self, file: BinaryIO) -> None:
        """Writes the archive of both pictures."""
        with written_archive(file) as archive:
            for name, content in ((_PNG, self._picture.png), (_SVG, self._picture.svg)):
                with written_member(archive, name) as member:
                    member.write(content)

    def inline(self) -> str | None:
        """None: figures have files."""
        return None


def _drawn(figure: Any, kind: str) -> bytes:
    """The picture, without times and versions, so that the same drawing gives the same bytes."""
    from matplotlib import rc_context

    nothing = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
    sink = io.BytesIO()
    with rc_context({"svg.hashsalt": "assetbook"}):
        figure.savefig(sink, format=kind, bbox_inches="tight", metadata=nothing[kind])
    return sink.getvalue()
