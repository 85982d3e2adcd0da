"""Calls of Alipay: what goes out, and what each answer says about what was done."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.alipay import AlipayClient, AlipayRefused
from gateways.alipay.codes import NOTHING_DONE
from gateways.alipay.signing import base_string, is_genuine
from gateways.breaker import BreakerSettings
from tests.gateways.platforms import (
    APP_ID,
    NOW_IN_CHINA,
    QUERY,
    Platform,
    alipay,
    all_logs,
    app_key,
    everything_told,
    forever,
    is_not_done,
    listen_to_everything,
    reset,
    running,
    signed,
)

TOKEN = "alipay.system.oauth.token"
DONE = {"code": "10000", "msg": "Success", "trade_no": "2026110122001"}
BIZ = {"subject": "罚款 & 100%+1 '\"", "out_trade_no": "A1", "total_amount": "150.00"}
BIZ_TEXT = '{"out_trade_no":"A1","subject":"罚款 & 100%+1 \'\\"","total_amount":"150.00"}'
CANARY = "c4nary"


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running(Platform(signed(DONE))) as one:
        yield one


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[AlipayClient]:
    async with alipay(platform) as one:
        yield one


def is_signed(params: dict[str, str]) -> bool:
    sign = base64.b64decode(params["sign"])
    return is_genuine(base_string(params).encode(), sign, app_key().public_key())


async def test_what_goes_out(platform: Platform, client: AlipayClient) -> None:
    node = await client.call(QUERY, biz_content=BIZ, notify_url="https://x.example/n?a=1&b=支付")

    assert node == DONE
    [seen] = platform.requests
    assert (seen.method, seen.path) == ("POST", "/gateway.do")
    assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded;charset=utf-8"
    sign = seen.query["sign"]
    assert seen.query == {
        "app_id": APP_ID,
        "method": QUERY,
        "format": "json",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": NOW_IN_CHINA,
        "version": "1.0",
        "notify_url": "https://x.example/n?a=1&b=支付",
        "sign": sign,
    }
    assert seen.form == {"biz_content": BIZ_TEXT}
    assert is_signed({**seen.query, **seen.form})
    # Not re-encoded on the way: some gateways take + for a plus.
    assert f"timestamp={quote(NOW_IN_CHINA, safe='')}" in seen.target
    assert f"sign={quote(sign, safe='')}" in seen.target


async def test_parameters_beside_biz_content(platform: Platform, client: AlipayClient) -> None:
    platform.body = signed({"user_id": "2088"}, method=TOKEN)
    await client.call(TOKEN, params={"grant_type": "authorization_code", "code": "a+b/c="})

    [seen] = platform.requests
    assert seen.form == {"grant_type": "authorization_code", "code": "a+b/c="}
    assert is_signed({**seen.query, **seen.form})


async def test_what_is_empty_is_neither_sent_nor_signed(
    platform: Platform, client: AlipayClient
) -> None:
    await client.call(QUERY, biz_content={}, params={"empty": ""}, notify_url="")

    [seen] = platform.requests
    assert "" not in {**seen.query, **seen.form}.values()
    assert seen.form == {}
    assert is_signed(dict(seen.query))


async def test_the_address_of_a_page(platform: Platform, client: AlipayClient) -> None:
    url = client.signed_url("alipay.user.certify.open.certify", {"certify_id": "1"}, "x://y?a=1&b")

    params = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
    assert url.startswith(client.wire.gateway_url + "?")
    assert is_signed(params)
    del params["sign"]
    assert params == {
        "app_id": APP_ID,
        "method": "alipay.user.certify.open.certify",
        "format": "json",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": NOW_IN_CHINA,
        "version": "1.0",
        "return_url": "x://y?a=1&b",
        "biz_content": '{"certify_id":"1"}',
    }
    assert "return_url" not in client.signed_url(QUERY, {"certify_id": "1"})
    assert platform.requests == []


REFUSED = "refused"
NOT_DONE = "not done"
UNKNOWN = "unknown"


async def outcome(client: AlipayClient, method: str = QUERY) -> tuple[str, str]:
    try:
        await client.call(method, biz_content=BIZ)
    except AlipayRefused as refused:
        return REFUSED, str(refused)
    except UpstreamUnavailable as failure:
        reason = failure.reason.value if failure.upstream is Upstream.ALIPAY else "whose?"
        return NOT_DONE if is_not_done(failure) else UNKNOWN, reason
    return "done", ""


@pytest.mark.parametrize(
    ("code", "sub_code", "expected"),
    [
        ("10000", None, ("done", "")),
        ("10000", "", ("done", "")),
        (10000, None, ("done", "")),
        ("10000", "ACQ.SYSTEM_ERROR", (UNKNOWN, "unreachable")),
        ("10000", "ACQ.TRADE_NOT_EXIST", (UNKNOWN, "refused")),
        (None, None, (UNKNOWN, "refused")),
        ("", "", (UNKNOWN, "refused")),
        ("10003", None, (UNKNOWN, "refused")),
        ("20000", None, (UNKNOWN, "unreachable")),
        ("20000", "isp.unknow-error", (UNKNOWN, "unreachable")),
        ("20000", "aop.unknow-error", (UNKNOWN, "unreachable")),
        ("20000", "isv.code-invalid", (UNKNOWN, "unreachable")),
        ("20001", "aop.invalid-auth-token", (REFUSED, "20001 aop.invalid-auth-token")),
        ("40001", "isv.missing-method", (REFUSED, "40001 isv.missing-method")),
        ("40002", "isv.invalid-signature", (REFUSED, "40002 isv.invalid-signature")),
        ("40002", None, (REFUSED, "40002")),
        ("40002", "isp.unknow-error", (UNKNOWN, "unreachable")),
        ("40002", "aop.unknow-error", (UNKNOWN, "unreachable")),
        ("40003", "isv.x", (REFUSED, "40003 isv.x")),
        ("40004", "ACQ.TRADE_NOT_EXIST", (REFUSED, "40004 ACQ.TRADE_NOT_EXIST")),
        ("40004", "TRADE_NOT_EXIST", (REFUSED, "40004 TRADE_NOT_EXIST")),
        ("40004", "isv.code-invalid", (REFUSED, "40004 isv.code-invalid")),
        ("40004", "ACQ.SYSTEM_ERROR", (UNKNOWN, "unreachable")),
        ("40004", "SYSTEM_ERROR", (UNKNOWN, "unreachable")),
        ("40004", "UNKNOWN_ERROR", (UNKNOWN, "unreachable")),
        ("40004", "isp.unknow-error", (UNKNOWN, "unreachable")),
        ("40004", "ACQ.SOMETHING_NEW", (UNKNOWN, "refused")),
        ("40004", None, (UNKNOWN, "refused")),
        ("40005", "isv.app-call-limited", (NOT_DONE, "too_many_calls")),
        (
            "40006",
            "isv.insufficient-isv-permissions",
            (REFUSED, "40006 isv.insufficient-isv-permissions"),
        ),
        ("40007", "isv.x", (UNKNOWN, "refused")),
        ("50000", None, (UNKNOWN, "refused")),
        (["40002"], {"a": "张三"}, (UNKNOWN, "refused")),
        ("张三", "李四", (UNKNOWN, "refused")),
    ],
)
@pytest.mark.parametrize("name", ["", "error_response"])
async def test_what_an_answer_says(
    platform: Platform,
    client: AlipayClient,
    code: Any,
    sub_code: Any,
    expected: tuple[str, str],
    name: str,
) -> None:
    codes = {"code": code, "sub_code": sub_code}
    node = {part: value for part, value in codes.items() if value is not None}
    platform.body = signed({**node, "msg": "m", "trade_no": "1"}, name=name)
    if name and expected[0] == "done":
        expected = (UNKNOWN, "refused")

    assert await outcome(client) == expected
    assert len(platform.requests) == 1


@pytest.mark.parametrize(
    "sub_code",
    [
        *("SYSTEM_ERROR", "CONTEXT_INCONSISTENT", "DISCORDANT_REPEAT_REQUEST"),
        *("TRADE_HAS_SUCCESS", "TRADE_HAS_CLOSE", "TRADE_BUYER_NOT_MATCH", "PAYER_UNMATCHED"),
    ],
)
async def test_what_tells_of_an_earlier_call_is_unknown(
    platform: Platform, client: AlipayClient, sub_code: str
) -> None:
    platform.body = signed({"code": "40004", "sub_code": f"ACQ.{sub_code}"})

    assert (await outcome(client))[0] == UNKNOWN


def test_the_list_has_nothing_of_the_systems_troubles() -> None:
    assert not [code for code in NOTHING_DONE if "SYSTEM" in code or "UNKNOWN" in code]
    assert all(code == code.strip() and "." not in code for code in NOTHING_DONE)


async def test_only_the_login_succeeds_without_a_code(
    platform: Platform, client: AlipayClient
) -> None:
    node = {"user_id": "2088102150477652"}
    platform.body = signed(node, method=TOKEN)
    assert await client.call(TOKEN) == node

    for other in ({**node, "sub_code": "x"}, {**node, "code": "40004"}):
        platform.body = signed(other, method=TOKEN)
        assert (await outcome(client, TOKEN))[0] == UNKNOWN
    platform.body = signed(node, method=TOKEN, name="error_response")
    assert (await outcome(client, TOKEN))[0] == UNKNOWN
    platform.body = signed(node)
    assert (await outcome(client))[0] == UNKNOWN


async def test_throttling_says_when_to_come_back(platform: Platform, client: AlipayClient) -> None:
    platform.body = signed({"code": "40005", "sub_code": "isv.app-call-limited"})

    with pytest.raises(UpstreamUnavailable) as raised:
        await client.call(QUERY, biz_content=BIZ)

    assert (raised.value.retry_after, raised.value.detail) == (
        1.0,
        "code 40005 isv.app-call-limited",
    )


UNVERIFIABLE = {
    "unsigned success": json.dumps({f"{QUERY.replace('.', '_')}_response": DONE}).encode(),
    "unsigned refusal": b'{"error_response":{"code":"40002","sub_code":"isv.invalid-app-id"}}',
    "another's signature": signed(DONE).replace(b"Success", b"success"),
    "another method's": signed(DONE, method="alipay.trade.refund"),
    "nothing": b"",
    "HTML": b"<html><body>502</body></html>",
    "cut": signed(DONE)[:-20],
    "deep": b"[" * 200_000,
}


@pytest.mark.parametrize("name", UNVERIFIABLE)
async def test_what_nobody_vouches_for_is_unknown(
    platform: Platform, client: AlipayClient, name: str
) -> None:
    platform.body = UNVERIFIABLE[name]

    assert await outcome(client) == (UNKNOWN, "broken_answer")
    assert len(platform.requests) == 1


async def test_trouble_on_the_way(platform: Platform) -> None:
    async with alipay(platform, timeout_seconds=0.3, body_cap=400) as client:
        platform.status = 500
        assert await outcome(client) == (UNKNOWN, "broken_answer")
        platform.status = 200
        platform.body = b" " * 401
        assert await outcome(client) == (UNKNOWN, "broken_answer")
        platform.before = reset
        assert await outcome(client) == (UNKNOWN, "unreachable")
        platform.before = forever
        assert await outcome(client) == (UNKNOWN, "timed_out")
    assert len(platform.requests) == 4
    async with alipay(Platform(url="http://127.0.0.1:9/")) as client:
        assert await outcome(client) == (NOT_DONE, "unreachable")


@pytest.mark.parametrize(
    ("answer", "opens"),
    [
        (signed({"code": "20000", "sub_code": "isp.unknow-error"}), True),
        (UNVERIFIABLE["another's signature"], True),
        (signed({"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}), False),
        (signed({"code": "40004", "sub_code": "ACQ.SOMETHING_NEW"}), False),
        (signed({"code": "40005"}), False),
        (signed(DONE), False),
    ],
)
async def test_what_the_breaker_learns(platform: Platform, answer: bytes, opens: bool) -> None:
    platform.body = answer
    async with alipay(platform, breaker=BreakerSettings(minimum_calls=2)) as client:
        first = [await outcome(client), await outcome(client)]
        third = await outcome(client)

    assert third == ((NOT_DONE, "breaker_open") if opens else first[0])
    assert len(platform.requests) == (2 if opens else 3)


@pytest.mark.parametrize("answer", [DONE, {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}])
async def test_a_probe_that_is_answered_closes_the_breaker(
    platform: Platform, answer: dict[str, str]
) -> None:
    quick = BreakerSettings(minimum_calls=1, open_seconds=0.0)
    async with alipay(platform, breaker=quick) as client:
        platform.body = b""
        await outcome(client)
        assert client.door.breaker.is_open
        platform.body = signed(answer)
        await outcome(client)
        assert not client.door.breaker.is_open


async def test_nobody_queues_for_long(platform: Platform) -> None:
    platform.before = forever
    async with alipay(platform, places=1, place_wait_seconds=0.01) as client:
        first = asyncio.create_task(client.call(QUERY))
        await platform.arrived.wait()
        assert await outcome(client) == (NOT_DONE, "too_many_calls")
        first.cancel()
    assert len(platform.requests) == 1


async def test_neither_what_we_send_nor_what_comes_back_is_logged(
    platform: Platform, client: AlipayClient, caplog: pytest.LogCaptureFixture
) -> None:
    listen_to_everything(caplog)
    echo = {"sub_msg": CANARY, "trade_no": CANARY}
    bodies = [
        signed({"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST", **echo}),
        signed({"code": "40004", "sub_code": f"!{CANARY}", **echo}),
        signed({"code": "20000", **echo}),
        json.dumps({"error_response": {"code": CANARY + "!", **echo}}).encode(),
        CANARY.encode(),
    ]
    for platform.body in bodies:
        with pytest.raises((AlipayRefused, UpstreamUnavailable)) as raised:
            await client.call(QUERY, biz_content={"name": CANARY}, params={"code": CANARY})
        assert CANARY not in everything_told(raised.value)
    platform.before = reset
    with pytest.raises(UpstreamUnavailable) as raised:
        await client.call(QUERY, biz_content={"name": CANARY}, notify_url=f"x://{CANARY}")
    assert CANARY not in everything_told(raised.value)

    assert CANARY not in all_logs(caplog)
    told = [record.getMessage() for record in caplog.records if record.name == "clearway.alipay"]
    assert told == [
        f"call failed: method={QUERY} outcome=unknown reason={reason} detail={detail}"
        for reason, detail in (
            (UpstreamReason.REFUSED, "code 40004 ?"),
            (UpstreamReason.UNREACHABLE, "code 20000"),
            (UpstreamReason.BROKEN_ANSWER, "not signed, code ?"),
            (UpstreamReason.BROKEN_ANSWER, "not JSON"),
            (UpstreamReason.UNREACHABLE, "connection lost"),
        )
    ]
