"""
What an answer means: done, refused, not done, or unknown.

A good answer is signed, errors are not. Only listed codes say that something was refused:
everything else may have been done.
"""

import re
from datetime import datetime
from typing import Any

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.outcomes import NotDone
from gateways.strict_json import read_object
from gateways.upstream_http import Answer, status_trouble
from gateways.wechat_pay.keys import KeyRing
from gateways.wechat_pay.verifying import NotGenuine, verify

CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
THROTTLED_SECONDS = 1.0
REFUSING = range(400, 500)
THROTTLED = 429
SYSTEM_TROUBLE = frozenset({"SYSTEMERROR", "BANKERROR"})

# After these surely nothing was done by this call. Missing on purpose are those that tell of an
# earlier call with the same number, which has to be asked for: OUT_TRADE_NO_USED, ORDER_PAID.
NOTHING_DONE = frozenset(
    {
        *("PARAMERROR", "INVALIDREQUEST", "APPIDMCHIDNOTMATCH", "MCHNOTEXISTS", "ORDERCLOSED"),
        *("NOSTATEMENTEXIST", "STATEMENTCREATING", "SIGNERROR", "NOAUTH", "RULELIMIT"),
        *("TRADEERROR", "NOTENOUGH", "USERACCOUNTABNORMAL", "ACCOUNTERROR", "REQUESTBLOCKED"),
        *("ORDERNOTEXIST", "RESOURCENOTEXISTS"),
    }
)
# The same in the tail of Request-ID: the number stands for other parameters, or has been paid.
OF_AN_EARLIER_CALL = ("-268498688", "-268449538", "-268498689")


class WechatPayRefused(Exception):
    """WeChat Pay said no, definitely: this call has done nothing. `code` says why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code

    def says(self, code: str) -> bool:
        """Whether this is the code, in its new spelling or in the old one without `_`."""
        return plain(self.code) == plain(code)


def plain(code: str) -> str:
    """Without `_`: old pages and some answers have none."""
    return code.replace("_", "")


def result_of(answer: Answer, keys: KeyRing, now: datetime) -> dict[str, Any]:
    """
    The object of an answer that says the call was done; empty if there is nothing to say.

    :raises WechatPayRefused: it was refused
    :raises NotDone: there were too many calls, and this one was not looked at
    :raises UpstreamUnavailable: nobody can say
    """
    if answer.status not in (200, 204):
        raise failure_of(answer)
    try:
        verify(answer.headers, answer.body, keys, now)
        return {} if answer.status == 204 else read_object(answer.body.decode("utf-8"))
    except NotGenuine as doubt:
        detail = str(doubt)
    except ValueError:
        detail = "not JSON"
    raise broken(detail)


def failure_of(answer: Answer) -> WechatPayRefused | UpstreamUnavailable:
    """What an answer other than a good one says."""
    code = _code(answer.body)
    if answer.status == THROTTLED and plain(code) not in SYSTEM_TROUBLE:
        return _throttled(answer, code)
    if answer.status in REFUSING and plain(code) in NOTHING_DONE and not _is_of_earlier(answer):
        return WechatPayRefused(answer.status, code)
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


def _is_of_earlier(answer: Answer) -> bool:
    return answer.headers.get("Request-ID", "").endswith(OF_AN_EARLIER_CALL)


def _code(body: bytes) -> str:
    """Read the code of an error; empty if there is none, "?" if it is not like a code."""
    try:
        code = read_object(body.decode("utf-8")).get("code")
    except ValueError:
        return ""
    if not isinstance(code, str) or not code:
        return ""
    return code if CODE.fullmatch(code) else "?"


def _shown(answer: Answer, code: str) -> str:
    """Status and code, for a log. The message beside them may repeat what we sent."""
    return f"HTTP {answer.status} {code}".rstrip()
