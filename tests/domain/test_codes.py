"""The table of violation codes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from domain.codes import PROVINCES, CodeTable, ViolationCode, all_rows, load_codes
from domain.money import Money

TODAY = date(2026, 11, 2)
# Of the city, and of another province.
AGENCIES = ("500103000000", "110101000000")
ERAS = [date(2010, 1, 1), date(2018, 1, 1), TODAY]


def row(**changed: Any) -> ViolationCode:
    values: dict[str, Any] = {
        "code": "1625",
        "description": "闯红灯",
        "fine": Money(20000),
        "points": 6,
        "valid_from": date(2022, 4, 1),
        "valid_until": None,
        "province": None,
        "basis": None,
        "quality": "observed",
        "conflict": None,
    } | changed
    return ViolationCode(**values)


def table(*rows: ViolationCode) -> CodeTable:
    by_code: dict[str, tuple[ViolationCode, ...]] = {}
    for one in rows:
        by_code[one.code] = (*by_code.get(one.code, ()), one)
    return CodeTable("重庆", by_code)


def amounts(found: ViolationCode | None) -> tuple[Money | None, int | None]:
    assert found is not None
    return found.fine, found.points


OURS = row(province="重庆", fine=Money(15000))
NOBODYS = row(fine=Money(10000))
THEIRS = row(province="四川", fine=Money(5000))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([OURS, NOBODYS, THEIRS], (Money(15000), 6)),
        ([THEIRS, NOBODYS, OURS], (Money(15000), 6)),
        ([THEIRS, NOBODYS], (Money(10000), 6)),
        ([NOBODYS], (Money(10000), 6)),
        # What is known for another province only is not shown as ours.
        ([THEIRS], (None, None)),
    ],
)
def test_our_own_province_comes_first(
    rows: list[ViolationCode], expected: tuple[Money | None, int | None]
) -> None:
    assert amounts(table(*rows).find("1625", TODAY)) == expected


OLD = row(valid_from=date(2013, 1, 1), valid_until=date(2022, 3, 31), points=3, description="旧")


@pytest.mark.parametrize(
    ("on", "points", "description"),
    [
        (date(2013, 1, 1), 3, "旧"),
        (date(2022, 3, 31), 3, "旧"),
        (date(2022, 4, 1), 6, "闯红灯"),
        (date.max, 6, "闯红灯"),
    ],
)
def test_the_row_of_the_day(on: date, points: int, description: str) -> None:
    found = table(OLD, row()).find("1625", on)

    assert found is not None
    assert (found.points, found.description) == (points, description)


@pytest.mark.parametrize("on", [date.min, date(2012, 12, 31)])
def test_outside_every_era_there_are_words_without_amounts(on: date) -> None:
    found = table(OLD, row()).find("1625", on)

    assert found is not None
    assert found.description
    assert amounts(found) == (None, None)


def test_outside_every_era_the_words_are_the_latest() -> None:
    found = table(OLD, row(description="今")).find("1625", date.min)
    assert found is not None
    assert found.description == "今"

    found = table(OLD, row(description="今")).find("16259", TODAY)
    assert found is not None
    assert found.description == "今"


def test_an_instant_counts_by_its_day_in_china() -> None:
    codes = table(OLD, row())

    assert amounts(codes.on_instant("1625", datetime(2022, 3, 31, 15, 59, tzinfo=UTC)))[1] == 3
    assert amounts(codes.on_instant("1625", datetime(2022, 3, 31, 16, 0, tzinfo=UTC)))[1] == 6


@pytest.mark.parametrize("code", ["16251", "1625A"])
def test_a_provincial_code_takes_the_words_of_its_national_one(code: str) -> None:
    found = table(row()).find(code, TODAY)

    assert found is not None
    assert (found.code, found.description) == (code, "闯红灯")
    assert amounts(found) == (None, None)


@pytest.mark.parametrize(
    "code", ["", "162", "9999", "99991", "1625\x00", "1625 ", "1625ab", "1625AB", "1625" * 10000]
)
def test_what_is_no_code_is_not_found(code: str) -> None:
    assert table(row()).find(code, TODAY) is None


def test_every_row_loads() -> None:
    rows = all_rows()

    assert len(rows) > 500
    for one in rows:
        assert one.description.strip() == one.description != ""
        assert one.fine is None or one.fine.fen >= 0
        assert one.points is None or one.points in {0, 1, 2, 3, 6, 9, 12}
        assert one.valid_until is None or one.valid_from <= one.valid_until


def test_a_row_of_the_file() -> None:
    assert load_codes("重庆").find("1208", TODAY) == ViolationCode(
        code="1208",
        description="不按导向车道行驶",
        fine=Money(10000),
        points=0,
        valid_from=date(2022, 4, 1),
        valid_until=None,
        province=None,
        basis="实施条例51条(一)",
        quality="observed",
        conflict="100yuan/0pt | 100yuan/2pt",
    )


def test_every_province_has_its_number() -> None:
    assert len(PROVINCES) == 31
    assert (PROVINCES["11"], PROVINCES["23"], PROVINCES["50"]) == ("北京", "黑龙江", "重庆")
    assert PROVINCES["65"] == "新疆"
    assert {row.province for row in all_rows()} - {None} <= set(PROVINCES.values())


def test_descriptions_are_for_citizens() -> None:
    for one in all_rows():
        assert not any("a" <= letter <= "z" for letter in one.description), one


@pytest.mark.parametrize("on", ERAS)
@pytest.mark.parametrize("province", ["重庆", "四川", "西藏"])
def test_a_fine_of_nothing_stands_only_where_the_table_says_so(province: str, on: date) -> None:
    codes = load_codes(province)
    free = {
        (one.code, one.province) for one in all_rows() if one.fine == Money(0) and one.in_force(on)
    }

    for code in codes.rows:
        found = codes.find(code, on)
        assert found is not None
        if found.fine == Money(0):
            assert (code, found.province) in free
        assert found.province in (None, province)


def test_points_do_not_come_from_a_digit_of_the_code() -> None:
    codes = load_codes("重庆")

    assert amounts(codes.find("1208", TODAY))[1] == 0
    by_digit = {"0": 0, "1": 1, "2": 2, "3": 3, "6": 6, "7": 12}
    known = [row for code in codes.rows if (row := codes.find(code, TODAY)) and row.points]
    assert any(row.points != by_digit.get(row.code[1]) for row in known)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1625", {"1625", "1625A"}),
        ("1625a", {"1625A"}),
        (" 16 ", {"1625", "1625A", "1636"}),
        ("红灯", {"1625", "1625A"}),
        ("km/h", {"1636"}),
        ("KM/H", {"1636"}),
        ("", {"1625", "1625A", "1636"}),
        ("没有", set()),
        ("%", set()),
        ("\x00", set()),
    ],
)
def test_search(text: str, found: set[str]) -> None:
    codes = table(row(), row(code="1625A"), row(code="1636", description="超过 10 km/h"))

    rows = codes.search(text, TODAY)

    assert {one.code for one in rows} == found
    assert [one.code for one in rows] == sorted(found)


def test_between_two_changes_a_code_has_one_row() -> None:
    table = load_codes("重庆")
    numbers = sorted({row.code for row in all_rows()})
    changed = 0
    for number in [*numbers, "0000", f"{numbers[0]}A"]:
        changes = table.changes_of(number)
        days = [date.min, *changes, date.max]
        for begin, end in pairwise(days):
            last = end if end == date.max else end - timedelta(days=1)
            middle = begin + (last - begin) / 2
            for day in (middle, last):
                assert table.find(number, day) == table.find(number, begin), (number, day)
            # Worked out from the rows for each day, whatever is remembered between changes.
            for day in (begin, middle, last):
                for agency in (None, *AGENCIES):
                    found = table.find(number, day, agency)
                    assert found == table.on_day(number, day, agency), (number, day, agency)
        rows = [table.find(number, day) for day in days]
        changed += any(one != other for one, other in pairwise(rows))
    assert changed > 10
