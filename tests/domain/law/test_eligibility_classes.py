"""Which licence classes cover which vehicles (rule R9; order 162, annex 1)."""

from itertools import combinations

import pytest

from domain.law.vehicle_classes import ALSO_COVERS, Fit, fit, kind_of_type, kinds_of_plate
from domain.letters import CLASS_ZH, VehicleUse
from domain.plates import PlateType

LETTER = {"+": Fit.COVERED, "-": Fit.NOT_COVERED}

# One line per class: what annex 1 gives it, in the order of the columns.
COLUMNS = [
    *("K11", "K21", "K33", "H11", "H31", "H51", "N11", "Q11"),
    *("B31", "M15", "M21", "M22", "J11", "D11", "D12", "T11"),
]
ANNEX = {
    "A1": "+++++++-----+---",
    "A2": "-++++++++---+---",
    "A3": "--+-+++---------",
    "B1": "-++-+++-----+---",
    "B2": "--+++++-----+---",
    "C1": "--+-+++---------",
    "C2": "--+-+-----------",
    "C3": "-----++---------",
    "C4": "------+---------",
    "C5": "--+-------------",
    "C6": "--------+-------",
    "D": "---------+++----",
    "E": "----------++----",
    "F": "-----------+----",
    "M": "------------+---",
    "N": "-------------+--",
    "P": "--------------+-",
}


@pytest.mark.parametrize("licence_class", ANNEX)
@pytest.mark.parametrize("column", range(len(COLUMNS)), ids=COLUMNS)
def test_annex_1(licence_class: str, column: int) -> None:
    expected = LETTER[ANNEX[licence_class][column]]

    found = fit(frozenset({licence_class}), PlateType.OTHER, COLUMNS[column], VehicleUse.PRIVATE)

    assert found is expected


def test_every_class_there_is_has_its_line() -> None:
    assert set(ANNEX) == set(CLASS_ZH)
    assert {one for more in ALSO_COVERS.values() for one in more} <= set(CLASS_ZH)


def test_what_a_class_covers_covers_no_more_than_it() -> None:
    for covering, others in ALSO_COVERS.items():
        for other in others:
            assert set(ALSO_COVERS.get(other, ())) <= set(others), (covering, other)


@pytest.mark.parametrize(
    ("classes", "type_code", "use", "expected"),
    [
        ("A3", "K11", VehicleUse.CITY_BUS, Fit.COVERED),
        ("A3", "K21", VehicleUse.CITY_BUS, Fit.COVERED),
        ("A3", "K11", VehicleUse.ROAD_PASSENGER, Fit.NOT_COVERED),
        ("A3", "K11", None, Fit.NOT_COVERED),
        ("B1", "K21", VehicleUse.CITY_BUS, Fit.COVERED),
        ("B1", "K11", VehicleUse.CITY_BUS, Fit.NOT_COVERED),
        ("A1", "K11", VehicleUse.CITY_BUS, Fit.COVERED),
        ("C1 D", "M11", None, Fit.COVERED),
        ("C1 E", "M11", None, Fit.NOT_COVERED),
        ("F", "M12", None, Fit.COVERED),
        ("C1", "Z71", None, Fit.COVERED),
        ("C1", "Z51", None, Fit.NOT_COVERED),
        ("C6", "B31", None, Fit.COVERED),
        ("C6", "B11", None, Fit.NOT_COVERED),
        ("X9", "K33", None, Fit.NOT_COVERED),
        ("", "K33", None, Fit.CLASS_UNKNOWN),
    ],
)
def test_types_and_uses(
    classes: str, type_code: str, use: VehicleUse | None, expected: Fit
) -> None:
    assert fit(frozenset(classes.split()), PlateType.OTHER, type_code, use) is expected


@pytest.mark.parametrize("type_code", [None, "", "X99", "K", "ZZZ"])
@pytest.mark.parametrize(
    ("classes", "plate_type", "expected"),
    [
        ("C1", PlateType.SMALL_VEHICLE, Fit.COVERED),
        ("C2", PlateType.SMALL_NEW_ENERGY, Fit.COVERED),
        ("A2", PlateType.SMALL_VEHICLE, Fit.COVERED),
        ("C5", PlateType.SMALL_VEHICLE, Fit.TYPE_UNKNOWN),
        ("C3", PlateType.SMALL_VEHICLE, Fit.NOT_COVERED),
        ("D", PlateType.SMALL_VEHICLE, Fit.NOT_COVERED),
        ("B2", PlateType.LARGE_VEHICLE, Fit.TYPE_UNKNOWN),
        ("C1", PlateType.LARGE_NEW_ENERGY, Fit.NOT_COVERED),
        ("A1 A2 M N P", PlateType.LARGE_VEHICLE, Fit.COVERED),
        ("D", PlateType.MOTORCYCLE, Fit.COVERED),
        ("E", PlateType.MOTORCYCLE, Fit.TYPE_UNKNOWN),
        ("F", PlateType.MOTORCYCLE, Fit.NOT_COVERED),
        ("F", PlateType.LIGHT_MOTORCYCLE, Fit.COVERED),
        ("E", PlateType.POLICE_MOTORCYCLE, Fit.TYPE_UNKNOWN),
        ("D", PlateType.POLICE_MOTORCYCLE, Fit.COVERED),
        ("C1", PlateType.LOW_SPEED_VEHICLE, Fit.COVERED),
        ("C4", PlateType.LOW_SPEED_VEHICLE, Fit.TYPE_UNKNOWN),
        ("A2", PlateType.TRAILER, Fit.COVERED),
        ("C6", PlateType.TRAILER, Fit.TYPE_UNKNOWN),
        ("A1 A2 D", PlateType.TRACTOR, Fit.NOT_COVERED),
        ("C1", PlateType.FORMER_FARM_MACHINE, Fit.TYPE_UNKNOWN),
        ("C1", PlateType.TEMPORARY, Fit.TYPE_UNKNOWN),
        ("C1", PlateType.POLICE_VEHICLE, Fit.TYPE_UNKNOWN),
    ],
)
def test_an_unknown_type_is_judged_by_its_plate(
    type_code: str | None, classes: str, plate_type: PlateType, expected: Fit
) -> None:
    assert fit(frozenset(classes.split()), plate_type, type_code, None) is expected


@pytest.mark.parametrize("plate_type", PlateType)
def test_an_unknown_type_never_allows_more_than_a_known_one(plate_type: PlateType) -> None:
    possible = kinds_of_plate(plate_type)
    types = [f"{letter}{n}{m}" for letter in "KHQBGZMNJDT" for n in range(1, 8) for m in (1, 2)]
    of_plate = [one for one in types if kind_of_type(one, None) in possible]
    assert of_plate

    for classes in combinations(CLASS_ZH, 2):
        if fit(frozenset(classes), plate_type, None, None) is Fit.COVERED:
            for one in of_plate:
                assert fit(frozenset(classes), plate_type, one, None) is Fit.COVERED
