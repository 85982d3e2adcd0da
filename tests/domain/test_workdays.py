"""Working days with holidays and the days made up for them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.workdays import WorkCalendar, load_calendar, read_calendar
from domain.rules.documents import RulebookProblem

CALENDAR = load_calendar()
DAYS = st.dates(date(2009, 12, 1), date(2027, 2, 1))
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-02-04", True),  # Sunday made up for the Spring Festival
        ("2024-02-09", True),  # New Year's Eve was a working day that year
        ("2024-02-10", False),
        ("2024-02-12", False),
        ("2024-02-16", False),
        ("2024-02-17", False),
        ("2024-02-18", True),
        ("2022-04-02", True),  # Saturday before Tomb-sweeping Day
        ("2022-04-03", False),
        ("2022-04-05", False),
        ("2022-04-06", True),
        ("2020-01-31", False),  # the festival of 2020 was prolonged
        ("2015-09-03", False),  # once, for the 70th anniversary
        ("2015-09-06", True),
        ("2025-01-26", True),
        ("2025-01-28", False),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-09-20", True),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-11-20", True),  # an ordinary Friday
        ("2026-11-21", False),
    ],
)
def test_days_known_by_heart(day: str, works: bool) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is works


def test_which_years_are_known() -> None:
    assert [year for year in range(2000, 2040) if CALENDAR.knows(year)] == [*range(2010, 2027)]


def test_of_an_unknown_year_only_weekends_are_off() -> None:
    days = [date(2027, 1, 1) + number * ONE_DAY for number in range(365)]

    assert [CALENDAR.is_workday(day) for day in days] == [day.weekday() < 5 for day in days]


@pytest.mark.parametrize(
    ("day", "count", "after"),
    [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 0, "2026-11-21"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2024-02-07", 5, "2024-02-20"),  # 8, 9, then 18 (Sunday), 19, 20
        ("2025-09-25", 3, "2025-09-29"),  # 26, 28 (Sunday), 29
        ("2026-09-30", 5, "2026-10-13"),  # 8, 9, 10 (Saturday), 12, 13
        ("9999-12-29", 5, "9999-12-31"),
    ],
)
def test_adding_working_days(day: str, count: int, after: str) -> None:
    assert CALENDAR.add_workdays(date.fromisoformat(day), count) == date.fromisoformat(after)


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        ("2024-02-04", "2024-02-04"),
        ("2024-02-10", "2024-02-18"),
        ("2024-02-17", "2024-02-18"),
        ("2026-10-01", "2026-10-08"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-21", "2026-11-23"),
        ("9999-12-31", "9999-12-31"),
    ],
)
def test_rolling_to_a_working_day(day: str, rolled: str) -> None:
    assert CALENDAR.roll(date.fromisoformat(day)) == date.fromisoformat(rolled)


@given(DAYS)
def test_rolling_finds_the_first_working_day_and_stays_there(day: date) -> None:
    rolled = CALENDAR.roll(day)

    assert CALENDAR.is_workday(rolled)
    assert CALENDAR.roll(rolled) == rolled
    between = [day + number * ONE_DAY for number in range((rolled - day).days)]
    assert not any(map(CALENDAR.is_workday, between))


@given(DAYS, DAYS, st.integers(0, 40))
def test_a_later_day_never_ends_earlier(one: date, other: date, count: int) -> None:
    first, last = sorted((one, other))

    assert CALENDAR.add_workdays(first, count) <= CALENDAR.add_workdays(last, count)


@given(DAYS, st.integers(1, 40))
def test_so_many_working_days_lie_between(day: date, count: int) -> None:
    after = CALENDAR.add_workdays(day, count)
    passed = [day + number * ONE_DAY for number in range(1, (after - day).days + 1)]

    assert CALENDAR.is_workday(after)
    assert sum(map(CALENDAR.is_workday, passed)) == count
    assert CALENDAR.add_workdays(day, count - 1) < after


@given(DAYS, st.integers(0, 20), st.integers(0, 20))
def test_adding_in_two_steps_is_adding_at_once(day: date, one: int, other: int) -> None:
    in_steps = CALENDAR.add_workdays(CALENDAR.add_workdays(day, one), other)

    assert in_steps == CALENDAR.add_workdays(day, one + other)


SOUND = "[2027]\ndays_off = [2027-01-01]\nworking_weekends = [\n  2027-01-09, # x\n]\n"


def test_a_citys_own_calendar_replaces_ours(tmp_path: Path) -> None:
    file = tmp_path / "days.toml"
    file.write_text(SOUND)

    assert read_calendar(file) == WorkCalendar(
        frozenset({2027}), frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 9)})
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", [": The file has no year: write a header such as [2024]."]),
        (
            "[year]\ndays_off = []",
            [", line 1: year is no year: write a header such as [2024]."],
        ),
        ("2027 = 1", [", line 1: 2027 is no year: write a header such as [2024]."]),
        (
            "[2027]\ndays_off = []",
            [
                ", line 1, 2027: working_weekends is missing: write"
                " working_weekends = [2027-01-01], or working_weekends = [] if there is none."
            ],
        ),
        (
            SOUND.replace("[2027-01-01]", "2027-01-01"),
            [
                ", line 2, 2027: days_off cannot be used: write days_off = [2027-01-01], or"
                " days_off = [] if there is none."
            ],
        ),
        (
            SOUND + "note = 1",
            [', line 6, 2027: "note" is unknown here: write days_off and working_weekends.'],
        ),
        (
            SOUND.replace("2027-01-09", '"2027-01-09"'),
            [', line 4, 2027: "2027-01-09" cannot be used: write a day such as 2027-01-01.'],
        ),
        (
            SOUND.replace("2027-01-01", "2027-01-01 00:00:00"),
            [", line 2, 2027: 2027-01-01T00:00:00 cannot be used: write a day such as 2027-01-01."],
        ),
        (
            SOUND.replace("2027-01-01", "2026-01-01"),
            [", line 2, 2027: 2026-01-01 is not in 2027: write it below [2026]."],
        ),
        (
            SOUND.replace("2027-01-01", "2027-01-02"),
            [", line 2, 2027: 2027-01-02 is a Saturday and off anyway: remove it."],
        ),
        (
            SOUND.replace("2027-01-09", "2027-01-08"),
            [
                ", line 4, 2027: 2027-01-08 is a Friday, on which people work anyway: remove it.",
            ],
        ),
        (
            SOUND.replace("2027-01-09,", "2027-01-09,\n2027-01-09,\n2027-01-11,"),
            [
                ", line 5, 2027: 2027-01-09 stands twice in the list: remove one.",
                ", line 6, 2027: 2027-01-11 is a Monday, on which people work anyway: remove it.",
            ],
        ),
        (
            SOUND.replace("2027-01-09", "2027-01-32"),
            [
                ", line 4: This is not TOML (Unclosed array). 2027-01-32 is no day: write one such"
                " as 2017-07-01."
            ],
        ),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, text: str, said: list[str]) -> None:
    file = tmp_path / "days.toml"
    file.write_text(text)

    with pytest.raises(RulebookProblem) as caught:
        read_calendar(file)

    assert [str(one).removeprefix(str(file)) for one in caught.value.problems] == said


def test_a_calendar_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RulebookProblem, match="The file cannot be read"):
        read_calendar(tmp_path / "none.toml")


# What chinesecalendar 1.11.0, from which our data was made, answers for 200 days drawn at random,
# most of them at the edges of holidays.
WORKING = """
2010-02-03 2010-04-09 2010-09-26 2010-10-08 2011-01-30 2011-01-31 2011-02-01 2011-02-11 2011-02-12
2011-04-02 2011-04-29 2011-05-03 2011-06-07 2011-11-11 2011-12-30 2012-01-29 2012-10-25 2013-01-04
2013-02-17 2013-04-08 2013-05-21 2013-05-24 2013-06-08 2013-06-09 2013-09-24 2013-12-31 2014-09-29
2015-02-25 2015-03-06 2015-03-16 2015-03-27 2015-06-23 2015-09-06 2015-11-23 2016-02-06 2016-03-30
2016-04-28 2016-10-09 2017-01-23 2017-02-23 2018-01-18 2018-02-12 2018-02-14 2018-04-13 2018-09-28
2018-10-08 2018-12-05 2019-01-04 2019-02-03 2019-02-11 2019-04-26 2019-04-29 2019-08-28 2019-09-12
2019-10-08 2020-01-02 2020-01-19 2020-05-08 2020-06-28 2020-09-28 2020-11-16 2021-02-18 2021-02-19
2021-02-20 2021-04-26 2021-05-06 2021-05-07 2021-06-11 2021-12-28 2022-04-06 2022-04-29 2022-05-05
2022-07-18 2022-09-14 2022-12-30 2023-01-03 2023-03-20 2023-04-04 2023-04-06 2023-09-05 2023-09-28
2023-10-09 2023-11-08 2024-02-19 2024-04-28 2024-09-09 2024-10-08 2025-01-26 2025-04-07 2025-04-24
2025-04-27 2025-06-27 2025-11-04 2026-08-05 2026-09-21
"""
OFF = """
2010-05-03 2010-09-24 2010-10-05 2010-10-07 2011-02-02 2011-02-03 2011-02-04 2011-02-06 2011-03-19
2011-09-12 2011-10-01 2011-10-02 2011-10-05 2011-10-23 2012-01-28 2012-04-03 2012-04-30 2012-06-22
2012-10-05 2013-01-03 2013-01-26 2013-04-05 2013-09-20 2013-12-14 2014-02-02 2014-02-06 2014-02-09
2014-04-05 2014-10-02 2014-10-06 2014-10-07 2015-09-04 2015-10-05 2015-10-06 2016-01-02 2016-02-10
2016-03-26 2016-05-01 2016-10-02 2016-10-04 2016-10-05 2017-01-01 2017-02-01 2017-02-05 2017-04-30
2017-10-04 2018-02-10 2018-04-30 2018-05-01 2018-06-17 2018-07-14 2018-09-23 2018-10-05 2018-10-20
2019-02-06 2019-04-06 2019-05-03 2019-05-26 2020-01-01 2020-01-28 2020-02-01 2020-03-29 2020-04-05
2020-10-04 2020-10-11 2021-01-03 2021-02-11 2021-02-12 2021-02-14 2021-04-05 2021-04-24 2021-05-01
2021-05-02 2021-05-04 2021-07-24 2021-09-21 2021-10-10 2022-01-01 2022-02-01 2022-04-03 2022-05-04
2022-06-05 2022-09-11 2023-04-05 2023-05-07 2023-06-22 2023-06-24 2024-01-01 2024-02-17 2024-09-17
2024-10-03 2025-01-29 2025-02-02 2025-03-02 2025-10-03 2025-10-08 2026-01-01 2026-02-19 2026-02-22
2026-02-23 2026-05-01 2026-06-19 2026-10-01 2026-10-05 2026-10-06
"""


def test_a_sample_of_what_the_source_says() -> None:
    working, off = ([*map(date.fromisoformat, text.split())] for text in (WORKING, OFF))

    assert len(working) + len(off) == 200
    assert all(map(CALENDAR.is_workday, working))
    assert not any(map(CALENDAR.is_workday, off))
