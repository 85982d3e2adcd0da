"""Camera records of a vehicle, and what became of each: open, decided, paid, or a warning."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from sandbox.city.decisions import (
    Tally,
    as_handled,
    camera_decision,
    decision_number,
    payment,
    updated,
)
from sandbox.city.entities import CameraRecord, Decision, OffenceCode, Vehicle
from sandbox.city.offences import Measurement, OffenceBook, measurement
from sandbox.city.people import Citizen
from sandbox.city.seeds import Shuffle, chance, moment
from sandbox.city.streets import PLACES, Place

# Record number = vehicle number * 64 + place; places from 48 are decisions made on the scene.
PLACES_PER_VEHICLE = 64
FIRST_SCENE_PLACE = 48
_TWO_YEARS = 730
_STATES = ("open", "unpaid", "paid", "warning")
# The first citizen is the one everybody is shown: some of everything.
_DEMO_STATES = (
    ("open", "unpaid", "paid", "open", "warning", "open"),
    ("open", "paid", "unpaid", "open"),
)


@dataclass(frozen=True, slots=True)
class Drive:
    """One vehicle on the road: its number in the city, and who may sit at the wheel."""

    number: int
    vehicle: Vehicle
    drivers: tuple[Citizen, ...]
    slot: int
    demo: bool


@dataclass(frozen=True, slots=True)
class CameraOffice:
    """Writes camera records, and has the decisions about them entered in the drivers' tallies."""

    seed: int
    today: date
    book: OffenceBook
    numbers: Shuffle

    def records(self, drive: Drive, tallies: Mapping[int, Tally]) -> tuple[CameraRecord, ...]:
        source = chance(self.seed, "records", drive.number)
        first = max(
            drive.vehicle.first_registered,
            min(licence.first_issued for driver in drive.drivers if (licence := driver.licence)),
            self.today - timedelta(days=_TWO_YEARS),
        )
        days = (self.today - first).days - 1
        states = _DEMO_STATES[drive.slot] if drive.demo else _draw_states(source)
        if days < 1:
            return ()
        written = []
        for place, state in enumerate(states):
            day = first + timedelta(days=1 + source.randrange(days))
            capture = self._capture(source, drive, place, state, moment(day, _second(source)))
            written.append(self._settle(source, capture, drive, state, tallies))
        return tuple(written)

    def scene_decision(self, drive: Drive, place: int, tally: Tally) -> Decision | None:
        """A decision an officer made at the roadside; no camera record belongs to it."""
        source = chance(self.seed, f"scene-{place}", drive.number)
        driver = drive.drivers[0]
        if driver.licence is None:
            return None
        code = self.book.with_points(3) if drive.demo else source.choice(self.book.scene)
        days = 5 + source.randrange(20 if drive.demo else 300)
        at = moment(self.today - timedelta(days=days), _second(source))
        if at.date() <= max(driver.licence.first_issued, drive.vehicle.first_registered):
            return None
        if not tally.takes(driver.licence, code.points, at):
            return None
        capture = self._record(source, drive, FIRST_SCENE_PLACE + place, code, at)
        state = "unpaid" if drive.demo else source.choice(("unpaid", "paid", "paid"))
        handled = self._handled(source, capture, at)
        paid = payment(source, at, state, self.today)
        return replace(camera_decision(source, handled, driver, paid), source="1")

    def _capture(
        self, source: Random, drive: Drive, place: int, state: str, at: datetime
    ) -> CameraRecord:
        code = self.book.captured(source)
        # Warnings carry no points, and the demo citizen keeps the three points of the roadside.
        if state == "warning" or (drive.demo and state != "open"):
            code = source.choice(self.book.harmless)
        return self._record(source, drive, place, code, at)

    def _record(
        self, source: Random, drive: Drive, place: int, code: OffenceCode, at: datetime
    ) -> CameraRecord:
        spot = source.choice(PLACES)
        measured = measurement(code, source)
        notified_on = at.date() + timedelta(days=3 + source.randrange(10))
        hidden = self.numbers.hide(drive.number * PLACES_PER_VEHICLE + place)
        return open_record(
            f"{spot.district}79{hidden:08d}",
            drive.vehicle,
            spot,
            code,
            at,
            measured,
            notified_on=notified_on if notified_on < self.today else None,
        )

    def _settle(
        self,
        source: Random,
        record: CameraRecord,
        drive: Drive,
        state: str,
        tallies: Mapping[int, Tally],
    ) -> CameraRecord:
        decided_at = record.occurred_at + timedelta(seconds=source.randrange(86_400, 60 * 86_400))
        driver = _driver(source, drive, record.occurred_at.date())
        if state == "open" or driver is None or driver.licence is None:
            return record
        if decided_at.date() >= self.today:
            return record
        tally = tallies[driver.index]
        if not tally.takes(driver.licence, record.points, decided_at):
            return record
        paid = payment(source, decided_at, state, self.today)
        handled = replace(
            self._handled(source, record, decided_at),
            paid=paid.mark,
            fine_yuan=0 if paid.mark == "9" else record.fine_yuan,
            updated_at=updated(decided_at, paid),
        )
        tally.decisions.append(camera_decision(source, handled, driver, paid))
        return handled

    def _handled(self, source: Random, record: CameraRecord, at: datetime) -> CameraRecord:
        spot = source.choice(PLACES)
        number = decision_number(spot.district, int(record.serial[8:]))
        return as_handled(record, number, at, spot.unit, spot.unit_name)


def open_record(
    serial: str,
    vehicle: Vehicle,
    spot: Place,
    code: OffenceCode,
    at: datetime,
    measured: Measurement,
    *,
    notified_on: date | None,
) -> CameraRecord:
    """A fresh capture that nobody has handled."""
    return CameraRecord(
        serial=serial,
        plate_type=vehicle.plate_type,
        plate_number=vehicle.plate_number,
        occurred_at=at,
        capture_unit=spot.unit,
        capture_unit_name=spot.unit_name,
        place_code=spot.code,
        place=spot.text,
        district=spot.district,
        offence=code.code,
        fine_yuan=code.fine_yuan,
        points=code.points,
        measured=measured.speed,
        limit=measured.limit,
        capture_method=measured.method,
        handled="0",
        handled_at=None,
        handling_unit=None,
        handling_unit_name=None,
        paid="0",
        decision_number=None,
        violation_number=None,
        notified="0" if notified_on is None else "1",
        notified_on=notified_on,
        change="1",
        updated_at=at + timedelta(hours=26),
    )


def _draw_states(source: Random) -> list[str]:
    """Most vehicles have few records, very few have forty."""
    low, high = source.choices(
        ((0, 0), (1, 1), (2, 2), (3, 3), (4, 8), (9, 20), (21, 39), (40, 40)),
        (350, 200, 150, 110, 140, 35, 9, 6),
    )[0]
    return source.choices(_STATES, (40, 15, 39, 6), k=source.randint(low, high))


def _driver(source: Random, drive: Drive, day: date) -> Citizen | None:
    """Usually the first driver, now and then the neighbour; never somebody unlicensed that day."""
    order = drive.drivers if source.random() < 0.85 else drive.drivers[::-1]
    for driver in order:
        if driver.licence and driver.licence.first_issued < day:
            return driver
    return None


def _second(source: Random) -> int:
    """A second of the day, mostly by daylight."""
    return min(max(int(source.gauss(50_000, 16_000)), 0), 86_399)
