"""The city's rulebook and calendar, as the settings name them."""

from pathlib import Path

from domain.law.workdays import WorkCalendar, load_calendar, read_calendar
from domain.rules.book import Rulebook
from domain.rules.documents import RulebookProblem
from domain.rules.library import SUFFIX, load_rulebook, read_rulebook
from runtime.settings import Settings, SettingsProblem


def rulebook_of(settings: Settings) -> Rulebook:
    """
    The packaged rulebook of a name, or a city's own file.

    :raises SettingsProblem: with everything that is wrong with it, by line
    """
    named = settings.rulebook
    try:
        own = named.endswith(SUFFIX)
        return read_rulebook(Path(named)) if own else load_rulebook(named)
    except RulebookProblem as problem:
        raise SettingsProblem(f"CLEARWAY_RULEBOOK: {problem}") from None


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
