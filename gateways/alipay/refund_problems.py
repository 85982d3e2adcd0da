"""Why Alipay will not refund, in our words."""

from domain.failures import UpstreamUnavailable
from domain.refunds import RefundProblem, RefundRefused
from gateways.alipay.codes import BUSINESS_FAILED
from gateways.alipay.trade_problems import reason_of
from gateways.alipay.verdicts import AlipayRefused, turned_away

# The official reasons of alipay.trade.refund, without their prefix ACQ.
PROBLEMS = {
    **dict.fromkeys(
        ("REFUND_AMT_NOT_EQUAL_TOTAL", "REASON_TRADE_REFUND_FEE_ERR", "REFUND_FEE_ERROR"),
        RefundProblem.BEYOND_REMAINDER,
    ),
    **dict.fromkeys(
        (
            *("TRADE_HAS_FINISHED", "TRADE_HAS_CLOSE", "TRADE_STATUS_ERROR", "TRADE_NOT_EXIST"),
            *("REASON_TRADE_STATUS_INVALID", "REASON_TRADE_BEEN_FREEZEN"),
            *("TRADE_NOT_ALLOW_REFUND", "NOT_ALLOW_PARTIAL_REFUND"),
            "ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND",
        ),
        RefundProblem.NOT_REFUNDABLE,
    ),
    "SELLER_BALANCE_NOT_ENOUGH": RefundProblem.BALANCE,
    "DISCORDANT_REPEAT_REQUEST": RefundProblem.NUMBER_USED,
    **dict.fromkeys(
        (
            *("INVALID_PARAMETER", "ACCESS_FORBIDDEN", "CURRENCY_NOT_SUPPORT"),
            *("BUYER_NOT_EXIST", "BUYER_ENABLE_STATUS_FORBID", "BUYER_ERROR"),
            *("USER_NOT_MATCH_ERR", "REFUND_ACCOUNT_NOT_EXIST", "CUSTOMER_VALIDATE_ERROR"),
        ),
        RefundProblem.MERCHANT,
    ),
}


def refund_refusal(refused: AlipayRefused) -> RefundRefused | UpstreamUnavailable:
    """Only what is listed is a refusal; so are requests that were stopped at the gateway."""
    if refused.code != BUSINESS_FAILED:
        return RefundRefused(RefundProblem.MERCHANT, refused.sub_code or refused.code)
    problem = PROBLEMS.get(reason_of(refused))
    if problem is None:
        return turned_away("alipay.trade.refund", refused)
    return RefundRefused(problem, refused.sub_code)
