"""What WeChat Pay does with its own keys and its bills, done by a test."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.payments import add_past_trades, add_payment_control, bill_changing
from sandbox.platforms.control import Control, Wanted, text
from sandbox.wechatpay.desk import Desk
from sandbox.wechatpay.past_trades import PastTrades
from sandbox.wechatpay.settings import KeyMode


def add_control(app: web.Application, desk: Desk) -> None:
    own = WechatPayControl(desk)
    actions = {
        "certificates": own.change_certificates,
        "keys": own.change_mode,
        "bill": bill_changing(desk.bills.change),
    }
    Control(desk.switchboard, desk.log, desk.clock).add_to(app, actions)
    past = PastTrades(desk.book, desk.refunds.book, desk.till, desk.merchant.app_id)
    add_past_trades(app, past.put)
    add_payment_control(app, desk.trades, desk.till, desk.postman)


@dataclass(frozen=True, slots=True)
class WechatPayControl:
    desk: Desk

    def change_certificates(self, wanted: Wanted) -> object:
        """`{"action"}`: `rotate`, a new one comes and signs; `retire`, the oldest goes."""
        keys, action = self.desk.keys, text(wanted, "action")
        if action == "rotate":
            keys.rotate()
        elif action == "retire":
            keys.retire()
        else:
            raise ValueError("action must be rotate or retire")
        return {"serials": [one.serial for one in keys.certificates]}

    def change_mode(self, wanted: Wanted) -> object:
        """`{"mode"}`: public-key, certificate or migration."""
        mode = text(wanted, "mode")
        if mode not in list(KeyMode):
            raise ValueError(f"mode must be one of {', '.join(KeyMode)}")
        self.desk.keys.mode = KeyMode(mode)
        return {"mode": mode}
