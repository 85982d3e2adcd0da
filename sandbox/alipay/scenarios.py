"""Every trouble the gateway can be in, in the order in which it is applied."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.alipay import failures
from sandbox.alipay.answers import ERROR_NODE, Answer, failed, node_name
from sandbox.alipay.buyers import user_id
from sandbox.alipay.failures import Failure
from sandbox.alipay.trade_book import WAITING
from sandbox.alipay.trade_nodes import NOTHING
from sandbox.alipay.trade_orders import yuan
from sandbox.payments import NOTICE_SCENARIOS
from sandbox.platforms.scenario import Parameters, Scenario
from sandbox.platforms.transport import TRANSPORT

PAYS_AT_ONCE = "pays-at-once"
CREATE_REFUSED = "create-refused"
REFUND_REFUSED = "refund-refused"
REFUND_PENDING = "refund-pending"
_PAID_FIELDS = ("send_pay_date", "fund_bill_list")
_NOT_PAID = {
    "trade_status": WAITING,
    **dict.fromkeys(("buyer_pay_amount", "receipt_amount", "invoice_amount"), NOTHING),
}

_Hook = Callable[[Answer, Parameters], Answer]


def _user_id(answer: Answer, _: Parameters) -> Answer:
    if "open_id" not in answer.node:
        return answer
    kept = {name: value for name, value in answer.node.items() if name != "open_id"}
    return replace(answer, node=kept | {"user_id": user_id(str(answer.node["open_id"]))})


def _without(name: str) -> _Hook:
    def hook(answer: Answer, _: Parameters) -> Answer:
        kept = {key: value for key, value in answer.node.items() if key != name}
        return replace(answer, node=kept)

    return hook


def _amount(answer: Answer, parameters: Parameters) -> Answer:
    if "total_amount" not in answer.node:
        return answer
    return replace(answer, node={**answer.node, "total_amount": yuan(int(parameters["fen"]))})


def _lagging(answer: Answer, _: Parameters) -> Answer:
    if "send_pay_date" not in answer.node:
        return answer
    kept = {name: value for name, value in answer.node.items() if name not in _PAID_FIELDS}
    return replace(answer, node=kept | _NOT_PAID)


def _refund_lagging(answer: Answer, _: Parameters) -> Answer:
    if "refund_status" not in answer.node:
        return answer
    return replace(answer, node={name: answer.node[name] for name in ("code", "msg")})


def _with_remark(remark: str) -> _Hook:
    return lambda answer, _: replace(answer, node={**answer.node, "remark": remark})


def _identity_info(answer: Answer, parameters: Parameters) -> Answer:
    if "passed" not in answer.node:
        return answer
    return replace(answer, node={**answer.node, "identity_info": parameters["text"]})


def _failing(failure: Failure) -> _Hook:
    return lambda answer, _: failed(answer.method, failure, answer.charset)


def _own_name(answer: Answer, _: Parameters) -> Answer:
    return replace(answer, name=node_name(answer.method)) if answer.name == ERROR_NODE else answer


def _in_gbk(answer: Answer, parameters: Parameters) -> Answer:
    return replace(_with_remark("沙箱")(answer, parameters), charset="gbk")


def _framed(**changes: Any) -> _Hook:
    return lambda answer, _: replace(answer, **changes)


SCENARIOS: tuple[Scenario[Answer], ...] = (
    Scenario("user-id", "Accounts are named by user_id, as for apps of old.", answer=_user_id),
    Scenario(
        "no-fail-reason",
        "A failed check gives no fail_reason, so that it looks like one not done yet.",
        answer=_without("fail_reason"),
    ),
    Scenario(
        "identity-info",
        "The result of a check has identity_info: `text`, which is JSON or not.",
        answer=_identity_info,
        defaults={"text": "{}"},
    ),
    Scenario(
        PAYS_AT_ONCE,
        "Whoever has a trade opened pays it before the answer of create leaves, notice and all.",
    ),
    Scenario(
        CREATE_REFUSED,
        "No trade is opened, because of `sub_code`.",
        defaults={"sub_code": "ACQ.BUYER_ENABLE_STATUS_FORBID"},
    ),
    Scenario(
        "query-amount",
        "alipay.trade.query answers with the amount `fen`.",
        answer=_amount,
        defaults={"fen": 1.0},
    ),
    Scenario(
        "query-lags",
        "alipay.trade.query has not heard yet that a trade is paid.",
        answer=_lagging,
    ),
    Scenario(
        REFUND_REFUSED,
        "No refund is taken on, because of `sub_code`.",
        defaults={"sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"},
    ),
    Scenario(
        REFUND_PENDING,
        "A refund is taken on, and done by the first call after `seconds` of the sandbox's clock.",
        defaults={"seconds": 10.0},
    ),
    Scenario(
        "refund-query-lags",
        "alipay.trade.fastpay.refund.query has not heard yet that a refund is done.",
        answer=_refund_lagging,
    ),
    Scenario(
        "refund-query-old",
        "alipay.trade.fastpay.refund.query gives no refund_status, as in old days.",
        answer=_without("refund_status"),
    ),
    Scenario(
        "service-unavailable",
        "Code 20000: whether anything happened is unknown.",
        answer=_failing(failures.UNAVAILABLE),
    ),
    Scenario(
        "throttled",
        "Code 40005: refused at the door.",
        answer=_failing(failures.CALL_LIMITED),
        effect=False,
    ),
    Scenario(
        "system-error",
        "Code 40004 with ACQ.SYSTEM_ERROR: whether anything happened is unknown.",
        answer=_failing(failures.SYSTEM_ERROR),
    ),
    Scenario(
        "failure-in-node",
        "What comes as error_response comes under the name of the method instead.",
        answer=_own_name,
    ),
    Scenario(
        "unbalanced-brace",
        "A text in the node has a brace, a quotation mark and a backslash.",
        answer=_with_remark('}"\\,"sign":"'),
    ),
    Scenario("gbk", "The answer is in GBK, whatever charset was asked for.", answer=_in_gbk),
    Scenario(
        "wrong-node",
        "The node has the name of another method.",
        answer=_framed(name="alipay_trade_page_pay_response"),
    ),
    Scenario("unsigned", "There is no signature.", answer=_framed(signed=False)),
    Scenario(
        "wrong-signature",
        "The signature is of another document.",
        answer=_framed(signature_right=False),
    ),
    Scenario(
        "sign-first", "The signature stands before the node.", answer=_framed(sign_first=True)
    ),
    Scenario(
        "certificate-sn",
        "alipay_cert_sn stands between node and signature, as in certificate mode.",
        answer=_framed(with_certificate_sn=True),
    ),
    Scenario(
        "escaped-slashes",
        "Slashes of the signature are escaped.",
        answer=_framed(slashes_escaped=True),
    ),
    *NOTICE_SCENARIOS,
    *TRANSPORT,
)
