"""
The gateway against the sandbox of WeChat Pay, in every trouble the sandbox can make.

Whatever the scenario: the right answer, or a failure that says what is known of the outcome. The
till of the sandbox says what really moved.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.money import Money
from domain.payments import (
    BadNotice,
    ChannelNotice,
    CloseRefused,
    NotGenuine,
    NoticeKind,
    Order,
    PaymentProblem,
    PaymentRefused,
    Trade,
    TradeState,
)
from gateways.wechat_pay import UnknownSerial, WechatPayClient, WechatPayTrades, WechatPayWire
from sandbox.city import City
from sandbox.wechat import WECHAT_APP_ID
from sandbox.wechat.logins import open_id
from sandbox.wechatpay import (
    SANDBOX_CERTIFICATE_SERIAL,
    SANDBOX_MERCHANT_ID,
    SANDBOX_PUBLIC_KEY_ID,
    KeyMode,
    WechatPayCredentials,
    WechatPaySandboxSettings,
    wechatpay_app,
)
from tests.gateways.platforms import (
    PATIENT,
    all_logs,
    everything_told,
    is_not_done,
    listen_to_everything,
)
from tests.gateways.sandboxes import Sandbox, serving, small_city
from tests.gateways.wechat_pay_server import key

NUMBER = "CW2026112200000000000000000001"
PAYER = open_id(WECHAT_APP_ID, 0)
FILES = {
    "private_key_file": "wechatpay-merchant.pem",
    "apiv3_key_file": "wechatpay-apiv3.key",
}
PUBLIC = {"public_key_id": SANDBOX_PUBLIC_KEY_ID}
KEYS: dict[KeyMode, dict[str, Any]] = {
    KeyMode.PUBLIC_KEY: {**PUBLIC, "public_key_file": "wechatpay-public.pem"},
    # Without one to begin with, it is downloaded.
    KeyMode.CERTIFICATE: {},
    KeyMode.MIGRATION: {**PUBLIC, "public_key_file": "wechatpay-public.pem"},
}


@dataclass(slots=True)
class Shop:
    """Where notices come in, taken as the web hook takes them."""

    url: str = ""
    trades: WechatPayTrades | None = None
    told: list[ChannelNotice | str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.arrived.set()
        try:
            self.told.append(await self._open(request, body))
        except NotGenuine as doubt:
            self.told.append(str(doubt))
            return web.json_response({"code": "FAIL", "message": "not genuine"}, status=401)
        except BadNotice as bad:
            self.told.append(str(bad))
        return web.Response(status=204)

    async def _open(self, request: web.Request, body: bytes) -> ChannelNotice:
        assert self.trades is not None
        try:
            return self.trades.open_notice(request.headers, body)
        except UnknownSerial as unknown:
            await self.trades.client.refresh_if_unknown(unknown.serial)
        return self.trades.open_notice(request.headers, body)


@asynccontextmanager
async def open_shop() -> AsyncIterator[Shop]:
    shop, app = Shop(), web.Application()
    app.router.add_post("/webhooks/wechatpay", shop.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        shop.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/wechatpay"
        yield shop
    finally:
        await runner.cleanup()


@dataclass(slots=True)
class OurClock:
    """The right time, or a little later, so that nobody has to wait."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True, slots=True)
class Pay:
    """The sandbox, the shop, and our gateway between them."""

    sandbox: Sandbox
    shop: Shop
    trades: WechatPayTrades
    clock: OurClock

    async def pay(self, number: str = NUMBER) -> None:
        await self.sandbox.do("pay", outTradeNo=number)

    async def begun(self, **changes: Any) -> str:
        return await self.trades.begin(replace(order(), **changes))

    async def money(self) -> list[tuple[str, str, int]]:
        moved = await self._listed("money", "moved")
        return [(one["kind"], one["outTradeNo"], one["fen"]) for one in moved]

    async def deliveries(self, count: int) -> list[tuple[int | None, bool]]:
        """The first so many deliveries of notices: status, and whether that was the end of it."""
        async with asyncio.timeout(5):
            listed = await self._listed("notices", "notices")
            while len(listed) < count:
                await asyncio.sleep(0.02)
                listed = await self._listed("notices", "notices")
        return [(one["status"], one["acknowledged"]) for one in listed]

    async def certificates(self, action: str) -> None:
        async with self.sandbox.http.post(
            f"{self.sandbox.url}/control/certificates", json={"action": action}
        ) as response:
            assert response.status == 200

    async def _listed(self, path: str, name: str) -> list[dict[str, Any]]:
        async with self.sandbox.http.get(f"{self.sandbox.url}/control/{path}") as response:
            listed: list[dict[str, Any]] = (await response.json())[name]
            return listed


