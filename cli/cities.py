"""The sandbox's city, made from our table of violation codes."""

from functools import cache

from cli.problems import Problem
from domain.codes import all_rows
from domain.plates import PlateType
from sandbox.city import City, OffenceCode, Person, Vehicle, generate_city

FEN_PER_YUAN = 100


@cache
def offence_codes() -> tuple[OffenceCode, ...]:
    """The codes that are in force today, as the police register would hold them."""
    return tuple(
        OffenceCode(
            row.code,
            row.description,
            row.fine.fen // FEN_PER_YUAN if row.fine else None,
            row.points or 0,
        )
        for row in all_rows()
        if row.valid_until is None
    )


def make_city(seed: int, citizens: int, *, vehicles: int | None = None) -> City:
    """The city of a seed: `citizens` people, or as many more as it takes to have `vehicles`."""
    return generate_city(seed, citizens, offence_codes(), vehicles)


def find_citizen(city: City, number: int) -> Person:
    """
    One person of the city.

    :raises Problem: if there are not so many
    """
    try:
        return city.citizen(number)
    except IndexError:
        raise Problem(
            f"There is no citizen {number}: this city has citizens 0 to {len(city) - 1}."
        ) from None


def own_vehicles(person: Person) -> list[Vehicle]:
    """The vehicles whose record names him as the owner: those he can bind."""
    return [one for one in person.vehicles if one.owner_id == person.identity_number]


def binding(vehicle: Vehicle) -> dict[str, str]:
    """The input of `bindVehicle`, with the proof that is printed on the vehicle licence."""
    return {
        "plate": vehicle.plate_number,
        "plateType": PlateType(vehicle.plate_type).name,
        "proof": vehicle.vin[-6:],
    }
