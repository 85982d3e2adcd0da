"""What the sandbox of WeChat Pay signs with, in every mode, and what its certificates do."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from sandbox.city import City
from sandbox.wechatpay import SANDBOX_PUBLIC_KEY_ID as KEY_ID
from sandbox.wechatpay import KeyMode, WechatPaySandboxSettings
from tests.sandbox.wechatpay_wire import (
    NUMBER,
    PREFIX,
    WechatPay,
    certified_key,
    credentials,
    is_signed_by,
    public_key,
    served,
    unsealed,
)


def first() -> RSAPublicKey:
    """The key of the certificate that there is at first."""
    return certified_key(credentials().platform_certificate_pem)


@asynccontextmanager
async def in_mode(city: City, mode: KeyMode) -> AsyncIterator[WechatPay]:
    settings = WechatPaySandboxSettings(key_mode=mode, notice_delays_seconds=())
    async with served(city, settings) as one:
        await one.begin()
        yield one


async def certificates(wechat_pay: WechatPay) -> dict[str, Any]:
    """Serials and keys of the certificates there are."""
    answer = await wechat_pay.send("GET", "/v3/certificates")
    assert answer.status == 200
    return {
        one["serial_no"]: certified_key(unsealed(one["encrypt_certificate"]))
        for one in answer.node["data"]
    }


async def test_with_the_public_key(city: City) -> None:
    async with in_mode(city, KeyMode.PUBLIC_KEY) as wechat_pay:
        for wanted in ("", KEY_ID, "ABCD"):
            answer = await wechat_pay.query(wanted=wanted)
            assert (answer.serial, answer.is_signed_by(public_key())) == (
                KEY_ID,
                True,
            )


async def test_with_a_certificate(city: City) -> None:
    async with in_mode(city, KeyMode.CERTIFICATE) as wechat_pay:
        [(serial, key)] = (await certificates(wechat_pay)).items()
        for wanted in ("", KEY_ID, serial, "ABCD"):
            answer = await wechat_pay.query(wanted=wanted)
            assert (answer.serial, answer.is_signed_by(first())) == (serial, True)

    assert key == first()
    assert len(serial) == 40


async def test_in_a_migration_the_answer_follows_the_request(city: City) -> None:
    async with in_mode(city, KeyMode.MIGRATION) as wechat_pay:
        [serial] = await certificates(wechat_pay)
        for wanted, expected in (
            ("", serial),
            (serial, serial),
            (KEY_ID, KEY_ID),
        ):
            answer = await wechat_pay.query(wanted=wanted)
            assert answer.serial == expected
            assert answer.is_signed_by(public_key() if expected == KEY_ID else first())


async def test_certificates_come_and_go(city: City) -> None:
    async with in_mode(city, KeyMode.CERTIFICATE) as wechat_pay:
        [old] = await certificates(wechat_pay)
        rotated = await wechat_pay.control("certificates", {"action": "rotate"})
        both = await certificates(wechat_pay)
        [new] = set(both) - {old}
        assert rotated == {"serials": [old, new]}
        # Who names the old one is still answered with it.
        for wanted, expected in (("", new), (old, old), (old.lower().lstrip("0"), old)):
            answer = await wechat_pay.query(wanted=wanted)
            assert (answer.serial, answer.is_signed_by(both[expected])) == (expected, True)

        assert await wechat_pay.control("certificates", {"action": "retire"}) == {"serials": [new]}
        assert await certificates(wechat_pay) == {new: both[new]}
        assert (await wechat_pay.query(wanted=old)).serial == new


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("certificates", {"action": "retire"}),
        ("certificates", {"action": "fly"}),
        ("certificates", {}),
        ("keys", {"mode": "both"}),
    ],
)
async def test_what_cannot_be_wanted(city: City, path: str, wanted: dict[str, str]) -> None:
    async with (
        in_mode(city, KeyMode.CERTIFICATE) as wechat_pay,
        wechat_pay.http.post(f"{PREFIX}/control/{path}", json=wanted) as response,
    ):
        assert response.status == 400


async def test_the_mode_can_be_switched(city: City) -> None:
    async with in_mode(city, KeyMode.PUBLIC_KEY) as wechat_pay:
        assert await wechat_pay.control("keys", {"mode": "certificate"}) == {"mode": "certificate"}
        assert (await wechat_pay.query()).is_signed_by(first())


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (KeyMode.PUBLIC_KEY, [True, True]),
        (KeyMode.CERTIFICATE, [False, False]),
        (KeyMode.MIGRATION, [True, False]),
    ],
)
async def test_notices(city: City, mode: KeyMode, expected: list[bool]) -> None:
    notices: list[tuple[Any, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        notices.append((request.headers, await request.read()))
        return web.Response(status=200)

    hook = web.Application()
    hook.router.add_post("/n", take)
    async with in_mode(city, mode) as wechat_pay, TestServer(hook) as server:
        url = f"http://127.0.0.1:{server.port}/n"
        number = NUMBER.replace("0001", "0002")
        await wechat_pay.begin(out_trade_no=number, notify_url=url)
        await wechat_pay.on("notice-early")
        await wechat_pay.control("pay", {"outTradeNo": number})
        await wechat_pay.control("notices", {"outTradeNo": number})

    assert [headers["Wechatpay-Serial"] == KEY_ID for headers, _ in notices] == expected
    for (headers, body), is_public in zip(notices, expected, strict=True):
        assert is_signed_by(public_key() if is_public else first(), headers, body)
        assert headers["Content-Type"] == "application/json"
        notice = json.loads(body)
        resource = notice.pop("resource")
        assert (resource["original_type"], resource["associated_data"]) == ("transaction",) * 2
        content = json.loads(unsealed(resource))
        assert (content["out_trade_no"], content["trade_state"]) == (number, "SUCCESS")
        assert notice == {
            "id": notice["id"],
            "create_time": content["success_time"],
            "resource_type": "encrypt-resource",
            "event_type": "TRANSACTION.SUCCESS",
            "summary": "支付成功",
        }


async def test_a_wrong_signature_on_purpose(city: City) -> None:
    async with in_mode(city, KeyMode.PUBLIC_KEY) as wechat_pay:
        await wechat_pay.on("signtest", times=1)
        probe, right = await wechat_pay.query(), await wechat_pay.query()

    assert probe.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert (probe.is_signed_by(public_key()), right.is_signed_by(public_key())) == (False, True)


@pytest.mark.parametrize("scenario", ["wrong-signature", "wrong-serial", "old-timestamp"])
async def test_signatures_that_are_not_right(city: City, scenario: str) -> None:
    async with in_mode(city, KeyMode.PUBLIC_KEY) as wechat_pay:
        good = await wechat_pay.query()
        await wechat_pay.on(scenario)
        bad = await wechat_pay.query()

    age = int(good.headers["Wechatpay-Timestamp"]) - int(bad.headers["Wechatpay-Timestamp"])
    assert (bad.is_signed_by(public_key()), bad.serial == KEY_ID, age > 500) == (
        scenario != "wrong-signature",
        scenario != "wrong-serial",
        scenario == "old-timestamp",
    )
