"""The desk where calls are answered: the gate, the methods, and whatever scenario is on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.alipay import answers, failures
from sandbox.alipay.answers import Answer, Node
from sandbox.alipay.bills import Bills
from sandbox.alipay.buyers import Buyers
from sandbox.alipay.calls import Call, charset_of
from sandbox.alipay.certify import Certify
from sandbox.alipay.checks import CheckBook
from sandbox.alipay.credentials import AlipayCredentials
from sandbox.alipay.failures import Failure, Refused
from sandbox.alipay.gate import Gate
from sandbox.alipay.logins import Logins
from sandbox.alipay.pages import failure_page
from sandbox.alipay.refunds import Refunds
from sandbox.alipay.scenarios import (
    CREATE_REFUSED,
    PAYS_AT_ONCE,
    REFUND_PENDING,
    REFUND_REFUSED,
    SCENARIOS,
)
from sandbox.alipay.settings import AlipaySandboxSettings
from sandbox.alipay.trade_book import TradeBook
from sandbox.alipay.trade_notices import NoticeWriter
from sandbox.alipay.trades import Trades
from sandbox.city import City
from sandbox.payments import NOTICE, Postman, trouble_of
from sandbox.platforms.clock import ForwardClock
from sandbox.platforms.log import NO_EFFECT, CallLog, LoggedCall
from sandbox.platforms.scenario import Active, Parameters, Reply
from sandbox.platforms.switchboard import Switchboard

CREATE, CLOSE = "alipay.trade.create", "alipay.trade.close"
REFUND = "alipay.trade.refund"
BILL = "alipay.data.dataservice.bill.downloadurl.query"
# What scenarios call the fetching of a bill by its link.
DOWNLOAD = "bill-download"
# The methods that can make a notice leave.
TELLING = frozenset({CREATE, CLOSE, REFUND})
CERTIFY_PAGE = "alipay.user.certify.open.certify"
METHODS = frozenset(
    {
        *("alipay.system.oauth.token", CERTIFY_PAGE),
        *("alipay.user.certify.open.initialize", "alipay.user.certify.open.query"),
        *(CREATE, CLOSE, "alipay.trade.query"),
        *(REFUND, "alipay.trade.fastpay.refund.query", BILL),
    }
)


@dataclass(slots=True)
class Desk:
    """Everything the sandbox remembers between calls."""

    city: City
    clock: ForwardClock
    key: RSAPrivateKey
    gate: Gate
    logins: Logins
    certify: Certify
    trades: Trades
    refunds: Refunds
    bills: Bills
    switchboard: Switchboard[Answer]
    log: CallLog = field(default_factory=CallLog)

    @classmethod
    def open(
        cls, city: City, credentials: AlipayCredentials, settings: AlipaySandboxSettings
    ) -> "Desk":
        clock = ForwardClock(settings.clock)
        key, app_id = credentials.platform_private_key(), credentials.app_id
        logins = Logins.open(settings, clock)
        switchboard = Switchboard(SCENARIOS, METHODS | {NOTICE, DOWNLOAD})
        trades = Trades(
            TradeBook(clock, settings.refundable_seconds),
            Buyers(app_id, city, logins.accounts),
            NoticeWriter(app_id, key, clock),
            Postman(settings.notice_delays_seconds),
            lambda: trouble_of(switchboard.take(NOTICE)),
            clock,
        )
        gate = Gate(
            app_id,
            credentials.app_public_key(),
            METHODS,
            settings.timestamp_tolerance_seconds,
            settings.clock,
        )
        return cls(
            city=city,
            clock=clock,
            key=key,
            gate=gate,
            logins=logins,
            certify=Certify(CheckBook(settings.certify_seconds, clock)),
            trades=trades,
            refunds=Refunds(trades),
            bills=Bills(trades, settings),
            switchboard=switchboard,
        )

    @property
    def checks(self) -> CheckBook:
        return self.certify.checks

    def serve(
        self, parameters: Mapping[str, str], active: Sequence[Active[Answer]], home: str
    ) -> Reply:
        """
        What a call is answered; without effect if a scenario takes it away.

        `home` is where the caller has found the sandbox.
        """
        method, charset = parameters.get("method", ""), charset_of(parameters)
        effect = all(one.parameters["effect"] for one in active)
        self.refunds.settle()
        try:
            if not effect:
                raise Refused(failures.UNAVAILABLE)
            reply, outcome = self._done(method, self.gate.admit(parameters), active, home)
        except Refused as refused:
            reply, outcome = self._refused(method, refused.failure, charset, active)
        names = tuple(one.scenario.name for one in active)
        outcome = outcome if effect else NO_EFFECT
        self.log.note(LoggedCall(method, outcome, self.clock(), names))
        return reply

    def _done(
        self, method: str, call: Call, active: Sequence[Active[Answer]], home: str
    ) -> tuple[Reply, str]:
        if method == CERTIFY_PAGE:
            return self.certify.page(call), "page"
        node = self._node(method, call, active, home)
        answer = answers.succeeded(method, node, call.charset)
        return self._written(answer, active), answer.outcome

    def _node(self, method: str, call: Call, active: Sequence[Active[Answer]], home: str) -> Node:
        on = {one.scenario.name: one.parameters for one in active}
        if method == CREATE:
            return self._create(call, on)
        if method == REFUND:
            return self._refund(call, on)
        if method == BILL:
            return self.bills.address(call, home)
        return self._methods()[method](call)

    def _methods(self) -> Mapping[str, Callable[[Call], Node]]:
        return {
            "alipay.system.oauth.token": self.logins.token,
            "alipay.user.certify.open.initialize": self.certify.initialize,
            "alipay.user.certify.open.query": self.certify.query,
            "alipay.trade.query": self.trades.query,
            CLOSE: self.trades.close,
            "alipay.trade.fastpay.refund.query": self.refunds.query,
        }

    def _create(self, call: Call, on: Mapping[str, Parameters]) -> Node:
        _refuse_if(on, CREATE_REFUSED)
        node = self.trades.create(call)
        if PAYS_AT_ONCE in on:
            self.trades.pay(str(node["out_trade_no"]), is_early=True)
        return node

    def _refund(self, call: Call, on: Mapping[str, Parameters]) -> Node:
        _refuse_if(on, REFUND_REFUSED)
        delay = on[REFUND_PENDING]["seconds"] if REFUND_PENDING in on else 0.0
        return self.refunds.refund(call, delay)

    def _refused(
        self, method: str, failure: Failure, charset: str, active: Sequence[Active[Answer]]
    ) -> tuple[Reply, str]:
        answer = answers.failed(method, failure, charset)
        if method == CERTIFY_PAGE:
            return failure_page(failure, charset), answer.outcome
        return self._written(answer, active), answer.outcome

    def _written(self, answer: Answer, active: Sequence[Active[Answer]]) -> Reply:
        for one in active:
            if one.scenario.answer:
                answer = one.scenario.answer(answer, one.parameters)
        return answers.reply(answer, self.key)


def _refuse_if(on: Mapping[str, Parameters], scenario: str) -> None:
    if scenario in on:
        raise Refused(Failure("40004", on[scenario]["sub_code"], "业务处理失败"))
