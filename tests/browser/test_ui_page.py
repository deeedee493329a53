"""``assetbook ui``: the dashboards as a page, for a store that nobody has open in a notebook."""

from __future__ import annotations

import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.ui_page import faultless, served
from tests.surfaces.shell import CELLS, program, saved

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a project whose notebook defines two assets, none of them made."""
    folder = tmp_path_factory.mktemp("ui")
    saved(folder, *CELLS[:3], f"@asset\ndef a_name{'_that_goes_on' * 8}():\n    return 1")
    assert program(folder, "plan", "numbers.ipynb").returncode == 0
    with served(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open; nothing may go wrong in it."""
    with faultless(browser, address) as page:
        page.get_by_role("tab", name="Assets").click()
        yield page


def test_it_shows_the_store_and_makes_assets_by_the_command_line(page: Page) -> None:
    total = page.locator("tr[data-key=total]")
    expect(total).to_contain_text("missing")

    total.get_by_role("button", name="Materialize total").click()

    expect(page.locator(".ab-line")).to_have_text("assetbook materialize numbers.ipynb total")
    expect(total).to_contain_text("fresh", timeout=20_000)


def test_a_line_keeps_the_focus_when_its_state_changes(page: Page) -> None:
    make = page.get_by_role("button", name="Materialize numbers")
    make.focus()
    page.keyboard.press("Enter")

    expect(page.locator("tr[data-key=numbers]")).to_contain_text("fresh", timeout=20_000)
    expect(make).to_be_focused()


def test_who_goes_on_by_the_keyboard_stays_in_the_view(page: Page) -> None:
    page.get_by_role("button", name="total", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="back")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.get_by_role("tabpanel", name="Assets")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Filter the assets")).to_be_focused()


def test_the_tab_key_leads_past_the_tabs_which_arrows_go_through(page: Page) -> None:
    page.get_by_role("tab", name="Assets").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Automation")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Lineage")).to_be_focused()
    page.get_by_role("tab", name="Assets").focus()

    page.keyboard.press("Tab")

    expect(page.get_by_label("Filter the assets")).to_be_focused()


def test_a_long_name_leaves_room_for_the_state(browser: Browser, address: str) -> None:
    with faultless(browser, address) as page:
        page.set_viewport_size({"width": 600, "height": 800})
        page.get_by_role("tab", name="Assets").click()
        long = page.locator("tr", has_text="a_name").get_by_role("cell").nth(1)

        box = long.bounding_box()

        assert box is not None and box["x"] + box["width"] < 600


def test_the_address_says_what_is_open(page: Page) -> None:
    page.get_by_role("tab", name="Assets").click()

    assert page.url.endswith("/#assets")


def test_the_token_is_in_no_address_that_stays(page: Page) -> None:
    assert "token" not in page.url


@pytest.mark.parametrize(
    ("change", "headers"),
    [
        (lambda address: address.partition("?")[0], {}),
        (lambda address: address[:-1], {}),
        (lambda address: address, {"Host": "evil.example:80"}),
        (lambda address: address.replace("/?", "/web/main.js?") + "x", {}),
        (lambda address: address.replace("/?", "/socket?") + "x", {}),
    ],
)
def test_nobody_gets_in_without_the_token_or_by_another_name(
    address: str, change: object, headers: dict[str, str]
) -> None:
    asked = urllib.request.Request(change(address), headers=headers)  # type: ignore[operator]

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)

    assert refused.value.code == 403
    refused.value.close()


def test_another_page_cannot_open_the_socket(address: str) -> None:
    asked = urlsplit(address)
    connection = http.client.HTTPConnection(asked.netloc)
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "http://evil.example"}
    headers |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}

    connection.request("GET", f"/socket?{asked.query}", headers=headers)

    assert connection.getresponse().status == 403
    connection.close()


def test_a_lost_connection_is_told_on_top_and_nothing_can_be_pressed(
    browser: Browser, tmp_path: Path
) -> None:
    saved(tmp_path, *CELLS[:3])
    assert program(tmp_path, "plan", "numbers.ipynb").returncode == 0
    with served(tmp_path) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("tab", name="Assets").click()
        expect(page.locator("tr[data-key=total]")).to_be_visible()

    expect(page.get_by_role("alert")).to_contain_text("The connection is lost")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.get_by_role("tab", name="Runs").focus()
    expect(page.locator(":focus")).to_have_count(0)
    page.close()


def test_a_folder_without_a_store_is_told(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / ".assetbook", ignore_errors=True)

    done = program(tmp_path, "ui", "--no-browser")

    assert done.returncode == 1 and "there is none yet" in done.stderr
