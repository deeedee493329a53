"""What an asset that reads a stored matplotlib figure gets: its picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from assetbook.named_arguments import named_arguments


@named_arguments
@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure as it was drawn. A figure itself can only be kept by pickle, so it is not kept.

    A notebook shows the PNG: an image cannot run script, an SVG inside a page could.
    """

    png: bytes = field(repr=False)
    """The picture as PNG, at the figure's own resolution."""
    svg: bytes = field(repr=False)
    """The same drawing as SVG, text as outlines."""

    @property
    def width(self) -> int:
        """Of the PNG, in pixels."""
        return int.from_bytes(self.png[16:20], "big")

    @property
    def height(self) -> int:
        """Of the PNG, in pixels."""
        return int.from_bytes(self.png[20:24], "big")

    def _repr_png_(self) -> bytes:
        return self.png

    def __repr__(self) -> str:
        return f"<FigureValue {self.width} × {self.height} px>"
