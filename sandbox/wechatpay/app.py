"""The HTTP side: API v3, the cashier, the control endpoints."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.city import City
from sandbox.payments import add_cashier
from sandbox.platforms.door import Door
from sandbox.wechatpay.bills import DOWNLOADS
from sandbox.wechatpay.calls import (
    BILL,
    CERTIFICATES,
    CLOSE,
    DOWNLOAD,
    PREPAY,
    QUERY,
    REFUND,
    REFUND_QUERY,
    Call,
)
from sandbox.wechatpay.control import add_control
from sandbox.wechatpay.credentials import WechatPayCredentials
from sandbox.wechatpay.desk import Desk
from sandbox.wechatpay.gate import Wire
from sandbox.wechatpay.settings import WechatPaySandboxSettings

_TRANSACTIONS = "/v3/pay/transactions"
_BY_NUMBER = _TRANSACTIONS + "/out-trade-no/{out_trade_no}"
_REFUNDS = "/v3/refund/domestic/refunds"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def wechatpay_app(
    city: City,
    credentials: WechatPayCredentials,
    settings: WechatPaySandboxSettings | None = None,
) -> web.Application:
    """WeChat Pay, as one merchant meets it: `/v3/…`. It can be mounted anywhere."""
    app = web.Application()
    server = Server(Desk.open(city, credentials, settings or WechatPaySandboxSettings()))
    desk, router = server.desk, app.router
    app.on_shutdown.extend([server.door.close, desk.refunds.close, desk.postman.close])
    router.add_post(f"{_TRANSACTIONS}/jsapi", server.serving(PREPAY))
    router.add_get(_BY_NUMBER, server.serving(QUERY), allow_head=False)
    router.add_get(_TRANSACTIONS + "/id/{transaction_id}", server.serving(QUERY), allow_head=False)
    router.add_post(f"{_BY_NUMBER}/close", server.serving(CLOSE))
    router.add_get("/v3/certificates", server.serving(CERTIFICATES), allow_head=False)
    router.add_post(_REFUNDS, server.serving(REFUND))
    router.add_get(f"{_REFUNDS}/{{out_refund_no}}", server.serving(REFUND_QUERY), allow_head=False)
    router.add_get("/v3/bill/tradebill", server.serving(BILL), allow_head=False)
    router.add_get(DOWNLOADS, server.serving(DOWNLOAD), allow_head=False)
    add_cashier(app, desk.trades, desk.postman, "prepay_id")
    add_control(app, desk)
    return app


@dataclass(slots=True)
class Server:
    desk: Desk
    door: Door = field(default_factory=Door)

    def serving(self, method: str) -> _Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            wire, path, query = await _wire(request), request.match_info, request.query
            call = Call(method, wire, path, query, _base(request))
            active = self.desk.switchboard.take(method)
            return await self.door.answer(request, active, lambda: self.desk.serve(call, active))

        return handle


async def _wire(request: web.Request) -> Wire:
    """What is signed is what was on the wire, wherever the sandbox is mounted."""
    return Wire(
        request.method,
        request.raw_path,
        request.headers.get("Authorization", ""),
        await request.read(),
        request.headers.get("Wechatpay-Serial", ""),
    )


def _base(request: web.Request) -> str:
    """The address of the sandbox, wherever it is mounted."""
    mounted = request.path.partition("/v3/")[0]
    return f"{request.scheme}://{request.host}{mounted}"
