"""`alipay.user.certify.open.*`: is the person holding the phone who he says he is?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.alipay.answers import Node
from sandbox.alipay.calls import Call
from sandbox.alipay.checks import Check, CheckBook, CheckExpired, Claim, NumberTaken, Outcome
from sandbox.alipay.failures import Failure, Refused, illegal_argument
from sandbox.alipay.pages import check_page
from sandbox.platforms.scenario import Reply

EXPIRED = Failure("40004", "CERTIFY_ID_EXPIRED", "认证已失效")
NOT_EXIST = Failure("40004", "OPEN_CERTIFY_BILL_NOT_EXIST", "认证单据不存在")
_ORDER_NUMBER = re.compile(r"[0-9A-Za-z]{32}")
_BIZ_CODES = ("FACE", "CERT_PHOTO", "CERT_PHOTO_FACE", "SMART_FACE")
_FAIL_REASONS = {
    Outcome.FAILED: "认证未通过",
    Outcome.SOMEBODY_ELSE: "认证人与证件信息不一致",
}


@dataclass(frozen=True, slots=True)
class Certify:
    checks: CheckBook

    def initialize(self, call: Call) -> Node:
        try:
            return _done(certify_id=self.checks.open(_claim(call.content())))
        except NumberTaken as error:
            raise Refused(illegal_argument("outer_order_no")) from error

    def query(self, call: Call) -> Node:
        """Before the person has done it, the answer looks like a failure without a reason."""
        outcome = self._asked(call)[1].outcome
        node = _done(passed="T" if outcome is Outcome.PASSED else "F", material_info="{}")
        if outcome in _FAIL_REASONS:
            node["fail_reason"] = _FAIL_REASONS[outcome]
        return node

    def page(self, call: Call) -> Reply:
        """Where a browser is sent with a signed URL: there is no node in this answer."""
        return check_page(*self._asked(call), charset=call.charset)

    def _asked(self, call: Call) -> tuple[str, Check]:
        certify_id = _text(call.content(), "certify_id")
        try:
            return certify_id, self.checks.get(certify_id)
        except CheckExpired as error:
            raise Refused(EXPIRED) from error
        except LookupError as error:
            raise Refused(NOT_EXIST) from error


def _claim(content: Mapping[str, Any]) -> Claim:
    order_number = _text(content, "outer_order_no")
    if not _ORDER_NUMBER.fullmatch(order_number):
        raise Refused(illegal_argument("outer_order_no"))
    _one_of(content, "biz_code", *_BIZ_CODES)
    person = _object(content, "identity_param")
    _one_of(person, "identity_type", "CERT_INFO")
    _one_of(person, "cert_type", "IDENTITY_CARD")
    return Claim(
        outer_order_no=order_number,
        name=_text(person, "cert_name"),
        identity_number=_text(person, "cert_no"),
        return_url=_text(_object(content, "merchant_config"), "return_url"),
    )


def _done(**fields: str) -> dict[str, object]:
    return {"code": "10000", "msg": "Success", **fields}


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(illegal_argument(name))
    return value


def _one_of(content: Mapping[str, Any], name: str, *allowed: str) -> None:
    if _text(content, name) not in allowed:
        raise Refused(illegal_argument(name))


def _object(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    if not isinstance(value, dict):
        raise Refused(illegal_argument(name))
    return value
