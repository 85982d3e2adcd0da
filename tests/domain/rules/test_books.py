"""The packaged rulebooks: what each city has decided, before and after its first day."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from domain.letters import VehicleUse
from domain.plates import PlateType
from domain.rules.book import City
from domain.rules.catalogue import CATALOGUE
from domain.rules.documents import RulebookProblem
from domain.rules.library import load_rulebook, packaged_rulebooks
from domain.rules.values import Hours, PointsLimit
from domain.texts import Text
from tests.domain.rules.test_defaults import (
    BEFORE_2024,
    BEFORE_APRIL_2022,
    BEFORE_JULY_2021,
    TODAY,
)

CARS_AND_MOTORCYCLES = frozenset(
    {
        PlateType.SMALL_VEHICLE,
        PlateType.SMALL_NEW_ENERGY,
        PlateType.MOTORCYCLE,
        PlateType.LIGHT_MOTORCYCLE,
    }
)
CHONGQING: dict[str, Any] = {
    "handle_points_after": PointsLimit(12, inclusive=True),
    "handle_own_plate_types": CARS_AND_MOTORCYCLES,
    "handle_own_vehicle_uses": frozenset(
        {VehicleUse.PRIVATE, VehicleUse.FORMER_COMMERCIAL, VehicleUse.FORMER_TAXI}
    ),
    "handle_other_plate_types": CARS_AND_MOTORCYCLES,
    "grant_max_active": 2,
    "grant_max_owners_ever": None,
}
NATIONAL: dict[str, Any] = {
    "handle_large_class_points": True,
    "grant_chances_per_year": None,
    "grant_expiry_days": None,
}
BEIJING: dict[str, Any] = {
    "handle_points_after": PointsLimit(11, inclusive=True),
    "handle_max_points_single": 6,
    "handle_large_class_points": True,
    "hours_handle": Hours(time(8), time(18)),
}
JULY_2017, JANUARY_2017 = date(2017, 7, 1), date(2017, 1, 1)
ONES = [
    ("chongqing", JULY_2017, CHONGQING),
    ("national-12123", JULY_2017, NATIONAL),
    ("beijing-style", JANUARY_2017, BEIJING),
]


def test_these_are_packaged() -> None:
    assert packaged_rulebooks() == ("beijing-style", "chongqing", "national-12123")


@pytest.mark.parametrize(("name", "first_day", "own"), ONES)
def test_a_packaged_book_on_both_sides_of_every_change(
    name: str, first_day: date, own: dict[str, Any]
) -> None:
    book = load_rulebook(name)

    assert book.on(first_day.replace(year=2016, month=12, day=31)) == BEFORE_JULY_2021
    assert book.on(first_day) == replace(BEFORE_JULY_2021, **own)
    assert book.on(date(2021, 7, 14)) == replace(BEFORE_JULY_2021, **own)
    assert book.on(date(2021, 7, 15)) == replace(BEFORE_APRIL_2022, **own)
    assert book.on(date(2022, 3, 31)) == replace(BEFORE_APRIL_2022, **own)
    assert book.on(date(2022, 4, 1)) == replace(BEFORE_2024, **own)
    assert book.on(date(2023, 12, 31)) == replace(BEFORE_2024, **own)
    assert book.on(date(2024, 1, 1)) == replace(TODAY, **own)
    assert book.changes() == (
        date(2015, 5, 1),
        first_day,
        date(2021, 7, 15),
        date(2022, 4, 1),
        date(2024, 1, 1),
    )


def test_the_last_day_before_the_launch_is_still_the_default() -> None:
    book = load_rulebook("chongqing")

    assert book.on(date(2017, 6, 30)) == BEFORE_JULY_2021
    assert book.on(date(2017, 7, 1)) == replace(BEFORE_JULY_2021, **CHONGQING)


@pytest.mark.parametrize(("name", "first_day", "own"), ONES)
def test_whatever_a_city_says_has_its_source_in_both_languages(
    name: str, first_day: date, own: dict[str, Any]
) -> None:
    book = load_rulebook(name)
    said = [one for key in CATALOGUE for one in book.history(key) if not one.is_default]

    assert {CATALOGUE[one.key].field for one in said} >= own.keys()
    assert {one.valid_from for one in said} == {first_day}
    assert all(one.source.zh and one.source.en.isascii() for one in said)


def test_whose_rulebooks_they_are() -> None:
    assert [load_rulebook(name).city for name in packaged_rulebooks()] == [
        City("beijing-style", Text("北京式平台", "Beijing-style platform"), "北京"),
        City("chongqing", Text("重庆", "Chongqing"), "重庆"),
        City("national-12123", Text("交管12123", "National platform 12123"), "全国"),
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("chonqing", 'No rulebook of this name is packaged. Did you mean "chongqing"?'),
        (
            "../secrets",
            "No rulebook of this name is packaged. There are beijing-style, chongqing,"
            " national-12123.",
        ),
    ],
)
def test_a_name_that_is_not_packaged(name: str, message: str) -> None:
    with pytest.raises(RulebookProblem) as caught:
        load_rulebook(name)

    assert str(caught.value) == f"{name}: {message}"
