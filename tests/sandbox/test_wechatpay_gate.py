"""Who may call the sandbox of WeChat Pay: signatures over what was on the wire."""

import json
import time
from collections.abc import AsyncIterator

import pytest

from sandbox.city import City
from sandbox.wechatpay import SANDBOX_MERCHANT_ID
from tests.sandbox.wechatpay_wire import (
    BY_NUMBER,
    JSAPI,
    PREFIX,
    WechatPay,
    authorization,
    credentials,
    prepay,
    public_key,
    served,
)

SIGN_ERROR = (401, "SIGN_ERROR", "0")
CERTIFICATES = "/v3/certificates"
QUERY = f"{BY_NUMBER}?mchid={SANDBOX_MERCHANT_ID}"


@pytest.fixture
async def wechat_pay(city: City) -> AsyncIterator[WechatPay]:
    async with served(city) as one:
        yield one


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(prepay()).encode(),
        json.dumps(prepay(), ensure_ascii=False, separators=(",", ":")).encode(),
        json.dumps(prepay(), indent=2).encode() + b"\n",
    ],
)
async def test_the_very_bytes_are_signed(wechat_pay: WechatPay, body: bytes) -> None:
    header = authorization("POST", PREFIX + JSAPI, body)

    assert (await wechat_pay.send("POST", JSAPI, body, header)).status == 200
    assert (await wechat_pay.send("POST", JSAPI, body + b" ", header)).code == SIGN_ERROR


async def test_the_path_is_signed_as_it_was_on_the_wire(wechat_pay: WechatPay) -> None:
    await wechat_pay.begin()
    encoded = QUERY.replace("*", "%2A")
    for signed, sent, status in (
        (PREFIX + QUERY, QUERY, 200),
        (PREFIX + encoded, encoded, 200),
        (PREFIX + QUERY, encoded, 401),
        # Where the sandbox is mounted is a part of the path.
        (QUERY, QUERY, 401),
        (PREFIX + BY_NUMBER, QUERY, 401),
    ):
        answer = await wechat_pay.send("GET", sent, b"", authorization("GET", signed, b""))
        assert answer.status == status


@pytest.mark.parametrize("seconds", [-295, 0, 295])
async def test_within_five_minutes(wechat_pay: WechatPay, seconds: int) -> None:
    stamp = str(int(time.time()) + seconds)
    header = authorization("GET", PREFIX + QUERY, b"", timestamp=stamp)

    assert (await wechat_pay.send("GET", QUERY, b"", header)).status == 404


@pytest.mark.parametrize("seconds", [-310, 310, 10**9])
async def test_beyond_five_minutes(wechat_pay: WechatPay, seconds: int) -> None:
    stamp = str(int(time.time()) + seconds)
    header = authorization("GET", PREFIX + QUERY, b"", timestamp=stamp)

    assert (await wechat_pay.send("GET", QUERY, b"", header)).code == SIGN_ERROR


async def test_the_sandbox_can_be_put_forward_and_callers_stay(wechat_pay: WechatPay) -> None:
    await wechat_pay.control("clock", {"advanceSeconds": 100_000})

    assert (await wechat_pay.begin()).status == 200


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"mchid": "1900009999"}, (400, "MCH_NOT_EXISTS", "0")),
        ({"serial_no": "ABCD"}, SIGN_ERROR),
        ({"serial_no": ""}, SIGN_ERROR),
        ({"timestamp": "now"}, SIGN_ERROR),
        ({"signature": "QUJD"}, SIGN_ERROR),
        ({"signature": "%"}, SIGN_ERROR),
        ({"extra": "1"}, SIGN_ERROR),
    ],
)
async def test_another_authorization(
    wechat_pay: WechatPay, changed: dict[str, str], expected: tuple[int, str, str]
) -> None:
    header = authorization("GET", PREFIX + QUERY, b"", **changed)

    assert (await wechat_pay.send("GET", QUERY, b"", header)).code == expected


async def test_no_authorization(wechat_pay: WechatPay) -> None:
    good = authorization("GET", PREFIX + QUERY, b"")
    for header in (
        "Bearer x",
        "WECHATPAY2-SHA256-RSA2048",
        'WECHATPAY2-SHA256-RSA2048 mchid="1",mchid="1"',
        good.replace("RSA2048", "SM2"),
        good.replace('"', "'"),
        good + ",",
    ):
        assert (await wechat_pay.send("GET", QUERY, b"", header)).code == SIGN_ERROR


async def test_members_in_any_order_and_a_serial_without_its_zeros(wechat_pay: WechatPay) -> None:
    header = authorization(
        "GET", PREFIX + QUERY, b"", serial_no=credentials().certificate_serial.lower()
    )
    scheme, _, members = header.partition(" ")
    turned = f"{scheme} {', '.join(reversed(members.split(',')))}"

    assert (await wechat_pay.send("GET", QUERY, b"", turned)).code[1] == "ORDER_NOT_EXIST"


async def test_errors_are_not_signed(wechat_pay: WechatPay) -> None:
    answer = await wechat_pay.query()

    assert answer.code == (404, "ORDER_NOT_EXIST", "268512771")
    assert not [name for name in answer.headers if name.startswith("Wechatpay-")]


async def test_no_content_is_signed_over_nothing(wechat_pay: WechatPay) -> None:
    await wechat_pay.begin()
    answer = await wechat_pay.close()

    assert (answer.status, answer.body) == (204, b"")
    assert answer.is_signed_by(public_key())


async def test_a_merchant_with_the_public_key_has_no_certificates(wechat_pay: WechatPay) -> None:
    assert (await wechat_pay.send("GET", CERTIFICATES)).code == (404, "RESOURCE_NOT_EXISTS", "0")