def order() -> Order:
    # Whole seconds, and the same however often it is asked for within a test.
    return Order(NUMBER, Money(15000), "交通违法罚款 2 笔", PAYER, EXPIRES)


EXPIRES = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=30)
AWAITING = Trade(NUMBER, TradeState.AWAITING)
MOVED = [("payment", NUMBER, 15000)]


@pytest.fixture(scope="module")
def city() -> City:
    return small_city()


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> tuple[WechatPayCredentials, Path]:
    folder = tmp_path_factory.mktemp("wechatpay")
    return WechatPayCredentials.load_or_create(folder), folder


@pytest.fixture
def mode() -> KeyMode:
    return KeyMode.PUBLIC_KEY


def wire(url: str, folder: Path, mode: KeyMode) -> WechatPayWire:
    named = FILES | KEYS[mode]
    files = {name: folder / file for name, file in named.items() if name.endswith("_file")}
    rest = {name: value for name, value in named.items() if name not in files}
    loaded = WechatPayWire.load(
        base_url=url,
        app_id=WECHAT_APP_ID,
        merchant_id=SANDBOX_MERCHANT_ID,
        certificate_serial=SANDBOX_CERTIFICATE_SERIAL,
        timeout_seconds=1.0,
        **files,
        **rest,
    )
    return replace(loaded, breaker=PATIENT)


@pytest.fixture
async def pay(
    city: City, credentials: tuple[WechatPayCredentials, Path], mode: KeyMode
) -> AsyncIterator[Pay]:
    keys, folder = credentials
    settings = WechatPaySandboxSettings(key_mode=mode, notice_delays_seconds=(0.05, 0.05, 0.05))
    clock = OurClock()
    async with (
        open_shop() as shop,
        serving("/wechatpay", wechatpay_app(city, keys, settings)) as sandbox,
        WechatPayClient.open(wire(sandbox.url, folder, mode), clock) as client,
    ):
        shop.trades = WechatPayTrades(client, shop.url)
        yield Pay(sandbox, shop, shop.trades, clock)


@pytest.mark.parametrize("mode", KeyMode)
async def test_from_the_first_call_to_the_notice(pay: Pay) -> None:
    assert await pay.trades.ask(NUMBER) == Trade(NUMBER, TradeState.ABSENT)
    prepay_id = await pay.begun()
    assert await pay.begun() == prepay_id
    assert await pay.trades.ask(NUMBER) == AWAITING
    package = pay.trades.client_action(prepay_id).package

    form = {"prepay_id": package.removeprefix("prepay_id="), "tapped": "pay"}
    async with pay.sandbox.http.post(f"{pay.sandbox.url}/cashier", data=form) as page:
        assert page.status == 200

    trade = await pay.trades.ask(NUMBER)
    assert (trade.number, trade.state, trade.amount) == (NUMBER, TradeState.PAID, Money(15000))
    assert trade.reference is not None
    assert await pay.deliveries(1) == [(204, True)]
    [told] = pay.shop.told
    assert isinstance(told, ChannelNotice)
    assert told == ChannelNotice(told.id, NoticeKind.TRADE, "TRANSACTION.SUCCESS", trade)
    assert await pay.money() == MOVED
    called = [one for one in await pay.sandbox.log() if one[0] != "certificates"]
    assert called == [
        ("query", "404 ORDER_NOT_EXIST"),
        *[("jsapi", "200")] * 2,
        *[("query", "200")] * 2,
    ]


