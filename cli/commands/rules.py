"""`clearway rules`."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import ERR, OUT
from cli.problems import Problem
from domain.rules.book import Rulebook, RuleInForce, UnknownRule
from domain.rules.catalogue import CATALOGUE
from domain.rules.documents import RulebookProblem
from domain.rules.library import load_rulebook, packaged_rulebooks, read_rulebook
from domain.times import legal_day, utc_now

EXAMPLE = "clearway rules explain surcharge.rounding --city chongqing --on 2024-01-01"
DEFAULT_CITY = "chongqing"


class Action(StrEnum):
    """What to do with a rulebook."""

    SHOW = "show"
    CHECK = "check"
    EXPLAIN = "explain"


def command(
    action: Annotated[
        Action, typer.Argument(help="All rules in a table, mistakes in a file, or one rule.")
    ],
    key: Annotated[
        str | None,
        typer.Argument(
            help="explain: the key of a rule such as pay.days, or its number such as R18."
        ),
    ] = None,
    city: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help=f"A packaged rulebook: {', '.join(packaged_rulebooks())}."
        ),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A city's own rulebook, instead.")] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DAY", help="As of a day such as 2024-01-01, else today.")
    ] = None,
) -> None:
    """Show, check or explain what a city has decided, with dates and sources."""
    if city is not None and file is not None:
        raise Problem("Which rulebook? Give either --city NAME or --file PATH.")
    if key is not None and action is not Action.EXPLAIN:
        raise Problem(f"{action} is about all rules: leave {key} out, or use explain.")
    book = _read(city or DEFAULT_CITY, file)
    day = _day(on)
    match action:
        case Action.CHECK:
            name = file or f"{city or DEFAULT_CITY} (packaged)"
            ERR.print(f"{name} is sound: {_own(book)} of its own.")
        case Action.SHOW:
            _show(book, day)
        case Action.EXPLAIN:
            for one in _keys(key):
                _explain(book, one, day)


def _read(city: str, file: Path | None) -> Rulebook:
    try:
        return load_rulebook(city) if file is None else read_rulebook(file)
    except RulebookProblem as error:
        count = len(error.problems)
        found = "1 problem" if count == 1 else f"{count} problems"
        details = [str(one) for one in error.problems]
        raise Problem(f"{file or city} cannot be used, {found}:", details) from error


def _day(text: str | None) -> date:
    if text is None:
        return legal_day(utc_now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(f"{text} is no day: give one such as --on 2024-01-01.") from None


def _own(book: Rulebook) -> str:
    count = sum(not one.is_default for key in CATALOGUE for one in book.history(key))
    return "1 version" if count == 1 else f"{count} versions"


def _keys(wanted: str | None) -> list[str]:
    """The key itself, or all keys of a number."""
    if wanted is None:
        raise Problem("Which rule? Give a key such as pay.days, or a number such as R18.")
    numbered = [key for key, rule in CATALOGUE.items() if f"R{rule.number}" == wanted.upper()]
    return numbered or [wanted]


def _show(book: Rulebook, day: date) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("", "key", "value", "since", "source"):
        table.add_column(title, overflow="fold", no_wrap=title in ("key", "since"))
    for key in CATALOGUE:
        one = book.explain(key, day)
        since = one.valid_from or "always"
        table.add_row(_number(one), key, one.value, str(since), one.source.en)
    OUT.print(f"{book.city.name.zh} {book.city.name.en}, rules of {day}")
    OUT.print(table)


def _explain(book: Rulebook, key: str, day: date) -> None:
    try:
        now = book.explain(key, day)
    except UnknownRule as error:
        raise Problem(f"{error} clearway rules show lists them all.") from error
    OUT.print(f"{_number(now)} {key} = {now.value}".strip())
    OUT.print(f"  {now.meaning.zh} {day}：{now.words.zh}")
    OUT.print(f"  {now.meaning.en} {day}: {now.words.en}")
    OUT.print(f"  To change it, write {CATALOGUE[key].kind.wanted}.")
    for one in book.history(key):
        mark = "→" if one.valid_from == now.valid_from else " "
        whose = "default" if one.is_default else book.city.name.en
        OUT.print(f"  {mark} {_span(one)}: {one.value} ({whose})")
        OUT.print(f"      {one.source.zh}")
        OUT.print(f"      {one.source.en}")


def _span(one: RuleInForce) -> str:
    first = f"from {one.valid_from}" if one.valid_from else "always"
    return f"{first} until {one.valid_until}" if one.valid_until else first


def _number(one: RuleInForce) -> str:
    return "" if one.number is None else f"R{one.number}"
