"""
What a signed answer means: done, refused, not done, or unknown.

Only listed codes say that something was refused: everything else may have been done.
"""

import logging
from typing import Any

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.alipay.codes import (
    BUSINESS_FAILED,
    NOTHING_DONE,
    NOTHING_DONE_BY,
    STOPPED_AT_THE_GATEWAY,
    SUCCESS,
    THROTTLED,
    UNAVAILABLE,
    code_of,
    shown,
)
from gateways.alipay.envelope import Envelope
from gateways.outcomes import NotDone

logger = logging.getLogger("clearway.alipay")

# This one never says that it worked, it just answers.
WITHOUT_CODE = "alipay.system.oauth.token"
THROTTLED_SECONDS = 1.0
# They spell it so.
THEIR_TROUBLE = (".unknow-error", ".unknown-error", "SYSTEM_ERROR", "UNKNOWN_ERROR")


class AlipayRefused(Exception):
    """Alipay said no, definitely: this call has done nothing. `sub_code` says why."""

    def __init__(self, code: str, sub_code: str) -> None:
        super().__init__(f"{code} {sub_code}".rstrip())
        self.code = code
        self.sub_code = sub_code


def result_of(envelope: Envelope, method: str) -> dict[str, Any]:
    """
    The node of an answer that says the call was done.

    :raises AlipayRefused: it was refused
    :raises NotDone: there were too many calls, and this one was not looked at
    :raises UpstreamUnavailable: nobody can say
    """
    node = envelope.node
    code, sub_code = code_of(node, "code"), code_of(node, "sub_code")
    if _is_done(code, sub_code, method) and not envelope.is_error:
        return node
    if code == THROTTLED:
        raise NotDone(
            UpstreamReason.TOO_MANY_CALLS,
            upstream=Upstream.ALIPAY,
            retry_after=THROTTLED_SECONDS,
            detail=shown(node),
        )
    if _is_their_trouble(code, sub_code):
        reason = UpstreamReason.UNREACHABLE
    elif _is_refusal(code, sub_code, method):
        raise AlipayRefused(code, sub_code)
    else:
        reason = UpstreamReason.REFUSED
    raise UpstreamUnavailable(reason, upstream=Upstream.ALIPAY, detail=shown(node))


def turned_away(method: str, refused: AlipayRefused) -> UpstreamUnavailable:
    """A refusal that nobody but the operators can do something about."""
    logger.error("refused: method=%s code=%s", method, refused)
    stopped = refused.code in STOPPED_AT_THE_GATEWAY
    reason = UpstreamReason.NOT_AUTHORISED if stopped else UpstreamReason.REFUSED
    return UpstreamUnavailable(reason, upstream=Upstream.ALIPAY, detail=str(refused))


def broken(detail: str) -> UpstreamUnavailable:
    """Done, but what came back is no use."""
    logger.warning("unusable answer: %s", detail)
    return UpstreamUnavailable(
        UpstreamReason.BROKEN_ANSWER, upstream=Upstream.ALIPAY, detail=detail
    )


def _is_done(code: str, sub_code: str, method: str) -> bool:
    return not sub_code and (code == SUCCESS or (not code and method == WITHOUT_CODE))


def _is_their_trouble(code: str, sub_code: str) -> bool:
    return code == UNAVAILABLE or sub_code.startswith("isp.") or sub_code.endswith(THEIR_TROUBLE)


def _is_refusal(code: str, sub_code: str, method: str) -> bool:
    if code == BUSINESS_FAILED:
        # By the platform's convention isv. is the caller's mistake, isp. the provider's.
        nothing_done = NOTHING_DONE_BY.get(method, NOTHING_DONE)
        return sub_code.startswith("isv.") or sub_code.removeprefix("ACQ.") in nothing_done
    return code in STOPPED_AT_THE_GATEWAY
