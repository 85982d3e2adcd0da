"""What a person does with the phone, done by a test: give a code, show a face."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.alipay.bills import day_of
from sandbox.alipay.checks import Outcome
from sandbox.alipay.desk import Desk
from sandbox.platforms.accounts import holder
from sandbox.platforms.control import Control, Wanted, optional_text, text, whole_number

_OUTCOMES = {"fail": Outcome.FAILED, "cancel": Outcome.CANCELLED}


def add_control(app: web.Application, desk: Desk) -> None:
    own = AlipayControl(desk)
    actions = {"auth-codes": own.give_auth_code, "certify": own.certify, "bill": own.bill}
    Control(desk.switchboard, desk.log, desk.clock).add_to(app, actions)


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

    def bill(self, wanted: Wanted) -> object:
        """
        `{"day", "change"}`: what is wrong with the bill of a day; with none it is right again.

        Lines count from 1, and changes are made in their order: `{"what": "drop", "line"}`,
        `{"what": "add", "outTradeNo", "fen", "refundNumber"?}`, `{"what": "duplicate", "line"}`,
        `{"what": "amount", "line", "fen"}`, `{"what": "time", "line", "seconds"}`, and of the
        file: `{"what"}` of merchant, totals, truncated, encoding.
        """
        day, changes = day_of(wanted.get("day")), wanted.get("change", [])
        if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
            raise ValueError("change must be a list of objects")
        self.desk.bills.change(day, changes)
        return {"day": f"{day}", "changes": len(changes)}