@pytest.mark.parametrize("mode", [KeyMode.MIGRATION])
async def test_while_keys_are_changed_notices_are_signed_with_either(pay: Pay) -> None:
    await pay.begun()
    await pay.pay()
    await pay.deliveries(1)
    await pay.sandbox.do("notices", outTradeNo=NUMBER)

    assert [isinstance(one, ChannelNotice) for one in pay.shop.told] == [True, True]
    assert len(pay.trades.client.keys.downloaded) == 1


@pytest.mark.parametrize("mode", [KeyMode.CERTIFICATE])
async def test_certificates_that_come_and_go(pay: Pay) -> None:
    await pay.begun()
    before = set(pay.trades.client.keys.downloaded)
    await pay.certificates("rotate")
    # Not sooner, for the first one was downloaded just now.
    pay.clock.ahead += timedelta(seconds=30)

    await pay.pay()
    assert await pay.deliveries(1) == [(204, True)]

    both = set(pay.trades.client.keys.downloaded)
    assert len(before) == 1
    assert before < both
    await pay.certificates("retire")
    await pay.trades.client.refresh_certificates()
    assert set(pay.trades.client.keys.downloaded) == both - before
    assert (await pay.trades.ask(NUMBER)).state is TradeState.PAID


async def test_the_same_payment_for_two_hours(pay: Pay) -> None:
    far = EXPIRES + timedelta(hours=4)
    prepay_id = await pay.begun(expires_at=far)
    await pay.sandbox.do("clock", advanceSeconds=7_201)

    assert await pay.begun(expires_at=far) != prepay_id
    await pay.pay()
    assert await pay.money() == MOVED


async def refusal(pay: Pay, **changes: Any) -> tuple[PaymentProblem, str]:
    with pytest.raises(PaymentRefused) as raised:
        await pay.begun(**changes)
    return raised.value.problem, raised.value.code


async def test_a_payer_there_is_not(pay: Pay) -> None:
    foreign = open_id("wx9999999999999999", 0)

    assert await refusal(pay, payer=foreign) == (PaymentProblem.PAYER, "PARAM_ERROR")
    assert await pay.trades.ask(NUMBER) == Trade(NUMBER, TradeState.ABSENT)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Money(15001)},
        {"subject": "another"},
        {"payer": open_id(WECHAT_APP_ID, 1)},
        {"expires_at": EXPIRES + timedelta(seconds=1)},
    ],
)
async def test_a_number_that_stands_for_something_else(pay: Pay, changes: Any) -> None:
    prepay_id = await pay.begun()

    assert await refusal(pay, **changes) == (PaymentProblem.NUMBER_USED, "INVALID_REQUEST")
    assert await pay.begun() == prepay_id


async def test_a_number_that_is_used_up(pay: Pay) -> None:
    await pay.begun()
    await pay.pay()
    assert await refusal(pay) == (PaymentProblem.NUMBER_USED, "ORDERPAID")
    closed, late = "CW0002", "CW0003"
    await pay.begun(number=closed)
    await pay.trades.close(closed)
    assert await refusal(pay, number=closed) == (PaymentProblem.NUMBER_USED, "ORDER_CLOSED")
    await pay.begun(number=late)
    await pay.sandbox.do("clock", advanceSeconds=1_801)
    assert await refusal(pay, number=late) == (PaymentProblem.NUMBER_USED, "INVALID_REQUEST")

    assert await pay.money() == MOVED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"app_id": "wx9999999999999999"}, "APPID_MCHID_NOT_MATCH"),
        ({"merchant_id": "1900009999"}, "MCH_NOT_EXISTS"),
        ({"certificate_serial": "ABCD"}, "SIGN_ERROR"),
        ({"private_key": key("stranger")}, "SIGN_ERROR"),
    ],
)
async def test_settings_that_are_wrong(pay: Pay, changes: dict[str, Any], code: str) -> None:
    async with WechatPayClient.open(replace(pay.trades.client.wire, **changes)) as client:
        trades = WechatPayTrades(client, pay.shop.url)
        with pytest.raises(PaymentRefused) as raised:
            await trades.begin(order())

    assert (raised.value.problem, raised.value.code) == (PaymentProblem.MERCHANT, code)
    assert await pay.trades.ask(NUMBER) == Trade(NUMBER, TradeState.ABSENT)


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_our_clock_is_wrong(pay: Pay, minutes: int) -> None:
    pay.clock.ahead = timedelta(minutes=minutes)

    with pytest.raises(UpstreamUnavailable) as raised:
        await pay.trades.ask(NUMBER)
    assert raised.value.detail == "HTTP 401 SIGN_ERROR"


