"""
What an answer means: done, refused, not done, or unknown.

A good answer is signed, errors are not. Only listed codes say that something was refused:
everything else may have been done.
"""

import re
from datetime import datetime
from typing import Any

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.payments import NotGenuine
from gateways.outcomes import NotDone
from gateways.strict_json import read_object
from gateways.upstream_http import Answer, status_trouble
from gateways.wechat_pay.keys import KeyRing
from gateways.wechat_pay.verifying import UnknownSerial, verify

CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
THROTTLED_SECONDS = 1.0
REFUSING = range(400, 500)
THROTTLED = 429
SYSTEM_TROUBLE = frozenset({"SYSTEMERROR", "BANKERROR"})

# After these surely nothing was done by this call.
NOTHING_DONE = frozenset(
    {
        *("PARAMERROR", "INVALIDREQUEST", "APPIDMCHIDNOTMATCH", "MCHNOTEXISTS", "ORDERCLOSED"),
        *("NOSTATEMENTEXIST", "STATEMENTCREATING", "SIGNERROR", "NOAUTH", "RULELIMIT"),
        *("TRADEERROR", "NOTENOUGH", "USERACCOUNTABNORMAL", "ACCOUNTERROR", "REQUESTBLOCKED"),
        *("ORDERNOTEXIST", "RESOURCENOTEXISTS"),
    }
)
# These, too, but they tell of an earlier call with the same number.
PAID = frozenset({"ORDERPAID"})
USED = PAID | {"OUTTRADENOUSED"}
# The same in the tail of Request-ID: it has been paid; has other parameters, or is over.
PAID_TAILS = frozenset({"268449538", "268498689"})
USED_TAILS = PAID_TAILS | {"268498688", "268447914"}
# What INVALID_REQUEST is about, only its message says; the rest of it may repeat what we sent.
HINTS = ("可退金额", "全额退款", "最大期限", "退款期限", "未支付")


class WechatPayRefused(Exception):
    """
    WeChat Pay said no, definitely: this call has done nothing. `code` says why.

    :ivar tail: the number at the end of Request-ID, which can say more than the code
    :ivar field: JSON pointer to the parameter that is wrong, if it is told
    :ivar hint: which of HINTS the message has, if any
    """

    def __init__(
        self, status: int, code: str, tail: str = "", field: str = "", hint: str = ""
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.tail = tail
        self.field = field
        self.hint = hint

    @property
    def says_paid(self) -> bool:
        """Whether somebody has paid under this number."""
        return plain(self.code) in PAID or self.tail in PAID_TAILS

    @property
    def says_used(self) -> bool:
        """Whether the number stands for an earlier payment, which has to be asked for."""
        return plain(self.code) in USED or self.tail in USED_TAILS

    def says(self, code: str) -> bool:
        """Whether this is the code, in its new spelling or in the old one without `_`."""
        return plain(self.code) == plain(code)

    def unexplained(self) -> UpstreamUnavailable:
        """The same for callers to whom this code says nothing they could act on."""
        return UpstreamUnavailable(
            UpstreamReason.REFUSED, upstream=Upstream.WECHAT, detail=f"HTTP {self}"
        )


def plain(code: str) -> str:
    """Without `_`: old pages and some answers have none."""
    return code.replace("_", "")


def result_of(answer: Answer, keys: KeyRing, now: datetime) -> dict[str, Any]:
    """
    The object of an answer that says the call was done; empty if there is nothing to say.

    :raises WechatPayRefused: it was refused
    :raises NotDone: there were too many calls, and this one was not looked at
    :raises UnknownSerial: a key that we do not have may vouch for it
    :raises UpstreamUnavailable: nobody can say
    """
    if answer.status not in (200, 204):
        raise failure_of(answer)
    try:
        verify(answer.headers, answer.body, keys, now)
        return {} if answer.status == 204 else read_object(answer.body.decode("utf-8"))
    except UnknownSerial:
        raise
    except NotGenuine as doubt:
        detail = str(doubt)
    except ValueError:
        detail = "not JSON"
    raise broken(detail)


def failure_of(answer: Answer) -> WechatPayRefused | UpstreamUnavailable:
    """What an answer other than a good one says."""
    error = _error(answer.body)
    code, tail = _word(error.get("code")), answer.headers.get("Request-ID", "").rpartition("-")[2]
    if answer.status == THROTTLED and plain(code) not in SYSTEM_TROUBLE:
        return _throttled(answer, code)
    if answer.status in REFUSING and plain(code) in NOTHING_DONE | USED:
        return WechatPayRefused(answer.status, code, tail, _field(error), _hint(error))
    if answer.status >= 500 or plain(code) in SYSTEM_TROUBLE:
        reason = UpstreamReason.UNREACHABLE
    else:
        reason = UpstreamReason.REFUSED if code else UpstreamReason.BROKEN_ANSWER
    return UpstreamUnavailable(reason, upstream=Upstream.WECHAT, detail=_shown(answer, code))


def broken(detail: str) -> UpstreamUnavailable:
    """An answer that cannot be used: what it would have said is unknown."""
    return UpstreamUnavailable(
        UpstreamReason.BROKEN_ANSWER, upstream=Upstream.WECHAT, detail=detail
    )


def _throttled(answer: Answer, code: str) -> NotDone:
    told = status_trouble(answer.status, answer.headers, Upstream.WECHAT)
    return NotDone(
        UpstreamReason.TOO_MANY_CALLS,
        upstream=Upstream.WECHAT,
        retry_after=THROTTLED_SECONDS if told.retry_after is None else told.retry_after,
        detail=_shown(answer, code),
    )


def _error(body: bytes) -> dict[str, Any]:
    try:
        return read_object(body.decode("utf-8"))
    except ValueError:
        return {}


def _word(code: object) -> str:
    """Read the code of an error; empty if there is none, "?" if it is not like a code."""
    if not isinstance(code, str) or not code:
        return ""
    return code if CODE.fullmatch(code) else "?"


def _field(error: dict[str, Any]) -> str:
    detail = error.get("detail")
    field = detail.get("field") if isinstance(detail, dict) else None
    return field if isinstance(field, str) else ""


def _hint(error: dict[str, Any]) -> str:
    message = error.get("message")
    known = HINTS if isinstance(message, str) else ()
    return next((hint for hint in known if hint in str(message)), "")


def _shown(answer: Answer, code: str) -> str:
    """Status and code, for a log. The message beside them may repeat what we sent."""
    return f"HTTP {answer.status} {code}".rstrip()
