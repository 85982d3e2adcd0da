"""Least and greatest fines by the article that a code's rows name."""

import pytest

from domain.codes import load_codes
from domain.law.ranges import BY_ARTICLE, fine_range

PACKAGED = load_codes("重庆")


def of_code(code: str) -> tuple[str, str, str] | None:
    found = fine_range(code, [row.basis for row in PACKAGED.rows_of(code)])
    if found is None:
        return None
    return found.minimum.yuan, found.maximum.yuan, found.article


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1625", ("20.00", "200.00", "道交法90条")),
        ("1345", ("20.00", "200.00", "道交法90条")),
        ("16259", ("20.00", "200.00", "道交法90条")),
        ("4701", ("20.00", "200.00", "道交法90条")),
        ("1039", ("20.00", "200.00", "道交法93条")),
        ("1613", ("20.00", "200.00", "道交法90条;95条")),
        ("2007", ("5.00", "50.00", "道交法89条")),
        ("3019", ("5.00", "50.00", "道交法89条")),
        ("1603", ("200.00", "2000.00", "道交法99条")),
        ("5019", ("200.00", "2000.00", "道交法99条")),
        ("1202", ("200.00", "2000.00", "道交法92条")),
        ("1011", ("200.00", "2000.00", "道交法97条")),
        ("5024", ("200.00", "2000.00", "道交法106条")),
        ("1002A", ("200.00", "2000.00", "道交法100条第2款")),
        ("1712", ("1000.00", "2000.00", "道交法91条第1款")),
        ("1711", ("5000.00", "5000.00", "道交法91条第3款")),
        ("5001", ("2000.00", "5000.00", "道交法96条第1款")),
        ("5703", ("2000.00", "5000.00", "道交法96条第1款")),
        ("5704", ("2000.00", "5000.00", "道交法96条第3款")),
        ("5011", ("1000.00", "3000.00", "道交法96条第2款")),
        # Two articles may apply, or one that names no amount, or several.
        ("1709", None),
        ("2001", None),
        ("1055", None),
        ("5029", None),
        ("1702", None),
        ("5031", None),
        ("5039", None),
        ("7045", None),
        ("9999", None),
    ],
)
def test_the_range_of_a_code(code: str, expected: tuple[str, str, str] | None) -> None:
    assert of_code(code) == expected


@pytest.mark.parametrize(
    ("bases", "article"),
    [
        (["道交法38条;90条"], "道交法90条"),
        (["实施条例62条;道交法90条"], "道交法90条"),
        (["道交法57-60条;实施条例68-73条;道交法89条(5-50元)"], "道交法89条"),
        (["部令163号 9条(四)", None, "道交法11条/19条;95条"], "道交法90条;95条"),
        (["道交法99条(五)-(八)"], "道交法99条"),
        (["道交法90条", "道交法42条;90条"], "道交法90条"),
        (["道交法87条/88条;90条"], "道交法90条"),
        (["道交法90条;107条"], "道交法90条"),
        (["道交法50条;90条/92条"], None),
        (["道交法90条", "道交法93条"], None),
        # Articles of other texts, and ranges of articles.
        (["实施条例90条"], None),
        (["部令163号 90条"], None),
        (["道交法87条", "道交法88条"], None),
        (["道交法88-90条"], None),
        (["道交法107条"], None),
        (["90条"], None),
        (["道交法"], None),
        ([None], None),
        ([""], None),
        ([], None),
    ],
)
def test_the_article_is_read_from_the_basis(bases: list[str | None], article: str | None) -> None:
    found = fine_range("0000", bases)

    assert (found and found.article) == article


def test_the_ranges_of_the_law() -> None:
    assert {article: (r.minimum.yuan, r.maximum.yuan) for article, r in BY_ARTICLE.items()} == {
        "89": ("5.00", "50.00"),
        "90": ("20.00", "200.00"),
        "92": ("200.00", "2000.00"),
        "93": ("20.00", "200.00"),
        "95": ("20.00", "200.00"),
        "97": ("200.00", "2000.00"),
        "99": ("200.00", "2000.00"),
        "106": ("200.00", "2000.00"),
    }
