"""Rulebooks as a clerk might write them, and what is said about them."""

from domain.rules.book import Rulebook
from domain.rules.documents import RulebookProblem, parse_document
from domain.rules.reading import rulebook_of

CITY = """\
[city]
id = "test"
name = {zh = "试", en = "Test"}
province = "重庆"
"""
FIRST_LINE = CITY.count("\n") + 1


def book_of(text: str) -> Rulebook:
    """The rulebook of a text."""
    return rulebook_of(parse_document("x.toml", text.encode()))


def said_about(text: str | bytes) -> list[str]:
    """Every problem of a text, in the order they are told."""
    raw = text.encode() if isinstance(text, str) else text
    try:
        rulebook_of(parse_document("x.toml", raw))
    except RulebookProblem as error:
        return [str(one) for one in error.problems]
    return []


def said_about_rules(text: str) -> list[str]:
    """The same for rules below a sound [city], with lines counted from the rules' first one."""
    said = []
    for one in said_about(CITY + text):
        place, line, rest = one.partition("line ")
        number, rest = rest[: rest.index(rest.lstrip("0123456789"))], rest.lstrip("0123456789")
        said.append(f"{place}{line}{int(number) - FIRST_LINE + 1}{rest}".removeprefix("x.toml, "))
    return said
