"""What a person does with the phone, done by a test: give a code, show a face."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.alipay.checks import Outcome
from sandbox.alipay.desk import Desk
from sandbox.alipay.past_trades import PastTrades
from sandbox.payments import add_past_trades, bill_changing
from sandbox.platforms.accounts import holder
from sandbox.platforms.control import Control, Wanted, optional_text, text, whole_number

_OUTCOMES = {"fail": Outcome.FAILED, "cancel": Outcome.CANCELLED}


def add_control(app: web.Application, desk: Desk) -> None:
    own = AlipayControl(desk)
    actions = {
        "auth-codes": own.give_auth_code,
        "certify": own.certify,
        "bill": bill_changing(desk.bills.change),
    }
    Control(desk.switchboard, desk.log, desk.clock).add_to(app, actions)
    add_past_trades(app, PastTrades(desk.trades, desk.gate.app_id).put)


@dataclass(frozen=True, slots=True)
class AlipayControl:
    desk: Desk

    def give_auth_code(self, wanted: Wanted) -> object:
        """`{"citizen", "appId"?}`: what `my.getAuthCode` gives."""
        citizen = holder(self.desk.city, whole_number(wanted, "citizen")).index
        app_id = optional_text(wanted, "appId") or self.desk.gate.app_id
        return {"authCode": self.desk.logins.codes.issue(app_id, citizen)}

    def certify(self, wanted: Wanted) -> object:
        """`{"certifyId", "citizen"}`: his face is shown; or `{"certifyId", "outcome"}`."""
        certify_id = text(wanted, "certifyId")
        if ("citizen" in wanted) == ("outcome" in wanted):
            raise ValueError("either citizen or outcome must be given")
        if "citizen" in wanted:
            person = holder(self.desk.city, whole_number(wanted, "citizen"))
            return {"outcome": self.desk.checks.face(certify_id, person).value}
        outcome = _OUTCOMES.get(text(wanted, "outcome"))
        if outcome is None:
            raise ValueError(f"outcome must be one of {', '.join(_OUTCOMES)}")
        return {"outcome": self.desk.checks.end(certify_id, outcome).value}