async def test_close(pay: Pay) -> None:
    await pay.trades.close(NUMBER)
    await pay.begun()
    await pay.trades.close(NUMBER)
    await pay.trades.close(NUMBER)
    assert await pay.trades.ask(NUMBER) == Trade(NUMBER, TradeState.CLOSED)
    await pay.begun(number="CW0002")
    await pay.pay("CW0002")
    with pytest.raises(CloseRefused):
        await pay.trades.close("CW0002")

    assert (await pay.trades.ask("CW0002")).state is TradeState.PAID
    assert await pay.money() == [("payment", "CW0002", 15000)]


async def test_after_its_time_nobody_pays_but_it_stays_open_until_closed(pay: Pay) -> None:
    await pay.begun()
    await pay.sandbox.do("clock", advanceSeconds=1_801)
    with pytest.raises(AssertionError, match="the trade is paid or over"):
        await pay.pay()

    assert await pay.trades.ask(NUMBER) == AWAITING
    await pay.trades.close(NUMBER)
    assert await pay.trades.ask(NUMBER) == Trade(NUMBER, TradeState.CLOSED)
    assert await pay.money() == []


async def test_who_declines_can_pay_later(pay: Pay) -> None:
    await pay.begun()
    await pay.sandbox.do("decline", outTradeNo=NUMBER)
    assert await pay.trades.ask(NUMBER) == AWAITING
    await pay.pay()

    assert await pay.money() == MOVED


FINE = {"wrong-content-type", *("query-lags", "query-absent")}
REFUSED = {
    "account-abnormal": PaymentProblem.PAYER,
    "rule-limit": PaymentProblem.MERCHANT,
}
NOT_DONE = {"throttled": UpstreamReason.TOO_MANY_CALLS}
OF_A_QUERY = {"query-amount", "query-other-merchant", "query-other-order"}
UNKNOWN = {
    "system-error": UpstreamReason.UNREACHABLE,
    "unsigned": UpstreamReason.BROKEN_ANSWER,
    "wrong-signature": UpstreamReason.BROKEN_ANSWER,
    "signtest": UpstreamReason.BROKEN_ANSWER,
    "old-timestamp": UpstreamReason.BROKEN_ANSWER,
    "wrong-serial": UpstreamReason.BROKEN_ANSWER,
    "slow": UpstreamReason.TIMED_OUT,
    "hang": UpstreamReason.TIMED_OUT,
    "drop-before": UpstreamReason.UNREACHABLE,
    "drop-after": UpstreamReason.UNREACHABLE,
    "cut-body": UpstreamReason.BROKEN_ANSWER,
    "http-500": UpstreamReason.UNREACHABLE,
    "bad-gateway": UpstreamReason.UNREACHABLE,
    "unavailable": UpstreamReason.UNREACHABLE,
    "html-answer": UpstreamReason.BROKEN_ANSWER,
    "not-json": UpstreamReason.BROKEN_ANSWER,
    "half-body": UpstreamReason.BROKEN_ANSWER,
    "huge-answer": UpstreamReason.BROKEN_ANSWER,
    "redirect": UpstreamReason.BROKEN_ANSWER,
}
NOTICES = {
    *("notice-lost", "notice-duplicate", "notice-late", "notice-early", "notice-reversed"),
    *("notice-forged", "notice-amount", "notice-other-merchant", "notice-unknown-order"),
}
OF_BODIES = {"half-body", "huge-answer", "not-json"}
# What becomes of these, test_wechat_pay_refunds.py has.
OF_REFUNDS = {
    *("refund-closed", "refund-abnormal", "refund-absent", "not-enough"),
    *("refund-amount", "refund-other-order", "refund-other-number"),
}
WITHOUT_EFFECT = {"throttled", "drop-before"}


