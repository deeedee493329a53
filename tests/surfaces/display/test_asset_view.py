"""One asset and all that is known of it."""

from __future__ import annotations

from msgspec.structs import replace
from tests.surfaces.view_examples import (
    DELAYS_LOGS,
    NOW,
    ROW,
    VERSION,
    key,
    printed,
    shown,
    text_of,
)

from assetbook.definitions.secret import Secret
from assetbook.metadata import MetadataValue
from assetbook.surfaces.display.asset_view import AssetView


def test_an_asset_shows_all_that_is_known_of_it() -> None:
    upstream, downstream = [key("flights"), key("airlines")], [key("monthly")]
    view = AssetView(ROW["delays"], VERSION["delays"], upstream, downstream, DELAYS_LOGS, now=NOW)
    assert shown(view) == [
        "delays  ◐ stale · helper `clean` changed, In[2]",
        "Mean delay by carrier.",
        "",
        "version     1",
        "made        2026-11-25 09:14 (2 min ago), in 0.12 s, run 4f2a1c",
        "value       16 rows · 2.3 kB",
        "code        c0de0001",
        "group       marts",
        "defined in  In[3]",
        "upstream    flights, airlines",
        "downstream  monthly",
        "",
        "schema · 3 columns",
        "  column     type    nullable",
        "  carrier    string  no",
        "  name       string  yes",
        "  arr_delay  double  yes",
        "",
        "checks",
        "  check         result    what it says",
        "  has_carriers  ✓ passed  16 of 16 carriers have a name · blocking",
        "  not_too_late  ▲ warned  Frontier is 22 minutes late on average",
        "",
        "made from",
        "  input     asset     version  data",
        "  flights   flights         1  00052388",
        "  airlines  airlines        1  00000010",
        "",
        "metadata",
        "  name           value",
        "  worst carrier  Frontier Airlines Inc.",
        "  docs           https://example.org/delays",
        "  odd            javascript:alert(1)",
        "",
        "printed",
        "  joined",
        "  <Figure size 640x480 with 1 Axes>",
    ]


def test_only_web_addresses_become_links() -> None:
    html = AssetView(ROW["delays"], VERSION["delays"], [], [], [], now=NOW).html()
    assert 'href="https://example.org/delays"' in html
    assert html.count("href") == 1 and "javascript:alert(1)" in text_of(html)


def test_an_asset_without_versions_says_so() -> None:
    lines = shown(AssetView(ROW["monthly"], None, [key("delays")], [], [], now=NOW))
    assert lines[0] == "monthly  ○ missing · never materialized"
    assert "version     never materialized" in lines


def test_long_output_is_cut_after_twenty_lines() -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    view = AssetView(
        ROW["delays"], VERSION["delays"], [], [], [printed("delays", "stdout", text)], now=NOW
    )
    logs = "%logs 4f2a1c --step delays"
    assert shown(view)[-3:] == ["  line 18", "  line 19", f"  … 10 more lines: see {logs}"]
    assert "line 20" not in text_of(view.html())


def test_what_the_definition_says_is_shown() -> None:
    row = replace(
        ROW["delays"],
        kinds=("pandas",),
        owners=("team:sales", "ada@example.org"),
        tags={"source": "till", "nightly": ""},
        metadata={"unit": "euro", "docs": MetadataValue.url("https://example.org/unit"), "odd": {}},
    )
    view = AssetView(row, VERSION["delays"], [], [], [], now=NOW)
    lines = shown(view)
    for line in (
        "Mean delay by carrier.",
        "kinds       pandas",
        "owners      team:sales, ada@example.org",
        "tags        source=till, nightly",
        "metadata of the definition",
        "  unit  euro",
        "  docs  https://example.org/unit",
    ):
        assert line in lines
    rich = text_of(view.html())
    assert "ownersteam:sales, ada@example.org" in rich and "tagssource=till, nightly" in rich
    assert 'href="https://example.org/unit"' in view.html()
    assert view.to_json()["owners"] == ["team:sales", "ada@example.org"]
    assert view.to_json()["definition_metadata"]["unit"]["value"] == "euro"


def test_secrets_and_what_is_no_metadata_are_not_shown() -> None:
    secret = Secret("hunter2-in-a-definition").get_value()
    row = replace(ROW["delays"], metadata={"login": secret, "odd": object()})
    view = AssetView(row, None, [], [], [], now=NOW)
    assert "  login  ***" in shown(view)
    assert "  odd    an object" in shown(view)
    assert "hunter2" not in view.html() + str(view.to_json())
