"""Working days in China: weekends, the State Council's holidays, and the days made up for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path

from domain.rules.documents import (
    Document,
    FileProblem,
    RulebookProblem,
    parse_document,
    read_document,
)
from domain.rules.toml_lines import Path as Place
from domain.rules.toml_text import to_toml

FILE = "holidays.toml"
ONE_DAY = timedelta(days=1)
SATURDAY = 5
YEAR = re.compile(r"[12]\d{3}", re.ASCII)
DAYS_OFF, WORKING_WEEKENDS = "days_off", "working_weekends"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """
    Which days are working days. Of a year it does not know, only the weekends are off.

    :ivar years: the years whose holidays it knows
    :ivar days_off: days from Monday to Friday on which nobody works
    :ivar working_weekends: Saturdays and Sundays on which people work (调休)
    """

    years: frozenset[int]
    days_off: frozenset[date] = field(repr=False)
    working_weekends: frozenset[date] = field(repr=False)

    def knows(self, year: int) -> bool:
        """Whether the holidays of a year are known."""
        return year in self.years

    def is_workday(self, day: date) -> bool:
        """Whether people work on a day."""
        if day.weekday() < SATURDAY:
            return day not in self.days_off
        return day in self.working_weekends

    def roll(self, day: date) -> date:
        """The day itself if it is a working day, else the next one."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def add_workdays(self, day: date, count: int) -> date:
        """The count-th working day after a day, which does not count; at most the last date."""
        for _ in range(count):
            if day == date.max:
                break
            day = self.roll(day + ONE_DAY)
        return day


@cache
def load_calendar() -> WorkCalendar:
    """The packaged calendar."""
    return _calendar_of(parse_document(FILE, (files("domain.data") / FILE).read_bytes()))


def read_calendar(path: Path) -> WorkCalendar:
    """
    A city's own calendar, which replaces the packaged one.

    :raises RulebookProblem: if it cannot be read, or with everything that is wrong with it
    """
    return _calendar_of(read_document(path))


def _calendar_of(document: Document) -> WorkCalendar:
    problems = [*_problems(document)]
    if problems:
        raise RulebookProblem(problems)
    years = document.data
    return WorkCalendar(
        frozenset(map(int, years)),
        frozenset(day for year in years.values() for day in year[DAYS_OFF]),
        frozenset(day for year in years.values() for day in year[WORKING_WEEKENDS]),
    )


def _problems(document: Document) -> Iterator[FileProblem]:
    if not document.data:
        yield document.problem((), "The file has no year: write a header such as [2024].")
    for year, lists in document.data.items():
        if not YEAR.fullmatch(year) or not isinstance(lists, dict):
            yield document.problem((year,), f"{year} is no year: write a header such as [2024].")
            continue
        for name in lists:
            if name not in (DAYS_OFF, WORKING_WEEKENDS):
                message = f'"{name}" is unknown here: write {DAYS_OFF} and {WORKING_WEEKENDS}.'
                yield document.problem((year, name), message, year)
        for name in (DAYS_OFF, WORKING_WEEKENDS):
            yield from _problems_of_list(document, year, name)


def _problems_of_list(document: Document, year: str, name: str) -> Iterator[FileProblem]:
    days = document.data[year].get(name)
    if not isinstance(days, list):
        example = f"write {name} = [{year}-01-01], or {name} = [] if there is none"
        what = "is missing" if days is None else "cannot be used"
        yield document.problem((year, name), f"{name} {what}: {example}.", year)
        return
    for index, day in enumerate(days):
        message = _problem_of_day(day, int(year), name) or _repetition(days, index)
        if message:
            place: Place = (year, name, index)
            yield document.problem(place, message, year)


def _problem_of_day(day: object, year: int, name: str) -> str | None:
    if not isinstance(day, date) or isinstance(day, datetime):
        return f"{to_toml(day)} cannot be used: write a day such as {year}-01-01."
    if day.year != year:
        return f"{day} is not in {year}: write it below [{day.year}]."
    at_weekend = day.weekday() >= SATURDAY
    if name == DAYS_OFF and at_weekend:
        return f"{day} is a {day:%A} and off anyway: remove it."
    if name == WORKING_WEEKENDS and not at_weekend:
        return f"{day} is a {day:%A}, on which people work anyway: remove it."
    return None


def _repetition(days: list[object], index: int) -> str | None:
    if days[index] in days[:index]:
        return f"{days[index]} stands twice in the list: remove one."
    return None
