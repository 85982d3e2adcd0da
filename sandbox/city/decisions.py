"""Penalty decisions, and how many points each driver of a household has taken in his cycle."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from sandbox.city.entities import CameraRecord, Decision, Licence, Person
from sandbox.city.people import Citizen
from sandbox.city.seeds import chance, moment, years_after

# A code without a fine still ends in a decision with one.
DEFAULT_FINE_YUAN = 100


@dataclass(slots=True)
class Tally:
    """What one driver was decided to owe. Most drivers stop handling before twelve points."""

    limit: int
    points: int = 0
    decisions: list[Decision] = field(default_factory=list)

    def takes(self, licence: Licence, points: int, decided_at: datetime) -> bool:
        """Count the points of a decision if they fall into this cycle and the driver bears them."""
        if decided_at.date() < years_after(licence.points_clear_on, -1):
            return True
        if self.points + points > self.limit:
            return False
        self.points += points
        return True


@dataclass(frozen=True, slots=True)
class Payment:
    mark: str
    way: str
    on: date | None


def payment(source: Random, decided_at: datetime, state: str, today: date) -> Payment:
    """How a decision was paid by today; a payment that would lie ahead has not happened."""
    if state == "warning":
        return Payment("9", "0", None)
    late = source.random() < 0.1
    on = decided_at.date() + timedelta(
        days=16 + source.randrange(25) if late else source.randrange(15)
    )
    if state == "unpaid" or on > today:
        return Payment("0", "0", None)
    return Payment("1", "2", on)


def camera_decision(
    source: Random, record: CameraRecord, driver: Citizen, paid: Payment
) -> Decision:
    """The decision that a handled record names; both carry the same numbers."""
    if not (record.handled_at and record.decision_number and record.violation_number):
        raise ValueError(f"record {record.serial} is not handled")
    if driver.licence is None:
        raise ValueError("only a licensed driver accepts a penalty")
    warning = paid.mark == "9"
    return Decision(
        number=record.decision_number,
        check_digit=str(source.randrange(10)),
        kind="1",
        licence_number=driver.identity_number,
        file_number=driver.licence.file_number,
        driver=driver.name,
        plate_type=record.plate_type,
        plate_number=record.plate_number,
        occurred_at=record.occurred_at,
        place_code=record.place_code,
        place=record.place,
        offence=record.offence,
        points=record.points,
        fine_yuan=0 if warning else record.fine_yuan or DEFAULT_FINE_YUAN,
        penalty_kind="1" if warning else "2",
        decided_at=record.handled_at,
        unit=record.handling_unit or record.capture_unit,
        unit_name=record.handling_unit_name or record.capture_unit_name,
        paid=paid.mark,
        paid_by=paid.way,
        paid_on=paid.on,
        violation_number=record.violation_number,
        source="2",
        change="1" if paid.on is None else "2",
        updated_at=updated(record.handled_at, paid),
    )


def decide(
    record: CameraRecord, person: Person, at: datetime, number: str
) -> tuple[CameraRecord, Decision]:
    """Handle an open record; the register then shows both."""
    handled = as_handled(record, number, at, record.capture_unit, record.capture_unit_name)
    # A capture of the night before may have been entered after it: what comes later is newer.
    handled = replace(handled, updated_at=max(at, record.updated_at))
    driver = Citizen(
        person.index, person.identity_number, person.name, person.phone, person.licence
    )
    source = chance(0, "decide", int(record.serial))
    return handled, camera_decision(source, handled, driver, Payment("0", "0", None))


def annul(decision: Decision, at: datetime) -> Decision:
    """The tombstone of a decision."""
    return replace(decision, change="3", updated_at=max(at, decision.updated_at))


def reopened(record: CameraRecord, at: datetime) -> CameraRecord:
    """A record whose decision was annulled: it can be handled anew, under another number."""
    return replace(
        record,
        handled="0",
        handled_at=None,
        handling_unit=None,
        handling_unit_name=None,
        paid="0",
        decision_number=None,
        violation_number=None,
        change="2",
        updated_at=max(at, record.updated_at),
    )


def as_handled(
    record: CameraRecord, number: str, at: datetime, unit: str, unit_name: str
) -> CameraRecord:
    return replace(
        record,
        handled="1",
        handled_at=at,
        handling_unit=unit,
        handling_unit_name=unit_name,
        decision_number=number,
        violation_number=violation_number(number, at),
        change="2",
        updated_at=at,
    )


def updated(decided_at: datetime, paid: Payment) -> datetime:
    return decided_at if paid.on is None else max(decided_at, moment(paid.on, 64_800))


def noon(day: date) -> datetime:
    return moment(day, 43_200)


def decision_numbers(record: CameraRecord) -> Iterator[str]:
    """The numbers of an open record's decision, and of those after each annulment."""
    return (decision_number(record.district, int(record.serial[8:]), turn) for turn in range(1, 10))


def decision_number(district: str, hidden: int, turn: int = 1) -> str:
    """Fifteen digits: area, kind of document or turn, serial."""
    return f"{district}{turn}{hidden:08d}"


def violation_number(decision: str, decided_at: datetime) -> str:
    """Twenty-two digits: area, year, kind, digits 6-15 of the decision, index."""
    return f"{decision[:6]}{decided_at.year}1{decision[5:]}1"
