"""
A merchant who uses wechatpayv3: begin, pay, hear of it, ask, close, give back, and read the bill.

What came of it is printed as JSON.

Runs in a venv of its own. Reads its settings as JSON: `gateway`, `keys` (a folder), `mode`
(`public-key` or `certificate`), `app_id`, `merchant_id`, `certificate_serial`, `public_key_id`,
`openid`. The SDK is as it is published, but for the address that it calls.
"""

import gzip
import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.request import Request, urlopen

from wechatpayv3 import WeChatPay, WeChatPayType  # type: ignore[import-not-found]

Notice = tuple[dict[str, str], bytes]


def listen(notices: list[Notice], arrived: Event) -> HTTPServer:
    """Where notices come in; every one is acknowledged."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            notices.append((dict(self.headers.items()), self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()
            arrived.set()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def merchant(told: Mapping[str, str], notify_url: str, certificates: Path) -> Any:
    keys = Path(told["keys"])
    platform: dict[str, str] = {}
    if told["mode"] == "public-key":
        platform["public_key"] = (keys / "wechatpay-public.pem").read_text()
        platform["public_key_id"] = told["public_key_id"]
    else:
        pem = (keys / "wechatpay-platform-cert.pem").read_text()
        (certificates / "platform.pem").write_text(pem)
        platform["cert_dir"] = str(certificates)
    pay = WeChatPay(
        wechatpay_type=WeChatPayType.MINIPROG,
        mchid=told["merchant_id"],
        private_key=(keys / "wechatpay-merchant.pem").read_text(),
        cert_serial_no=told["certificate_serial"],
        apiv3_key=(keys / "wechatpay-apiv3.key").read_text(),
        appid=told["app_id"],
        notify_url=notify_url,
        timeout=(3, 3),
        **platform,
    )
    pay._core._gate_way = told["gateway"]
    return pay


def control(gateway: str, path: str, **wanted: object) -> None:
    request = Request(f"{gateway}/control/{path}", json.dumps(wanted).encode())
    urlopen(request, timeout=3).close()


def play(told: Mapping[str, str], certificates: Path) -> dict[str, Any]:
    notices: list[Notice] = []
    arrived = Event()
    url = f"http://127.0.0.1:{listen(notices, arrived).server_port}/notices"
    pay, gateway = merchant(told, url, certificates), told["gateway"]
    begun = pay.pay(
        description="交通违法罚款",
        out_trade_no="SDK0001",
        amount={"total": 15000, "currency": "CNY"},
        payer={"openid": told["openid"]},
    )
    unpaid = pay.query(out_trade_no="SDK0001")
    if told["mode"] == "certificate":
        # What is signed from now on, the SDK has to download first.
        control(gateway, "certificates", action="rotate")
    control(gateway, "pay", outTradeNo="SDK0001")
    arrived.wait(5)
    [(headers, body)] = notices
    paid = pay.query(out_trade_no="SDK0001")
    by_id = pay.query(transaction_id=json.loads(paid[1])["transaction_id"])
    pay.pay(
        description="another",
        out_trade_no="SDK0002",
        amount={"total": 1},
        payer={"openid": told["openid"]},
    )
    asked = json.loads(paid[1])
    refunds = refunded(pay, gateway, asked["transaction_id"], notices, arrived)
    return {
        "refunds": refunds,
        "bill": bill(pay, gateway, asked["success_time"][:10]),
        "begun": [begun[0], sorted(json.loads(begun[1]))],
        "unpaid": [unpaid[0], json.loads(unpaid[1])["trade_state"]],
        "paid": [paid[0], json.loads(paid[1])],
        "by_id_is_the_same": by_id == paid,
        "notice": pay.callback(headers, body),
        "forged": pay.callback(headers, body.replace(b"EV-", b"EW-")),
        "closed": [pay.close("SDK0002")[0], pay.close("SDK0002")[0]],
        "too_late": _refusal(pay.close("SDK0001")),
        "absent": _refusal(pay.query(out_trade_no="SDK0003")),
        "certificates": len(pay._core._certificates),
    }


def refunded(
    pay: Any, gateway: str, transaction_id: str, notices: list[Notice], arrived: Event
) -> dict[str, Any]:
    amount = {"refund": 5000, "total": 15000, "currency": "CNY"}
    arrived.clear()

    def refund(**changes: Any) -> tuple[int, str]:
        told: tuple[int, str] = pay.refund(
            out_refund_no="SDKR0001",
            transaction_id=transaction_id,
            reason="撤销处罚",
            amount={**amount, **changes},
        )
        return told

    absent = _refusal(pay.query_refund("SDKR0001"))
    accepted, again = refund(), refund()
    processing = pay.query_refund("SDKR0001")
    control(gateway, "clock", advanceSeconds=60)
    arrived.wait(5)
    ended = pay.query_refund("SDKR0001")
    return {
        "absent": absent,
        "accepted": [accepted[0], json.loads(accepted[1])["status"]],
        "the_same": accepted == again == processing,
        "ended": [ended[0], json.loads(ended[1])],
        "notice": pay.callback(*notices[-1]),
        "another": _refusal(refund(refund=1)),
    }


def bill(pay: Any, gateway: str, day: str) -> dict[str, Any]:
    creating = _refusal(pay.trade_bill(day))
    control(gateway, "clock", advanceSeconds=2 * 86_400)
    status, told = pay.trade_bill(day)
    link = json.loads(told)
    fetched, packed = pay.download_bill(link["download_url"])
    file = gzip.decompress(packed)
    return {
        "creating": creating,
        "status": [status, fetched],
        "hash_is_right": hashlib.sha1(file).hexdigest() == link["hash_value"],
        "numbers": [line.split(",`")[6] for line in file.decode("utf-8-sig").split("\r\n")[1:-3]],
    }


def _refusal(answer: tuple[int, str]) -> list[object]:
    return [answer[0], json.loads(answer[1])["code"]]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        json.dump(play(json.load(sys.stdin), Path(folder)), sys.stdout)
