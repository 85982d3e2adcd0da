"""The HTTP side: the gateway, the pages of checks and payments, the control endpoints."""

from dataclasses import dataclass, field
from functools import partial

from aiohttp import web

from sandbox.alipay.calls import read_parameters
from sandbox.alipay.checks import CheckIsOver, Outcome
from sandbox.alipay.control import add_control
from sandbox.alipay.credentials import AlipayCredentials
from sandbox.alipay.desk import DOWNLOAD, TELLING, Desk
from sandbox.alipay.pages import outcome_page, refusal_page
from sandbox.alipay.settings import AlipaySandboxSettings
from sandbox.city import City
from sandbox.payments import add_cashier, add_payment_control
from sandbox.platforms.door import Door, response


def alipay_app(
    city: City, credentials: AlipayCredentials, settings: AlipaySandboxSettings | None = None
) -> web.Application:
    """Alipay, as one app meets it: `/gateway.do`. It can be mounted anywhere."""
    app = web.Application()
    gateway = Gateway(Desk.open(city, credentials, settings or AlipaySandboxSettings()))
    app.on_shutdown.append(gateway.door.close)
    app.on_shutdown.append(gateway.desk.trades.postman.close)
    app.router.add_get("/gateway.do", gateway.serve, allow_head=False)
    app.router.add_post("/gateway.do", gateway.serve)
    app.router.add_get("/downloadBill", gateway.download)
    app.router.add_post("/certify", gateway.tap)
    trades = gateway.desk.trades
    add_cashier(app, trades, trades.postman, "trade_no")
    add_payment_control(app, trades, trades.till, trades.postman)
    add_control(app, gateway.desk)
    return app


@dataclass(slots=True)
class Gateway:
    desk: Desk
    door: Door = field(default_factory=Door)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        parameters = await read_parameters(request)
        method = parameters.get("method", "")
        active = self.desk.switchboard.take(method)
        work = partial(self.desk.serve, parameters, active, _home(request))
        answer = await self.door.answer(request, active, work)
        if method in TELLING:
            await self.desk.trades.postman.early_ones()
        return answer

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The file of a bill, for whoever has a link to it."""
        active = self.desk.switchboard.take(DOWNLOAD)
        work = partial(self.desk.bills.download, request.query.get("token", ""))
        return await self.door.answer(request, active, work)

    async def tap(self, request: web.Request) -> web.Response:
        """What a person taps on the page of a check."""
        form = await request.post()
        certify_id, tapped = str(form.get("certify_id", "")), form.get("outcome")
        try:
            self._tapped(certify_id, str(tapped))
        except LookupError:
            return response(refusal_page("认证已失效 · This check has expired", 404))
        except CheckIsOver:
            return response(refusal_page("认证已完成 · This check is over", 409))
        except ValueError as error:
            return response(refusal_page(str(error), 400))
        return response(outcome_page(self.desk.checks.get(certify_id)))

    def _tapped(self, certify_id: str, tapped: str) -> None:
        checks = self.desk.checks
        if tapped == "pass":
            # Whoever is really registered under the number holds the phone.
            claim = checks.get(certify_id).claim
            checks.face(certify_id, self.desk.city.person(claim.identity_number))
        elif tapped == "fail":
            checks.end(certify_id, Outcome.FAILED)
        elif tapped == "cancel":
            checks.end(certify_id, Outcome.CANCELLED)
        else:
            raise ValueError("Pass, Fail or Cancel?")


def _home(request: web.Request) -> str:
    """Where the caller has found the sandbox, wherever it is mounted."""
    return f"{request.url.origin()}{request.path.removesuffix('/gateway.do')}"
