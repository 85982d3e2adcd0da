"""The codes of Alipay's answers, and which of them say that nothing was done."""

import re
from typing import Any

CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")

SUCCESS = "10000"
UNAVAILABLE = "20000"
THROTTLED = "40005"
BUSINESS_FAILED = "40004"
# No right, no or wrong parameters: the gateway looked at the request and did not pass it on.
STOPPED_AT_THE_GATEWAY = frozenset({"20001", "40001", "40002", "40003", "40006"})

# The reasons of 40004 after which surely nothing was done by this call; official enums, without
# their prefix ACQ. Whatever is missing here is unknown. Missing on purpose are SYSTEM_ERROR, and
# those that tell of an earlier call with the same number, which has to be asked for:
# PAYER_UNMATCHED, and but for single methods, NUMBER_USED and NOT_REFUNDED.
NOTHING_DONE = frozenset(
    {
        *("INVALID_PARAMETER", "ILLEGAL_ARGUMENT", "ACCESS_FORBIDDEN", "PARTNER_ERROR"),
        # alipay.trade.create
        *("EXIST_FORBIDDEN_WORD", "TOTAL_FEE_EXCEED", "BUYER_SELLER_EQUAL", "BUYER_NOT_EXIST"),
        *("BUYER_ENABLE_STATUS_FORBID", "SELLER_BEEN_BLOCKED", "SELLER_NOT_EXIST"),
        *("ERROR_BUYER_CERTIFY_LEVEL_LIMIT", "INVALID_RECEIVE_ACCOUNT", "INVALID_STORE_ID"),
        *("BEYOND_PER_RECEIPT_SINGLE_RESTRICTION", "NOT_SUPPORT_PAYMENT_INST"),
        *("NOW_TIME_AFTER_EXPIRE_TIME_ERROR", "MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT"),
        *("MERCHANT_PERM_RECEIPT_SINGLE_LIMIT", "MERCHANT_PERM_RECEIPT_DAY_LIMIT"),
        *("OPEN_ID_NOT_TINY_APP", "UNBOUND_APPLICATION", "PRODUCT_NOT_SUPPORT_IN_TINY_APP"),
        *("BIZ_PRODUCT_NOT_ALLOWED", "MERCHANT_STATUS_NOT_NORMAL", "RISK_MERCHANT_IP_NOT_EXIST"),
        # alipay.trade.query, close and refund
        *("TRADE_NOT_EXIST", "TRADE_STATUS_ERROR", "REASON_TRADE_STATUS_INVALID"),
        *("REASON_ILLEGAL_STATUS", "TRADE_HAS_FINISHED", "TRADE_NOT_ALLOW_REFUND"),
        *("SELLER_BALANCE_NOT_ENOUGH", "REFUND_AMT_NOT_EQUAL_TOTAL", "REFUND_FEE_ERROR"),
        *("REASON_TRADE_BEEN_FREEZEN", "REASON_TRADE_REFUND_FEE_ERR", "CURRENCY_NOT_SUPPORT"),
        *("NOT_ALLOW_PARTIAL_REFUND", "ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND"),
        # alipay.data.dataservice.bill.downloadurl.query; the third is spelt so
        *("NO_BILL_DATA", "BILL_NOT_EXIST", "INVAILID_ARGUMENTS", "TYPE_NOT_SUPPORTED"),
        "BILL_DATE_BEFORE_REGISTRATION",
        # alipay.user.certify.open.query
        *("OPEN_CERTIFY_BILL_NOT_EXIST", "CERTIFY_ID_EXPIRED"),
    }
)

# There is a trade of this number, with other values, paid, or closed: create has left it alone.
NUMBER_USED = frozenset(
    {"CONTEXT_INCONSISTENT", "TRADE_BUYER_NOT_MATCH", "TRADE_HAS_SUCCESS", "TRADE_HAS_CLOSE"}
)
# The second one: the number stands for another amount, so this call has moved nothing.
NOT_REFUNDED = frozenset(
    {
        *("TRADE_HAS_CLOSE", "DISCORDANT_REPEAT_REQUEST", "BUYER_ERROR", "USER_NOT_MATCH_ERR"),
        *("REFUND_ACCOUNT_NOT_EXIST", "CUSTOMER_VALIDATE_ERROR"),
    }
)
NOTHING_DONE_BY = {
    "alipay.trade.create": NOTHING_DONE | NUMBER_USED,
    "alipay.trade.refund": NOTHING_DONE | NOT_REFUNDED,
}


def code_of(node: dict[str, Any], name: str) -> str:
    """Read `code` or `sub_code`; empty if there is none, "?" if it is not like a code."""
    value = node.get(name)
    text = "" if value is None or value == "" else str(value)
    return text if not text or CODE.fullmatch(text) else "?"


def shown(node: dict[str, Any]) -> str:
    """Both codes, for a log. The messages beside them may repeat what we sent."""
    return f"code {code_of(node, 'code') or '-'} {code_of(node, 'sub_code')}".rstrip()