async def test_every_scenario_has_an_expectation(pay: Pay) -> None:
    of_payments = FINE | REFUSED.keys() | NOT_DONE.keys() | OF_A_QUERY | UNKNOWN.keys() | NOTICES

    assert await pay.sandbox.scenarios() == of_payments | OF_REFUNDS


@pytest.mark.parametrize("scenario", sorted(REFUSED))
async def test_a_refusal(pay: Pay, scenario: str) -> None:
    await pay.sandbox.switch(scenario)
    problem, _ = await refusal(pay)

    assert problem is REFUSED[scenario]
    await pay.sandbox.calm()
    assert await pay.trades.ask(NUMBER) == Trade(NUMBER, TradeState.ABSENT)


async def trouble(
    pay: Pay, scenario: str, caplog: pytest.LogCaptureFixture, call: Awaitable[object]
) -> None:
    listen_to_everything(caplog)
    await pay.sandbox.switch(scenario)
    with pytest.raises(UpstreamUnavailable) as raised:
        await call
    told = raised.value
    assert (told.upstream, told.reason) == (Upstream.WECHAT, {**NOT_DONE, **UNKNOWN}[scenario])
    assert is_not_done(told) == (scenario in NOT_DONE)
    seen = everything_told(told) + all_logs(caplog)
    assert not [secret for secret in (PAYER, NUMBER) if secret in seen]
    await pay.sandbox.settled(1)
    # What happened in all that, only WeChat Pay knows.
    await pay.sandbox.calm()


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_when_beginning(
    pay: Pay, scenario: str, caplog: pytest.LogCaptureFixture
) -> None:
    await trouble(pay, scenario, caplog, pay.begun())

    happened = scenario not in WITHOUT_EFFECT
    expected = TradeState.AWAITING if happened else TradeState.ABSENT
    assert await pay.trades.ask(NUMBER) == Trade(NUMBER, expected)


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_when_asking(
    pay: Pay, scenario: str, caplog: pytest.LogCaptureFixture
) -> None:
    await pay.begun()
    await pay.pay()
    await trouble(pay, scenario, caplog, pay.trades.ask(NUMBER))

    assert (await pay.trades.ask(NUMBER)).state is TradeState.PAID
    assert await pay.money() == MOVED


# The answer of a close has no body with which anything could be wrong.
@pytest.mark.parametrize("scenario", sorted((NOT_DONE.keys() | UNKNOWN.keys()) - OF_BODIES))
async def test_trouble_when_closing(
    pay: Pay, scenario: str, caplog: pytest.LogCaptureFixture
) -> None:
    await pay.begun()
    await trouble(pay, scenario, caplog, pay.trades.close(NUMBER))

    await pay.sandbox.settled(2)
    happened = scenario not in WITHOUT_EFFECT
    expected = TradeState.CLOSED if happened else TradeState.AWAITING
    assert await pay.trades.ask(NUMBER) == Trade(NUMBER, expected)


@pytest.mark.parametrize("scenario", ["drop-before", "drop-after", "http-500", "signtest"])
async def test_begun_again_after_a_beginning_of_which_nobody_knew(pay: Pay, scenario: str) -> None:
    await pay.sandbox.do("scenarios", name=scenario, times=1)
    with pytest.raises(UpstreamUnavailable):
        await pay.begun()

    await pay.begun()
    await pay.pay()
    assert await pay.money() == MOVED


async def test_an_answer_of_another_type_is_an_answer(pay: Pay) -> None:
    await pay.sandbox.switch("wrong-content-type")
    await pay.begun()

    assert await pay.trades.ask(NUMBER) == AWAITING


async def test_a_query_that_lags_behind(pay: Pay) -> None:
    await pay.begun()
    await pay.sandbox.do("scenarios", name="query-absent", times=1)
    assert (await pay.trades.ask(NUMBER)).state is TradeState.ABSENT
    await pay.pay()
    await pay.sandbox.do("scenarios", name="query-lags", method="query", times=1)

    assert await pay.trades.ask(NUMBER) == AWAITING
    assert (await pay.trades.ask(NUMBER)).state is TradeState.PAID


