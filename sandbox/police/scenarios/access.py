"""Refusals: everything that is HTTP 200 and yet no data."""

from collections.abc import Callable
from dataclasses import replace

from sandbox.police import access
from sandbox.police.answers import Answer, refused
from sandbox.police.scenarios.scenario import Scenario, Situation


def _always(refusal: Answer) -> Callable[[Answer, Situation], Answer]:
    return lambda _, situation: replace(
        refusal, message=str(situation.parameters.get("message", refusal.message))
    )


def _remarked(answer: Answer, _: Situation) -> Answer:
    if answer.code != "1":
        return answer
    return replace(answer, code="2", message="数据已受理，部分信息待核实")


_REFUSED = refused("0", "查询失败，该业务暂停办理")

ACCESS = (
    Scenario(
        "refusal", "Code 0 with a `message` and no body.", refuses=True, answer=_always(_REFUSED)
    ),
    Scenario(
        "refusal-empty-body",
        "Code 0, but with an empty body and rownum 0, as if nothing were there.",
        refuses=True,
        answer=_always(replace(_REFUSED, rows=(), row_count=0)),
    ),
    Scenario(
        "remark",
        "Code 2: accepted with a remark.",
        answer=_remarked,
    ),
    Scenario(
        "missing-code",
        "The head has no code.",
        answer=lambda answer, _: replace(answer, code=""),
    ),
    Scenario(
        "system-busy",
        "A negative code for trouble inside the register.",
        refuses=True,
        answer=_always(refused("-99", "系统繁忙，数据库连接超时")),
    ),
    Scenario(
        "quota-exhausted",
        "The daily quota is used up.",
        refuses=True,
        answer=_always(access.QUOTA_EXHAUSTED),
    ),
    Scenario(
        "rate-limited", "Too many calls in a second.", refuses=True, answer=_always(access.TOO_FAST)
    ),
    Scenario(
        "serial-expired",
        "The serial is past its term.",
        refuses=True,
        answer=_always(access.SERIAL_EXPIRED),
    ),
    Scenario(
        "interface-refused",
        "The interface is no longer granted to the serial.",
        refuses=True,
        answer=_always(access.INTERFACE_NOT_GRANTED),
    ),
    Scenario(
        "address-refused",
        "The remote address is no longer granted.",
        refuses=True,
        answer=_always(access.ADDRESS_REFUSED),
    ),
    Scenario(
        "night-window",
        "The nightly window is closed.",
        refuses=True,
        answer=_always(refused("-20", "系统维护时间23:45至00:05，暂停服务")),
    ),
)
