"""The refund machine: whatever may happen to refunds, in any order, judged after every step."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.failures import TryLater
from services.crash_points import CrashPoint
from services.refunds.checks import RefundChecks
from services.refunds.service import RefundService
from tests.exactly_once.world import World
from tests.refunds.office import ANOTHER, ASK, OFFICER, REFUND, Office
from tests.stack import Json

NOT_ALLOWED = {"sub_code": "ACQ.TRADE_NOT_ALLOW_REFUND"}
DROPS: tuple[tuple[str, Json], ...] = (
    *(("drop-before", {}), ("drop-after", {}), ("drop-after", {})),
    *(("system-error", {}), ("throttled", {}), ("unsigned", {})),
)
TROUBLES: dict[tuple[str, str], tuple[tuple[str, Json], ...]] = {
    ("ALIPAY", "refund"): (
        *DROPS,
        ("refund-refused", {}),
        ("refund-refused", NOT_ALLOWED),
        ("refund-pending", {"seconds": 90}),
    ),
    ("WECHAT", "refund"): (
        *DROPS,
        *(("refund-closed", {}), ("refund-abnormal", {}), ("not-enough", {})),
        ("refund-amount", {}),
    ),
    ("ALIPAY", "ask"): (*DROPS, ("refund-query-lags", {})),
    ("WECHAT", "ask"): (*DROPS, ("refund-absent", {}), ("refund-amount", {})),
}
WIRE = {"refund": REFUND, "ask": ASK}
WIRES = tuple(WIRE)
# What is paid at each channel, in fen.
PAID = {"ALIPAY": (5900, 10000), "WECHAT": (20000,)}
POINTS = (
    *(CrashPoint.REFUND_DECIDED, CrashPoint.REFUND_SENDING),
    *(CrashPoint.REFUND_SENT, CrashPoint.REFUND_DONE),
)
ACCIDENTS = ("trouble", "heal", "heal", "restart", "tell", "tell", "annul")
TAMPERED: tuple[Json, ...] = ({}, {}, {"signature": "wrong"}, {"merchant": "other"})
# All of them together are less than the 25 hours after which people are asked.
SECONDS = (1, 4, 11, 13, 13, 61, 61, 400, 3700)

channels = st.sampled_from(["ALIPAY", "WECHAT"])
few = st.sampled_from([1, 1, 2, 5])
dying = st.sampled_from([None, None, None, *POINTS])


class Died(BaseException):
    """A process is no more. Nothing catches it, as nothing catches `kill -9`."""


@dataclass(slots=True)
class Fuse:
    """Ends the process when it comes to a point."""

    point: CrashPoint | None = None
    died: Counter[CrashPoint] = field(default_factory=Counter)

    def __call__(self, at: CrashPoint) -> None:
        if at is self.point:
            self.point = None
            self.died[at] += 1
            raise Died


@dataclass(slots=True)
class Process:
    """What refunds money in the process that runs now, with a fuse in it."""

    world: World
    fuse: Fuse

    @property
    def checks(self) -> RefundChecks:
        """What a worker sweeps."""
        plain = self.world.api.running.paying.refund_checks
        return replace(plain, ending=replace(plain.ending, reached=self.fuse), reached=self.fuse)

    @property
    def service(self) -> RefundService:
        """What officers ask."""
        plain = self.world.api.running.paying.refunds
        return replace(plain, checks=self.checks, reached=self.fuse)


class RefundMachine(RuleBasedStateMachine):
    """One example is one world's life. A process dies at `first` at once, and anywhere later."""

    def __init__(self, runner: asyncio.Runner, world: World, fuse: Fuse, first: CrashPoint) -> None:
        super().__init__()
        self.first = first
        self.runner = runner
        self.world = world
        self.process = Process(world, fuse)
        self.paid: dict[str, Json] = {}
        self.asked: list[tuple[str, tuple[tuple[int, int, int], ...], Json]] = []

    def do(self, steps: Coroutine[Any, Any, Any]) -> Any:
        """Run some steps to their end, or to the death of the process."""
        try:
            return self.runner.run(steps)
        except Died:
            self.runner.run(self.begin_anew())

    @property
    def office(self) -> Office:
        """Officers who talk to the process that runs now."""
        return Office(self.world, self.process.service)

    @initialize(channel=channels)
    def a_new_life(self, channel: str) -> None:
        """Everything works; three fines are paid, at both channels, and one is given back."""
        self.do(self.pay())
        self.process.fuse.point = self.first
        self.asked.append((channel, ((1, 1000, 0),), {"key": "machine-0000"}))
        self.do(self.ask_for(self.asked[-1]))
        self.world.clock.advance(seconds=46)
        self.do(self.sweep(1))

    async def pay(self) -> None:
        """One payment at each channel."""
        self.process.fuse.point = None
        await self.world.begin_again()
        for channel, amounts in PAID.items():
            self.paid[channel] = await self.office.paid(channel, *amounts)

    @rule(data=st.data(), channel=channels, kind=st.sampled_from(["all", "part", "again", "two"]))
    def refund(self, data: st.DataObject, channel: str, kind: str) -> None:
        """An officer gives something back, or two do at once, or one sends it again."""
        self.do(self.hinder(data, channel, "refund"))
        self.process.fuse.point = data.draw(dying)
        if kind == "again" and self.asked:
            self.do(self.ask_for(data.draw(st.sampled_from(self.asked))))
            return
        lines = () if kind == "all" else self.do(self.some(data, channel)) or ()
        seen = self.do(self.left(channel))
        wish = {"expected": seen, "key": f"machine-{len(self.asked):04}"}
        self.asked.append((channel, lines, wish))
        self.do(self.ask_for(self.asked[-1], second=kind == "two"))

    @rule(data=st.data(), seconds=st.sampled_from(SECONDS), sweeps=st.sampled_from([0, 1, 2, 3]))
    def time(self, data: st.DataObject, seconds: int, sweeps: int) -> None:
        """Time passes; perhaps workers sweep, some at once."""
        self.world.clock.advance(seconds=seconds)
        for _ in range(sweeps):
            self.process.fuse.point = data.draw(dying)
            self.do(self.hinder(data, data.draw(channels), data.draw(st.sampled_from(WIRES))))
            self.do(self.sweep(data.draw(few)))

    @rule(data=st.data(), channel=channels, kind=st.sampled_from(ACCIDENTS))
    def accidents(self, data: st.DataObject, channel: str, kind: str) -> None:
        """Something breaks, or is mended; a channel tells something."""
        number = self.paid[channel]["number"]
        if kind == "trouble":
            self.do(self.switch(data, channel, data.draw(st.sampled_from(WIRES)), None))
        elif kind == "heal":
            self.do(self.world.heal())
        elif kind == "restart":
            self.do(self.begin_anew())
        elif kind == "tell":
            how = {"times": data.draw(few), "parallel": data.draw(st.booleans())}
            change = data.draw(st.sampled_from(TAMPERED))
            self.do(self.world.notify(channel, number, **how, **change))
        elif channel == "ALIPAY":
            self.do(self.annul(number))

    @invariant()
    def all_is_well(self) -> None:
        """The judge looks at it."""
        if self.paid:
            self.do(self.office.judge())

    def teardown(self) -> None:
        """Everything works again and time passes: every refund comes to its one end."""
        if self.paid:
            self.process.fuse.point = None
            self.do(self.begin_anew())
            self.do(self.office.end())
            self.world.note_reached()

    async def begin_anew(self) -> None:
        """Another process in place of this one; what it held stays leased."""
        # What it did besides comes to nothing, or to its end.
        await asyncio.sleep(0.02)
        await self.world.stop()
        await self.world.start()

    async def sweep(self, workers: int) -> None:
        """Workers look for what is due at the same time."""
        paying = self.world.api.running.paying
        await paying.annulled.sweep()
        await asyncio.gather(*(self.process.checks.sweep() for _ in range(workers)))

    async def ask_for(
        self,
        wish: tuple[str, tuple[tuple[int, int, int], ...], Json],
        *,
        second: bool = False,
    ) -> None:
        """Ask for a refund; perhaps somebody else does, too."""
        channel, lines, given = wish
        officers = [OFFICER, ANOTHER] if second else [OFFICER]
        asking = (
            self.office.refund(self.paid[channel], *lines, officer=one, **given) for one in officers
        )
        with suppress(TryLater):
            await asyncio.gather(*asking)

    async def left(self, channel: str) -> int:
        """What an officer sees that is left."""
        found = await self.office.find(self.paid[channel])
        assert found is not None
        return found.refundable.fen

    async def some(self, data: st.DataObject, channel: str) -> tuple[tuple[int, int, int], ...]:
        """A part of what is left of one line, or one fen too much."""
        found = await self.office.find(self.paid[channel])
        assert found is not None
        line = data.draw(st.sampled_from(found.lines))
        principal, surcharge = line.principal_left.fen, line.surcharge_left.fen
        more = data.draw(st.sampled_from([0, 0, 0, 1]))
        part = data.draw(st.sampled_from([1, principal // 2, principal]))
        return ((line.position, part + more, data.draw(st.sampled_from([0, surcharge]))),)

    async def annul(self, number: str) -> None:
        """The register buries a decision that was paid, and the mirror hears of it."""
        decisions = "SELECT decision_number FROM payment_items WHERE position = 1 AND payment_id ="
        payment = f"(SELECT id FROM payments WHERE number = '{number}')"
        [(decision,)] = self.world.rows(f"{decisions} {payment}")
        ids = {one: key for key, one in self.world.decisions.items()}
        await self.world.annul(ids[decision])

    async def hinder(self, data: st.DataObject, channel: str, method: str) -> None:
        """Perhaps something is wrong with the next calls, and no longer."""
        if data.draw(st.sampled_from([False, True])):
            await self.switch(data, channel, method, data.draw(st.sampled_from([1, 2])))

    async def switch(
        self, data: st.DataObject, channel: str, method: str, times: int | None
    ) -> None:
        name, parameters = data.draw(st.sampled_from(TROUBLES[channel, method]))
        how = {"method": WIRE[method][channel], "times": times, "parameters": parameters}
        await self.world.platforms.switch_paying(channel, name, **how)
