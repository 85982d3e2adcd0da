"""Refunds at WeChat Pay: what we make of its answers, and what the till says of it."""

import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.money import Money
from domain.payments import ChannelNotice, NoticeKind, TradeState
from domain.refunds import Refund, RefundOrder, RefundProblem, RefundRefused, RefundState
from gateways.wechat_pay import WechatPayClient, WechatPayRefunds, WechatPayTrades
from sandbox.wechatpay import KeyMode, WechatPayCredentials, WechatPaySandboxSettings, wechatpay_app
from tests.gateways.platforms import (
    all_logs,
    everything_told,
    is_not_done,
    listen_to_everything,
)
from tests.gateways.sandboxes import serving, small_city
from tests.gateways.test_wechat_pay_sandbox import (
    NOT_DONE,
    NUMBER,
    PAYER,
    UNKNOWN,
    WITHOUT_EFFECT,
    OurClock,
    Pay,
    open_shop,
    wire,
)
from tests.gateways.wechat_pay_server import Server, running, wechat_pay

R1, R2 = "R2026112200000000000000000001", "R2026112200000000000000000002"
PAID = ("payment", NUMBER, 15000)
GIVEN_BACK = ("refund", NUMBER, 5000)
ASKED = RefundOrder(NUMBER, R1, Money(5000), Money(15000), "撤销处罚 1 笔")
NOTIFY = "https://pay.example/webhooks/wechatpay"


@dataclass(frozen=True, slots=True)
class Paid:
    """The sandbox with a payment of 150 yuan, and our gateway for refunds."""

    pay: Pay
    refunds: WechatPayRefunds

    async def later(self, seconds: float = 60) -> None:
        await self.pay.sandbox.do("clock", advanceSeconds=seconds)

    async def ask(self, refund_number: str = R1) -> Refund:
        return await self.refunds.ask(NUMBER, refund_number)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wechatpay")


@pytest.fixture
def mode() -> KeyMode:
    return KeyMode.PUBLIC_KEY


@pytest.fixture
async def paid(folder: Path, mode: KeyMode) -> AsyncIterator[Paid]:
    keys, clock = WechatPayCredentials.load_or_create(folder), OurClock()
    settings = WechatPaySandboxSettings(
        key_mode=mode, refund_seconds=30, notice_delays_seconds=(0.05, 0.05)
    )
    async with (
        open_shop() as shop,
        serving("/wechatpay", wechatpay_app(small_city(), keys, settings)) as sandbox,
        WechatPayClient.open(wire(sandbox.url, folder, mode), clock) as client,
    ):
        shop.trades = WechatPayTrades(client, shop.url)
        pay = Pay(sandbox, shop, shop.trades, clock)
        await pay.begun()
        await pay.pay()
        await pay.deliveries(1)
        yield Paid(pay, WechatPayRefunds(client, shop.url))


@pytest.mark.parametrize("mode", KeyMode)
async def test_from_accepted_to_its_end(paid: Paid) -> None:
    assert await paid.ask() == Refund(NUMBER, R1, RefundState.ABSENT)

    accepted = await paid.refunds.refund(ASKED)

    assert accepted == Refund(
        NUMBER,
        R1,
        RefundState.PROCESSING,
        Money(5000),
        accepted.reference,
        accepted_at=accepted.accepted_at,
    )
    assert accepted.reference is not None
    assert accepted.accepted_at is not None
    assert await paid.refunds.refund(ASKED) == await paid.ask() == accepted
    assert await paid.pay.money() == [PAID]
    await paid.later(30)
    ended = await paid.ask()
    assert ended.refunded_at == accepted.accepted_at + timedelta(seconds=30)
    assert ended == replace(accepted, state=RefundState.SUCCEEDED, refunded_at=ended.refunded_at)
    assert await paid.refunds.refund(ASKED) == ended
    assert await paid.pay.money() == [PAID, GIVEN_BACK]
    assert (await paid.pay.trades.ask(NUMBER)).state is TradeState.PAID
    assert (await paid.pay.deliveries(2))[1:] == [(204, True)]
    told = paid.pay.shop.told[1]
    assert isinstance(told, ChannelNotice)
    assert (told.kind, told.event) == (NoticeKind.REFUND, "REFUND.SUCCESS")
    assert (told.trade.number, told.trade.amount) == (NUMBER, Money(15000))