@pytest.mark.parametrize("scenario", ["query-other-merchant", "query-other-order"])
async def test_an_answer_about_something_else_is_none(pay: Pay, scenario: str) -> None:
    await pay.begun()
    await pay.pay()
    await pay.sandbox.switch(scenario)

    with pytest.raises(UpstreamUnavailable) as raised:
        await pay.trades.ask(NUMBER)
    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER


async def test_another_amount_than_was_asked_for_is_told_as_it_is(pay: Pay) -> None:
    await pay.begun()
    await pay.pay()
    await pay.sandbox.switch("query-amount", fen=1)

    assert (await pay.trades.ask(NUMBER)).amount == Money(1)
    assert await pay.money() == MOVED


async def paid_under(pay: Pay, scenario: str, **parameters: Any) -> None:
    await pay.begun()
    await pay.sandbox.do("scenarios", name=scenario, method="notice", parameters=parameters)
    await pay.pay()


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("notice-forged", "wrong signature"),
        ("notice-other-merchant", "another mchid"),
    ],
)
async def test_notices_that_are_not_for_us(pay: Pay, scenario: str, told: str) -> None:
    await paid_under(pay, scenario)
    is_forged = scenario == "notice-forged"
    # One that is genuine is not asked for again.
    expected = [(401, False)] * 4 if is_forged else [(204, True)]

    assert await pay.deliveries(len(expected)) == expected
    assert pay.shop.told == [told] * len(expected)
    assert await pay.money() == MOVED


@pytest.mark.parametrize(
    ("scenario", "parameters", "number", "amount"),
    [
        ("notice-amount", {"fen": 7}, NUMBER, Money(7)),
        ("notice-unknown-order", {}, "CW00000000000000000000000000NONE", Money(15000)),
    ],
)
async def test_genuine_notices_that_the_service_has_to_doubt(
    pay: Pay, scenario: str, parameters: dict[str, Any], number: str, amount: Money
) -> None:
    await paid_under(pay, scenario, **parameters)
    await pay.deliveries(1)

    [told] = pay.shop.told
    assert isinstance(told, ChannelNotice)
    assert (told.trade.number, told.trade.amount) == (number, amount)


async def test_a_wrong_signature_on_purpose_is_refused_and_the_right_one_follows(pay: Pay) -> None:
    await paid_under(pay, "signtest")

    assert await pay.deliveries(2) == [(401, False), (204, True)]
    assert pay.shop.told[0] == "a wrong signature on purpose"
    assert isinstance(pay.shop.told[1], ChannelNotice)


async def test_the_same_notice_comes_again_under_the_same_id(pay: Pay) -> None:
    await paid_under(pay, "notice-duplicate", copies=3)

    assert await pay.deliveries(3) == [(204, True)] * 3
    assert pay.shop.told == [pay.shop.told[0]] * 3


async def test_a_lost_notice_comes_later(pay: Pay) -> None:
    await paid_under(pay, "notice-lost")

    assert await pay.deliveries(2) == [(None, False), (204, True)]
    assert len(pay.shop.told) == 1


async def test_an_early_notice_is_there_before_the_payer_is_told(pay: Pay) -> None:
    await paid_under(pay, "notice-early")

    assert len(pay.shop.told) == 1


@pytest.mark.parametrize("scenario", ["notice-late", "notice-reversed"])
async def test_a_notice_that_takes_its_time_or_has_none_before_it(pay: Pay, scenario: str) -> None:
    await paid_under(pay, scenario, **({"seconds": 0.1} if scenario == "notice-late" else {}))

    assert await pay.deliveries(1) == [(204, True)]
    assert len(pay.shop.told) == 1


async def test_nothing_personal_is_logged_when_all_goes_well(
    pay: Pay, caplog: pytest.LogCaptureFixture
) -> None:
    listen_to_everything(caplog)
    prepay_id = await pay.begun()
    await pay.trades.ask(NUMBER)
    await pay.trades.close(NUMBER)

    seen = all_logs(caplog) + repr(pay.trades) + repr(order())
    assert not [secret for secret in (PAYER, prepay_id) if secret in seen]
