"""Two neighbours at a time: each may drive the other's vehicles, so their decisions cross."""

from dataclasses import dataclass, replace
from datetime import date

from sandbox.city.decisions import Tally
from sandbox.city.entities import Decision, Licence, OffenceCode, Person, Vehicle
from sandbox.city.offences import OffenceBook
from sandbox.city.people import Citizen, PeopleOffice
from sandbox.city.seeds import Shuffle, chance
from sandbox.city.vehicles import SLOTS, VehicleOffice
from sandbox.city.violations import (
    PLACES_PER_VEHICLE,
    CameraOffice,
    Drive,
)

DEMO_POINTS = 3


@dataclass(frozen=True, slots=True)
class HouseholdOffice:
    """Makes households. Citizens 2n and 2n+1 are household n, whatever the size of the city."""

    seed: int
    people: PeopleOffice
    vehicles: VehicleOffice
    cameras: CameraOffice

    @classmethod
    def open(cls, seed: int, codes: tuple[OffenceCode, ...], today: date) -> "HouseholdOffice":
        # Serials from 90,000,000 on are kept for the magic plates.
        numbers = Shuffle(seed, "record", 90_000_000)
        return cls(
            seed=seed,
            people=PeopleOffice(seed, today),
            vehicles=VehicleOffice.open(seed, today),
            cameras=CameraOffice(seed, today, OffenceBook.of(codes), numbers),
        )

    def household(self, number: int) -> tuple[Person, Person]:
        first, second = self.people.citizen(2 * number), self.people.citizen(2 * number + 1)
        tallies = {citizen.index: self._tally(citizen) for citizen in (first, second)}
        garages = [self._garage(first, second, tallies), self._garage(second, first, tallies)]
        return (
            _person(first, garages[0], tallies[first.index]),
            _person(second, garages[1], tallies[second.index]),
        )

    def citizen_of_record(self, hidden: int) -> int:
        """Whose vehicle a record serial, or the tail of a decision number, belongs to."""
        return self.cameras.numbers.find(hidden) // PLACES_PER_VEHICLE // SLOTS

    def citizen_of_plate(self, plate_type: str, plate_number: str) -> int | None:
        vehicle = self.vehicles.plates.vehicle(plate_type, plate_number)
        return None if vehicle is None else vehicle // SLOTS

    def _tally(self, citizen: Citizen) -> Tally:
        if citizen.index == 0:
            return Tally(limit=DEMO_POINTS)
        return Tally(limit=15 if chance(self.seed, "limit", citizen.index).random() < 0.015 else 11)

    def _garage(
        self, owner: Citizen, neighbour: Citizen, tallies: dict[int, Tally]
    ) -> tuple[Vehicle, ...]:
        garage = []
        for slot, vehicle in enumerate(self.vehicles.garage(owner)):
            number = owner.index * SLOTS + slot
            drive = Drive(number, vehicle, (owner, neighbour), slot, demo=owner.index == 0)
            if slot == 0:
                tallies[owner.index].decisions.extend(self._scene(drive, tallies[owner.index]))
            garage.append(replace(vehicle, records=self.cameras.records(drive, tallies)))
        return tuple(garage)

    def _scene(self, drive: Drive, tally: Tally) -> list[Decision]:
        draw = chance(self.seed, "scene", drive.number).random()
        count = 1 if drive.demo else (draw < 0.12) + (draw < 0.02)
        made = (self.cameras.scene_decision(drive, place, tally) for place in range(count))
        return [decision for decision in made if decision is not None]


def _person(citizen: Citizen, garage: tuple[Vehicle, ...], tally: Tally) -> Person:
    return Person(
        index=citizen.index,
        identity_number=citizen.identity_number,
        name=citizen.name,
        phone=citizen.phone,
        licence=citizen.licence and _counted(citizen.licence, citizen.index, tally.points),
        vehicles=garage,
        decisions=tuple(tally.decisions),
    )


def _counted(licence: Licence, index: int, points: int) -> Licence:
    """The licence with its points; twelve of them show as status B, and the other way round."""
    if index == 0:
        return replace(licence, points=DEMO_POINTS)
    if "B" in licence.status:
        return replace(licence, points=max(points, 12))
    if points >= 12:
        status = "B" if licence.status == "A" else f"B{licence.status.replace('A', '')}"
        return replace(licence, points=points, status=status)
    return replace(licence, points=points)
