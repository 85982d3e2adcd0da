"""The office of finance: gives payments of one citizen back, and looks at what became of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from domain.failures import BadRequest
from domain.money import Money
from domain.principals import Officer, Principal
from domain.refunds import RefundReason
from domain.refusals import Refused
from services.access import FINANCE
from services.refunds.service import LineWanted, NeedsTreasury, RefundRequest, RefundService
from services.refunds.views import RefundedPayment
from tests.exactly_once.world import World
from tests.graphql.paying import Payer, settled
from tests.stack import PAYING, Json

REFUND = {"ALIPAY": "alipay.trade.refund", "WECHAT": "refund"}
ASK = {"ALIPAY": "alipay.trade.fastpay.refund.query", "WECHAT": "refund-query"}
OFFICER = Officer("https://office", "f-1", frozenset({FINANCE}))
ANOTHER = Officer("https://office", "f-2", frozenset({FINANCE}))
# What the citizen sees.
SHOWN = """query($id: ID!) { payment(id: $id) { status refunded { fen }
  lines { status }
  refunds { status reason amount { fen } lines { principal { fen } surcharge { fen } } }
  receipt { token } } }"""
VERIFY = "query($token: String!) { verifyReceipt(token: $token) { status } }"
REFUNDS = "SELECT status, amount_fen, problem FROM refunds ORDER BY created_at, id"
TASKS = "SELECT kind, subject FROM human_tasks WHERE closed_at IS NULL ORDER BY kind, subject"
_keys = count()


@dataclass(frozen=True, slots=True)
class Office:
    """Officers in one world. `refund` answers with a status, or why there is none."""

    world: World
    # In place of the process's own.
    other: RefundService | None = field(default=None, repr=False)

    @property
    def service(self) -> RefundService:
        """Whom the officers talk to."""
        return self.other or self.world.api.running.paying.refunds

    async def decisions(self, *amounts: int) -> list[str]:
        """Ids of decisions for which so many fen are owed."""
        owed = await self.world.payer("ALIPAY").decisions()
        found = {one["quote"]["total"]["fen"]: one["id"] for one in owed}
        return [found[fen] for fen in amounts]

    async def paid(self, channel: str, *amounts: int) -> Json:
        """A payment of decisions for which so many fen are owed."""
        payer = self.world.payer(channel)
        payment = await payer.begun(*await self.decisions(*amounts))
        await payer.tap_pay(payment)
        assert (await settled(payer, payment))["status"] == "PAID"
        return payment

    async def decisions_of(self, payment: Json, *amounts: int) -> list[str]:
        """Ids of decisions that it paid for, by what was charged."""
        found = await self.find(payment)
        assert found is not None
        numbers = {
            one.principal.fen + one.surcharge.fen: one.decision_number for one in found.lines
        }
        ids = {number: one for one, number in self.world.decisions.items()}
        return [ids[numbers[fen][:15]] for fen in amounts]

    async def find(self, payment: Json, officer: Principal = OFFICER) -> RefundedPayment | None:
        """A payment as officers see it."""
        return await self.service.find(officer, payment["number"])

    async def places(self, payment: Json) -> dict[int, int]:
        """Which line is which: positions by what was charged, in fen."""
        found = await self.find(payment)
        assert found is not None
        return {one.principal.fen + one.surcharge.fen: one.position for one in found.lines}

    async def refund(
        self,
        payment: Json,
        *lines: tuple[int, int, int],
        expected: int | None = None,
        key: str | None = None,
        officer: Principal = OFFICER,
        reason: RefundReason = RefundReason.PAID_IN_ERROR,
    ) -> str:
        """
        Give a payment back.

        :param lines: position, principal, surcharge; none for all that is left
        :param expected: what the officer has seen, or what is right
        """
        if expected is None:
            found = await self.find(payment)
            expected = found.refundable.fen if found else 1
        request = RefundRequest(
            payment["number"],
            tuple(LineWanted(at, Money(p), Money(s)) for at, p, s in lines) or None,
            Money(expected),
            reason,
            "渝公交财〔2026〕7号",
            key or f"refund-key-{next(_keys):06}",
        )
        try:
            held = await self.service.begin(officer, request)
        except Refused as refused:
            return " ".join(one.code.upper() for one in refused.refusals)
        except BadRequest as bad:
            return f"bad {bad}"
        except NeedsTreasury as needs:
            return f"treasury: {needs.subject}"
        return held.status.value

    async def later(self, seconds: float) -> None:
        """Time passes, and a worker sweeps."""
        self.world.clock.advance(seconds=seconds)
        await self.world.sweep()
        await self.judge()

    async def comes_to(self, *statuses: str) -> None:
        """Sweep until the refunds are so; a notice just coming in may hold them for a moment."""
        for _ in range(200):
            await self.world.sweep()
            if [one[0] for one in self.refunds()] == list(statuses):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(self.refunds())

    async def trouble(self, channel: str, name: str, method: str, **how: Json) -> None:
        """Something is wrong with a method of a channel, `times` or until all is well."""
        await self.world.platforms.switch_paying(channel, name, method=method, **how)

    async def judge(self) -> None:
        """What must be so at every instant."""
        (await self.world.evidence()).check()
        self.world.check_moves()

    async def end(self) -> list[int]:
        """Everything works and has had time: all is as it should be; what went back."""
        await self.world.heal()
        await self.world.sweep_until_quiet()
        evidence = await self.world.evidence()
        evidence.check_end()
        self.world.check_moves()
        return [fen for _, _, _, fen in evidence.given]

    async def given(self) -> list[int]:
        """What has really gone back, in its order."""
        return [fen for _, _, _, fen in (await self.world.evidence()).given]

    async def shown(self, channel: str, payment: Json) -> Json:
        """A payment as its payer sees it; in place of the receipt what it is worth."""
        payer: Payer = self.world.payer(channel)
        answer = (await payer.phone.ask(SHOWN, id=payment["id"])).json()
        assert "errors" not in answer, answer
        found = answer["data"]["payment"]
        receipt = found["receipt"]
        if receipt is not None:
            verified = await self.world.api.ask(VERIFY, token=receipt["token"])
            found["receipt"] = verified["data"]["verifyReceipt"]["status"]
        return found

    def method(self, channel: str) -> str:
        """What a refund is called at a channel."""
        return REFUND[channel]

    async def calls(self, channel: str) -> int:
        """How often a refund was asked for."""
        return await self.world.platforms.calls(PAYING[channel], REFUND[channel])

    async def problems(self) -> list[str]:
        """What channels said that went wrong."""
        return [problem for *_, problem in self.refunds() if problem is not None]

    def refunds(self) -> Sequence[tuple[Json, ...]]:
        """Status, fen and problem of each refund."""
        return self.world.rows(REFUNDS)

    def tasks(self) -> Sequence[tuple[Json, ...]]:
        """Open tasks."""
        return self.world.rows(TASKS)


async def fail_next(office: Office, channel: str) -> None:
    """The channel will not do the next refund, and never will."""
    if channel == "ALIPAY":
        how: Json = {"times": 1, "parameters": {"sub_code": "ACQ.TRADE_NOT_ALLOW_REFUND"}}
        await office.trouble(channel, "refund-refused", REFUND[channel], **how)
    else:
        await office.trouble(channel, "refund-closed", REFUND[channel], times=1)
