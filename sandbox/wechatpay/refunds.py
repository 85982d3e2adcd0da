"""The refunds as a merchant meets them: accepted, asked about, told of when they end."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from aiohttp import web

from sandbox.payments import NOTICE, Postman, Till, trouble_of
from sandbox.platforms.switchboard import Switchboard
from sandbox.wechatpay import failures
from sandbox.wechatpay.answers import Answer, Node
from sandbox.wechatpay.failures import Refused
from sandbox.wechatpay.nodes import refund_node
from sandbox.wechatpay.notices import Notices
from sandbox.wechatpay.refund_book import Refund, RefundBook, Status
from sandbox.wechatpay.refund_requests import RefundRequest
from sandbox.wechatpay.scenarios import (
    NOT_ENOUGH,
    REFUND_ABNORMAL,
    REFUND_ABSENT,
    REFUND_CLOSED,
    SIGNTEST,
)

_POLL_SECONDS = 0.02


@dataclass(slots=True)
class Refunds:
    book: RefundBook
    till: Till
    postman: Postman
    notices: Notices
    switchboard: Switchboard[Answer]
    _watching: asyncio.Task[None] | None = None
    _closed: bool = False

    def refund(self, request: RefundRequest, scenarios: Collection[str]) -> Node:
        """
        A refund as it stands once it is accepted, or as it stands now if the same is asked again.

        :raises Refused: when it cannot be one
        """
        self.settle()
        refund = self.book.accept(request, _end(scenarios), NOT_ENOUGH not in scenarios)
        told = refund_node(refund)
        self.settle()
        self._watch()
        return told

    def ask(self, refund_number: str, scenarios: Collection[str]) -> Node:
        """:raises Refused: when there is none, or it is not known yet"""
        self.settle()
        try:
            refund = self.book.of_number(refund_number)
        except LookupError:
            raise Refused(failures.NO_REFUND) from None
        if REFUND_ABSENT in scenarios:
            raise Refused(failures.NO_REFUND)
        return refund_node(refund)

    def settle(self) -> None:
        """Move the money of the refunds whose time has come, and tell of them."""
        for refund in self.book.end_those_due():
            if refund.status is Status.SUCCESS:
                self._give_back(refund)
            if refund.request.notify_url:
                self._tell(refund)

    async def close(self, _: web.Application) -> None:
        self._closed = True
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def _give_back(self, refund: Refund) -> None:
        self.till.give_back(
            out_trade_no=refund.trade.prepay.number,
            reference=refund.refund_id,
            fen=refund.request.fen,
            payer=refund.trade.prepay.openid,
            # Bills go by when it was accepted.
            at=refund.accepted_at,
        )

    def _tell(self, refund: Refund) -> None:
        active = self.switchboard.take(NOTICE)
        trouble = trouble_of(active)
        probes = sum(one.scenario.name == SIGNTEST for one in active)
        letter = self.notices.refunded(refund, trouble.tampering, probes)
        self.postman.post(letter, trouble)

    def _watch(self) -> None:
        """Settle by the sandbox's clock, which may be put forward at any time."""
        if not self._closed and (self._watching is None or self._watching.done()):
            self._watching = asyncio.create_task(self._settle_all())

    async def _settle_all(self) -> None:
        while self.book.under_way():
            await asyncio.sleep(_POLL_SECONDS)
            self.settle()


def _end(scenarios: Collection[str]) -> Status:
    if REFUND_CLOSED in scenarios:
        return Status.CLOSED
    return Status.ABNORMAL if REFUND_ABNORMAL in scenarios else Status.SUCCESS