@pytest.mark.parametrize(
    ("scenario", "end"),
    [("refund-closed", RefundState.CLOSED), ("refund-abnormal", RefundState.ABNORMAL)],
)
async def test_other_ends(paid: Paid, scenario: str, end: RefundState) -> None:
    await paid.pay.sandbox.switch(scenario)
    accepted = await paid.refunds.refund(ASKED)
    await paid.later()

    assert await paid.ask() == replace(accepted, state=end)
    await paid.pay.deliveries(2)
    told = paid.pay.shop.told[1]
    assert isinstance(told, ChannelNotice)
    assert told.event == f"REFUND.{end.upper()}"
    assert await paid.pay.money() == [PAID]


async def refusal(paid: Paid, **changes: Any) -> tuple[RefundProblem, str]:
    with pytest.raises(RefundRefused) as raised:
        await paid.refunds.refund(replace(ASKED, **changes))
    return raised.value.problem, raised.value.code


async def test_the_same_number_once_there_is_enough(paid: Paid) -> None:
    await paid.pay.sandbox.do("scenarios", name="not-enough", times=1)
    assert await refusal(paid) == (RefundProblem.BALANCE, "NOT_ENOUGH")
    assert await paid.ask() == Refund(NUMBER, R1, RefundState.ABSENT)

    await paid.refunds.refund(ASKED)
    await paid.later()
    assert (await paid.ask()).state is RefundState.SUCCEEDED
    assert await paid.pay.money() == [PAID, GIVEN_BACK]


async def test_a_number_that_stands_for_something_else(paid: Paid) -> None:
    accepted = await paid.refunds.refund(ASKED)

    used = (RefundProblem.NUMBER_USED, "INVALID_REQUEST")
    assert await refusal(paid, amount=Money(5001)) == used
    assert await refusal(paid, reason="another") == used
    elsewhere = WechatPayRefunds(paid.refunds.client, NOTIFY)
    with pytest.raises(RefundRefused):
        await elsewhere.refund(ASKED)
    assert await paid.ask() == accepted


async def test_no_more_than_is_left(paid: Paid) -> None:
    await paid.refunds.refund(ASKED)
    await paid.later()
    beyond = (RefundProblem.BEYOND_REMAINDER, "INVALID_REQUEST")
    assert await refusal(paid, refund_number=R2, amount=Money(10001)) == beyond
    await paid.refunds.refund(replace(ASKED, refund_number=R2, amount=Money(10000)))
    assert await refusal(paid, refund_number="R00003", amount=Money(1)) == beyond

    await paid.later()
    assert (await paid.ask(R2)).state is RefundState.SUCCEEDED
    assert await paid.pay.money() == [PAID, GIVEN_BACK, ("refund", NUMBER, 10000)]


async def test_a_minute_between_two(paid: Paid) -> None:
    second = replace(ASKED, refund_number=R2)
    await paid.refunds.refund(ASKED)
    with pytest.raises(UpstreamUnavailable) as raised:
        await paid.refunds.refund(second)
    assert is_not_done(raised.value)
    assert raised.value.reason is UpstreamReason.TOO_MANY_CALLS
    assert await paid.ask(R2) == Refund(NUMBER, R2, RefundState.ABSENT)

    await paid.later()
    assert (await paid.refunds.refund(second)).state is RefundState.PROCESSING


