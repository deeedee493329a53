"""The launchpad and the grid of partitions, on the page of a store that nobody has open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.ui_page import faultless, served
from tests.surfaces.shell import program, saved

pytestmark = pytest.mark.xdist_group("browser")

CELL = """
from typing import Literal
from assetbook import *
from assetbook import Config, EnvVar
from pydantic import Field

class Source(Config):
    host: str = "here"
    token: str = EnvVar("TOKEN")

class Rule(Config):
    column: str

class Window(Config):
    title: str = Field(description="Shown on top.")
    size: int = Field(3, ge=1)
    unit: Literal["day", "week"] = "day"
    names: list[str] = ["a"]
    rules: list[Rule] = []
    source: Source = Source()

@asset
def report(config: Window):
    return config.title

@asset(partitions_def=DailyPartitionsDefinition("2026-01-01", end_date="2026-03-01"))
def weather(context):
    n = int(context.partition_key[-2:])
    return MaterializeResult(value=n, metadata={"stations": n})

@asset(partitions_def=WeeklyPartitionsDefinition("2024-01-01", end_date="2026-03-01"))
def weeks():
    return 1

@asset(partitions_def=StaticPartitionsDefinition(["all that lies in the north", "south", "west"]))
def regions():
    return 1

@asset
def broken():
    raise ValueError("the source is gone")

@op
def fetch():
    return 1

@job
def nightly():
    fetch()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a project with a report, a weather of days, and a job."""
    folder: Path = tmp_path_factory.mktemp("launch")
    saved(folder, "%load_ext assetbook", CELL)
    days = ("--partitions", "2026-01-01..2026-01-10")
    assert program(folder, "materialize", "numbers.ipynb", "weather", *days).returncode == 0
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOKEN", "swordfish")
        with served(folder) as address:
            yield address


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open; nothing may go wrong in it."""
    with faultless(browser, address) as page:
        expect(page.get_by_role("tab").first).to_be_visible()
        yield page


def choose(page: Page, selection: str) -> None:
    page.get_by_role("tab", name="Launch", exact=True).click()
    page.get_by_role("combobox", name="Selection of assets").fill(selection)
    page.keyboard.press("Escape")


def field(page: Page, name: str) -> Locator:
    return page.locator(f"[data-field='{name}']")


def test_a_form_becomes_the_words_of_the_line(page: Page) -> None:
    choose(page, "report")
    field(page, "title").get_by_role("textbox").fill("A b")
    page.get_by_label("size", exact=True).fill("5")
    page.get_by_label("unit", exact=True).select_option("week")
    page.get_by_role("button", name="names: add one").click()
    page.keyboard.type("b")
    page.get_by_label("source.token: name of an environment variable").fill("OTHER")

    expect(page.locator(".ab-launch-line")).to_have_text(
        "assetbook materialize numbers.ipynb report --config 'report.title=A b'"
        " --config report.size=5 --config report.unit=week"
        """ --config 'report.names=["a","b"]' --config 'report.source.token={"env":"OTHER"}'"""
    )


def test_what_is_wrong_shows_beside_its_field_and_nothing_is_launched(page: Page) -> None:
    choose(page, "report")
    page.get_by_label("size", exact=True).fill("0")
    page.get_by_role("button", name="Launch", exact=True).click()

    expect(field(page, "size").get_by_role("alert")).to_have_text("it should be 1 or more")
    expect(field(page, "title").get_by_role("alert")).to_have_text("it has to be given")
    expect(page.locator(".ab-actions")).to_be_empty()


def test_what_is_wrong_with_a_field_is_read_out_with_it(page: Page) -> None:
    choose(page, "report")
    title = page.get_by_label("title", exact=True)
    page.get_by_role("button", name="Launch", exact=True).click()

    expect(title).to_be_focused()
    expect(title).to_have_accessible_description("it has to be given Shown on top.")


def test_a_field_of_a_member_of_a_list_is_gone_to_where_it_is_wrong(page: Page) -> None:
    choose(page, "report")
    page.get_by_label("title", exact=True).fill("A")
    page.get_by_role("button", name="rules: add one").click()
    column = page.get_by_label("rules member.column", exact=True)
    expect(page.locator(".ab-launch-line")).to_have_text("rules: column: it has to be given")
    expect(column).to_have_attribute("aria-invalid", "false")
    page.get_by_role("button", name="rules: remove number 1").focus()

    page.get_by_role("button", name="Launch", exact=True).click()

    expect(column).to_be_focused()
    expect(page.get_by_role("alert").filter(has_text="it has to be given")).to_have_count(1)
    page.get_by_role("button", name="rules: remove number 1").click()


def test_a_launch_that_fails_tells_how_it_ended_and_why(page: Page) -> None:
    choose(page, "broken")
    expect(page.locator(".ab-launch-line")).to_contain_text("broken")
    page.get_by_role("button", name="Launch", exact=True).click()

    told = page.locator(".ab-actions").get_by_role("alert")
    expect(told).to_contain_text("ValueError: the source is gone", timeout=20_000)
    assert told.inner_text().split("\n")[1].startswith("1 failed ·")


