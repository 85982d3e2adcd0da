"""The desk where calls are answered: the gate, the methods, and whatever scenario is on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sandbox.city import City
from sandbox.payments import Postman, Till
from sandbox.platforms.clock import Clock, ForwardClock
from sandbox.platforms.log import NO_EFFECT, CallLog, LoggedCall
from sandbox.platforms.scenario import Active, Reply
from sandbox.platforms.switchboard import Switchboard
from sandbox.wechat.logins import open_id
from sandbox.wechatpay import answers, failures
from sandbox.wechatpay.answers import Answer, Node
from sandbox.wechatpay.bills import Bills
from sandbox.wechatpay.book import Book, Trade
from sandbox.wechatpay.calls import (
    BILL,
    CERTIFICATES,
    CLOSE,
    DOWNLOAD,
    METHODS,
    PREPAY,
    QUERY,
    REFUND,
    REFUND_QUERY,
    Call,
)
from sandbox.wechatpay.certificates import private_key
from sandbox.wechatpay.credentials import WechatPayCredentials
from sandbox.wechatpay.failures import Refused
from sandbox.wechatpay.gate import Gate
from sandbox.wechatpay.nodes import trade_node
from sandbox.wechatpay.notices import Notices
from sandbox.wechatpay.platform_keys import PlatformKeys
from sandbox.wechatpay.prepay import Merchant
from sandbox.wechatpay.refund_book import RefundBook
from sandbox.wechatpay.refund_requests import read_refund
from sandbox.wechatpay.refunds import Refunds
from sandbox.wechatpay.scenarios import SCENARIOS
from sandbox.wechatpay.settings import KeyMode, WechatPaySandboxSettings
from sandbox.wechatpay.trades import Trades


@dataclass(slots=True)
class Desk:
    """Everything the sandbox remembers between calls. `real_clock` stands in signatures."""

    clock: ForwardClock
    real_clock: Clock
    gate: Gate
    keys: PlatformKeys
    merchant: Merchant
    book: Book
    till: Till
    postman: Postman
    trades: Trades
    refunds: Refunds
    bills: Bills
    switchboard: Switchboard[Answer]
    log: CallLog = field(default_factory=CallLog)

    @classmethod
    def open(
        cls, city: City, credentials: WechatPayCredentials, settings: WechatPaySandboxSettings
    ) -> "Desk":
        clock, till = ForwardClock(settings.clock), Till()
        postman = Postman(settings.notice_delays_seconds)
        keys = PlatformKeys.open(credentials, settings.key_mode)
        merchant = Merchant(credentials.merchant_id, settings.app_id, _openids(city, settings))
        switchboard = Switchboard(SCENARIOS, METHODS)
        book, notices = Book(settings, clock), Notices(merchant, keys, settings.clock)
        refunds = Refunds(RefundBook(settings, clock, book), till, postman, notices, switchboard)
        return cls(
            clock=clock,
            real_clock=settings.clock,
            gate=Gate(
                credentials.merchant_id,
                credentials.certificate_serial,
                private_key(credentials.merchant_private_pem).public_key(),
                settings.timestamp_tolerance_seconds,
                settings.clock,
            ),
            keys=keys,
            merchant=merchant,
            book=book,
            till=till,
            postman=postman,
            trades=Trades(book, till, postman, notices, switchboard),
            refunds=refunds,
            bills=Bills(settings, clock, merchant, till, refunds.book),
            switchboard=switchboard,
        )

    def serve(self, call: Call, active: Sequence[Active[Answer]]) -> Reply:
        """What a call is answered; without effect if a scenario takes it away."""
        effect = all(one.parameters["effect"] for one in active)
        names = tuple(one.scenario.name for one in active)
        asked = replace(call, scenarios=names)
        answer = self._answer(asked) if effect else answers.failed(failures.SYSTEM_ERROR)
        outcome = answer.outcome if effect else NO_EFFECT
        self.log.note(LoggedCall(call.method, outcome, self.clock(), names))
        for one in active:
            if one.scenario.answer:
                answer = one.scenario.answer(answer, one.parameters)
        signer = self.keys.of_answer(call.wire.wanted_serial)
        return answers.reply(answer, signer, self.real_clock())

    def _answer(self, call: Call) -> Answer:
        methods: Mapping[str, Callable[[Call], Node | bytes | None]] = {
            PREPAY: self._prepay,
            QUERY: self._query,
            CLOSE: self._close,
            CERTIFICATES: self._certificates,
            REFUND: self._refund,
            REFUND_QUERY: self._refund_query,
            BILL: self._bill,
            DOWNLOAD: self._download,
        }
        try:
            self.gate.admit(call.wire)
            return answers.succeeded(methods[call.method](call))
        except Refused as refused:
            return answers.failed(refused.failure)

    def _prepay(self, call: Call) -> Node:
        return {"prepay_id": self.book.begin(self.merchant.read(call.body()))}

    def _query(self, call: Call) -> Node:
        self.merchant.check(call.query, "mchid")
        return trade_node(self._trade(call), self.merchant)

    def _close(self, call: Call) -> None:
        self.merchant.check(call.body())
        self.book.close(self._trade(call))

    def _certificates(self, _: Call) -> Node:
        if self.keys.mode is KeyMode.PUBLIC_KEY:
            raise Refused(failures.NO_CERTIFICATES)
        return {"data": self.keys.listed()}

    def _refund(self, call: Call) -> Node:
        return self.refunds.refund(read_refund(call.body()), call.scenarios)

    def _refund_query(self, call: Call) -> Node:
        return self.refunds.ask(call.path["out_refund_no"], call.scenarios)

    def _bill(self, call: Call) -> Node:
        self.refunds.settle()
        return self.bills.ask(call.query, call.base)

    def _download(self, call: Call) -> bytes:
        return self.bills.download(call.query.get("token", ""))

    def _trade(self, call: Call) -> Trade:
        try:
            if "transaction_id" in call.path:
                return self.book.of_transaction(call.path["transaction_id"])
            return self.book.of_number(call.path["out_trade_no"])
        except LookupError:
            raise Refused(failures.NO_ORDER) from None


def _openids(city: City, settings: WechatPaySandboxSettings) -> frozenset[str]:
    people = (city.magic_citizen.index, city.magic_buyer.index, *range(len(city)))
    return frozenset(open_id(settings.app_id, citizen) for citizen in people)
