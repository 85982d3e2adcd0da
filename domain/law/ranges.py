"""What a fine may come to: minimum and maximum by article of the Road Traffic Safety Law (2021)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from domain.money import Money


@dataclass(frozen=True, slots=True)
class FineRange:
    """The least and the greatest fine the law allows, both included, and its article."""

    minimum: Money
    maximum: Money
    article: str


def _range(least_yuan: int, most_yuan: int, article: str) -> FineRange:
    return FineRange(Money(least_yuan * 100), Money(most_yuan * 100), article)


# Articles that name one range for all they forbid; paragraphs about companies are left out.
BY_ARTICLE = {
    "89": _range(5, 50, "道交法89条"),
    "90": _range(20, 200, "道交法90条"),
    "92": _range(200, 2000, "道交法92条"),
    "93": _range(20, 200, "道交法93条"),
    "95": _range(20, 200, "道交法90条;95条"),
    "97": _range(200, 2000, "道交法97条"),
    "99": _range(200, 2000, "道交法99条"),
    "106": _range(200, 2000, "道交法106条"),
}

DRINK_DRIVING = _range(1000, 2000, "道交法91条第1款")
COMMERCIAL_DRINK_DRIVING = _range(5000, 5000, "道交法91条第3款")
FORGED_PAPERS = _range(2000, 5000, "道交法96条第1款")
FORGED_MARKS = _range(1000, 3000, "道交法96条第2款")
PAPERS_OF_ANOTHER_VEHICLE = _range(2000, 5000, "道交法96条第3款")
SCRAPPED_VEHICLE = _range(200, 2000, "道交法100条第2款")

# Articles 91, 96 and 100 name several ranges: these codes tell which.
BY_CODE = {
    "1711": COMMERCIAL_DRINK_DRIVING,
    **dict.fromkeys(("1712", "1713"), DRINK_DRIVING),
    **dict.fromkeys(
        ("5001", "5002", "5003", "5006", "5007", "5701", "5702", "5703"), FORGED_PAPERS
    ),
    **dict.fromkeys(("5004", "5005", "5010", "5011"), FORGED_MARKS),
    **dict.fromkeys(("5013", "5016", "5017", "5704", "5705"), PAPERS_OF_ANOTHER_VEHICLE),
    **dict.fromkeys(("1001A", "1001B", "1002A", "1002B"), SCRAPPED_VEHICLE),
}

PENALTY_ARTICLES = frozenset(str(article) for article in range(89, 107))
STATUTE_OR_ARTICLE = re.compile(r"(道交法|实施条例|部令\d+号)|(?<![\d-])(\d+)条")


def fine_range(code: str, bases: Iterable[str | None]) -> FineRange | None:
    """
    What the fine of a code may come to, by the penalty article its rows in the code table name.

    None where they name no such article, several, or one that has no single range.
    """
    known = BY_CODE.get(code)
    if known is not None:
        return known
    articles: set[str] = set()
    for basis in bases:
        if basis is not None:
            articles |= _penalty_articles(basis)
    return BY_ARTICLE.get(articles.pop()) if len(articles) == 1 else None


@cache
def _penalty_articles(basis: str) -> frozenset[str]:
    """The articles of the Road Traffic Safety Law that punish, such as 90 in 道交法38条;90条."""
    found = set()
    statute = ""
    for named, article in STATUTE_OR_ARTICLE.findall(basis):
        statute = named or statute
        if statute == "道交法" and article in PENALTY_ARTICLES:
            found.add(article)
    return frozenset(found)