async def test_what_cannot_be_refunded(paid: Paid) -> None:
    not_refundable = RefundProblem.NOT_REFUNDABLE
    assert await refusal(paid, number="CW0002") == (not_refundable, "RESOURCE_NOT_EXISTS")
    await paid.pay.begun(number="CW0003")
    assert await refusal(paid, number="CW0003") == (not_refundable, "INVALID_REQUEST")
    await paid.later(366 * 86_400)
    assert await refusal(paid) == (not_refundable, "INVALID_REQUEST")

    assert await paid.pay.money() == [PAID]


@pytest.mark.parametrize("scenario", ["refund-amount", "refund-other-order", "refund-other-number"])
async def test_an_answer_about_something_else_is_none(paid: Paid, scenario: str) -> None:
    await paid.pay.sandbox.switch(scenario)
    with pytest.raises(UpstreamUnavailable) as raised:
        await paid.refunds.refund(ASKED)
    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
    if scenario == "refund-amount":
        # Who asks compares it: only there is known what it should be.
        assert (await paid.ask()).amount == Money(1)
    else:
        with pytest.raises(UpstreamUnavailable):
            await paid.ask()

    await paid.pay.sandbox.calm()
    assert (await paid.ask()).amount == Money(5000)


async def test_a_query_that_lags_behind(paid: Paid) -> None:
    await paid.refunds.refund(ASKED)
    await paid.pay.sandbox.do("scenarios", name="refund-absent", times=1)

    assert (await paid.ask()).state is RefundState.ABSENT
    assert (await paid.ask()).state is RefundState.PROCESSING


async def trouble(
    paid: Paid, scenario: str, caplog: pytest.LogCaptureFixture, call: Awaitable[object]
) -> None:
    listen_to_everything(caplog)
    calls = len(await paid.pay.sandbox.log())
    await paid.pay.sandbox.switch(scenario)
    with pytest.raises(UpstreamUnavailable) as raised:
        await call
    told = raised.value
    assert (told.upstream, told.reason) == (Upstream.WECHAT, {**NOT_DONE, **UNKNOWN}[scenario])
    assert is_not_done(told) == (scenario in NOT_DONE)
    seen = everything_told(told) + all_logs(caplog)
    assert not [secret for secret in (PAYER, NUMBER, R1, ASKED.reason) if secret in seen]
    await paid.pay.sandbox.settled(calls + 1)
    await paid.pay.sandbox.calm()


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_when_refunding_and_the_same_again(
    paid: Paid, scenario: str, caplog: pytest.LogCaptureFixture
) -> None:
    await trouble(paid, scenario, caplog, paid.refunds.refund(ASKED))
    happened = scenario not in WITHOUT_EFFECT
    expected = RefundState.PROCESSING if happened else RefundState.ABSENT
    assert (await paid.ask()).state is expected

    await paid.refunds.refund(ASKED)
    await paid.later()
    assert (await paid.ask()).state is RefundState.SUCCEEDED
    assert await paid.pay.money() == [PAID, GIVEN_BACK]


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_when_asking(
    paid: Paid, scenario: str, caplog: pytest.LogCaptureFixture
) -> None:
    accepted = await paid.refunds.refund(ASKED)
    await trouble(paid, scenario, caplog, paid.ask())

    assert await paid.ask() == accepted


async def test_notices_of_refunds_meet_the_trouble_of_notices(paid: Paid) -> None:
    await paid.pay.sandbox.do("scenarios", name="signtest", method="notice", times=1)
    await paid.refunds.refund(ASKED)
    await paid.later()

    assert (await paid.pay.deliveries(3))[1:] == [(401, False), (204, True)]
    assert paid.pay.shop.told[1] == "a wrong signature on purpose"
    assert isinstance(paid.pay.shop.told[2], ChannelNotice)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "short"},
        {"refund_number": "R0001"},
        {"refund_number": "R" * 33},
        {"refund_number": "R000-1"},
        {"refund_number": "R00001/.."},
        {"amount": Money(0)},
        {"amount": Money(15001)},
        {"reason": ""},
        {"reason": "a,b"},
        {"reason": "一" * 81},
    ],
)
async def test_what_wechat_pay_would_not_take(paid: Paid, changes: dict[str, Any]) -> None:
    before = await paid.pay.sandbox.log()
    with pytest.raises(ValueError, match=r"^(an?|a refund) "):
        await paid.refunds.refund(replace(ASKED, **changes))

    assert await paid.pay.sandbox.log() == before


