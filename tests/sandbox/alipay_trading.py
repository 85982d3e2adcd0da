"""Trades as a merchant's program would ask the Alipay sandbox for them."""

from typing import Any

from sandbox.alipay import SANDBOX_APP_ID, AlipaySandboxSettings
from sandbox.alipay.logins import open_id
from tests.sandbox.alipay_wire import Alipay, Answered

CREATE, QUERY, CLOSE = "alipay.trade.create", "alipay.trade.query", "alipay.trade.close"
NUMBER = "CW2026110100000001"
BUYER = open_id(SANDBOX_APP_ID, 0)
# 2026-11-01 08:00:00 in Beijing.
STARTED = 1_793_491_200.0
SETTINGS = AlipaySandboxSettings(
    clock=lambda: STARTED, timestamp_tolerance_seconds=None, notice_delays_seconds=()
)


def content(**changed: Any) -> dict[str, Any]:
    plain = {
        "out_trade_no": NUMBER,
        "total_amount": "150.00",
        "subject": "交通违法罚款",
        "product_code": "JSAPI_PAY",
        "op_app_id": SANDBOX_APP_ID,
        "buyer_open_id": BUYER,
        "time_expire": "2026-11-01 08:30:00",
    }
    return {name: value for name, value in (plain | changed).items() if value is not None}


async def create(alipay: Alipay, notify_url: str | None = None, **changed: Any) -> Answered:
    return await alipay.ask(CREATE, content(**changed), notify_url=notify_url)


async def query(alipay: Alipay) -> dict[str, Any]:
    return (await alipay.ask(QUERY, {"out_trade_no": NUMBER})).node


async def opened(alipay: Alipay, notify_url: str | None = None) -> str:
    """The trade_no of a new trade."""
    return str((await create(alipay, notify_url)).node["trade_no"])


async def moved(alipay: Alipay) -> list[dict[str, Any]]:
    money: dict[str, list[dict[str, Any]]] = await (await alipay.http.get("/control/money")).json()
    return money["moved"]


async def deliveries(alipay: Alipay) -> list[dict[str, Any]]:
    report: dict[str, list[dict[str, Any]]] = await (
        await alipay.http.get("/control/notices")
    ).json()
    return report["notices"]
