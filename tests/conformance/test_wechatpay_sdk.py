"""
The sandbox of WeChat Pay, judged by somebody else's SDK: wechatpayv3.

CLEARWAY_SDK_VENVS names a folder in which `wechatpayv3` is a venv that has it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.wechat import WECHAT_APP_ID
from sandbox.wechat.logins import open_id
from sandbox.wechatpay import (
    KeyMode,
    WechatPayCredentials,
    WechatPaySandboxSettings,
    wechatpay_app,
)
from tests.conformance.sdks import HERE, python_of, run
from tests.gateways.sandboxes import small_city

PYTHON = python_of("wechatpayv3")
OPENID = open_id(WECHAT_APP_ID, 0)

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="no venv with wechatpayv3")


@asynccontextmanager
async def at_the_root(app: web.Application) -> AsyncIterator[str]:
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.mark.parametrize("mode", [KeyMode.PUBLIC_KEY, KeyMode.CERTIFICATE])
async def test_a_merchant_with_wechatpayv3(mode: KeyMode, tmp_path: Path) -> None:
    credentials = WechatPayCredentials.load_or_create(tmp_path)
    app = wechatpay_app(small_city(), credentials, WechatPaySandboxSettings(key_mode=mode))
    # The SDK does not sign the path of the address, so there can be none.
    async with at_the_root(app) as gateway:
        said = await run(
            [str(PYTHON), str(HERE / "wechatpay_sdk.py")],
            {
                "gateway": gateway,
                "keys": str(tmp_path),
                "mode": mode,
                "app_id": WECHAT_APP_ID,
                "merchant_id": credentials.merchant_id,
                "certificate_serial": credentials.certificate_serial,
                "public_key_id": credentials.public_key_id,
                "openid": OPENID,
            },
        )

    _, trade = said["paid"]
    assert (trade["trade_state"], trade["amount"]["total"]) == ("SUCCESS", 15000)
    assert (trade["payer"], trade["out_trade_no"]) == ({"openid": OPENID}, "SDK0001")
    notice = said.pop("notice")
    assert (notice["event_type"], notice["resource"]) == ("TRANSACTION.SUCCESS", trade)
    refunds = said.pop("refunds")
    _, refund = refunds.pop("ended")
    assert (refund["status"], refund["amount"]["refund"]) == ("SUCCESS", 5000)
    told = refunds.pop("notice")
    assert (told["event_type"], told["resource"]["refund_status"]) == ("REFUND.SUCCESS", "SUCCESS")
    assert told["resource"]["refund_id"] == refund["refund_id"]
    assert refunds == {
        "absent": [404, "RESOURCE_NOT_EXISTS"],
        "accepted": [200, "PROCESSING"],
        "the_same": True,
        "another": [400, "INVALID_REQUEST"],
    }
    assert said.pop("bill") == {
        "creating": [400, "STATEMENT_CREATING"],
        "status": [200, 200],
        "hash_is_right": True,
        "numbers": ["SDK0001", "SDK0001"],
    }
    assert said == {
        "begun": [200, ["prepay_id"]],
        "unpaid": [200, "NOTPAY"],
        "paid": [200, trade],
        "by_id_is_the_same": True,
        "forged": None,
        "closed": [204, 204],
        "too_late": [400, "ORDERPAID"],
        "absent": [404, "ORDER_NOT_EXIST"],
        "certificates": 2 if mode is KeyMode.CERTIFICATE else 0,
    }
