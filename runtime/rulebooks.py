"""The city's rulebook and calendar, as the settings name them."""

from datetime import date
from pathlib import Path

from domain.decision_texts import text_versions
from domain.law.workdays import WorkCalendar, load_calendar, read_calendar
from domain.rules.book import Rulebook
from domain.rules.documents import RulebookProblem
from domain.rules.library import SUFFIX, load_rulebook, read_rulebook
from runtime.settings import Settings, SettingsProblem

OLDEST_TEXT = date(2024, 1, 1)


def rulebook_of(settings: Settings) -> Rulebook:
    """
    The packaged rulebook of a name, or a city's own file.

    :raises SettingsProblem: with everything that is wrong with it, by line
    """
    named = settings.rulebook
    try:
        own = named.endswith(SUFFIX)
        book = read_rulebook(Path(named)) if own else load_rulebook(named)
    except RulebookProblem as problem:
        raise SettingsProblem(f"CLEARWAY_RULEBOOK: {problem}") from None
    _check_texts(book)
    return book


def _check_texts(book: Rulebook) -> None:
    """
    There is a text for every decision that can still be made.

    :raises SettingsProblem: naming the versions without one
    """
    known = text_versions()
    # No decision is made on a day before the law that the oldest template follows.
    days = [OLDEST_TEXT, *(day for day in book.changes() if day > OLDEST_TEXT)]
    missing = {book.on(day).text_version for day in days} - {*known}
    if missing:
        raise SettingsProblem(
            f"CLEARWAY_RULEBOOK: text.version names {', '.join(sorted(missing))}, but there is no"
            f" text of that version. There are {', '.join(known)}."
        )


def calendar_of(settings: Settings) -> WorkCalendar:
    """
    The packaged calendar, or a city's own file.

    :raises SettingsProblem: with everything that is wrong with it, by line
    """
    if settings.holidays is None:
        return load_calendar()
    try:
        return read_calendar(settings.holidays)
    except RulebookProblem as problem:
        raise SettingsProblem(f"CLEARWAY_HOLIDAYS: {problem}") from None
