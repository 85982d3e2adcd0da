"""Every trouble the WeChat server can be in, in the order in which it is applied."""

from sandbox.platforms.scenario import Parameters, Scenario
from sandbox.platforms.transport import TRANSPORT
from sandbox.wechat.answers import Answer, Refused


def busy(*_: object) -> Answer:
    return Refused(-1, "system error").answer()


def _with_zero(answer: Answer, _: Parameters) -> Answer:
    return answer if "errcode" in answer else {**answer, "errcode": 0, "errmsg": ""}


def _without_union(answer: Answer, _: Parameters) -> Answer:
    return {name: value for name, value in answer.items() if name != "unionid"}


SCENARIOS: tuple[Scenario[Answer], ...] = (
    Scenario("busy", "The errcode is -1: try again later.", answer=busy, effect=False),
    Scenario("errcode-zero", "Success says errcode 0.", answer=_with_zero),
    Scenario("no-unionid", "The app belongs to no open platform account.", answer=_without_union),
    *TRANSPORT,
)
