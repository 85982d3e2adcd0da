"""What the steps of a tour share: the client, the people, and how a step fails."""

from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from random import Random
from typing import Any

import aiohttp

from cli.cities import own_vehicles
from cli.problems import Problem
from cli.tokens import citizen_token
from runtime.settings import Settings
from sandbox.city import City, Person

TOKEN_LIFE = timedelta(minutes=15)

Facts = dict[str, Any]


class StepFailed(Exception):
    """A step did not hold: what was expected, and what came."""

    def __init__(self, expected: object, came: object) -> None:
        super().__init__(f"expected {expected}, but {came} came")
        self.expected = expected
        self.came = came


def expect(holds: bool, expected: object, came: object) -> None:
    """:raises StepFailed: if it does not hold"""
    if not holds:
        raise StepFailed(expected, came)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """The data of an answer without errors. :raises StepFailed: if there are any"""
        is_whole = self.status == HTTPStatus.OK and not self.body.get("errors")
        expect(is_whole and bool(self.body.get("data")), "an answer without errors", self.body)
        data: dict[str, Any] = self.body["data"]
        return data

    @property
    def error_codes(self) -> list[str]:
        """The codes of `errors`."""
        return [error["extensions"]["code"] for error in self.body.get("errors", ())]


@dataclass(frozen=True, slots=True)
class Story:
    """One tour: against which stack, through whose eyes."""

    http: aiohttp.ClientSession
    api_url: str
    sandbox_url: str
    settings: Settings
    city: City
    hero: Person
    # Ours alone, and with answers that are stale after this many seconds.
    stale_after_seconds: float | None
    # Others than on the last tour: wrong proofs are counted per person and plate.
    chance: Random = field(default_factory=Random)

    def token(self, person: Person | None = None) -> str:
        """A token of the hero, or of somebody else."""
        return citizen_token(self.settings, person or self.hero, TOKEN_LIFE)

    async def ask(self, token: str, query: str, **variables: object) -> Answer:
        """Send a GraphQL request as a client would."""
        async with self.http.post(
            f"{self.api_url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
        ) as response:
            return Answer(response.status, await response.json(content_type=None))

    async def switch(self, scenario: str, *, active: bool) -> None:
        """Switch trouble of the sandbox on or off."""
        async with self.http.post(
            f"{self.sandbox_url}/control/scenarios", json={"name": scenario, "active": active}
        ) as response:
            expect(response.ok, f"the sandbox to switch {scenario}", response.status)

    def stranger(self, *, with_vehicle: bool = False, not_this: Person | None = None) -> Person:
        """
        Somebody else of the city, with a licence, another one on every tour.

        :raises Problem: if nobody fits
        """
        numbers = list(range(len(self.city)))
        self.chance.shuffle(numbers)
        taken = {self.hero.index, not_this.index if not_this else None}
        for person in map(self.city.citizen, numbers):
            fits = person.licence and (own_vehicles(person) or not with_vehicle)
            if fits and person.index not in taken:
                return person
        raise Problem("This city is too small for a tour: start clearway dev with --citizens 50.")


def find_hero(city: City) -> Person:
    """
    The first citizen with a licence and a vehicle of his own.

    :raises Problem: if there is none
    """
    for person in city.citizens():
        if person.licence and own_vehicles(person):
            return person
    raise Problem("Nobody in this city drives: start clearway dev with --citizens 50.")
