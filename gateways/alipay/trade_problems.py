"""Why Alipay will not open a trade, in our words."""

from domain.failures import UpstreamUnavailable
from domain.payments import PaymentProblem, PaymentRefused
from gateways.alipay.codes import BUSINESS_FAILED, NUMBER_USED
from gateways.alipay.verdicts import AlipayRefused, turned_away

# The official reasons of alipay.trade.create, without their prefix ACQ.
PROBLEMS = {
    **dict.fromkeys(
        (
            *("BUYER_NOT_EXIST", "BUYER_SELLER_EQUAL", "BUYER_ENABLE_STATUS_FORBID"),
            *("ERROR_BUYER_CERTIFY_LEVEL_LIMIT", "NOT_SUPPORT_PAYMENT_INST"),
        ),
        PaymentProblem.PAYER,
    ),
    **dict.fromkeys(
        # One whose time is over is used up as well.
        (*NUMBER_USED, "NOW_TIME_AFTER_EXPIRE_TIME_ERROR"),
        PaymentProblem.NUMBER_USED,
    ),
    **dict.fromkeys(
        (
            *("INVALID_PARAMETER", "ILLEGAL_ARGUMENT", "ACCESS_FORBIDDEN", "PARTNER_ERROR"),
            *("EXIST_FORBIDDEN_WORD", "TOTAL_FEE_EXCEED", "SELLER_BEEN_BLOCKED"),
            *("SELLER_NOT_EXIST", "INVALID_RECEIVE_ACCOUNT", "INVALID_STORE_ID"),
            *("BEYOND_PER_RECEIPT_SINGLE_RESTRICTION", "MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT"),
            *("MERCHANT_PERM_RECEIPT_SINGLE_LIMIT", "MERCHANT_PERM_RECEIPT_DAY_LIMIT"),
            *("OPEN_ID_NOT_TINY_APP", "UNBOUND_APPLICATION", "PRODUCT_NOT_SUPPORT_IN_TINY_APP"),
            *("BIZ_PRODUCT_NOT_ALLOWED", "MERCHANT_STATUS_NOT_NORMAL"),
            "RISK_MERCHANT_IP_NOT_EXIST",
        ),
        PaymentProblem.MERCHANT,
    ),
}


def refusal(refused: AlipayRefused) -> PaymentRefused | UpstreamUnavailable:
    """Only what is listed is a refusal; so are requests that were stopped at the gateway."""
    if refused.code != BUSINESS_FAILED:
        return PaymentRefused(PaymentProblem.MERCHANT, refused.sub_code or refused.code)
    problem = PROBLEMS.get(reason_of(refused))
    if problem is None:
        return turned_away("alipay.trade.create", refused)
    return PaymentRefused(problem, refused.sub_code)


def reason_of(refused: AlipayRefused) -> str:
    return refused.sub_code.removeprefix("ACQ.")
