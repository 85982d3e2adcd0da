"""Raising how surely somebody is known: only the platform's word counts."""

import asyncio

import pytest
from sqlalchemy import text

from cli.cities import own_vehicles
from sandbox.city import Person
from tests.graphql.phones import COMPLETE, SESSIONS, SIGN_OUT, START, WHO, Phone, refused
from tests.graphql.queries import BIND, binding
from tests.stack import Api, Platforms, TestClock

LICENCE = "{ viewer { licence { points } vehicles { totalCount } } }"


@pytest.fixture
async def phone(api: Api, platforms: Platforms, citizen: Person) -> Phone:
    """Signed in through Alipay, not verified."""
    one = Phone(api, platforms, citizen)
    await one.sign_in()
    return one


@pytest.fixture
async def wechat(api: Api, platforms: Platforms, citizen: Person) -> Phone:
    """The same person's WeChat, signed in, not verified."""
    one = Phone(api, platforms, citizen, "WECHAT")
    await one.sign_in()
    return one


async def viewer(phone: Phone) -> dict[str, str]:
    shown: dict[str, str] = (await phone.ask(WHO)).json()["data"]["viewer"]
    return shown


async def test_a_face_opens_the_records(phone: Phone, clock: TestClock) -> None:
    before = (await phone.ask(LICENCE)).json()
    assert {one["extensions"]["code"] for one in before["errors"]} == {"STEP_UP_REQUIRED"}

    result = await phone.verify()

    shown = result["session"]["viewer"]
    assert shown["name"].startswith("*")
    assert shown["verification"] == "FACE"
    assert await viewer(phone) == shown
    after = (await phone.ask(LICENCE)).json()
    assert after == {"data": {"viewer": {"licence": {"points": 3}, "vehicles": {"totalCount": 0}}}}


async def test_a_photo_of_the_card_reaches_basic(phone: Phone) -> None:
    result = await phone.verify(method="DOCUMENT_PHOTO")

    assert result["session"]["viewer"]["verification"] == "BASIC"


async def test_who_was_verified_is_known_at_the_next_sign_in_but_not_by_face(phone: Phone) -> None:
    first = await phone.verify()

    again = await phone.sign_in()

    assert again["viewer"]["id"] == first["session"]["viewer"]["id"]
    assert again["viewer"]["verification"] == "BASIC"
    assert (await phone.renew())["viewer"]["verification"] == "BASIC"
    assert (await phone.verify(name=None, identityNumber=None))["session"]["viewer"] == (
        first["session"]["viewer"]
    )


async def test_nothing_that_the_client_says_counts(phone: Phone, stranger: Person) -> None:
    """Not done, cancelled, failed, another's face, another's name: the platform says no."""
    started = await phone.start()
    check = started["verificationId"]
    assert await phone.complete(check) == refused("VERIFICATION_NOT_PASSED")
    for outcome in ("cancel", "fail"):
        await phone.platforms.finish_check(started["certifyId"], outcome)
        assert await phone.complete(check) == refused("VERIFICATION_NOT_PASSED")
    assert await phone.verify(face=stranger) == refused("VERIFICATION_NOT_PASSED")
    assert await phone.verify(name="李四") == refused("VERIFICATION_NOT_PASSED")
    taken = await phone.verify(name=stranger.name, identityNumber=stranger.identity_number)

    assert taken == refused("VERIFICATION_NOT_PASSED")
    assert (await viewer(phone))["verification"] == "NONE"


async def test_typing_errors_are_told_before_anybody_is_asked(phone: Phone) -> None:
    number = phone.person.identity_number
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    for bad in ("", "1", wrong, number[:-1], "5000001990023012340", "中" * 18, None):
        result = await phone.start(identityNumber=bad)
        assert result == refused("IDENTITY_NUMBER_INVALID"), bad
    for bad in ("", " ", "x", "a1", "x" * 51, "<b>名</b>", None):
        assert await phone.start(name=bad) == refused("NAME_INVALID"), bad

    assert await phone.platforms.calls("ALIPAY", "alipay.user.certify.open.initialize") == 0
    typed = f" {number[:6]} {number[6:].lower()} ".translate(str.maketrans("0123", "０１２３"))
    assert (await phone.start(identityNumber=typed))["__typename"] == "StartVerificationSuccess"


async def test_two_platforms_become_one_person_when_the_names_match(
    phone: Phone, wechat: Phone
) -> None:
    await phone.verify()
    await bind_all_as(phone)
    before = await viewer(wechat)

    await wechat.verify()

    assert await viewer(wechat) == await viewer(phone) != before
    assert (await wechat.ask(LICENCE)).json()["data"]["viewer"]["vehicles"]["totalCount"] == 2
    sessions = (await wechat.ask(SESSIONS)).json()["data"]["viewer"]["sessions"]
    assert sorted(one["channel"] for one in sessions) == ["ALIPAY", "WECHAT"]
    # And so it stays at the next sign-in.
    assert (await wechat.sign_in())["viewer"]["id"] == (await viewer(phone))["id"]


async def test_a_token_from_before_the_merging_signs_out_everywhere(
    phone: Phone, wechat: Phone
) -> None:
    await phone.verify()
    before = wechat.access
    await wechat.verify()
    wechat.access = before

    assert len((await wechat.ask(SESSIONS)).json()["data"]["viewer"]["sessions"]) == 2
    assert (await wechat.do("signOut", SIGN_OUT, everywhere=True))["everywhere"] is True

    assert await phone.renew() == await wechat.renew() == refused("SESSION_ENDED")


