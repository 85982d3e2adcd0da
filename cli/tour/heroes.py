"""Who plays the hero of a tour."""

from collections.abc import Iterator

from cli.cities import binding, own_vehicles
from cli.problems import Problem
from cli.tour.citizen_steps import BIND
from cli.tour.story import Story
from sandbox.city import City, Person

LEFT = """
{ viewer { violations(first: 50) { nodes { eligibility { allowed }
  decision { number quote { dueOn } payment { status } } } } } }
"""
# A licence that nothing speaks against, and the plates of small cars.
IN_ORDER, SMALL = "A", "02"
MOST_FINE_YUAN = 200


async def find_hero(story: Story) -> Person:
    """
    The first driver with a violation left to accept, and a fine left to pay.

    :raises Problem: if there is none
    """
    for person in _drivers(story.city):
        # In a stack of our own everything is as the city was made.
        if story.is_alone or await _has_something_left(story, person):
            return person
    raise Problem(
        "Nobody in this city has a violation left to accept and a fine left to pay: start clearway"
        " dev with --citizens 2000, or with another --data-dir and --seed."
    )


def _drivers(city: City) -> Iterator[Person]:
    for person in city.citizens():
        drives = person.licence is not None and person.licence.status == IN_ORDER
        if (
            drives
            and _has_light_record(person)
            and any(one.paid == "0" for one in person.decisions)
        ):
            yield person


def _has_light_record(person: Person) -> bool:
    """Whether something without points is open: points may be full after some tours."""
    return any(
        record.handled == "0"
        and record.points == 0
        and 0 < (record.fine_yuan or 0) <= MOST_FINE_YUAN
        for vehicle in own_vehicles(person)
        if vehicle.plate_type == SMALL
        for record in vehicle.records
    )


async def _has_something_left(story: Story, person: Person) -> bool:
    """Whether earlier tours have left something; only bound vehicles tell."""
    token = story.token(person)
    for vehicle in own_vehicles(person):
        await story.ask(token, BIND, input=binding(vehicle))
    nodes = (await story.ask(token, LEFT)).data["viewer"]["violations"]["nodes"]
    decisions = [node["decision"] for node in nodes if node["decision"]]
    owed = [one for one in decisions if one["number"] and one["quote"] and not one["payment"]]
    return bool(owed) and any(node["eligibility"]["allowed"] for node in nodes)
