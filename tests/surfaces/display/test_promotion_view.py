"""The verdict of a promotion as text, as HTML and as plain values."""

from __future__ import annotations

from assetbook.surfaces.display.promotion_view import PromotionView
from assetbook.surfaces.health import Finding
from assetbook.surfaces.slice_cells import SliceCell, SliceLine

EVIL = "<img src=x onerror=alert(1)>\x1b[2J\u202e"


def cell(
    number: int, *lines: tuple[str, str], defines: str = "", skipped: bool = False
) -> SliceCell:
    made = tuple(SliceLine(*each) for each in lines)
    return SliceCell(
        f"cell {number}", made[0].text, (defines,) if defines else (), made, skipped
    )  # fmt: skip


VIEW = PromotionView(
    "promote a.ipynb",
    "2 assets would be locked",
    [Finding("orders", "proven"), Finding("total", "proven", "warn", "Materialize it.")],
    [
        cell(1, ("RATE = 2", "binds `RATE`, which cell 2 reads"), ("1 / 0", "")),
        cell(2, ("@asset", "defines `orders`"), defines="orders"),
        cell(3, ("%%asset total", "defines `total`"), defines="total"),
        cell(4, ("a", "one"), ("b", "two"), ("c", "three"), ("d", "two")),
        cell(6, ("a", "one"), ("b", "two"), ("c", "two")),
        cell(5, ("look", ""), skipped=True),
    ],
)


def test_a_cell_is_a_line_but_a_part_or_many_reasons_are_several() -> None:
    assert str(VIEW).splitlines()[6:] == [
        "What loading runs",
        "  ✓ cell 1  RATE = 2       binds `RATE`, which cell 2 reads",
        "            1 / 0          left out",
        "  ✓ cell 2  @asset         defines `orders`",
        "  ▲ cell 3  %%asset total  defines `total`",
        "  ✓ cell 4  a              one",
        "            b              two",
        "            c              three",
        "            d              two",
        "  ✓ cell 6  a              one; two",
        "  ○ cell 5  look           left out, by its tag",
    ]


def test_programs_get_every_reason() -> None:
    found = VIEW.to_json()
    assert [each["why"] for each in found["cells"][3]["lines"]] == ["one", "two", "three", "two"]
    assert (found["well"], found["summary"]) == (True, "2 assets would be locked")


def test_hostile_names_and_code_are_text() -> None:
    evil = PromotionView(
        EVIL, EVIL, [Finding(EVIL, EVIL, "bad", EVIL)], [cell(1, (EVIL, EVIL), defines=EVIL)]
    )
    assert "<img" not in evil.html()
    for each in (evil.html(), str(evil)):
        assert "\x1b" not in each
        assert "\u202e" not in each
    assert not evil.is_well
