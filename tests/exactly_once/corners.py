"""Dangerous corners: each is a few steps that hardly ever follow each other by chance."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from domain.payments import LIVE
from tests.exactly_once.life import Begun, Life
from tests.exactly_once.world import METHODS

REFUSALS = {"ALIPAY": ("create-refused",), "WECHAT": ("account-abnormal", "rule-limit")}
LAGS = {
    "ALIPAY": ("query-lags",),
    "WECHAT": ("query-absent", "query-absent", "query-absent", "query-lags"),
}
UNSEEN: tuple[tuple[str, ...], ...] = ((), ("notice-lost",), ("notice-lost",), ("notice-amount",))
OTHER = {"ALIPAY": "WECHAT", "WECHAT": "ALIPAY"}
LIFE_SECONDS = 900
# From the expiry to when a channel is believed that it never knew of a payment, and on.
MARGINS = (0, 601)
SOON = (0.0, 0.0, 0.01, 0.05)
NOT_FOUND = {"message": "处罚决定书不存在"}

channels = st.sampled_from(["ALIPAY", "WECHAT"])


class Corner:
    """Sets one up: everything works, and somebody begins to pay what is free."""

    def __init__(self, life: Life, data: st.DataObject) -> None:
        self.life = life
        self.world = life.world
        self.data = data

    async def refused_when_sent_again(self) -> None:
        """The answer is lost after the effect, the same order is refused; then it is paid."""
        channel = self.data.draw(channels)
        refusal = self.data.draw(st.sampled_from(REFUSALS[channel]))
        was_sent = self.data.draw(st.booleans())
        trouble = "drop-after" if was_sent else refusal
        for payment in await self._begin(channel, trouble):
            wanted, given = self.life.asked[-1]
            await self._switch(channel, "begin", refusal)
            await self.life.ask_for(wanted, given)
            await self.life.pay(payment, self.data.draw(st.sampled_from(UNSEEN)))

    async def paid_in_the_last_second(self) -> None:
        """Nobody is told and queries do not know of it, when it expires or is given up."""
        channel = self.data.draw(channels)
        for payment in await self._begin(channel, self._one_of("", "drop-after")):
            self.world.clock.advance(seconds=LIFE_SECONDS - 1)
            await self.life.pay(payment, ("notice-lost",))
            await self._switch(channel, "query", self.data.draw(st.sampled_from(LAGS[channel])))
            if self.data.draw(st.booleans()):
                await self.life.cancel(payment)
            self.world.clock.advance(seconds=1 + self.data.draw(st.sampled_from(MARGINS)))
            await self.world.sweep()

    async def ordered_after_the_end(self) -> None:
        """An order arrives when its payment has ended; somebody pays it, perhaps a second time."""
        channel = self.data.draw(channels)
        for payment in await self._begin(channel, "drop-before"):
            wish = self.life.asked[-1][1]["decisionIds"]
            await self.life.cancel(payment)
            if self.life.status(payment) in LIVE:
                return
            if self.data.draw(st.booleans()):
                for other in await self._begin(OTHER[channel], decisions=wish):
                    await self.life.pay(other)
            await self.world.order_late(payment.channel, payment.number)
            notices = self.data.draw(st.sampled_from(UNSEEN))
            await self.life.pay(payment, notices)

    async def annulled_while_awaiting(self) -> None:
        """The register buries a decision, the mirror hears of it, and then it is paid."""
        for payment in await self._begin(self.data.draw(channels)):
            decision = self.life.asked[-1][1]["decisionIds"][0]
            await self.world.annul(decision)
            await self.life.pay(payment, self.data.draw(st.sampled_from(UNSEEN)))

    async def given_up_while_paying(self) -> None:
        """Cancel and Pay at the same time, or one soon after the other."""
        for payment in await self._begin(self.data.draw(channels)):
            notices = self.data.draw(st.sampled_from(UNSEEN[:2]))
            seconds = self.data.draw(st.sampled_from(SOON))
            await asyncio.gather(
                self.life.cancel(payment), _after(seconds, self.life.pay(payment, notices))
            )

    async def declined_first(self) -> None:
        """The payer declines, and then pays all the same, or lets it expire."""
        for payment in await self._begin(self.data.draw(channels)):
            await self.world.try_to_decline(payment.channel, payment.number)
            if self.data.draw(st.booleans()):
                await self.life.pay(payment, self.data.draw(st.sampled_from(UNSEEN)))
            else:
                self.world.clock.advance(seconds=LIFE_SECONDS)
                await self.world.sweep()

    async def report_in_trouble(self) -> None:
        """The register takes a report and does not answer, then finds no decision, then is well."""
        for payment in await self._begin(self.data.draw(channels)):
            await self.life.pay(payment)
            register = self.world.register
            await register.switch("reset-after", interface="04C57", times=1)
            await self.world.sweep()
            await register.switch("refusal", interface="04C57", times=1, parameters=NOT_FOUND)
            self.world.clock.advance(seconds=30)
            await self.world.sweep()
            await register.calm()

    async def _begin(
        self, channel: str, trouble: str = "", decisions: list[str] | None = None
    ) -> list[Begun]:
        """Begin a payment, with something wrong once; nothing if there is nothing to pay."""
        await self.world.heal()
        free = decisions or self.life.free_decisions()
        if not free:
            return []
        if trouble:
            await self._switch(channel, "begin", trouble)
        wanted = free if decisions else free[: self.data.draw(st.sampled_from([1, 1, 2]))]
        payment = await self.life.ask_for(*self.life.wish(channel, wanted))
        return [payment] if payment else []

    async def _switch(self, channel: str, method: str, name: str) -> None:
        wire = METHODS[channel][method]
        times = None if method == "query" else 1
        await self.world.platforms.switch_paying(channel, name, method=wire, times=times)

    def _one_of(self, *names: str) -> str:
        return self.data.draw(st.sampled_from(names))


async def _after(seconds: float, doing: Awaitable[None]) -> None:
    await asyncio.sleep(seconds)
    await doing


@dataclass(frozen=True, slots=True)
class Kind:
    """How one comes to a corner, and where some who come to it must get."""

    comes: Callable[[Corner], Coroutine[Any, Any, None]]
    leads_to: frozenset[str]


CORNERS: Mapping[str, Kind] = {
    "refused when sent again": Kind(
        Corner.refused_when_sent_again, frozenset({"failed", "unknown", "paid"})
    ),
    "paid in the last second": Kind(Corner.paid_in_the_last_second, frozenset({"unknown", "paid"})),
    "ordered after the end": Kind(
        Corner.ordered_after_the_end, frozenset({"cancelled", "paid_after_close", "paid_twice"})
    ),
    "annulled while awaiting": Kind(
        Corner.annulled_while_awaiting, frozenset({"paid", "paid_though_annulled"})
    ),
    "given up while paying": Kind(Corner.given_up_while_paying, frozenset({"cancelled", "paid"})),
    "declined first": Kind(Corner.declined_first, frozenset({"paid", "expired"})),
    "report in trouble": Kind(Corner.report_in_trouble, frozenset({"paid", "settlement"})),
}
