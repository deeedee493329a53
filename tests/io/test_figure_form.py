"""Figures in stored form: matplotlib's as a picture, plotly's as data; neither by pickle."""

from __future__ import annotations

from typing import Any

import matplotlib.image
import numpy as np
import plotly.graph_objects as go
import pytest
from matplotlib.figure import Figure
from tests.io.stored import content, form_of, handed, notes, reread

from assetbook.errors import CorruptStoreError, UnstorableValueError, UsageError
from assetbook.io.figure_value import FigureValue
from assetbook.io.forms import read_form


def drawn(title: str = "delays") -> Figure:
    figure = Figure(figsize=(3, 2))
    figure.subplots().plot([1, 3, 2])
    figure.suptitle(title)
    return figure


def traced() -> go.Figure:
    return go.Figure(go.Scatter(x=np.arange(3), y=[2, 1, 3]), layout={"title": "delays"})


def test_a_figure_comes_back_as_picture() -> None:
    picture = handed(drawn())
    assert isinstance(picture, FigureValue)
    assert picture._repr_png_() == picture.png
    assert b"<svg" in picture.svg
    assert notes(drawn()) == ["a figure comes back as its picture, a FigureValue with png and svg"]


def test_the_picture_is_the_figures(tmp_path: Any) -> None:
    (tmp_path / "picture.png").write_bytes(handed(drawn()).png)
    drawn().savefig(tmp_path / "figure.png", bbox_inches="tight")
    picture, figure = (
        matplotlib.image.imread(tmp_path / f"{n}.png") for n in ("picture", "figure")
    )
    assert np.array_equal(picture, figure)


def test_memory_equals_file() -> None:
    form = form_of(drawn())
    assert form.hand_over(None) == reread(form).hand_over(None)
    assert form.data_version() == reread(form).data_version()


def test_the_same_drawing_has_one_version() -> None:
    assert form_of(drawn()).data_version() == form_of(drawn()).data_version()
    assert form_of(drawn()).data_version() != form_of(drawn("other")).data_version()


def test_a_picture_is_no_figure() -> None:
    assert isinstance(handed(drawn(), FigureValue), FigureValue)
    with pytest.raises(
        UsageError, match=r"picture\nAnnotate the input with `assetbook.FigureValue`"
    ):
        handed(drawn(), Figure)


def test_pixels_are_described() -> None:
    picture = handed(drawn())
    shape = form_of(drawn()).describe()["assetbook/shape"].value
    assert shape == f"{picture.width} × {picture.height} px"
    assert repr(picture) == f"<FigureValue {shape}>"


def test_axes_name_their_figure() -> None:
    with pytest.raises(UnstorableValueError, match=r"Return its figure: `ax\.figure`"):
        form_of(drawn().axes[0])


def test_a_picture_may_be_inside_a_tree() -> None:
    assert isinstance(handed({"plot": drawn()})["plot"], FigureValue)


def test_plotly_figures_come_back() -> None:
    form = form_of(traced())
    assert form.hand_over(None) == reread(form).hand_over(go.Figure) == traced()
    assert form.data_version() == reread(form).data_version() == form_of(traced()).data_version()
    assert form.describe()["assetbook/length"].value == 1


def test_plotly_consumers_have_their_own() -> None:
    made = traced()
    form = form_of(made)
    made.update_layout(title="changed")
    form.hand_over(None).update_layout(title="changed")  # type: ignore[attr-defined]
    assert form.hand_over(None) == traced()


def test_plotly_is_stored_as_data() -> None:
    made = traced().update_layout(title="<script>alert(1)</script>")
    assert b"<html" not in content(form_of(made))
    assert handed(made).layout.title.text == "<script>alert(1)</script>"


@pytest.mark.parametrize("kind", ["figure", "plotly"])
@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04", b"\xff"])
def test_other_bytes_are_refused(kind: str, data: bytes) -> None:
    with pytest.raises(CorruptStoreError, match="its file is no figure"):
        read_form(kind, data, asked="the value of `plot`")
