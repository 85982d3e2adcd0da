"""
Which licence classes cover which vehicles (rule R9; order 162, art. 11 and annex 1).

The annex is not part of the stored text of the order: the table of classes is as five public
reprints give it, with C6 as the edition of 2022 has it (certainty B). The table of type codes
(GA/T 16.4) is as four public programs give it (A). What a type does not say is not judged: whether
a small car has a gear lever, and what a trailer weighs with its tractor.
"""

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from domain.letters import VehicleUse
from domain.plates import PlateType


class Fit(Enum):
    """Whether a licence covers a vehicle."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    CLASS_UNKNOWN = "class_unknown"
    TYPE_UNKNOWN = "type_unknown"


class Kind(Enum):
    """A kind of vehicle; the value is the classes made for it, any of which is enough."""

    LARGE_BUS = frozenset({"A1"})
    CITY_BUS = frozenset({"A1", "A3"})
    MEDIUM_BUS = frozenset({"B1"})
    MEDIUM_CITY_BUS = frozenset({"A3", "B1"})
    ROAD_TRAIN = frozenset({"A2"})
    LIGHT_ROAD_TRAIN = frozenset({"C6"})
    LARGE_TRUCK = frozenset({"B2"})
    SMALL_CAR = frozenset({"C1", "C2", "C5"})
    LIGHT_TRUCK = frozenset({"C1", "C2"})
    LOW_SPEED_TRUCK = frozenset({"C3"})
    THREE_WHEELER = frozenset({"C4"})
    MOTOR_TRICYCLE = frozenset({"D"})
    MOTORCYCLE = frozenset({"E"})
    LIGHT_MOTORCYCLE = frozenset({"F"})
    WHEELED_MACHINE = frozenset({"M"})
    TROLLEYBUS = frozenset({"N"})
    TRAM = frozenset({"P"})
    # Licensed by the agricultural authorities (order 162, art. 108): none of these classes.
    FARM_TRACTOR = frozenset({"-"})


_SMALL = ("C1", "C2", "C3", "C4")

ALSO_COVERS: Mapping[str, tuple[str, ...]] = {
    "A1": ("A3", "B1", "B2", *_SMALL, "M"),
    "A2": ("B1", "B2", *_SMALL, "C6", "M"),
    "A3": _SMALL,
    "B1": (*_SMALL, "M"),
    "B2": (*_SMALL, "M"),
    "C1": ("C2", "C3", "C4"),
    "C3": ("C4",),
    "D": ("E", "F"),
    "E": ("F",),
}

_KIND_OF_TYPE: Mapping[str, Kind] = {
    "K1": Kind.LARGE_BUS,
    "K2": Kind.MEDIUM_BUS,
    "K3": Kind.SMALL_CAR,
    "K4": Kind.SMALL_CAR,
    "H1": Kind.LARGE_TRUCK,
    "H2": Kind.LARGE_TRUCK,
    "H3": Kind.LIGHT_TRUCK,
    "H4": Kind.LIGHT_TRUCK,
    "H5": Kind.LOW_SPEED_TRUCK,
    "Q1": Kind.ROAD_TRAIN,
    "Q2": Kind.ROAD_TRAIN,
    "Q3": Kind.ROAD_TRAIN,
    "B1": Kind.ROAD_TRAIN,
    "B2": Kind.ROAD_TRAIN,
    "B3": Kind.LIGHT_ROAD_TRAIN,
    "G1": Kind.ROAD_TRAIN,
    "G2": Kind.ROAD_TRAIN,
    "G3": Kind.LIGHT_ROAD_TRAIN,
    "Z1": Kind.LARGE_TRUCK,
    "Z2": Kind.LARGE_TRUCK,
    "Z3": Kind.LIGHT_TRUCK,
    "Z4": Kind.LIGHT_TRUCK,
    "Z5": Kind.LARGE_TRUCK,
    "Z7": Kind.LIGHT_TRUCK,
    "M1": Kind.MOTOR_TRICYCLE,
    "M12": Kind.LIGHT_MOTORCYCLE,
    "M2": Kind.MOTORCYCLE,
    "M22": Kind.LIGHT_MOTORCYCLE,
    "N1": Kind.THREE_WHEELER,
    "J1": Kind.WHEELED_MACHINE,
    "D11": Kind.TROLLEYBUS,
    "D12": Kind.TRAM,
    "T1": Kind.FARM_TRACTOR,
    "T2": Kind.FARM_TRACTOR,
}

_IN_CITY_SERVICE = {Kind.LARGE_BUS: Kind.CITY_BUS, Kind.MEDIUM_BUS: Kind.MEDIUM_CITY_BUS}

_LARGE = frozenset(
    {
        Kind.LARGE_BUS,
        Kind.MEDIUM_BUS,
        Kind.LARGE_TRUCK,
        Kind.ROAD_TRAIN,
        Kind.WHEELED_MACHINE,
        Kind.TROLLEYBUS,
        Kind.TRAM,
    }
)
_CARS = frozenset({Kind.SMALL_CAR, Kind.LIGHT_TRUCK})
_LOW_SPEED = frozenset({Kind.LOW_SPEED_TRUCK, Kind.THREE_WHEELER})
_ORDINARY_MOTORCYCLES = frozenset({Kind.MOTOR_TRICYCLE, Kind.MOTORCYCLE})
_MOTORCYCLES = _ORDINARY_MOTORCYCLES | {Kind.LIGHT_MOTORCYCLE}
_TRAILERS = frozenset({Kind.ROAD_TRAIN, Kind.LIGHT_ROAD_TRAIN})
_ANYTHING = frozenset(Kind)

# What may stand behind a plate when the type is unknown; a plate that is not listed tells nothing.
_KINDS_OF_PLATE: Mapping[PlateType, frozenset[Kind]] = {
    PlateType.LARGE_VEHICLE: _LARGE,
    PlateType.LARGE_NEW_ENERGY: _LARGE,
    PlateType.SMALL_VEHICLE: _CARS,
    PlateType.SMALL_NEW_ENERGY: _CARS,
    PlateType.MOTORCYCLE: _ORDINARY_MOTORCYCLES,
    PlateType.LIGHT_MOTORCYCLE: frozenset({Kind.LIGHT_MOTORCYCLE}),
    PlateType.EMBASSY_MOTORCYCLE: _MOTORCYCLES,
    PlateType.CONSULATE_MOTORCYCLE: _MOTORCYCLES,
    PlateType.ABROAD_MOTORCYCLE: _MOTORCYCLES,
    PlateType.FOREIGN_MOTORCYCLE: _MOTORCYCLES,
    PlateType.LEARNER_MOTORCYCLE: _MOTORCYCLES,
    PlateType.TEST_MOTORCYCLE: _MOTORCYCLES,
    PlateType.TEMPORARY_ENTRY_MOTORCYCLE: _MOTORCYCLES,
    PlateType.POLICE_MOTORCYCLE: _MOTORCYCLES,
    PlateType.LOW_SPEED_VEHICLE: _LOW_SPEED,
    PlateType.TRACTOR: frozenset({Kind.FARM_TRACTOR}),
    PlateType.FORMER_FARM_MACHINE: _LOW_SPEED | {Kind.FARM_TRACTOR},
    PlateType.TRAILER: _TRAILERS,
}


def kind_of_type(type_code: str | None, use: VehicleUse | None) -> Kind | None:
    """The kind of a type code; None where the code is missing or no table knows it."""
    if type_code is None:
        return None
    kind = _KIND_OF_TYPE.get(type_code) or _KIND_OF_TYPE.get(type_code[:2])
    if use is VehicleUse.CITY_BUS and kind in _IN_CITY_SERVICE:
        return _IN_CITY_SERVICE[kind]
    return kind


def kinds_of_plate(plate_type: PlateType) -> frozenset[Kind]:
    """Every kind of vehicle that may carry a plate type."""
    return _KINDS_OF_PLATE.get(plate_type, _ANYTHING)


@lru_cache(maxsize=1024)
def covered_kinds(classes: frozenset[str]) -> frozenset[Kind]:
    """Every kind of vehicle the holder of these classes may drive."""
    all_classes = classes.union(*(ALSO_COVERS.get(one, ()) for one in classes))
    return frozenset(kind for kind in Kind if kind.value & all_classes)


def fit(
    classes: frozenset[str],
    plate_type: PlateType,
    type_code: str | None,
    use: VehicleUse | None,
) -> Fit:
    """
    Whether licence classes cover a vehicle.

    With an unknown type they must cover everything the plate may stand for.
    """
    if not classes:
        return Fit.CLASS_UNKNOWN
    covered = covered_kinds(classes)
    kind = kind_of_type(type_code, use)
    if kind is not None:
        return Fit.COVERED if kind in covered else Fit.NOT_COVERED
    possible = kinds_of_plate(plate_type)
    if possible <= covered:
        return Fit.COVERED
    return Fit.TYPE_UNKNOWN if possible & covered else Fit.NOT_COVERED