# What the sandbox does not say.


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running(Server()) as one:
        yield one


@pytest.fixture
async def refunds(server: Server) -> AsyncIterator[WechatPayRefunds]:
    async with wechat_pay(server) as client:
        yield WechatPayRefunds(client, NOTIFY)


TOLD = {
    "refund_id": "50300000012026112200000000001",
    "out_refund_no": R1,
    "transaction_id": "4200000001202611220000000001",
    "out_trade_no": NUMBER,
    "status": "SUCCESS",
    "create_time": "2026-11-22T00:59:59+08:00",
    "success_time": "2026-11-22T10:00:00+08:00",
    "amount": {"refund": 5000, "total": 15000, "currency": "CNY"},
}
REFUNDED = Refund(
    NUMBER,
    R1,
    RefundState.SUCCEEDED,
    Money(5000),
    "50300000012026112200000000001",
    refunded_at=datetime(2026, 11, 22, 2, tzinfo=UTC),
    accepted_at=datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC),
)


async def test_what_goes_out(server: Server, refunds: WechatPayRefunds) -> None:
    server.says(TOLD)

    assert await refunds.refund(ASKED) == await refunds.ask(NUMBER, R1) == REFUNDED
    asked, queried = server.requests
    assert (asked.method, asked.target) == ("POST", "/v3/refund/domestic/refunds")
    assert json.loads(asked.body) == {
        "out_trade_no": NUMBER,
        "out_refund_no": R1,
        "reason": "撤销处罚 1 笔",
        "notify_url": NOTIFY,
        "amount": {"refund": 5000, "total": 15000, "currency": "CNY"},
    }
    assert (queried.method, queried.target) == ("GET", f"/v3/refund/domestic/refunds/{R1}")
    assert queried.body == b""


async def test_a_success_without_its_times(server: Server, refunds: WechatPayRefunds) -> None:
    server.says({**TOLD, "create_time": None, "success_time": None})

    expected = replace(REFUNDED, refunded_at=None, accepted_at=None)
    assert await refunds.ask(NUMBER, R1) == expected


BROKEN: list[dict[str, Any]] = [
    {"status": "REFUNDED"},
    {"status": None},
    {"refund_id": ""},
    {"out_refund_no": R2},
    {"out_trade_no": None},
    {"success_time": "2026-11-22 10:00:00"},
    {"create_time": "2026-11-22 10:00:00"},
    {"amount": None},
    {"amount": {"refund": 5000, "total": 15000}},
    {"amount": {"refund": 5000, "total": 15000, "currency": "USD"}},
    {"amount": {"refund": "5000", "total": 15000, "currency": "CNY"}},
    {"amount": {"refund": 5000.0, "total": 15000, "currency": "CNY"}},
    {"amount": {"refund": True, "total": 15000, "currency": "CNY"}},
    {"amount": {"refund": -1, "total": 15000, "currency": "CNY"}},
    {"amount": {"refund": 5000, "currency": "CNY"}},
]


@pytest.mark.parametrize("changes", BROKEN)
async def test_answers_that_are_none(
    server: Server, refunds: WechatPayRefunds, changes: dict[str, Any]
) -> None:
    server.says({**TOLD, **changes})
    for call in (refunds.refund(ASKED), refunds.ask(NUMBER, R1)):
        with pytest.raises(UpstreamUnavailable) as raised:
            await call
        assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
        assert not is_not_done(raised.value)


