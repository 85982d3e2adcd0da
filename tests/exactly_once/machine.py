"""The payment machine: whatever may happen to payments, in any order, judged after every step."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.exactly_once.corners import CORNERS, Corner, channels
from tests.exactly_once.life import Begun, Life
from tests.exactly_once.world import METHODS, World
from tests.stack import Json

DROPS = ("drop-before", "drop-after", "system-error", "throttled", "unsigned")
TROUBLES = {
    ("ALIPAY", "begin"): (*DROPS, "create-refused", "pays-at-once"),
    ("ALIPAY", "query"): (*DROPS, "query-lags", "query-amount"),
    ("ALIPAY", "close"): DROPS,
    ("WECHAT", "begin"): (*DROPS, "account-abnormal", "rule-limit"),
    ("WECHAT", "query"): (*DROPS, "query-lags", "query-absent", "query-amount"),
    ("WECHAT", "close"): DROPS,
}
NOTICES: tuple[tuple[str, ...], ...] = (
    *((), ("notice-duplicate",), ("notice-reversed",), ("notice-lost",), ("notice-lost",)),
    *(("notice-forged",), ("notice-amount", "notice-duplicate"), ("notice-other-merchant",)),
    ("notice-unknown-order",),
)
TAMPERED: tuple[Json, ...] = (
    *({}, {"amountFen": 1}, {"amountFen": 99_999_999}),
    *({"signature": "wrong"}, {"merchant": "other"}),
)
AT_THE_REGISTER = ("down", "reset-after", "refusal", "night-window")
PEOPLE = ("begin", "begin", "again", "pay", "pay", "pay", "tell", "cancel", "corner", "corner")
ACCIDENTS = ("channel", "register", "heal", "heal", "restart", "lose the queue")
SECONDS = (1, 1, 7, 7, 30, 30, 70, 300, 890, 960, 90_000)

few = st.sampled_from([1, 1, 2, 5])
baskets = st.sampled_from([[0], [1], [2], [3], [0, 1], [2, 0], [1, 2, 0], [4, 3]])


class PaymentMachine(RuleBasedStateMachine):
    """One example is one world's life. `runner` runs what is asynchronous; `first` comes first."""

    def __init__(self, runner: asyncio.Runner, world: World, first: str) -> None:
        super().__init__()
        self.first = first
        self.runner = runner
        self.world = world
        self.life = Life(world)
        self.is_alive = False

    def do(self, steps: Coroutine[Any, Any, Any]) -> Any:
        """Run some steps to their end."""
        return self.runner.run(steps)

    @initialize(data=st.data())
    def a_new_life(self, data: st.DataObject) -> None:
        """Nothing is paid, everything works; then it comes to the corner this run is about."""
        self.do(self.world.begin_again())
        self.is_alive = True
        self.corner(data, self.first)

    # Few rules with many kinds: hypothesis leaves whole rules out of an example.
    @rule(data=st.data(), kind=st.sampled_from(PEOPLE))
    def people(self, data: st.DataObject, kind: str) -> None:
        """A citizen, a payer or a channel does something."""
        doing = {"begin": self.begin, "again": self.begin_again, "pay": self.pay}
        doing |= {"tell": self.tell, "cancel": self.cancel, "corner": self.any_corner}
        doing[kind](data)

    @rule(data=st.data(), seconds=st.sampled_from(SECONDS), sweeps=st.sampled_from([0, 1, 1, 2]))
    def time(self, data: st.DataObject, seconds: int, sweeps: int) -> None:
        """Time passes; perhaps a worker sweeps."""
        self.world.clock.advance(seconds=seconds)
        for _ in range(sweeps):
            self.do(self.hinder(data, data.draw(channels), "query"))
            self.do(self.world.sweep())

    @rule(data=st.data(), kind=st.sampled_from(ACCIDENTS))
    def accidents(self, data: st.DataObject, kind: str) -> None:
        """Something breaks, or is mended."""
        if kind == "channel":
            self.do(self.channel_trouble(data))
        elif kind == "register":
            name, times = data.draw(st.sampled_from(AT_THE_REGISTER)), data.draw(few)
            self.do(self.world.register.switch(name, interface="04C57", times=times))
        elif kind == "heal":
            self.do(self.world.heal())
        elif kind == "restart":
            self.do(self.world.stop())
            self.do(self.world.start())
        else:
            self.world.run("DELETE FROM procrastinate_jobs")

    @invariant()
    def all_is_well(self) -> None:
        """The judge looks at it."""
        if self.is_alive:
            self.do(self.world.evidence()).check()
            self.world.check_moves()

    def teardown(self) -> None:
        """Everything works again and time passes: everything comes to its one end."""
        if self.is_alive:
            self.do(self.at_last())

    async def channel_trouble(self, data: st.DataObject) -> None:
        """A channel is in trouble until everything is mended."""
        channel, method = (
            data.draw(channels),
            data.draw(st.sampled_from(["begin", "query", "close"])),
        )
        name = data.draw(st.sampled_from(TROUBLES[channel, method]))
        wire = METHODS[channel][method]
        await self.world.platforms.switch_paying(channel, name, method=wire)

    async def hinder(self, data: st.DataObject, channel: str, method: str) -> None:
        """Perhaps something is wrong with the next calls, and no longer."""
        name = data.draw(st.sampled_from([*[None] * 6, *TROUBLES[channel, method]]))
        if name is not None:
            wire, times = METHODS[channel][method], data.draw(st.sampled_from([1, 2, 3]))
            await self.world.platforms.switch_paying(channel, name, method=wire, times=times)

    def begin(self, data: st.DataObject) -> None:
        """Somebody taps Pay this fine."""
        channel, decisions = data.draw(channels), list(self.world.decisions)
        wanted = [decisions[one] for one in data.draw(baskets)]
        self.do(self.hinder(data, channel, "begin"))
        self.do(self.life.ask_for(*self.life.wish(channel, wanted)))

    def begin_again(self, data: st.DataObject) -> None:
        """The app sends a request again."""
        channel, given = data.draw(st.sampled_from(self.life.asked))
        self.do(self.hinder(data, channel, "begin"))
        self.do(self.life.ask_for(channel, given))

    def pay(self, data: st.DataObject) -> None:
        """The payer pays, if they can; something happens to the notice."""
        for payment in self.one_begun(data):
            self.do(self.life.pay(payment, data.draw(st.sampled_from(NOTICES))))

    def tell(self, data: st.DataObject) -> None:
        """The channel tells how it stands, or somebody pretends to."""
        for payment in self.one_begun(data):
            how = {"times": data.draw(few), "parallel": data.draw(st.booleans())}
            self.do(self.life.tell(payment, data.draw(st.sampled_from(TAMPERED)), **how))

    def cancel(self, data: st.DataObject) -> None:
        """Somebody gives a payment up."""
        for payment in self.one_begun(data):
            self.do(self.hinder(data, payment.channel, "close"))
            self.do(self.life.cancel(payment))

    def any_corner(self, data: st.DataObject) -> None:
        """What hardly ever happens by chance, after whatever has happened."""
        self.corner(data, data.draw(st.sampled_from(sorted(CORNERS))))

    def corner(self, data: st.DataObject, kind: str) -> None:
        """Come to a dangerous corner."""
        self.do(CORNERS[kind].comes(Corner(self.life, data)))

    def one_begun(self, data: st.DataObject) -> list[Begun]:
        """One of the payments, if there is any."""
        return [data.draw(st.sampled_from(self.life.begun))] if self.life.begun else []

    async def at_last(self) -> None:
        """Heal, start anew, and sweep until nothing is left to do."""
        await self.world.heal()
        await self.world.stop()
        await self.world.start()
        await self.world.sweep_until_quiet()
        evidence = await self.world.evidence()
        evidence.check_ended()
        helpless = {p.number for p in evidence.payments if p.has_task}
        unknown = set(evidence.moved) - evidence.known_money()
        # Nobody asks any more about what has ended; who was ordered late is told of by a notice.
        assert {number for _, number in unknown} <= helpless | evidence.ordered_late, unknown
        for payment in self.life.begun:
            await self.life.tell(payment, {})
        await self.world.sweep_until_quiet()
        (await self.world.evidence()).check_end()
        self.world.check_moves()
        self.world.note_reached()
