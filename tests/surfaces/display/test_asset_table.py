"""The list of assets."""

from __future__ import annotations

from msgspec.structs import replace
from tests.surfaces.view_examples import (
    CHANGED,
    NOW,
    ROW,
    ROWS,
    shown,
    text_of,
)

from assetbook.keys import AssetKey
from assetbook.surfaces.display.asset_table import AssetTable
from assetbook.surfaces.display.lineage_view import LineageView


def test_assets_are_listed_with_states_and_reasons() -> None:
    assert shown(AssetTable(ROWS, now=NOW)) == [
        "5 assets: 2 fresh, 1 stale, 1 missing, 1 external · at 09:16",
        "",
        "asset     state       checks     rows  made       where          why",
        "flights   ● fresh             336,776  2 min ago  In[1]          sources as of 09:14",
        "airlines  ● fresh                  16  2 min ago  In[1]",
        "holidays  · external",
        "delays    ◐ stale     ✓1 ▲1        16  2 min ago  In[3]          " + CHANGED,
        "monthly   ○ missing                               last snapshot  never materialized",
    ]


def test_html_has_the_columns_that_a_terminal_has_no_room_for() -> None:
    text = text_of(AssetTable(ROWS, now=NOW).html())
    assert all(said in text for said in ("size", "12 MB", "version", "group", "marts"))


def test_checks_have_lines_of_their_own() -> None:
    lines = shown(AssetTable([ROW["delays"]], checks=True, now=NOW))[3:]
    assert [" ".join(line.split()) for line in lines] == [
        "delays ◐ stale 16 2 min ago In[3] helper `clean` changed, In[2]",
        "has_carriers ✓ passed 16 of 16 carriers have a name · blocking",
        "not_too_late ▲ warned Frontier is 22 minutes late on average",
    ]


def test_the_table_is_a_sequence_of_rows() -> None:
    table = AssetTable(ROWS, now=NOW)
    assert (len(table), table[0], list(table[:2]), ROWS[2] in table) == (
        5,
        ROWS[0],
        [*ROWS[:2]],
        True,
    )


def test_without_assets_it_says_how_to_define_one() -> None:
    expected = (
        "No assets yet. Define one in a cell:\n\n"
        '    @asset(group_name="raw")\n    def orders(): return pd.read_csv("orders.csv")'
    )
    assert str(AssetTable([], now=NOW)) == str(LineageView([], [], now=NOW)) == expected
    assert "@asset(group_name" in text_of(AssetTable([], now=NOW).html())


def test_tables_of_thousands_are_quick_and_whole() -> None:
    rows = [replace(ROW["flights"], key=AssetKey(f"part_{each}")) for each in range(3_000)]
    table = AssetTable(rows, now=NOW)
    assert str(table).count("\n") == 3_002
    assert "and 2,500 assets more: narrow the selection" in text_of(table.html())
