"""Why an asset is in its state."""

from __future__ import annotations

from tests.surfaces.view_examples import (
    CHANGED,
    DIFFERENCE,
    NOW,
    ROW,
    VERSION,
    shown,
)

from assetbook.surfaces.display.why_view import WhyView


def test_why_shows_reasons_inputs_and_code() -> None:
    assert shown(WhyView(ROW["delays"], VERSION["delays"], [DIFFERENCE], now=NOW)) == [
        "delays  ◐ stale",
        f"  · {CHANGED}",
        "",
        "version 1",
        "  made  2026-11-25 09:14 (2 min ago), in 0.12 s, run 4f2a1c",
        "  code  c0de0001",
        "",
        "  input     asset     version  data",
        "  flights   flights         1  00052388",
        "  airlines  airlines        1  00000010",
        "",
        "helper clean",
        "  @@ -1,3 +1,3 @@",
        "   def clean(table):",
        "  -    return table.dropna()",
        "  +    return table.dropna(subset=['arr_delay'])",
    ]


def test_changed_lines_are_coloured_by_side() -> None:
    html = WhyView(ROW["delays"], VERSION["delays"], [DIFFERENCE], now=NOW).html()
    assert '<span class="assetbook-removed">-    return' in html
    assert '<span class="assetbook-added">+    return' in html


def test_why_of_a_fresh_asset_says_what_holds() -> None:
    assert shown(WhyView(ROW["flights"], VERSION["flights"], [], now=NOW))[:7] == [
        "flights  ● fresh",
        "  · code, configuration and inputs are those of its latest version",
        "  · sources as of 09:14",
        "",
        "version 1",
        "  made    2026-11-25 09:14 (2 min ago), in 0.41 s, run 4f2a1c",
        "  code    c0de0001",
    ]
