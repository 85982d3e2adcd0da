"""The whole city: made on demand, looked up by any number printed on a document."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

import orjson

from sandbox.city.entities import CameraRecord, Decision, OffenceCode, Person, Vehicle
from sandbox.city.households import HouseholdOffice
from sandbox.city.magic import MagicStreet
from sandbox.city.seeds import DEFAULT_TODAY

# A load test returns to the same people; this many households cost some tens of megabytes.
_REMEMBERED_HOUSEHOLDS = 4096


class City:
    """
    An immutable city. Citizen n is the same in all cities of one seed and code table.

    `magic_citizen` keeps the vehicles of `MAGIC_PLATES`; `magic_buyer` is whom they are sold to.
    """

    def __init__(
        self, seed: int, citizens: int, codes: Sequence[OffenceCode], today: date = DEFAULT_TODAY
    ) -> None:
        self.seed = seed
        self.today = today
        self.codes = tuple(codes)
        self._citizens = citizens
        self._office = HouseholdOffice.open(seed, self.codes, today)
        self._household = lru_cache(_REMEMBERED_HOUSEHOLDS)(self._office.household)
        self._magic = MagicStreet.build(self._office.cameras.book, today)

    def __len__(self) -> int:
        return self._citizens

    @property
    def magic_citizen(self) -> Person:
        return self._magic.citizen

    @property
    def magic_buyer(self) -> Person:
        return self._magic.buyer

    def citizen(self, number: int) -> Person:
        """
        Citizen `number`, counted from 0.

        :raises IndexError: when the city is smaller
        """
        if not 0 <= number < self._citizens:
            raise IndexError(f"citizen {number} of {self._citizens}")
        return self._neighbours(number)[number % 2]

    def citizens(self) -> Iterator[Person]:
        return map(self.citizen, range(self._citizens))

    def vehicle(self, plate_type: str, plate_number: str) -> Vehicle | None:
        if plate := self._magic.vehicles.get((plate_type, plate_number)):
            return plate
        citizen = self._office.citizen_of_plate(plate_type, plate_number)
        for person in self._neighbours(citizen):
            for vehicle in person.vehicles:
                if (vehicle.plate_type, vehicle.plate_number) == (plate_type, plate_number):
                    return vehicle
        return None

    def person(self, identity_number: str) -> Person | None:
        for person in self._magic.people:
            if person.identity_number == identity_number:
                return person
        for person in self._neighbours(self._office.people.by_identity(identity_number)):
            if person.identity_number == identity_number:
                return person
        return None

    def person_of_file(self, file_number: str) -> Person | None:
        """The holder of the licence kept under this file number."""
        holder = self._office.people.by_file(file_number)
        for person in (*self._magic.people, *self._neighbours(holder)):
            if person.licence and person.licence.file_number == file_number:
                return person
        return None

    def record(self, serial: str) -> CameraRecord | None:
        for person in self._of_number(serial):
            for vehicle in person.vehicles:
                for record in vehicle.records:
                    if record.serial == serial:
                        return record
        return None

    def decision(self, number: str) -> Decision | None:
        for person in self._of_number(number):
            for decision in person.decisions:
                if decision.number == number:
                    return decision
        return None

    def decision_of_violation(self, violation_number: str) -> Decision | None:
        for person in self._of_number(violation_number[:21]):
            for decision in person.decisions:
                if decision.violation_number == violation_number:
                    return decision
        return None

    def citizens_with(self, vehicles: int) -> int:
        """How many citizens have so many vehicles between them; never fewer than there are."""
        citizens, owned = 0, 0
        while owned < vehicles or citizens < self._citizens:
            owned += self._office.vehicles.count(citizens)
            citizens += 1
        return citizens

    def to_jsonl(self) -> Iterator[bytes]:
        """One line of JSON per citizen, the citizen of the magic plates last."""
        for person in self.citizens():
            yield orjson.dumps(person) + b"\n"
        yield orjson.dumps(self.magic_citizen) + b"\n"

    def _of_number(self, number: str) -> tuple[Person, ...]:
        tail = number[-8:]
        if len(tail) != 8 or not (tail.isascii() and tail.isdigit()):
            return ()
        if tail >= "90000000":
            return self._magic.people
        return self._neighbours(self._office.citizen_of_record(int(tail)))

    def _neighbours(self, citizen: int | None) -> tuple[Person, ...]:
        # The neighbour of an odd city's last citizen may have driven for him, so he is known too.
        if citizen is None or not 0 <= citizen < self._citizens + self._citizens % 2:
            return ()
        return self._household(citizen // 2)


def generate_city(
    seed: int,
    citizens: int,
    codes: Sequence[OffenceCode],
    vehicles: int | None = None,
    *,
    today: date = DEFAULT_TODAY,
) -> City:
    """
    A city of `citizens`, or of as many more as it takes to have `vehicles` vehicles.

    Nothing is made before it is asked for, so size costs neither time nor memory.

    :raises ValueError: without any code, or without any citizen
    """
    if citizens < 1:
        raise ValueError("a city needs at least one citizen")
    city = City(seed, citizens, codes, today)
    if vehicles is None:
        return city
    return City(seed, city.citizens_with(vehicles), codes, today)
