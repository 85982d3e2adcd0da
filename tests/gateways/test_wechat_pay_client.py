"""Calls of WeChat Pay: what goes out, and what each answer says about what was done."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from domain.failures import Upstream, UpstreamUnavailable
from gateways.breaker import BreakerSettings
from gateways.wechat_pay import WechatPayClient, WechatPayRefused
from gateways.wechat_pay.keys import by_serial, read_certificate
from gateways.wechat_pay.verdicts import NOTHING_DONE, SYSTEM_TROUBLE, USED, plain
from tests.gateways.platforms import (
    GARBAGE_FOR_HTTP,
    all_logs,
    everything_told,
    is_not_done,
    listen_to_everything,
    raw,
    reset,
)
from tests.gateways.wechat_pay_server import (
    KEY_ID,
    MERCHANT,
    NONCE,
    NOW,
    OWN_SERIAL,
    STAMP,
    Server,
    certificate,
    forever,
    listed,
    running,
    sealed,
    signature,
    vouched,
    wechat_pay,
    wire,
)

PATH = "/v3/pay/transactions/out-trade-no/A 1*罚/close"
ENCODED = "/v3/pay/transactions/out-trade-no/A%201%2A%E7%BD%9A/close"
CANARY = "c4nary"
DONE, REFUSED, NOT_DONE, UNKNOWN = "done", "refused", "not done", "unknown"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running(Server()) as one:
        one.says({"a": 1})
        yield one


@pytest.fixture
async def client(server: Server) -> AsyncIterator[WechatPayClient]:
    async with wechat_pay(server) as one:
        yield one


async def outcome(client: WechatPayClient) -> tuple[str, str]:
    try:
        await client.call("POST", PATH, body={"mchid": MERCHANT})
    except WechatPayRefused as refused:
        return REFUSED, str(refused)
    except UpstreamUnavailable as failure:
        reason = failure.reason.value if failure.upstream is Upstream.WECHAT else "whose?"
        return NOT_DONE if is_not_done(failure) else UNKNOWN, reason
    return DONE, ""


async def test_what_goes_out(server: Server, client: WechatPayClient) -> None:
    query = {"mchid": MERCHANT, "a b": "1+2&罚"}
    body = {"description": '交通 "1"', "amount": {"total": 1}}
    assert await client.call("POST", PATH, query, body) == {"a": 1}

    [seen] = server.requests
    assert seen.target == f"{ENCODED}?mchid={MERCHANT}&a%20b=1%2B2%26%E7%BD%9A"
    assert seen.body == '{"description":"交通 \\"1\\"","amount":{"total":1}}'.encode()
    text = f"POST\n{seen.target}\n{STAMP}\n{NONCE}\n".encode() + seen.body + b"\n"
    assert seen.headers["Authorization"] == (
        f'WECHATPAY2-SHA256-RSA2048 mchid="{MERCHANT}",nonce_str="{NONCE}",'
        f'signature="{signature(text, "merchant")}",timestamp="{STAMP}",serial_no="{OWN_SERIAL}"'
    )
    assert {
        name: seen.headers[name]
        for name in ("Accept", "Content-Type", "User-Agent", "Wechatpay-Serial")
    } == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": "clearway",
        "Wechatpay-Serial": KEY_ID,
    }


async def test_a_get_signs_an_empty_body(server: Server, client: WechatPayClient) -> None:
    await client.call("GET", "/v3/x")

    [seen] = server.requests
    text = f"GET\n/v3/x\n{STAMP}\n{NONCE}\n\n".encode()
    assert (seen.method, seen.target, seen.body) == ("GET", "/v3/x", b"")
    assert f'signature="{signature(text, "merchant")}"' in seen.headers["Authorization"]


@pytest.mark.parametrize("prefix", ["/wechat%20pay", "/wechatpay/"])
async def test_a_path_of_the_base_url_is_signed_too(server: Server, prefix: str) -> None:
    async with wechat_pay(server, base_url=server.url + prefix) as client:
        await client.call("GET", "/v3/x")

    [seen] = server.requests
    target = prefix.rstrip("/") + "/v3/x"
    text = f"GET\n{target}\n{STAMP}\n{NONCE}\n\n".encode()
    assert seen.target == target
    assert f'signature="{signature(text, "merchant")}"' in seen.headers["Authorization"]


async def test_with_certificates_no_key_is_named(server: Server) -> None:
    keys = (read_certificate(certificate("old", 17)),)
    server.says({"b": 2}, signer="old", serial="11")
    async with wechat_pay(server, platform_keys=keys) as client:
        assert await client.call("GET", "/v3/x") == {"b": 2}

    assert "Wechatpay-Serial" not in server.requests[0].headers


async def test_no_content_is_signed_as_well(server: Server, client: WechatPayClient) -> None:
    server.status, server.body, server.headers = 204, b"", vouched(b"")
    assert await client.call("POST", PATH) == {}
    server.headers = vouched(b" ")
    assert await outcome(client) == (UNKNOWN, "broken_answer")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "PARAM_ERROR", (REFUSED, "400 PARAM_ERROR")),
        (400, "INVALID_REQUEST", (REFUSED, "400 INVALID_REQUEST")),
        (400, "APPID_MCHID_NOT_MATCH", (REFUSED, "400 APPID_MCHID_NOT_MATCH")),
        (400, "ORDERCLOSED", (REFUSED, "400 ORDERCLOSED")),
        (401, "SIGN_ERROR", (REFUSED, "401 SIGN_ERROR")),
        (403, "NO_AUTH", (REFUSED, "403 NO_AUTH")),
        (403, "RULELIMIT", (REFUSED, "403 RULELIMIT")),
        (403, "NOT_ENOUGH", (REFUSED, "403 NOT_ENOUGH")),
        (404, "ORDER_NOT_EXIST", (REFUSED, "404 ORDER_NOT_EXIST")),
        (404, "ORDERNOTEXIST", (REFUSED, "404 ORDERNOTEXIST")),
        (429, "FREQUENCY_LIMITED", (NOT_DONE, "too_many_calls")),
        (429, "", (NOT_DONE, "too_many_calls")),
        (429, "SYSTEM_ERROR", (UNKNOWN, "unreachable")),
        # These tell of an earlier call: this one has done nothing.
        (403, "OUT_TRADE_NO_USED", (REFUSED, "403 OUT_TRADE_NO_USED")),
        (400, "ORDER_PAID", (REFUSED, "400 ORDER_PAID")),
        (400, "ORDERPAID", (REFUSED, "400 ORDERPAID")),
        (400, "SOMETHING_NEW", (UNKNOWN, "refused")),
        (400, "张三", (UNKNOWN, "refused")),
        (400, "", (UNKNOWN, "broken_answer")),
        (400, "SYSTEMERROR", (UNKNOWN, "unreachable")),
        (403, "BANK_ERROR", (UNKNOWN, "unreachable")),
        (500, "SYSTEM_ERROR", (UNKNOWN, "unreachable")),
        (500, "PARAM_ERROR", (UNKNOWN, "unreachable")),
        (502, "BANK_ERROR", (UNKNOWN, "unreachable")),
        (503, "ORDER_NOT_EXIST", (UNKNOWN, "unreachable")),
        (202, "USER_PAYING", (UNKNOWN, "refused")),
        (201, "", (UNKNOWN, "broken_answer")),
        (302, "PARAM_ERROR", (UNKNOWN, "refused")),
        # An error under the status of a success, without a signature.
        (200, "PARAM_ERROR", (UNKNOWN, "broken_answer")),
    ],
)
async def test_what_an_error_says(
    server: Server, client: WechatPayClient, status: int, code: str, expected: tuple[str, str]
) -> None:
    server.refuses(status, code)

    assert await outcome(client) == expected
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("tail", "says_paid", "says_used"),
    [
        ("268449538", True, True),
        ("268498689", True, True),
        ("268498688", False, True),
        ("268447914", False, True),
        ("268512771", False, False),
        ("0", False, False),
    ],
)
async def test_the_end_of_the_request_id_says_more_than_the_code(
    server: Server, client: WechatPayClient, tail: str, says_paid: bool, says_used: bool
) -> None:
    server.refuses(400, "INVALID_REQUEST", **{"Request-ID": f"08F7A0-{tail}"})

    with pytest.raises(WechatPayRefused) as raised:
        await client.call("POST", PATH)
    refused = raised.value
    assert (refused.code, refused.tail) == ("INVALID_REQUEST", tail)
    assert (refused.says_paid, refused.says_used) == (says_paid, says_used)


@pytest.mark.parametrize("detail", [None, [], "x", {}, {"field": 7}])
async def test_a_parameter_that_is_not_named(
    server: Server, client: WechatPayClient, detail: Any
) -> None:
    server.refuses(400, "PARAM_ERROR")
    server.body = json.dumps({"code": "PARAM_ERROR", "detail": detail}).encode()

    with pytest.raises(WechatPayRefused) as raised:
        await client.call("POST", PATH)
    assert raised.value.field == ""


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("soon", 1.0), (None, 1.0)])
async def test_throttling_says_when_to_come_back(
    server: Server, client: WechatPayClient, header: str | None, seconds: float
) -> None:
    server.refuses(429, "FREQUENCY_LIMITED", **({"Retry-After": header} if header else {}))

    with pytest.raises(UpstreamUnavailable) as raised:
        await client.call("POST", PATH)

    assert (raised.value.retry_after, raised.value.detail) == (
        seconds,
        "HTTP 429 FREQUENCY_LIMITED",
    )


def test_the_list_has_nothing_of_the_systems_troubles() -> None:
    definite = NOTHING_DONE | USED
    assert not definite & SYSTEM_TROUBLE
    assert {plain(code) for code in definite} == definite


BODIES_OF_ERRORS = [
    b"",
    b"<html>403</html>",
    b"[]",
    b'"PARAM_ERROR"',
    b'{"code": ["PARAM_ERROR"]}',
    b'{"code": "PARAM_ERROR"',
    b'{"code": "PARAM_ERROR", "code": "PARAM_ERROR"}',
    b'{"code": "PARAM_ERROR", "x": NaN}',
    b'{"code": "PARAM_ERROR "}',
    b"\xff\xfe",
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", BODIES_OF_ERRORS, ids=range(len(BODIES_OF_ERRORS)))
async def test_somebody_elses_error_is_no_refusal(
    server: Server, client: WechatPayClient, body: bytes
) -> None:
    server.status, server.body, server.headers = 403, body, {}

    assert (await outcome(client))[0] == UNKNOWN


def unvouched() -> dict[str, tuple[bytes, dict[str, str]]]:
    body = b'{"prepay_id":"wx1"}'
    good = vouched(body)
    return {
        "unsigned": (body, {}),
        "another's": (body, vouched(body, signer="stranger")),
        "changed": (body + b" ", good),
        "old": (body, vouched(body, stamp=STAMP - 600)),
        "of an unknown key": (body, vouched(body, serial="1A2B")),
        "a test of ours": (body, {**good, "Wechatpay-Signature": "WECHATPAY/SIGNTEST/abc="}),
        "of another kind": (body, {**good, "Wechatpay-Signature-Type": "WECHATPAY2-SM2"}),
        "signed, empty": (b"", vouched(b"")),
        "signed, not JSON": (b"<html>", vouched(b"<html>")),
        "signed, not UTF-8": (b"\xff", vouched(b"\xff")),
        "signed, a list": (b"[]", vouched(b"[]")),
        "signed, twice a name": (b'{"a":1,"a":2}', vouched(b'{"a":1,"a":2}')),
        "signed, deep": (b"[" * 100_000, vouched(b"[" * 100_000)),
    }


@pytest.mark.parametrize("name", unvouched())
async def test_what_nobody_vouches_for_is_unknown(
    server: Server, client: WechatPayClient, name: str
) -> None:
    server.body, server.headers = unvouched()[name]

    assert await outcome(client) == (UNKNOWN, "broken_answer")
    # It was sent once, whatever was tried to read the answer.
    assert [seen.method for seen in server.requests].count("POST") == 1


async def test_trouble_on_the_way(server: Server) -> None:
    async with wechat_pay(server, timeout_seconds=0.3, body_cap=400) as client:
        server.refuses(400, "PARAM_ERROR")
        server.body += b" " * 400
        assert await outcome(client) == (UNKNOWN, "broken_answer")
        server.before = reset
        assert await outcome(client) == (UNKNOWN, "unreachable")
        server.before = forever
        assert await outcome(client) == (UNKNOWN, "timed_out")
    assert len(server.requests) == 3
    async with wechat_pay(Server(url="http://127.0.0.1:9")) as client:
        assert await outcome(client) == (NOT_DONE, "unreachable")


@pytest.mark.parametrize("answer", GARBAGE_FOR_HTTP, ids=range(len(GARBAGE_FOR_HTTP)))
async def test_no_http(server: Server, client: WechatPayClient, answer: bytes) -> None:
    server.before = raw(answer)

    assert (await outcome(client))[0] == UNKNOWN
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "code", "opens"),
    [
        (500, "SYSTEM_ERROR", True),
        (200, "", True),
        (400, "PARAM_ERROR", False),
        (400, "SOMETHING_NEW", False),
        (429, "FREQUENCY_LIMITED", False),
    ],
)
async def test_what_the_breaker_learns(server: Server, status: int, code: str, opens: bool) -> None:
    server.refuses(status, code)
    async with wechat_pay(server, breaker=BreakerSettings(minimum_calls=2)) as client:
        first = [await outcome(client), await outcome(client)]
        third = await outcome(client)

    assert third == ((NOT_DONE, "breaker_open") if opens else first[0])
    assert len(server.requests) == (2 if opens else 3)


async def test_neither_what_we_send_nor_what_comes_back_is_told(
    server: Server, client: WechatPayClient, caplog: pytest.LogCaptureFixture
) -> None:
    listen_to_everything(caplog)
    path = f"/v3/pay/transactions/out-trade-no/{CANARY}"
    error = json.dumps({"code": f"!{CANARY}", "message": CANARY}).encode()
    for server.status, server.body, server.headers in (
        (200, CANARY.encode(), vouched(CANARY.encode())),
        (200, CANARY.encode(), {"Wechatpay-Serial": CANARY}),
        (400, error, {}),
        (500, error, {"Request-ID": CANARY}),
    ):
        with pytest.raises(UpstreamUnavailable) as raised:
            await client.call("POST", path, {"q": CANARY}, {"openid": CANARY})
        assert CANARY not in everything_told(raised.value)

    assert CANARY not in all_logs(caplog)
    told = [record.getMessage() for record in caplog.records if "wechat_pay" in record.name]
    assert told == [
        "call failed: method=POST path=/v3/pay/transactions/out-trade-no outcome=unknown"
        f" reason={reason} detail={detail}"
        for reason, detail in (
            ("broken_answer", "not JSON"),
            ("broken_answer", "Wechatpay-Signature-Type stands there 0 times"),
            ("refused", "HTTP 400 ?"),
            ("unreachable", "HTTP 500 ?"),
        )
    ]


def data(*entries: object) -> dict[str, Any]:
    return {"data": list(entries)}


async def test_certificates_that_change(server: Server) -> None:
    async with wechat_pay(server, platform_keys=()) as client:
        server.says(data(listed("old", 17)), signer="old", serial="11")
        await client.refresh_certificates()
        assert set(client.keys.downloaded) == {"11"}

        server.says(data(listed("old", 17), listed("new", 18)), signer="old", serial="11")
        await client.refresh_certificates()
        for signer, serial in (("old", "11"), ("new", "12")):
            server.says({"by": signer}, signer=signer, serial=serial)
            assert await client.call("GET", "/v3/x") == {"by": signer}

        server.says(data(listed("new", 18)), signer="new", serial="12")
        await client.refresh_certificates()
        server.says({"by": "old"}, signer="old", serial="11")
        assert await outcome(client) == (UNKNOWN, "broken_answer")

    assert server.requests[0].target == "/v3/certificates"


async def test_the_public_key_stays_beside_certificates(
    server: Server, client: WechatPayClient
) -> None:
    server.says(data(listed("old", 17)))
    await client.refresh_certificates()
    server.says({"by": "key"})
    assert await client.call("GET", "/v3/x") == {"by": "key"}
    server.says({"by": "certificate"}, signer="old", serial="11")
    assert await client.call("GET", "/v3/x") == {"by": "certificate"}


def useless() -> dict[str, Any]:
    entry = listed("new", 18)
    box = entry["encrypt_certificate"]
    return {
        "none": data(),
        "no list": {"data": {"0": entry}},
        "nothing": {},
        "one is a word": data(entry, "certificate"),
        "one is not encrypted": data(entry, {"serial_no": "13"}),
        "another's serial": data({**entry, "serial_no": "13"}),
        "a serial that is no text": data({**entry, "serial_no": 12}),
        "another algorithm": data({**entry, "encrypt_certificate": {**box, "algorithm": "AES"}}),
        "other data": data({**entry, "encrypt_certificate": {**box, "associated_data": "x"}}),
        "another nonce": data({**entry, "encrypt_certificate": {**box, "nonce": "0" * 12}}),
        "a short nonce": data({**entry, "encrypt_certificate": {**box, "nonce": "0"}}),
        "a short text": data({**entry, "encrypt_certificate": {**box, "ciphertext": "AAAA"}}),
        "no base64": data({**entry, "encrypt_certificate": {**box, "ciphertext": "%"}}),
        "no certificate": data(
            {**entry, "encrypt_certificate": sealed(b"-----BEGIN", "certificate")}
        ),
    }


@pytest.mark.parametrize("name", useless())
async def test_the_last_good_certificates_stay(server: Server, name: str) -> None:
    async with wechat_pay(server) as client:
        client.keys.downloaded = by_serial([read_certificate(certificate("old", 17))])
        server.says(useless()[name])
        with pytest.raises(UpstreamUnavailable) as raised:
            await client.refresh_certificates()

        assert (raised.value.reason.value, raised.value.detail) == (
            "broken_answer",
            "no usable certificates",
        )
        assert set(client.keys.downloaded) == {"11"}


async def test_certificates_that_somebody_else_signed_or_refused(
    server: Server, client: WechatPayClient
) -> None:
    server.says(data(listed("new", 18)), signer="stranger", serial="12")
    with pytest.raises(UpstreamUnavailable, match="wechat_unavailable"):
        await client.refresh_certificates()
    server.refuses(404, "RESOURCE_NOT_EXISTS")
    with pytest.raises(WechatPayRefused) as raised:
        await client.refresh_certificates()

    assert raised.value.says("RESOURCENOTEXISTS")
    assert client.keys.downloaded == {}


CERTIFICATES = "/v3/certificates"


@pytest.fixture
async def renewed() -> AsyncIterator[Server]:
    """Signs with a new certificate, and lists it."""

    async def say(request: web.Request) -> None:
        is_list = request.path == CERTIFICATES
        told = data(listed("new", 18)) if is_list else {"by": "new"}
        renewing.says(told, signer="new", serial="12")

    renewing = Server(before=say)
    async with running(renewing):
        yield renewing


def downloads(server: Server) -> int:
    return [seen.target for seen in server.requests].count(CERTIFICATES)


async def test_an_answer_signed_with_a_new_certificate_is_not_lost(renewed: Server) -> None:
    async with wechat_pay(renewed, platform_keys=(), places=1) as client:
        assert await client.call("POST", PATH) == {"by": "new"}
        assert await client.call("POST", PATH) == {"by": "new"}

    assert [(seen.method, seen.target) for seen in renewed.requests] == [
        ("POST", ENCODED),
        ("GET", "/v3/certificates"),
        ("POST", ENCODED),
    ]


async def test_however_many_meet_it_at_once_one_asks(renewed: Server) -> None:
    async with wechat_pay(renewed, platform_keys=()) as client:
        answers = await asyncio.gather(*(client.call("POST", PATH) for _ in range(5)))

    assert answers == [{"by": "new"}] * 5
    assert downloads(renewed) == 1


async def test_serials_that_nobody_has_do_not_make_us_ask_for_ever(renewed: Server) -> None:
    clock = [NOW]
    async with WechatPayClient.open(wire(renewed.url), lambda: clock[0]) as client:
        await client.refresh_if_unknown("77")
        await client.refresh_if_unknown("78")
        clock[0] += timedelta(seconds=29)
        await client.refresh_if_unknown("79")
        assert downloads(renewed) == 1
        clock[0] += timedelta(seconds=1)
        await client.refresh_if_unknown("80")
        clock[0] -= timedelta(hours=1)
        await client.refresh_if_unknown("81")

    assert downloads(renewed) == 3


async def test_what_we_have_or_what_is_no_certificate_is_not_asked_for(renewed: Server) -> None:
    async with wechat_pay(renewed) as client:
        await client.refresh_if_unknown(KEY_ID)
        await client.refresh_if_unknown("PUB_KEY_ID_01")

    assert renewed.requests == []


async def test_a_download_that_fails_is_nobodys_trouble(
    server: Server, client: WechatPayClient
) -> None:
    server.refuses(500, "SYSTEM_ERROR")
    await client.refresh_if_unknown("12")
    server.says({"by": "new"}, signer="new", serial="12")

    assert await outcome(client) == (UNKNOWN, "broken_answer")
    assert downloads(server) == 1
