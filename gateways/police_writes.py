"""What we write to the police register: that a record is accepted, that a fine is paid."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import aiohttp
from yarl import URL

from domain import deadlines
from domain.failures import Upstream, UpstreamUnavailable
from domain.money import Money
from domain.police_writes import AcceptanceOrder, PaymentReport, WriteRefused
from gateways import soap
from gateways.bulkhead import CallClass
from gateways.charsets import text_of
from gateways.outcomes import NotDone
from gateways.police_calls import PoliceCalls, broken
from gateways.police_documents import Reply, read_reply, write_document
from gateways.police_envelopes import envelope
from gateways.police_http import HEADERS
from gateways.police_verdicts import check_written
from gateways.police_wire import Interface
from gateways.soap import Verb
from gateways.upstream_door import Passage
from gateways.upstream_http import Request, exchange, new_session
from gateways.xml_repair import Unreadable

Result = TypeVar("Result")

logger = logging.getLogger("clearway.police")

# On paper a sixteenth character checks the other fifteen.
DECISION_NUMBER = re.compile(r"(\d{15})[0-9A-Za-z]?", re.ASCII)
PAID, AT_A_BANK = "1", "2"
# The answer to a write is a head.
HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PoliceWrites:
    """
    Every method returns if it is written, by this call or by an earlier one of the same content.

    Otherwise it raises WriteRefused or NotDone, and nothing was written; or any other
    UpstreamUnavailable, and nobody knows: read the register before calling again. Nothing is ever
    sent again from here. Calls share places, pace, breaker and quota with those that read.
    """

    calls: PoliceCalls
    session: aiohttp.ClientSession

    @classmethod
    @asynccontextmanager
    async def open(cls, calls: PoliceCalls) -> AsyncIterator["PoliceWrites"]:
        """Write beside those who read by `calls`, for as long as the block lasts."""
        wire = calls.wire
        async with new_session(
            connections=wire.max_connections, connect_seconds=wire.connect_seconds, headers=HEADERS
        ) as session:
            yield cls(calls, session)

    async def accept(
        self, order: AcceptanceOrder, *, call_class: CallClass = CallClass.CITIZEN
    ) -> str:
        """
        Have a camera record decided against the driver who accepts it (04C56).

        The answer is the decision's number, 15 characters; the same driver always gets the same.
        """
        fields = {
            "xh": order.record_number,
            "jszh": order.identity_number,
            "dabh": order.file_number or "",
            "dsr": order.name,
            "lxdh": "",
            "zdbs": self.calls.wire.terminal,
        }
        return await self._write(Interface.ACCEPT, fields, call_class, _decision_number)

    async def report_payment(
        self, report: PaymentReport, *, call_class: CallClass = CallClass.BACKGROUND
    ) -> None:
        """Tell that a decision has been paid (04C57)."""
        fields = {
            "jdsbh": report.decision_number,
            "wsjyw": report.check_character or "",
            "jkbj": PAID,
            "jkfs": AT_A_BANK,
            "jkrq": report.paid_on.isoformat(),
            "fkje": _yuan(report.principal),
            "znj": _yuan(report.surcharge),
            "jkje": _yuan(Money(report.principal.fen + report.surcharge.fen)),
            "yhlsh": report.serial,
            "fksjbh": "",
        }
        await self._write(Interface.REPORT_PAYMENT, fields, call_class, lambda _: None)

    async def _write(
        self,
        interface: Interface,
        fields: Mapping[str, str],
        call_class: CallClass,
        read: Callable[[Reply], Result],
    ) -> Result:
        wire = self.calls.wire
        seconds = wire.timeout(interface) * wire.patience
        with self.calls.noted(interface), deadlines.within(seconds):
            try:
                return read(await self._written(interface, fields, call_class))
            except Unreadable as error:
                raise broken(error) from error
            except WriteRefused as refusal:
                logger.info(
                    "write refused: interface=%s problem=%s",
                    wire.interfaces[interface],
                    refusal.problem.value,
                )
                raise

    async def _written(
        self, interface: Interface, fields: Mapping[str, str], call_class: CallClass
    ) -> Reply:
        async with AsyncExitStack() as stack:
            try:
                passage = await stack.enter_async_context(self.calls.passage(interface, call_class))
            except UpstreamUnavailable as kept:
                raise NotDone(
                    kept.reason, retry_after=kept.retry_after, detail=kept.detail
                ) from None
            return await self._exchange(interface, fields, passage)

    async def _exchange(
        self, interface: Interface, fields: Mapping[str, str], passage: Passage
    ) -> Reply:
        wire = self.calls.wire
        self.calls.stats.calls[interface] += 1
        document = write_document(wire.nodes[interface][0], fields)
        message = envelope(wire, interface, document, Verb.WRITE)
        request = Request(Upstream.POLICE, "POST", URL(wire.url), message)
        body = await exchange(self.session, request, seconds=passage.seconds, cap=HEAD_BYTES)
        reply = read_reply(soap.returned(text_of(body)), ())
        passage.trial.healthy = True  # Even if it refuses.
        check_written(reply, wire.texts, self.calls.clock(), wire.night_retry_seconds)
        return reply


def _decision_number(reply: Reply) -> str:
    match = DECISION_NUMBER.fullmatch(reply.key or "")
    if match is None:
        raise Unreadable("no decision number")
    return match[1]


def _yuan(amount: Money) -> str:
    """As the register writes amounts: whole yuan without decimals."""
    return amount.yuan.removesuffix(".00")
