"""Every trouble WeChat Pay can be in, in the order in which it is applied."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.payments import NOTICE_SCENARIOS
from sandbox.platforms.scenario import Parameters, Scenario
from sandbox.platforms.transport import TRANSPORT
from sandbox.wechatpay import failures
from sandbox.wechatpay.answers import Answer, failed
from sandbox.wechatpay.book import State
from sandbox.wechatpay.failures import Failure

SIGNTEST = "signtest"
REFUND_CLOSED, REFUND_ABNORMAL = "refund-closed", "refund-abnormal"
REFUND_ABSENT, NOT_ENOUGH = "refund-absent", "not-enough"
_Hook = Callable[[Answer, Parameters], Answer]
_PAYMENT = ("attach", "bank_type", "payer", "success_time", "trade_type", "transaction_id")


def _failing(failure: Failure) -> _Hook:
    return lambda *_: failed(failure)


def _stamped(**changes: Any) -> _Hook:
    """Errors stay unsigned."""
    return lambda answer, _: replace(answer, stamp=replace(answer.stamp, **changes))


def _aged(answer: Answer, parameters: Parameters) -> Answer:
    return _stamped(age_seconds=parameters["seconds"])(answer, parameters)


def _is_trade(answer: Answer) -> bool:
    return "trade_state" in (answer.node or {})


def _with(**changes: object) -> _Hook:
    """A trade in which something is another's."""

    def hook(answer: Answer, _: Parameters) -> Answer:
        if not _is_trade(answer):
            return answer
        return replace(answer, node={**(answer.node or {}), **changes})

    return hook


def _lagging(answer: Answer, _: Parameters) -> Answer:
    if (answer.node or {}).get("trade_state") not in (State.SUCCESS.name, State.REFUND.name):
        return answer
    kept = {name: value for name, value in (answer.node or {}).items() if name not in _PAYMENT}
    unpaid = {"trade_state": State.NOTPAY.name, "trade_state_desc": State.NOTPAY.value}
    return replace(answer, node={**kept, **unpaid})


def _absent(answer: Answer, _: Parameters) -> Answer:
    return failed(failures.NO_ORDER) if _is_trade(answer) else answer


def _amount(answer: Answer, parameters: Parameters) -> Answer:
    fen = int(parameters["fen"])
    amount = {"currency": "CNY", "payer_currency": "CNY", "payer_total": fen, "total": fen}
    return _with(amount=amount)(answer, parameters)


def _other_refund(**changes: object) -> _Hook:
    """A refund in which something is another's."""

    def hook(answer: Answer, _: Parameters) -> Answer:
        node = answer.node or {}
        return replace(answer, node={**node, **changes}) if "out_refund_no" in node else answer

    return hook


def _refund_amount(answer: Answer, parameters: Parameters) -> Answer:
    told = (answer.node or {}).get("amount")
    amount = {**(told if isinstance(told, dict) else {}), "refund": int(parameters["fen"])}
    return _other_refund(amount=amount)(answer, parameters)


SCENARIOS: tuple[Scenario[Answer], ...] = (
    Scenario("query-lags", "A query does not know yet that a trade was paid.", answer=_lagging),
    Scenario("query-absent", "A query does not know yet that there is a trade.", answer=_absent),
    Scenario(
        "query-amount",
        "A query tells the amount `fen`, and is well signed.",
        answer=_amount,
        defaults={"fen": 1.0},
    ),
    Scenario(
        "query-other-merchant",
        "A query tells of another merchant's trade.",
        answer=_with(mchid="1900009999"),
    ),
    Scenario(
        "query-other-order",
        "A query tells of another trade.",
        answer=_with(out_trade_no="ANOTHER0001"),
    ),
    Scenario(REFUND_CLOSED, "A refund that is accepted now will be CLOSED."),
    Scenario(REFUND_ABNORMAL, "A refund that is accepted now will be ABNORMAL."),
    Scenario(REFUND_ABSENT, "A query does not know yet that there is a refund."),
    Scenario(NOT_ENOUGH, "The merchant's account has not enough for a new refund."),
    Scenario(
        "refund-amount",
        "A refund is told with the amount `fen`, and is well signed.",
        answer=_refund_amount,
        defaults={"fen": 1.0},
    ),
    Scenario(
        "refund-other-order",
        "A refund is told as one of another trade.",
        answer=_other_refund(out_trade_no="ANOTHER0001"),
    ),
    Scenario(
        "refund-other-number",
        "A refund is told under another number.",
        answer=_other_refund(out_refund_no="ANOTHER0002"),
    ),
    Scenario(
        "system-error",
        "HTTP 500 with SYSTEM_ERROR: whether anything happened is unknown.",
        answer=_failing(failures.SYSTEM_ERROR),
    ),
    Scenario(
        "throttled",
        "HTTP 429: refused at the door.",
        answer=_failing(failures.THROTTLING),
        effect=False,
    ),
    Scenario(
        "account-abnormal",
        "The payer's account is blocked.",
        answer=_failing(failures.ACCOUNT),
        effect=False,
    ),
    Scenario(
        "rule-limit",
        "The merchant has come to a limit.",
        answer=_failing(failures.LIMITED),
        effect=False,
    ),
    Scenario("unsigned", "There is no signature.", answer=_stamped(signed=False)),
    Scenario(
        "wrong-signature",
        "The signature is of another message.",
        answer=_stamped(right=False),
    ),
    Scenario(
        SIGNTEST,
        "The signature is wrong on purpose, to see who looks. Of a notice, only at first.",
        answer=_stamped(probe=True),
    ),
    Scenario(
        "old-timestamp",
        "An answer is `seconds` old, and well signed.",
        answer=_aged,
        defaults={"seconds": 600.0},
    ),
    Scenario(
        "wrong-serial",
        "An answer names a certificate that there is not.",
        answer=_stamped(serial=f"{7:040X}"),
    ),
    *NOTICE_SCENARIOS,
    *TRANSPORT,
)
