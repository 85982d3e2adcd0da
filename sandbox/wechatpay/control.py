"""What WeChat Pay does with its own keys and its bills, done by a test."""

from dataclasses import dataclass
from datetime import date

from aiohttp import web

from sandbox.payments import add_payment_control
from sandbox.platforms.control import Control, Wanted, text
from sandbox.wechatpay.desk import Desk
from sandbox.wechatpay.settings import KeyMode


def add_control(app: web.Application, desk: Desk) -> None:
    own = WechatPayControl(desk)
    actions = {
        "certificates": own.change_certificates,
        "keys": own.change_mode,
        "bill": own.change_bill,
    }
    Control(desk.switchboard, desk.log, desk.clock).add_to(app, actions)
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

    def change_bill(self, wanted: Wanted) -> object:
        """
        `{"day", "change"}`: what is wrong with the bill of a day; with none it is right again.

        Lines count from 1, and changes are made in their order: `{"what": "drop", "line"}`,
        `{"what": "add", "outTradeNo", "fen"}`, `{"what": "amount", "line", "fen"}`,
        `{"what": "duplicate", "line"}`, `{"what": "time", "line", "seconds"}`,
        `{"what": "merchant", "line"}`, and of the file: `{"what"}` of totals, truncated,
        encoding, hash.
        """
        day, changes = text(wanted, "day"), wanted.get("change", [])
        if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
            raise ValueError("change must be a list of objects")
        self.desk.bills.change(date.fromisoformat(day), changes)
        return {"day": day, "changes": len(changes)}