@pytest.mark.parametrize("amount", [{"refund": 4999, "total": 15000}, {"refund": 5000, "total": 1}])
async def test_another_amount_than_was_asked_for(
    server: Server, refunds: WechatPayRefunds, amount: dict[str, int]
) -> None:
    server.says({**TOLD, "amount": {**amount, "currency": "CNY"}})

    with pytest.raises(UpstreamUnavailable) as raised:
        await refunds.refund(ASKED)
    assert raised.value.detail == "another amount"


REFUSED = [
    (403, "NOT_ENOUGH", RefundProblem.BALANCE),
    (403, "NOTENOUGH", RefundProblem.BALANCE),
    (404, "RESOURCE_NOT_EXISTS", RefundProblem.NOT_REFUNDABLE),
    (403, "TRADE_ERROR", RefundProblem.NOT_REFUNDABLE),
    (400, "ORDER_CLOSED", RefundProblem.NOT_REFUNDABLE),
    (403, "USER_ACCOUNT_ABNORMAL", RefundProblem.MERCHANT),
    (403, "NO_AUTH", RefundProblem.MERCHANT),
    (403, "RULE_LIMIT", RefundProblem.MERCHANT),
    (403, "REQUEST_BLOCKED", RefundProblem.MERCHANT),
    (401, "SIGN_ERROR", RefundProblem.MERCHANT),
    (400, "PARAM_ERROR", RefundProblem.MERCHANT),
    (404, "MCH_NOT_EXISTS", RefundProblem.MERCHANT),
]


@pytest.mark.parametrize(("status", "code", "problem"), REFUSED)
async def test_codes_that_say_no(
    server: Server, refunds: WechatPayRefunds, status: int, code: str, problem: RefundProblem
) -> None:
    server.refuses(status, code)

    with pytest.raises(RefundRefused) as raised:
        await refunds.refund(ASKED)
    assert (raised.value.problem, raised.value.code) == (problem, code)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "INVALID_REQUEST"),
        (400, "SOMETHING_NEW"),
        (403, "BANK_ERROR"),
        (500, "NOT_ENOUGH"),
        (200, "NOT_ENOUGH"),
        (500, "SYSTEM_ERROR"),
    ],
)
async def test_codes_that_leave_it_open(
    server: Server, refunds: WechatPayRefunds, status: int, code: str
) -> None:
    server.refuses(status, code)

    for call in (refunds.refund(ASKED), refunds.ask(NUMBER, R1)):
        with pytest.raises(UpstreamUnavailable) as raised:
            await call
        assert not is_not_done(raised.value)


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("refund_fee大于可退金额", RefundProblem.BEYOND_REMAINDER),
        ("订单已全额退款", RefundProblem.BEYOND_REMAINDER),
        ("订单已经超过可退款的最大期限", RefundProblem.NOT_REFUNDABLE),
        ("订单金额或退款金额与之前请求不一致，请核实后再试", None),
    ],
)
async def test_what_only_the_message_says(
    server: Server, refunds: WechatPayRefunds, message: str, problem: RefundProblem | None
) -> None:
    server.refuses(400, "INVALID_REQUEST")
    server.body = json.dumps({"code": "INVALID_REQUEST", "message": message}).encode()

    with pytest.raises((RefundRefused, UpstreamUnavailable)) as raised:
        await refunds.refund(ASKED)
    found = raised.value.problem if isinstance(raised.value, RefundRefused) else None
    assert found is problem
    assert message not in everything_told(raised.value)


async def test_absent_only_if_it_says_so(server: Server, refunds: WechatPayRefunds) -> None:
    server.refuses(404, "RESOURCE_NOT_EXISTS")
    assert (await refunds.ask(NUMBER, R1)).state is RefundState.ABSENT
    server.refuses(404, "")
    with pytest.raises(UpstreamUnavailable):
        await refunds.ask(NUMBER, R1)
