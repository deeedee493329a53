"""Cron: what it gives in both directions, over several lines, and what it refuses."""

from __future__ import annotations

import pickle
import re
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cron.test_transitions import LINES

from assetbook.cron import Cron
from assetbook.errors import DefinitionError

NEW_YORK = "America/New_York"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def on(day: str, line: str, zone: str) -> list[str]:
    """The times on the wall, with their offsets, at which the line is due on that day."""
    info = ZoneInfo(zone)
    begin = datetime.fromisoformat(day).replace(tzinfo=info)
    end = (begin + timedelta(days=1)).astimezone(UTC)
    due = takewhile(lambda each: each < end, Cron(line, zone).after(begin - timedelta(seconds=1)))
    return [each.astimezone(info).strftime("%H:%M%z")[:8] for each in due]


def test_a_time_that_spring_leaves_out_is_due_after_the_gap() -> None:
    assert on("2026-03-08", "30 2 * * *", NEW_YORK) == ["03:00-04"]
    assert on("2026-03-08", "0,30 2 * * *", NEW_YORK) == ["03:00-04"]
    assert on("2026-09-06", "0 0 * * *", "America/Santiago") == ["01:00-03"]


def test_a_time_that_comes_twice_in_autumn_is_due_at_the_earlier() -> None:
    assert on("2026-11-01", "30 1 * * *", NEW_YORK) == ["01:30-04"]
    assert on("2026-10-25", "30 2 * * *", "Europe/Berlin") == ["02:30+02"]


def test_what_repeats_goes_on_through_the_night() -> None:
    for day, quarters in ("2026-03-08", 92), ("2026-11-01", 100):
        begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(NEW_YORK))
        due = [*islice(Cron("*/15 * * * *", NEW_YORK).after(begin), quarters)]
        assert {b - a for a, b in pairwise(due)} == {timedelta(minutes=15)}
        assert len(on(day, "*/15 * * * *", NEW_YORK)) == quarters


def test_a_day_that_never_was_gives_one_instant() -> None:
    due = islice(Cron("@daily", "Pacific/Apia").after(at("2011-12-29")), 3)
    assert [*due] == [at("2011-12-29 10:00"), at("2011-12-30 10:00"), at("2011-12-31 10:00")]


def test_several_lines_are_one_list_without_repeats() -> None:
    cron = Cron(["@daily", "0 0 * * MON", "0 12 * * MON"])
    due = [*islice(cron.after(at("2026-03-01")), 3)]
    assert due == [at("2026-03-02"), at("2026-03-02 12:00"), at("2026-03-03")]
    assert [*islice(cron.before(at("2026-03-03 00:01")), 3)] == due[::-1]


def test_the_given_instant_is_left_out_in_both_directions() -> None:
    cron = Cron("@hourly")
    assert next(cron.after(at("2026-03-01 05:00"))) == at("2026-03-01 06:00")
    assert next(cron.before(at("2026-03-01 05:00"))) == at("2026-03-01 04:00")


def test_the_latest_and_whether_it_is_due_count_the_instant_itself() -> None:
    cron = Cron("0 6 * * *", "Europe/Berlin")
    six = at("2026-07-01 04:00")
    assert cron.at_or_before(six) == six
    assert cron.at_or_before(six - timedelta.resolution) == six - timedelta(days=1)
    assert cron.is_due(six.astimezone(ZoneInfo("Asia/Tokyo")))
    assert not cron.is_due(six + timedelta.resolution)


@given(
    line=st.sampled_from(LINES),
    zone=st.sampled_from([NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]),
    start=st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
)
def test_forward_and_back_agree_and_go_one_way(line: str, zone: str, start: datetime) -> None:
    cron = Cron(line, zone)
    due = [*islice(cron.after(start), 8)]
    assert due == sorted(set(due)) and due[0] > start
    assert {each.tzinfo for each in due} == {UTC}
    assert [*islice(cron.before(due[-1] + timedelta.resolution), 8)] == due[::-1]
    assert all(cron.is_due(each) for each in due)
    assert not cron.is_due(start) or cron.at_or_before(start) == start


def test_rare_dates_are_found_and_the_search_ends() -> None:
    assert next(Cron("0 0 29 2 *").after(at("2096-03-01"))) == at("2104-02-29")
    assert [*Cron("0 0 29 2 *").after(at("9997-01-01"))] == []
    assert [*Cron("* * 1 1 *").after(at("9999-12-01"))] == []
    assert [*Cron("0 0 1 1 *", NEW_YORK).before(at("0001-01-01"))] == []


def test_it_is_a_value() -> None:
    cron = Cron("0  6 * * *", "Europe/Berlin")
    assert cron == Cron(["0 6 * * *", "0 6 * * *"], "Europe/Berlin")
    assert pickle.loads(pickle.dumps(cron)) == cron and len({cron, Cron("@daily")}) == 2
    with pytest.raises(AttributeError):
        cron.timezone = "UTC"  # type: ignore[misc]


def test_it_says_itself_in_english() -> None:
    cron = Cron(["0 6 * * *", "@weekly"], "Europe/Berlin")
    assert cron.describe() == "at 06:00 every day; at 00:00 on Sunday, Europe/Berlin"


@pytest.mark.parametrize("line", LINES)
def test_every_kind_of_line_can_be_said(line: str) -> None:
    assert re.fullmatch(r"(at|every) .+, UTC", Cron(line).describe())


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(DefinitionError, match="it has no time zone"):
        Cron("@daily").at_or_before(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Berlin", "Did you mean `Europe/Berlin`?"),
        ("Europe/Berln", "Did you mean `Europe/Berlin`"),
        ("Europe", "there is no such time zone"),
        ("../etc/passwd", "Give an IANA name, such as `Europe/Berlin`"),
        (None, "Give an IANA name, such as `Europe/Berlin`"),
    ],
)
def test_an_unknown_zone_offers_the_nearest(zone: str, said: str) -> None:
    with pytest.raises(DefinitionError, match="there is no such time zone") as caught:
        Cron("@daily", zone)
    assert said in str(caught.value)
