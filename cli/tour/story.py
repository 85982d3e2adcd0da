"""What the steps of a tour share: the client and the people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from random import Random
from typing import Any

import aiohttp

from cli.cities import own_vehicles
from cli.problems import Problem
from cli.tokens import citizen_token
from cli.tour.case import Case
from cli.tour.expectations import expect
from runtime.settings import Settings
from sandbox.city import City, Person

TOKEN_LIFE = timedelta(minutes=15)

Facts = dict[str, Any]


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


@dataclass(slots=True)
class Story:
    """One tour: against which stack, through whose eyes, and the tokens on the hero's phone."""

    http: aiohttp.ClientSession
    api_url: str
    sandbox_url: str
    settings: Settings
    city: City
    # Ours alone, and with answers that are stale after this many seconds.
    stale_after_seconds: float | None
    hero: Person = field(init=False)
    # Others than on the last tour: wrong proofs are counted per person and plate.
    chance: Random = field(default_factory=Random)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    case: Case = field(default_factory=Case)

    @property
    def is_alone(self) -> bool:
        """Whether nobody else uses the stack, or has used it before."""
        return self.stale_after_seconds is not None

    def token(self, person: Person | None = None) -> str:
        """The hero's access token, or one made for somebody else."""
        return citizen_token(self.settings, person, TOKEN_LIFE) if person else self.access_token

    def keep(self, session: Mapping[str, Any]) -> None:
        """Keep the tokens of a session, as the hero's phone does."""
        self.access_token = session["accessToken"]
        self.refresh_token = session["refreshToken"]

    async def ask(self, token: str | None, query: str, /, **variables: object) -> Answer:
        """Send a GraphQL request as a client would."""
        headers = {"Accept-Language": "en"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = {"query": query, "variables": variables}
        async with self.http.post(
            f"{self.api_url}/graphql", json=body, headers=headers
        ) as response:
            return Answer(response.status, await response.json(content_type=None))

    async def auth_code(self, channel: str) -> str:
        """What a platform gives its mini-program when the hero opens it."""
        path, name = {
            "ALIPAY": ("alipay/control/auth-codes", "authCode"),
            "WECHAT": ("wechat/control/codes", "code"),
        }[channel]
        return str((await self._control(path, {"citizen": self.hero.index}))[name])

    async def show_face(self, certify_id: str) -> None:
        """The hero looks into the camera."""
        face = {"certifyId": certify_id, "citizen": self.hero.index}
        await self._control("alipay/control/certify", face)

    async def switch(self, scenario: str, *, active: bool) -> None:
        """Switch trouble of the sandbox on or off."""
        await self._control("control/scenarios", {"name": scenario, "active": active})

    async def written(self) -> list[Facts]:
        """What the register says was really changed in it."""
        async with self.http.get(f"{self.sandbox_url}/control/writes") as response:
            writes: list[Facts] = (await response.json())["writes"]
            return writes

    async def _control(self, path: str, body: dict[str, object]) -> Facts:
        """Steer the sandbox."""
        async with self.http.post(f"{self.sandbox_url}/{path}", json=body) as response:
            expect(response.ok, f"the sandbox to do {path}", response.status)
            done: Facts = await response.json()
            return done

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
