"""The registers as they stand: the city, and what was changed in it since."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from sandbox.city import CameraRecord, City, Decision, Person, Vehicle
from sandbox.city.decisions import annul, decide, decision_numbers, noon, reopened
from sandbox.city.seeds import CHINA
from sandbox.police.fields import with_camera_fields, with_decision_fields
from sandbox.police.payments import Payment

Plate = tuple[str, str]


class Records:
    """Reads through to the city; changes are kept beside it and can be thrown away."""

    def __init__(
        self,
        city: City,
        today: date | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """
        Open the registers of a city.

        :param clock: seconds since 1970: the calendar follows it, instead of standing on one day
        """
        self.city = city
        self._first_day = today or (city.today if clock is None else None)
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget every change."""
        self._day = self._first_day
        self._records: dict[str, CameraRecord | None] = {}
        self._added: dict[Plate, list[CameraRecord]] = {}
        self._decisions: dict[str, Decision] = {}
        self._owners: dict[Plate, tuple[str, str]] = {}
        self._payments: dict[str, Payment] = {}

    @property
    def today(self) -> date:
        """The day on which the register is."""
        return self.now.date()

    @today.setter
    def today(self, day: date) -> None:
        self._day = day

    @property
    def now(self) -> datetime:
        """When what happens now happens; noon, while the calendar stands on a day."""
        if self._day is None and self._clock is not None:
            return datetime.fromtimestamp(int(self._clock()), CHINA)
        return noon(self._day or self.city.today)

    def vehicle(self, plate_type: str, plate_number: str) -> Vehicle | None:
        vehicle = self.city.vehicle(plate_type, plate_number)
        if vehicle is None or (plate_type, plate_number) not in self._owners:
            return vehicle
        name, identity = self._owners[plate_type, plate_number]
        return replace(vehicle, owner_name=name, owner_id=identity)

    def person(self, identity_number: str) -> Person | None:
        return self.city.person(identity_number)

    def camera_records(self, plate_type: str, plate_number: str) -> list[CameraRecord]:
        vehicle = self.city.vehicle(plate_type, plate_number)
        records = [*(vehicle.records if vehicle else ()), *self._added_to(plate_type, plate_number)]
        current = (self._records.get(record.serial, record) for record in records)
        return [record for record in current if record]

    def camera_record(self, serial: str) -> CameraRecord | None:
        if serial in self._records:
            return self._records[serial]
        return self.city.record(serial)

    def decisions(
        self, *, number: str, violation_number: str, licence_number: str, file_number: str
    ) -> list[Decision]:
        """Those that meet every condition given; at least one must be."""
        known: tuple[Decision | None, ...]
        if number:
            known = (self.city.decision(number),)
        elif violation_number:
            known = (self.city.decision_of_violation(violation_number),)
        else:
            holder = self.city.person(licence_number) or self.city.person_of_file(file_number)
            known = holder.decisions if holder else ()
        current = {decision.number: decision for decision in known if decision} | self._decisions
        wanted = {
            "number": number,
            "violation_number": violation_number,
            "licence_number": licence_number,
            "file_number": file_number,
        }
        return [
            decision
            for decision in current.values()
            if all(getattr(decision, name) == value for name, value in wanted.items() if value)
        ]

    def decision(self, number: str) -> Decision | None:
        return self._decisions.get(number) or self.city.decision(number)

    def remove(self, serial: str) -> None:
        self._existing(serial)
        self._records[serial] = None

    def add(self, values: Mapping[str, str]) -> CameraRecord:
        """
        A new record of a known vehicle, made from its wire fields.

        What is not given is copied from the first record of citizen 0, which is an open one.

        :raises LookupError: when no such vehicle is registered
        :raises ValueError: for a field the wire does not know, or a serial already used
        """
        pattern = self.city.citizen(0).vehicles[0].records[0]
        record = with_camera_fields(pattern, values)
        if self.vehicle(record.plate_type, record.plate_number) is None:
            raise LookupError(f"no vehicle {record.plate_type} {record.plate_number}")
        if self.camera_record(record.serial):
            raise ValueError(f"record {record.serial} exists")
        self._records[record.serial] = record
        self._added.setdefault((record.plate_type, record.plate_number), []).append(record)
        return record

    def change(self, serial: str, values: Mapping[str, str]) -> CameraRecord:
        record = with_camera_fields(self._existing(serial), values)
        self._records[serial] = record
        return record

    def change_decision(self, number: str, values: Mapping[str, str]) -> Decision:
        decision = self.decision(number)
        if decision is None:
            raise LookupError(f"no decision {number}")
        self._decisions[number] = with_decision_fields(decision, values)
        return self._decisions[number]

    def handle(self, serial: str, licence_number: str) -> Decision:
        """Decide an open record against a driver, as some other channel would."""
        record = self._existing(serial)
        person = self.person(licence_number)
        if person is None or person.licence is None:
            raise LookupError(f"no driver {licence_number}")
        if record.handled == "1":
            raise ValueError(f"record {serial} is handled")
        number = next(one for one in decision_numbers(record) if self.decision(one) is None)
        handled, decision = decide(record, person, self.now, number)
        self._records[serial] = handled
        self._decisions[decision.number] = decision
        return decision

    def pay(self, number: str, on: date | None = None) -> Decision:
        """Mark a decision, and the camera record it is about, as paid at a bank."""
        decision = self.change_decision(
            number, {"jkbj": "1", "jkfs": "2", "jkrq": str(on or self.today), "jllx": "2"}
        )
        for record in self._decided(decision):
            self.change(record.serial, {"jkbj": "1"})
        return decision

    def payment(self, serial: str) -> Payment | None:
        """The payment that was reported under a serial."""
        return self._payments.get(serial)

    def note_payment(self, payment: Payment) -> None:
        """Enter a reported payment."""
        self._payments[payment.serial] = payment
        self.pay(payment.decision, payment.on)

    def annul(self, number: str) -> None:
        """Bury a decision; the camera record it was about is open again."""
        decision = self.decision(number)
        if decision is None:
            raise LookupError(f"no decision {number}")
        for record in self._decided(decision):
            self._records[record.serial] = reopened(record, self.now)
        self._decisions[number] = annul(decision, self.now)

    def change_owner(self, plate_type: str, plate_number: str, name: str, identity: str) -> None:
        if self.vehicle(plate_type, plate_number) is None:
            raise LookupError(f"no vehicle {plate_type} {plate_number}")
        self._owners[plate_type, plate_number] = (name, identity)

    def _decided(self, decision: Decision) -> list[CameraRecord]:
        records = self.camera_records(decision.plate_type, decision.plate_number)
        return [record for record in records if record.decision_number == decision.number]

    def _added_to(self, plate_type: str, plate_number: str) -> list[CameraRecord]:
        return self._added.get((plate_type, plate_number), [])

    def _existing(self, serial: str) -> CameraRecord:
        record = self.camera_record(serial)
        if record is None:
            raise LookupError(f"no record {serial}")
        return record
