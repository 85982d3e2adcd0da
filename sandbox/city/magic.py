"""Magic plates: in every city, owned by one fixed citizen, each always showing one quirk."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sandbox.city.checks import identity_number, vin
from sandbox.city.decisions import (
    Payment,
    as_handled,
    camera_decision,
    decision_number,
    updated,
)
from sandbox.city.entities import CameraRecord, Decision, Person, Vehicle
from sandbox.city.magic_plates import MAGIC_PLATES, PLATE_TYPE
from sandbox.city.offences import OffenceBook, measurement
from sandbox.city.people import AREA, Citizen, licence
from sandbox.city.seeds import chance, moment
from sandbox.city.streets import PLACES
from sandbox.city.violations import open_record

_FIRST_SERIAL = 90_000_000


@dataclass(frozen=True, slots=True)
class MagicStreet:
    citizen: Person
    buyer: Person
    vehicles: dict[tuple[str, str], Vehicle]

    @property
    def people(self) -> tuple[Person, Person]:
        return (self.citizen, self.buyer)

    @classmethod
    def build(cls, book: OffenceBook, today: date) -> "MagicStreet":
        owner = _citizen(-1, "19880808", "魔术师", "500199999999", today)
        buyer = _citizen(-2, "19920229", "新车主", "500199999998", today)
        decisions: list[Decision] = []
        vehicles = tuple(
            _vehicle(place, plate, owner, book, today, decisions)
            for place, plate in enumerate(MAGIC_PLATES.values())
        )
        return cls(
            citizen=_person(owner, vehicles, tuple(decisions)),
            buyer=_person(buyer, (), ()),
            vehicles={(PLATE_TYPE, vehicle.plate_number): vehicle for vehicle in vehicles},
        )


def _citizen(index: int, birth: str, name: str, file_number: str, today: date) -> Citizen:
    # Sequence 999 is never given to an ordinary citizen.
    held = licence(file_number, "C1", date(2012, 3, 15), "A", today)
    return Citizen(index, identity_number(AREA, birth, 999), name, "12000000000", held)


def _person(
    citizen: Citizen, vehicles: tuple[Vehicle, ...], decisions: tuple[Decision, ...]
) -> Person:
    return Person(
        index=citizen.index,
        identity_number=citizen.identity_number,
        name=citizen.name,
        phone=citizen.phone,
        licence=citizen.licence,
        vehicles=vehicles,
        decisions=decisions,
    )


def _vehicle(
    place: int,
    plate: str,
    owner: Citizen,
    book: OffenceBook,
    today: date,
    decisions: list[Decision],
) -> Vehicle:
    vehicle = Vehicle(
        plate_type=PLATE_TYPE,
        plate_number=plate,
        vin=vin("LTESTCAR", f"N0{place:06d}"),
        engine_number=f"MAG{place:07d}",
        make="长安牌",
        colour="A",
        type_code="K33",
        use="A",
        owner_name=owner.name,
        owner_id=owner.identity_number,
        first_registered=date(2021, 6, 18),
        inspection_until=date(today.year + 1, 6, 30),
        scrap_on=None,
        insurance_until=date(today.year + 1, 6, 17),
        authority="渝A",
        status="A",
        updated_at=moment(date(2021, 6, 18), 36_000),
        records=(),
    )
    return replace(vehicle, records=_records(place, vehicle, owner, book, today, decisions))


def _records(
    place: int,
    vehicle: Vehicle,
    owner: Citizen,
    book: OffenceBook,
    today: date,
    decisions: list[Decision],
) -> tuple[CameraRecord, ...]:
    """Three of them: open, decided but unpaid for weeks, and paid."""
    captured = [_capture(place, number, vehicle, book, today) for number in range(3)]
    settled = [captured[0]]
    for record, paid in zip(
        captured[1:],
        (Payment("0", "0", None), Payment("1", "2", today - timedelta(days=90))),
        strict=True,
    ):
        at = record.occurred_at + timedelta(days=10)
        number = decision_number(record.district, int(record.serial[8:]))
        unit, unit_name = record.capture_unit, record.capture_unit_name
        handled = replace(
            as_handled(record, number, at, unit, unit_name),
            paid=paid.mark,
            updated_at=updated(at, paid),
        )
        settled.append(handled)
        decisions.append(camera_decision(chance(0, "magic", place), handled, owner, paid))
    return tuple(settled)


def _capture(
    place: int, number: int, vehicle: Vehicle, book: OffenceBook, today: date
) -> CameraRecord:
    spot = PLACES[number]
    at = moment(today - timedelta(days=(20, 70, 110)[number]), 34_538)  # half past nine
    code = book.harmless[number % len(book.harmless)]
    return open_record(
        f"{spot.district}79{_FIRST_SERIAL + place * 10 + number}",
        vehicle,
        spot,
        code,
        at,
        measurement(code, chance(0, "magic-camera", place * 10 + number)),
        notified_on=at.date() + timedelta(days=5),
    )