async def test_a_token_from_before_the_merging_proves_nobody_else(
    phone: Phone, wechat: Phone, stranger: Person
) -> None:
    await phone.verify()
    before = wechat.access
    await wechat.verify()
    wechat.access = before

    result = await wechat.start(name=stranger.name, identityNumber=stranger.identity_number)

    assert result == refused("IDENTITY_DIFFERS")


async def test_both_phones_verify_at_once(phone: Phone, wechat: Phone) -> None:
    checks = [await one.start() for one in (phone, wechat)]
    for check in checks:
        await phone.platforms.show_face(check["certifyId"], phone.person.index)

    await asyncio.gather(
        phone.complete(checks[0]["verificationId"]), wechat.complete(checks[1]["verificationId"])
    )

    assert (await viewer(phone))["id"] == (await viewer(wechat))["id"]


async def test_an_account_belongs_to_one_person(phone: Phone, stranger: Person) -> None:
    await phone.verify()

    result = await phone.start(name=stranger.name, identityNumber=stranger.identity_number)

    assert result == refused("IDENTITY_DIFFERS")


async def test_a_lost_answer_is_asked_for_again(phone: Phone) -> None:
    old = phone.access
    started = await phone.start()
    await phone.platforms.show_face(started["certifyId"], phone.person.index)
    first = await phone.complete(started["verificationId"])
    phone.access = old  # The phone never saw the answer.

    again = await phone.complete(started["verificationId"])

    assert again["session"]["viewer"] == first["session"]["viewer"]
    assert again["session"]["refreshToken"] == first["session"]["refreshToken"]
    assert await phone.platforms.calls("ALIPAY", "alipay.user.certify.open.query") == 1


async def test_taps_at_once_settle_once(phone: Phone) -> None:
    started = await phone.start()
    await phone.platforms.show_face(started["certifyId"], phone.person.index)

    results = await asyncio.gather(*(phone.complete(started["verificationId"]) for _ in range(8)))

    assert len({one["session"]["refreshToken"] for one in results}) == 1
    assert (await viewer(phone))["verification"] == "FACE"


async def test_a_check_belongs_to_its_session(phone: Phone, wechat: Phone) -> None:
    started = await phone.start()
    await phone.platforms.show_face(started["certifyId"], phone.person.index)

    assert await wechat.complete(started["verificationId"]) == refused("NOT_FOUND")

    assert (await viewer(wechat))["verification"] == "NONE"


async def test_a_check_expires(phone: Phone, clock: TestClock) -> None:
    started = await phone.start()
    await phone.platforms.show_face(started["certifyId"], phone.person.index)
    clock.advance(hours=1)
    await phone.renew()

    assert await phone.complete(started["verificationId"]) == refused("VERIFICATION_EXPIRED")


async def test_ten_checks_a_day_that_are_not_passed(phone: Phone, clock: TestClock) -> None:
    await phone.verify()
    for _ in range(10):
        assert (await phone.start())["__typename"] == "StartVerificationSuccess"

    assert await phone.start() == refused("TOO_MANY_ATTEMPTS")
    clock.advance(hours=25)
    await phone.renew()
    assert (await phone.start())["__typename"] == "StartVerificationSuccess"


async def test_a_silent_platform_counts_no_attempt(phone: Phone) -> None:
    await phone.platforms.switch("ALIPAY", "http-500")
    body = {"name": phone.person.name, "identityNumber": phone.person.identity_number}
    for _ in range(12):
        answer = (await phone.ask(START, input=body)).json()
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    await phone.platforms.calm("ALIPAY")

    async with phone.api.running.db.read() as connection:
        count = await connection.execute(text("SELECT count(*) FROM identity_checks"))
        assert count.scalar_one() == 0


async def test_the_platform_falls_silent_half_way(phone: Phone) -> None:
    started = await phone.start()
    await phone.platforms.show_face(started["certifyId"], phone.person.index)
    await phone.platforms.switch("ALIPAY", "http-500")
    body = {"verificationId": started["verificationId"]}
    answer = (await phone.ask(COMPLETE, input=body)).json()
    assert [one["extensions"]["code"] for one in answer["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    await phone.platforms.calm("ALIPAY")

    assert (await phone.complete(started["verificationId"]))["__typename"] != "Refused"


async def test_only_our_own_sessions_can_be_verified(api: Api, citizen: Person) -> None:
    anonymous = (await api.post({"query": START, "variables": {"input": {}}})).json()
    body = {"query": START, "variables": {"input": {}}}
    outside = (await api.post(body, api.token(citizen))).json()

    assert [one["extensions"]["code"] for one in anonymous["errors"]] == ["UNAUTHENTICATED"]
    assert [one["extensions"]["code"] for one in outside["errors"]] == ["FORBIDDEN"]


async def test_nothing_of_a_person_lies_open_in_the_database(phone: Phone, wechat: Phone) -> None:
    await phone.verify()
    await wechat.start()

    async with phone.api.running.db.read() as connection:
        for table in ("citizens", "platform_accounts", "sessions", "identity_checks"):
            rows = (await connection.execute(text(f"SELECT t::text FROM {table} t"))).scalars()
            shown = "\n".join(rows)
            assert shown
            secrets = (phone.person.name, phone.person.identity_number, phone.refresh or "")
            assert not any(secret in shown for secret in secrets)
            assert phone.person.identity_number.encode().hex() not in shown


async def bind_all_as(phone: Phone) -> None:
    """Bind the owner's vehicles, with the phone's own token."""
    for vehicle in own_vehicles(phone.person):
        answer = (await phone.ask(BIND, input=binding(vehicle))).json()
        assert answer["data"]["bindVehicle"]["__typename"] == "BindVehicleSuccess"
