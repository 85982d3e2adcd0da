"""Seeing and ending sessions; what is revoked is revoked everywhere."""

import time
from pathlib import Path

import pytest

from models.database import Database
from sandbox.city import Person
from services.dismissals import DismissalService
from tests.graphql.phones import END_SESSION, SESSIONS, SIGN_OUT, WHO, Phone, refused
from tests.stack import Api, Platforms, Register, TestClock, running_api, settings_for


@pytest.fixture
def phone(api: Api, platforms: Platforms, citizen: Person) -> Phone:
    return Phone(api, platforms, citizen)


@pytest.fixture
def other(api: Api, platforms: Platforms, citizen: Person) -> Phone:
    """Another phone of the same person."""
    return Phone(api, platforms, citizen)


async def sessions(phone: Phone) -> list[str]:
    shown = (await phone.ask(SESSIONS)).json()["data"]["viewer"]["sessions"]
    return [one["id"] for one in shown]


async def test_signing_out_ends_this_session_only(phone: Phone, other: Phone) -> None:
    await phone.sign_in()
    await other.sign_in()

    result = await phone.do("signOut", SIGN_OUT)

    assert result == {"__typename": "SignOutSuccess", "everywhere": False}
    await phone.api.running.revocations.read()
    assert (await phone.ask(WHO)).status_code == 401
    assert await phone.renew() == refused("SESSION_ENDED")
    assert len(await sessions(other)) == 1


async def test_signing_out_everywhere(phone: Phone, other: Phone) -> None:
    await phone.sign_in()
    await other.sign_in()

    assert (await phone.do("signOut", SIGN_OUT, everywhere=True))["everywhere"] is True

    await phone.api.running.revocations.read()
    assert {(await one.ask(WHO)).status_code for one in (phone, other)} == {401}
    assert await other.renew() == refused("SESSION_ENDED")


async def test_signing_out_with_the_refresh_token_alone(phone: Phone, clock: TestClock) -> None:
    await phone.sign_in()
    clock.advance(hours=1)

    for _ in range(2):
        result = await phone.do("signOut", SIGN_OUT, signed_out=True, refreshToken=phone.refresh)
        assert result["__typename"] == "SignOutSuccess"

    assert await phone.renew() == refused("SESSION_ENDED")


async def test_signing_out_needs_a_session(api: Api) -> None:
    body = {"query": SIGN_OUT, "variables": {"input": {}}}

    anonymous = (await api.post(body)).json()
    outside = (await api.post(body, api.token(None))).json()

    assert [one["extensions"]["code"] for one in anonymous["errors"]] == ["UNAUTHENTICATED"]
    assert [one["extensions"]["code"] for one in outside["errors"]] == ["FORBIDDEN"]


async def test_a_token_of_another_issuer_can_be_signed_out(api: Api, citizen: Person) -> None:
    token = api.token(citizen, sid="elsewhere-1")
    still = api.token(citizen, sid="elsewhere-2")

    await api.post({"query": SIGN_OUT, "variables": {"input": {}}}, token)

    await api.running.revocations.read()
    statuses = [(await api.post({"query": WHO}, one)).status_code for one in (token, still)]
    assert statuses == [401, 200]


async def test_ending_the_session_of_a_lost_phone(phone: Phone, other: Phone) -> None:
    await phone.sign_in()
    await other.sign_in()
    shown = (await phone.ask(SESSIONS)).json()["data"]["viewer"]["sessions"]
    lost = next(one["id"] for one in shown if not one["isCurrent"])

    result = await phone.do("endSession", END_SESSION, sessionId=lost)

    assert result == {"__typename": "EndSessionSuccess", "sessionId": lost}
    await phone.api.running.revocations.read()
    assert (await other.ask(WHO)).status_code == 401
    assert (await phone.ask(WHO)).status_code == 200
    assert await phone.do("endSession", END_SESSION, sessionId=lost) == refused("NOT_FOUND")


async def test_nobody_ends_a_strangers_session(
    phone: Phone, api: Api, platforms: Platforms, stranger: Person
) -> None:
    await phone.sign_in()
    [mine] = await sessions(phone)
    thief = Phone(api, platforms, stranger)
    await thief.sign_in()

    assert await thief.do("endSession", END_SESSION, sessionId=mine) == refused("NOT_FOUND")

    assert (await phone.ask(WHO)).status_code == 200


async def test_another_process_knows_within_seconds(
    phone: Phone,
    trial: Path,
    database_url: str,
    register: Register,
    platforms: Platforms,
    clock: TestClock,
) -> None:
    settings = settings_for(trial, register.url, platforms)
    async with running_api(settings, database_url, clock) as second:
        await phone.sign_in()
        assert (await second.post({"query": WHO}, phone.access)).status_code == 200

        await phone.do("signOut", SIGN_OUT)

        await second.running.revocations.read()
        assert (await second.post({"query": WHO}, phone.access)).status_code == 401


async def test_an_officer_is_dismissed_and_let_in_again(api: Api, clock: TestClock) -> None:
    def signed(subject: str) -> str:
        return api.token(aud=api.settings.officer_audience, sub=subject, acr=None)

    service = DismissalService(api.running.db, clock)
    token, other = signed("officer-7"), signed("officer-8")

    async def status(token: str) -> int:
        await api.running.revocations.read()
        return (await api.post({"query": "{ viewer { id } }"}, token)).status_code

    assert await status(token) == 200
    await service.dismiss(api.settings.own_issuer, "officer-7", "left the bureau")
    # One that the issuer signs afterwards is refused as well.
    assert [await status(one) for one in (token, signed("officer-7"), other)] == [401, 401, 200]
    clock.advance(days=1)
    assert await status(signed("officer-7")) == 401
    await service.reinstate(api.settings.own_issuer, "officer-7")
    assert await status(signed("officer-7")) == 200


async def test_nobody_gets_in_on_old_knowledge(phone: Phone) -> None:
    """While nobody can say what is revoked: come back, not come in."""
    await phone.sign_in()
    revocations = phone.api.running.revocations
    dead = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    revocations.db = dead
    revocations.monotonic = lambda: time.monotonic() + 3600

    response = await phone.ask(WHO)

    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert [one["extensions"]["code"] for one in response.json()["errors"]] == ["RETRY_LATER"]
    assert (await phone.api.post({"query": WHO})).json() == {"data": {"viewer": None}}
    await dead.close()
