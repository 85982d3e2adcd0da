"""Signing in with a mini-program's code, and staying signed in."""

import asyncio
import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from sandbox.city import Person
from tests.graphql.phones import SESSIONS, SIGN_IN, WHO, Phone, refused
from tests.stack import Api, Platforms, TestClock

CHANNELS = ["ALIPAY", "WECHAT"]


@pytest.fixture
def phone(api: Api, platforms: Platforms, citizen: Person) -> Phone:
    return Phone(api, platforms, citizen)


async def rows(api: Api, table: str) -> int:
    async with api.running.db.read() as connection:
        count: int = (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
        return count


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_code_opens_a_session(
    api: Api, platforms: Platforms, citizen: Person, channel: str, clock: TestClock
) -> None:
    phone = Phone(api, platforms, citizen, channel)

    result = await phone.sign_in(deviceName="  my phone ")

    viewer = result["viewer"]
    assert viewer == {"id": viewer["id"], "name": None, "verification": "NONE"}
    assert result["accessTokenExpiresAt"] == (clock.now + timedelta(minutes=15)).isoformat()
    assert result["refreshTokenExpiresAt"] == (clock.now + timedelta(days=30)).isoformat()
    assert (await phone.ask(WHO)).json() == {"data": {"viewer": viewer}}
    [session] = (await phone.ask(SESSIONS)).json()["data"]["viewer"]["sessions"]
    assert session == {
        "id": session["id"],
        "channel": channel,
        "deviceName": "my phone",
        "createdAt": clock.now.isoformat(),
        "lastUsedAt": clock.now.isoformat(),
        "expiresAt": (clock.now + timedelta(days=30)).isoformat(),
        "isCurrent": True,
    }


async def test_the_same_account_is_the_same_person_again(phone: Phone) -> None:
    first = await phone.sign_in()
    second = await phone.sign_in()

    assert first["viewer"] == second["viewer"]
    assert first["accessToken"] != second["accessToken"]
    assert len((await phone.ask(SESSIONS)).json()["data"]["viewer"]["sessions"]) == 2
    counts = [await rows(phone.api, name) for name in ("citizens", "platform_accounts", "sessions")]
    assert counts == [1, 1, 2]


async def test_two_platforms_are_two_people_until_somebody_is_verified(
    api: Api, platforms: Platforms, citizen: Person
) -> None:
    ids = {
        (await Phone(api, platforms, citizen, one).sign_in())["viewer"]["id"] for one in CHANNELS
    }

    assert len(ids) == 2


@pytest.mark.parametrize("channel", CHANNELS)
async def test_codes_that_are_no_good(
    api: Api, platforms: Platforms, citizen: Person, channel: str
) -> None:
    phone = Phone(api, platforms, citizen, channel)
    used = await phone.code()
    await phone.sign_in(authCode=used)
    expired = await phone.code()
    await platforms.advance(channel, 301)
    foreign = await platforms.auth_code(channel, citizen.index, app_id="another-app")
    message = "The authorisation code is wrong, used, expired or another app's."
    refusal = {
        "code": "AUTH_CODE_INVALID",
        "message": message,
        "nextStep": "Ask the platform for a new code and sign in again.",
    }

    for code in (used, expired, foreign, "nonsense", "", "x" * 5000, "中文", "a b", "\n"):
        result = await phone.sign_in(authCode=code)
        assert result == {"__typename": "Refused", "refusals": [refusal]}, code[:20]

    assert await rows(api, "sessions") == 1


async def test_a_code_of_the_other_platform_opens_nothing(
    api: Api, platforms: Platforms, citizen: Person
) -> None:
    code = await platforms.auth_code("WECHAT", citizen.index)

    result = await Phone(api, platforms, citizen, "ALIPAY").sign_in(authCode=code)

    assert [one["code"] for one in result["refusals"]] == ["AUTH_CODE_INVALID"]
    assert await rows(api, "sessions") == 0


async def test_one_code_many_taps_one_session(phone: Phone) -> None:
    code = await phone.code()

    results = await asyncio.gather(*(phone.sign_in(authCode=code) for _ in range(12)))

    assert sorted(one["__typename"] for one in results) == ["Refused"] * 11 + ["SignInSuccess"]
    assert await rows(phone.api, "sessions") == 1


async def test_first_sign_ins_at_once_make_one_person(phone: Phone) -> None:
    results = await asyncio.gather(*(phone.sign_in() for _ in range(8)))

    assert len({one["viewer"]["id"] for one in results}) == 1
    assert await rows(phone.api, "citizens") == 1


async def test_a_silent_platform_is_no_refusal(phone: Phone) -> None:
    for scenario in ("http-500", "drop-after", "wrong-signature", "unsigned"):
        body = {"channel": "ALIPAY", "authCode": await phone.code()}
        await phone.platforms.switch("ALIPAY", scenario)
        response = await phone.api.post({"query": SIGN_IN, "variables": {"input": body}})
        await phone.platforms.calm("ALIPAY")

        answer = response.json()
        assert answer["data"] is None, scenario
        [error] = answer["errors"]
        assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
        assert error["message"] == "支付宝暂时没有应答，请稍后再试。"
    assert await rows(phone.api, "sessions") == 0


async def test_an_access_token_tells_nobody_anything(phone: Phone, citizen: Person) -> None:
    await phone.sign_in()
    await phone.verify()

    payload = (phone.access or "").split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

    assert set(claims) == {
        *("iss", "aud", "sub", "sid", "jti", "acr", "auth_time", "iat", "nbf", "exp"),
        "sealed_identity",
    }
    assert claims["exp"] - claims["iat"] == 900
    assert citizen.identity_number not in json.dumps(claims)


async def test_an_access_token_ends_and_a_refresh_token_brings_the_next(
    phone: Phone, clock: TestClock
) -> None:
    first = await phone.sign_in()
    clock.advance(minutes=16)
    assert (await phone.ask(WHO)).status_code == 401

    second = await phone.renew()

    assert second["viewer"] == first["viewer"]
    assert second["refreshToken"] != first["refreshToken"]
    assert second["refreshTokenExpiresAt"] == first["refreshTokenExpiresAt"]
    assert (await phone.ask(WHO)).status_code == 200


async def test_a_session_is_over_after_thirty_days(phone: Phone, clock: TestClock) -> None:
    await phone.sign_in()
    for _ in range(29):
        clock.advance(days=1)
        assert (await phone.renew())["__typename"] == "SignInSuccess"
    clock.advance(days=1)

    assert await phone.renew() == refused("SESSION_ENDED")


async def test_the_same_refresh_token_twice_within_seconds_brings_the_same_successor(
    phone: Phone, clock: TestClock
) -> None:
    await phone.sign_in()
    old = phone.refresh

    first = await phone.renew(old)
    clock.advance(seconds=9)
    again = await phone.renew(old)

    assert again["refreshToken"] == first["refreshToken"]
    assert (await phone.renew())["__typename"] == "SignInSuccess"


async def test_a_copied_refresh_token_ends_the_session(phone: Phone, clock: TestClock) -> None:
    await phone.sign_in()
    copied = phone.refresh
    await phone.renew()
    clock.advance(seconds=11)

    assert await phone.renew(copied) == refused("SESSION_ENDED")

    assert await phone.renew(phone.refresh) == refused("SESSION_ENDED")
    await phone.api.running.revocations.read()
    assert (await phone.ask(WHO)).status_code == 401


async def test_parallel_refreshes_agree(phone: Phone) -> None:
    await phone.sign_in()
    token = phone.refresh

    results = await asyncio.gather(*(phone.renew(token) for _ in range(10)))

    assert len({one["refreshToken"] for one in results}) == 1
    assert (await phone.renew())["__typename"] == "SignInSuccess"


async def test_what_is_no_refresh_token(phone: Phone, clock: TestClock) -> None:
    await phone.sign_in()
    good = phone.refresh or ""
    bad = ["", "x", good[:-1], good + "A", good[::-1], "A" * 70, "中", "=" * 10, "é", good * 100]

    for token in [*bad, phone.access or ""]:
        assert await phone.renew(token) == refused("SESSION_ENDED"), token[:20]

    assert (await phone.renew(good))["__typename"] == "SignInSuccess"


async def test_the_oldest_session_makes_room(phone: Phone, clock: TestClock) -> None:
    first = await phone.sign_in()
    for _ in range(20):
        clock.advance(seconds=1)
        await phone.sign_in()

    assert len((await phone.ask(SESSIONS)).json()["data"]["viewer"]["sessions"]) == 20
    assert await phone.renew(first["refreshToken"]) == refused("SESSION_ENDED")