def test_a_plan_tells_why_before_the_launch_which_shows_the_same_line(page: Page) -> None:
    choose(page, "report")
    field(page, "title").get_by_role("textbox").fill("Weekly")
    page.get_by_role("button", name="Show the plan").click()
    expect(page.locator(".ab-steps")).to_contain_text("report never materialized", timeout=20_000)

    before = page.locator(".ab-launch-line").inner_text()
    page.get_by_role("button", name="Launch", exact=True).click()

    expect(page.locator(".ab-actions .ab-line")).to_have_text(before)
    expect(page.locator(".ab-actions")).to_contain_text("1 materialized", timeout=20_000)


def test_selections_complete_by_the_keyboard(page: Page) -> None:
    choose(page, "")
    page.keyboard.type("wea")
    expect(page.get_by_role("option", name="weather")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("combobox", name="Selection of assets")).to_have_value("weather")
    expect(page.locator(".ab-launch-line")).to_contain_text("weather --partition 2026-02-28")


def test_a_job_tells_its_steps(page: Page) -> None:
    page.get_by_role("tab", name="Launch", exact=True).click()
    page.get_by_role("radio", name="Job").click()

    expect(page.locator(".ab-steps")).to_contain_text("fetch")
    expect(page.locator(".ab-launch-line")).to_have_text("assetbook launch numbers.ipynb nightly")


def square(page: Page, month: int, day: int) -> dict[str, float]:
    """Where a day's square is on the page."""
    found = page.locator(".ab-squares-scroll").bounding_box()
    assert found is not None
    # 18 pixels and a gap of two, right of the labels and below the heads
    left = page.locator(".ab-squares-scroll").evaluate("each => 7 * 7 + 12")
    return {
        "x": found["x"] + left + (day - 1) * 20 + 9,
        "y": found["y"] + 16 + (month - 1) * 20 + 9,
    }


def test_partitions_are_chosen_by_dragging_and_backfilled(page: Page) -> None:
    page.get_by_role("tab", name="Partitions", exact=True).click()
    expect(page.locator(".ab-grid-legend")).to_contain_text("missing 49")
    first, last = square(page, 1, 9), square(page, 1, 12)
    page.mouse.move(**first)
    page.mouse.down()
    page.mouse.move(**last, steps=3)
    page.mouse.up()
    chosen = page.locator(".ab-grid-chosen")
    expect(chosen).to_contain_text("4 partitions chosen")
    expect(chosen).to_contain_text("fresh 2")

    page.get_by_label("newest first").check()
    page.get_by_role("button", name="Backfill").click()

    expect(page.locator(".ab-actions .ab-line")).to_have_text(
        "assetbook backfill numbers.ipynb weather --partitions 2026-01-09..2026-01-12"
        " --newest-first"
    )
    expect(page.locator(".ab-grid-legend")).to_contain_text("fresh 12", timeout=20_000)
    expect(page.locator(".ab-actions")).to_contain_text("success: 2 of 2 runs done")


def test_partitions_are_chosen_and_opened_by_the_keyboard(page: Page) -> None:
    page.get_by_role("tab", name="Partitions", exact=True).click()
    grid = page.get_by_role("application")
    expect(page.locator(".ab-grid-legend")).to_contain_text("fresh")
    grid.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".ab-grid-chosen")).to_contain_text("32 partitions chosen")
    expect(page.locator(".ab-grid-readout")).to_contain_text("2026-02-02 ○ missing, chosen")

    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    panel = page.get_by_role("region", name="One partition")
    expect(panel).to_contain_text("weather[2026-01-02]")
    expect(panel.get_by_role("row").last).to_contain_text("2")


@pytest.mark.parametrize(
    ("asset", "below"), [("weeks", "2025-01-05"), ("regions", "south")], ids=["weeks", "regions"]
)
def test_weeks_stand_below_years_and_long_keys_below_each_other(
    page: Page, asset: str, below: str
) -> None:
    page.get_by_role("tab", name="Partitions", exact=True).click()
    page.get_by_label("Asset", exact=True).select_option(asset)
    expect(page.locator(".ab-grid-legend")).to_contain_text("missing")
    expect(page.locator(".ab-grid-readout")).to_be_empty()

    page.get_by_role("application").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")

    expect(page.locator(".ab-grid-readout")).to_contain_text(f"{below} ○ missing")


def test_all_in_one_state_are_chosen_by_the_legend(page: Page) -> None:
    page.get_by_role("tab", name="Partitions", exact=True).click()
    page.get_by_title("Choose all that are missing").click()
    expect(page.locator(".ab-grid-chosen")).to_contain_text("47 partitions chosen")

    page.get_by_role("button", name="Configure and launch").click()

    expect(page.locator(".ab-launch-line")).to_have_text(
        "assetbook materialize numbers.ipynb weather --missing"
    )


def test_a_square_shows_a_number(page: Page) -> None:
    page.get_by_role("tab", name="Partitions", exact=True).click()
    page.get_by_label("What a square shows").select_option("stations")

    expect(page.locator(".ab-scale")).to_have_text("stations: 112")
    page.mouse.move(**square(page, 1, 7))
    expect(page.locator(".ab-grid-readout")).to_contain_text("stations 7")
