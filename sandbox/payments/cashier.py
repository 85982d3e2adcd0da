"""The cashier: the page on which a payer pays, or does not."""

from dataclasses import dataclass
from html import escape

from aiohttp import web

from sandbox.payments.channel import Bill, BillState, NotPayable, PaymentTrades
from sandbox.payments.page import page
from sandbox.payments.postman import Postman
from sandbox.platforms.door import response
from sandbox.platforms.scenario import Reply

# The action is relative to wherever the sandbox is mounted.
_FORM = """<p>{subject}<br><strong>¥ {yuan}</strong><br>{merchant}</p>
<form method="post" action="cashier" accept-charset="utf-8">
<input type="hidden" name="{name}" value="{handle}">
<button class="main" name="tapped" value="pay">支付 · Pay</button>
<button name="tapped" value="decline">拒绝 · Decline</button>
<button name="tapped" value="wait">稍后 · Wait</button>
</form>"""
_STATES = {BillState.PAID: "已支付 · Paid", BillState.OVER: "交易已关闭 · Closed"}
_TROUBLE = "出错了 · Something is wrong"


def add_cashier(
    app: web.Application, trades: PaymentTrades, postman: Postman, handle_name: str
) -> None:
    """Add `/cashier`; `handle_name` is the parameter that names a bill, as in `?trade_no=1`."""
    cashier = Cashier(trades, postman, handle_name)
    app.router.add_get("/cashier", cashier.show)
    app.router.add_post("/cashier", cashier.tap)


@dataclass(frozen=True, slots=True)
class Cashier:
    trades: PaymentTrades
    postman: Postman
    handle_name: str

    async def show(self, request: web.Request) -> web.Response:
        handle = request.query.get(self.handle_name, "")
        try:
            return response(self._page(handle, self.trades.bill(handle)))
        except LookupError:
            return response(_no_bill())

    async def tap(self, request: web.Request) -> web.Response:
        form = await request.post()
        handle, tapped = str(form.get(self.handle_name, "")), str(form.get("tapped", ""))
        try:
            reply = self._tapped(self.trades.bill(handle), tapped)
        except LookupError:
            reply = _no_bill()
        except NotPayable:
            reply = _result(self.trades.bill(handle), 409)
        except ValueError as error:
            reply = page(_TROUBLE, f"<p>{escape(str(error))}</p>", status=400)
        await self.postman.early_ones()
        return response(reply)

    def _tapped(self, bill: Bill, tapped: str) -> Reply:
        if tapped == "pay":
            self.trades.pay(bill.out_trade_no)
            return page(_STATES[BillState.PAID], _summary(bill))
        if tapped == "decline":
            self.trades.decline(bill.out_trade_no)
            return page("已拒绝 · Declined", _summary(bill))
        if tapped == "wait":
            return page("稍后支付 · Later", _summary(bill))
        raise ValueError("Pay, Decline or Wait?")

    def _page(self, handle: str, bill: Bill) -> Reply:
        if bill.state is not BillState.PAYABLE:
            return _result(bill, 200)
        form = _FORM.format(
            subject=escape(bill.subject),
            yuan=_yuan(bill.fen),
            merchant=escape(bill.merchant),
            name=escape(self.handle_name),
            handle=escape(handle),
        )
        return page("收银台 · Cashier", form)


def _result(bill: Bill, status: int) -> Reply:
    return page(_STATES[bill.state], _summary(bill), status=status)


def _summary(bill: Bill) -> str:
    return f"<p>{escape(bill.subject)}<br><strong>¥ {_yuan(bill.fen)}</strong></p>"


def _no_bill() -> Reply:
    return page(_TROUBLE, "<p>没有这笔交易 · There is no such trade</p>", status=404)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
