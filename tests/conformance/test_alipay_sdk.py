"""
SDKs for Alipay, as they are, against our sandbox and our gateway.

They need the variable CLEARWAY_SDK_VENVS: a folder made by prepare_sdks.sh.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest

from domain.times import CHINA
from gateways.alipay import read_bill
from gateways.alipay.notices import open_notice
from gateways.bills import RawBill
from sandbox.alipay import SANDBOX_APP_ID, SANDBOX_SELLER_ID, AlipayCredentials, alipay_app
from sandbox.alipay.logins import open_id
from tests.conformance.sdks import HERE, NODE, module, python_of, run
from tests.gateways.sandboxes import Sandbox, serving, small_city
from tests.gateways.test_alipay_trades import keys, wire
from tests.sandbox.merchant import Merchant, trading

PYTHON = python_of("python-alipay-sdk")
RUNNERS = [
    pytest.param(
        [str(PYTHON), str(HERE / "alipay_sdk.py")],
        id="python-alipay-sdk",
        marks=pytest.mark.skipif(not PYTHON.exists(), reason="no python-alipay-sdk"),
    ),
    pytest.param(
        [str(NODE), str(HERE / "alipay_sdk.cjs")],
        id="npm alipay-sdk",
        marks=pytest.mark.skipif(
            NODE is None or not module("alipay-sdk").is_dir(), reason="no npm alipay-sdk"
        ),
    ),
]
SUBJECT = '交通违法罚款 50% "A" \\ a+b=c&d/e?f#g'


@pytest.fixture
async def merchant() -> AsyncIterator[Merchant]:
    async with trading() as one:
        yield one


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with serving("/alipay", alipay_app(small_city(), keys())) as one:
        yield one


def job(sandbox: Sandbox, *steps: list[Any], signs_as: str = "app") -> dict[str, Any]:
    credentials: AlipayCredentials = keys()
    ours, theirs = credentials.app_private_pem, credentials.platform_private_pem
    return {
        "gateway": f"{sandbox.url}/gateway.do",
        "appId": SANDBOX_APP_ID,
        "privateKey": ours if signs_as == "app" else theirs,
        "alipayPublicKey": credentials.platform_public_pem,
        "steps": steps,
    }


def plain(node: dict[str, Any]) -> dict[str, str]:
    """The texts of a node, whether its names are in snake_case or in camelCase."""
    return {
        name.replace("_", "").lower(): value
        for name, value in node.items()
        if isinstance(value, str) and name not in ("traceId",)
    }


@pytest.mark.parametrize("runner", RUNNERS)
async def test_trades_and_their_notices(
    sandbox: Sandbox, merchant: Merchant, runner: list[str]
) -> None:
    def create(number: str) -> list[Any]:
        content = {
            "out_trade_no": number,
            "total_amount": "150.00",
            "subject": SUBJECT,
            "product_code": "JSAPI_PAY",
            "op_app_id": SANDBOX_APP_ID,
            "buyer_open_id": open_id(SANDBOX_APP_ID, 0),
        }
        return ["call", "alipay.trade.create", content, merchant.url]

    def ask(number: str) -> list[Any]:
        return ["call", "alipay.trade.query", {"out_trade_no": number}, ""]

    close = ["call", "alipay.trade.close", {"out_trade_no": "CW000002"}, ""]
    steps = [create("CW000001"), create("CW000002"), ask("CW000001"), close, ask("CW000002")]
    opened, _, waiting, closed, over = map(plain, await run(runner, job(sandbox, *steps)))
    await sandbox.do("pay", outTradeNo="CW000001")
    forms = {form["out_trade_no"]: form for form in (await told(merchant))}
    good = forms["CW000001"]
    verify = [["verify", good], ["verify", forms["CW000002"]], ["verify", good | {"a": "1"}]]
    paid, *verdicts = await run(runner, job(sandbox, ask("CW000001"), *verify))

    assert {opened["code"], waiting["code"], closed["code"], over["code"]} == {"10000"}
    assert (waiting["tradestatus"], over["tradestatus"]) == ("WAIT_BUYER_PAY", "TRADE_CLOSED")
    assert plain(paid)["tradestatus"] == "TRADE_SUCCESS"
    assert plain(paid)["tradeno"] == opened["tradeno"] == good["trade_no"]
    assert good["subject"] == SUBJECT
    assert verdicts == [True, True, False]


async def told(merchant: Merchant) -> list[dict[str, str]]:
    """The notices of the trade that was closed and of the one that was paid."""
    await merchant.told(2)
    return merchant.forms


@pytest.mark.parametrize("runner", RUNNERS)
async def test_refunds_and_bills(sandbox: Sandbox, merchant: Merchant, runner: list[str]) -> None:
    number = "CW000003"
    create = {
        "out_trade_no": number,
        "total_amount": "150.00",
        "subject": SUBJECT,
        "product_code": "JSAPI_PAY",
        "op_app_id": SANDBOX_APP_ID,
        "buyer_open_id": open_id(SANDBOX_APP_ID, 0),
    }
    part = {"out_trade_no": number, "out_request_no": "R1", "refund_amount": "50.00"}
    asked = {"out_trade_no": number, "out_request_no": "R1"}
    day = datetime.now(CHINA).date()
    wanted = {"bill_type": "trade", "bill_date": day.isoformat()}
    await run(runner, job(sandbox, ["call", "alipay.trade.create", create, merchant.url]))
    await sandbox.do("pay", outTradeNo=number)
    steps = [
        ["call", "alipay.trade.refund", part, ""],
        ["call", "alipay.trade.refund", part, ""],
        ["call", "alipay.trade.fastpay.refund.query", asked, ""],
    ]
    done, again, found = map(plain, await run(runner, job(sandbox, *steps)))
    await merchant.told(2)
    notice = next(form for form in merchant.forms if "refund_fee" in form)
    await sandbox.do("clock", advanceSeconds=2 * 86_400)
    bill = ["call", "alipay.data.dataservice.bill.downloadurl.query", wanted, ""]
    genuine, link = await run(runner, job(sandbox, ["verify", notice], bill))
    async with sandbox.http.get(plain(link)["billdownloadurl"]) as response:
        lines = list(read_bill(RawBill(day, BytesIO(await response.read()), "")))

    assert (done["fundchange"], again["fundchange"]) == ("Y", "N")
    assert done["refundfee"] == again["refundfee"] == found["refundamount"] == "50.00"
    assert found["refundstatus"] == "REFUND_SUCCESS"
    assert genuine is True
    assert [(line.number, line.refund_number, line.amount.yuan) for line in lines] == [
        (number, None, "150.00"),
        (number, "R1", "50.00"),
    ]


@pytest.mark.parametrize("runner", RUNNERS[:1])
async def test_we_accept_what_it_signs(sandbox: Sandbox, runner: list[str]) -> None:
    form = {
        "app_id": SANDBOX_APP_ID,
        "gmt_payment": "2026-11-02 15:30:05",
        "notify_id": "2026110200222153005012345678901234",
        "notify_type": "trade_status_sync",
        "out_trade_no": "CW000001",
        "seller_id": SANDBOX_SELLER_ID,
        "subject": SUBJECT,
        "total_amount": "150.00",
        "trade_no": "2026110222001400000000000001",
        "trade_status": "TRADE_SUCCESS",
    }
    [signed] = await run(runner, job(sandbox, ["sign", form], signs_as="platform"))
    body = f"{signed}&{urlencode({'sign_type': 'RSA2'})}".encode()

    notice = open_notice(body, wire(sandbox.url), SANDBOX_SELLER_ID)

    assert notice.id == form["notify_id"]
    assert notice.trade.reference == form["trade_no"]
