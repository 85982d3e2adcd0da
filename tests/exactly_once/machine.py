"""The payment machine: whatever may happen to payments, in any order, judged after every step."""

import asyncio
from base64 import b64encode
from collections.abc import Coroutine
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.exactly_once.world import World
from tests.graphql.paying import CREATE
from tests.stack import Json

METHODS = {
    "ALIPAY": {
        "begin": "alipay.trade.create",
        "query": "alipay.trade.query",
        "close": "alipay.trade.close",
    },
    "WECHAT": {"begin": "jsapi", "query": "query", "close": "close"},
}
DROPS = ("drop-before", "drop-after", "system-error", "throttled", "unsigned")
TROUBLES = {
    ("ALIPAY", "begin"): (*DROPS, "create-refused", "pays-at-once"),
    ("ALIPAY", "query"): (*DROPS, "query-lags", "query-amount"),
    ("ALIPAY", "close"): DROPS,
    ("WECHAT", "begin"): (*DROPS, "account-abnormal", "rule-limit"),
    ("WECHAT", "query"): (*DROPS, "query-lags", "query-absent", "query-amount"),
    ("WECHAT", "close"): DROPS,
}
NOTICES = (
    *("notice-lost", "notice-duplicate", "notice-reversed", "notice-forged", "notice-amount"),
    *("notice-other-merchant", "notice-unknown-order"),
)
TAMPERED: tuple[Json, ...] = (
    *({}, {"amountFen": 1}, {"amountFen": 99_999_999}),
    *({"signature": "wrong"}, {"merchant": "other"}),
)
SECONDS = (1, 7, 30, 70, 300, 890, 3_600, 86_400)
ENOUGH_SWEEPS = 60

channels = st.sampled_from(["ALIPAY", "WECHAT"])
which = st.integers(0, 7)
few = st.sampled_from([1, 1, 2, 5])


class PaymentMachine(RuleBasedStateMachine):
    """One example is one world's life. `runner` runs what is asynchronous."""

    def __init__(self, runner: asyncio.Runner, world: World) -> None:
        super().__init__()
        self.runner = runner
        self.world = world
        self.is_alive = False
        # What was asked for, to be asked for again; payments, as numbers with their channels.
        self.asked: list[tuple[str, Json]] = []
        self.begun: list[tuple[str, str, str]] = []

    def do(self, steps: Coroutine[Any, Any, Any]) -> Any:
        """Run some steps to their end."""
        return self.runner.run(steps)

    @initialize()
    def a_new_life(self) -> None:
        """Nothing is paid, everything works."""
        self.do(self.world.begin_again())
        self.is_alive = True

    @rule(channel=channels, owed=st.sets(st.integers(0, 2), min_size=1))
    def begin(self, channel: str, owed: set[int]) -> None:
        """Somebody taps Pay this fine."""
        given = {
            "decisionIds": [self.world.decisions[one] for one in sorted(owed)],
            "channel": channel,
            "idempotencyKey": f"machine-{len(self.asked):04}",
        }
        self.asked.append((channel, given))
        self.ask_for(channel, given)

    @precondition(lambda self: self.asked)
    @rule(number=which)
    def begin_again(self, number: int) -> None:
        """The app sends the same request again."""
        self.ask_for(*self.asked[number % len(self.asked)])

    @precondition(lambda self: self.begun)
    @rule(number=which, notices=st.sets(st.sampled_from(NOTICES), max_size=2))
    def pay(self, number: int, notices: set[str]) -> None:
        """The payer pays, if they can; something happens to the notice."""
        channel, payment, _ = self.begun[number % len(self.begun)]
        self.do(self.pay_with(channel, payment, notices))

    @precondition(lambda self: self.begun)
    @rule(number=which, times=few, parallel=st.booleans(), change=st.sampled_from(TAMPERED))
    def tell(self, number: int, times: int, parallel: bool, change: Json) -> None:
        """The channel tells how it stands, or somebody pretends to."""
        channel, payment, _ = self.begun[number % len(self.begun)]
        self.do(self.told(channel, payment, times=times, parallel=parallel, **change))

    @rule(channel=channels, data=st.data(), times=st.sampled_from([1, 2, 4, None]))
    def trouble(self, channel: str, data: st.DataObject, times: int | None) -> None:
        """A channel is in trouble, for a while or until it is mended."""
        method = data.draw(st.sampled_from(["begin", "query", "close"]))
        name = data.draw(st.sampled_from(TROUBLES[channel, method]))
        wire = METHODS[channel][method]
        self.do(self.world.platforms.switch_paying(channel, name, method=wire, times=times))

    @rule(name=st.sampled_from(["down", "reset-after", "refusal", "night-window"]), times=few)
    def trouble_at_the_register(self, name: str, times: int) -> None:
        """The register is in trouble when it is told of payments."""
        self.do(self.world.register.switch(name, interface="04C57", times=times))

    @rule()
    def heal(self) -> None:
        """Everything works again."""
        self.do(self.world.heal())

    @precondition(lambda self: self.begun)
    @rule(number=which)
    def cancel(self, number: int) -> None:
        """Somebody gives a payment up."""
        channel, _, payment = self.begun[number % len(self.begun)]
        self.do(self.world.payer(channel).cancel(payment))

    @rule(seconds=st.sampled_from(SECONDS))
    def wait(self, seconds: int) -> None:
        """Time passes, and nobody does anything."""
        self.world.clock.advance(seconds=seconds)

    @rule(seconds=st.sampled_from(SECONDS))
    def work(self, seconds: int) -> None:
        """Time passes, then a worker sweeps."""
        self.world.clock.advance(seconds=seconds)
        self.do(self.world.api.running.chores.sweep())

    @rule()
    def lose_the_queue(self) -> None:
        """Every job is lost."""
        self.world.run("DELETE FROM procrastinate_jobs")

    @rule()
    def restart(self) -> None:
        """The process ends, and another one starts."""
        self.do(self.world.stop())
        self.do(self.world.start())

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

    def ask_for(self, channel: str, given: Json) -> None:
        """Ask for a payment, and note what there is now."""
        answer = self.do(self.world.payer(channel).phone.ask(CREATE, input=given)).json()
        codes = {one["extensions"]["code"] for one in answer.get("errors", [])}
        assert codes <= {"RETRY_LATER", "UPSTREAM_UNAVAILABLE"}, answer
        rows = self.world.rows("SELECT channel, number, id FROM payments ORDER BY created_at, id")
        self.begun = [(row[0].upper(), row[1], node_id(row[2])) for row in rows]

    async def pay_with(self, channel: str, number: str, notices: set[str]) -> None:
        """Pay; the notice arrives, or does not, before this ends."""
        platforms = self.world.platforms
        for name in ("notice-early", *sorted(notices)):
            await platforms.switch_paying(channel, name, method="notice", times=1)
        await self.world.try_to_pay(channel, number)
        for name in ("notice-early", *notices):
            await platforms.switch_paying(channel, name, method="notice", active=False)

    async def told(self, channel: str, number: str, **how: Json) -> None:
        """Have a notice sent, if the channel knows the number and has something to tell."""
        await self.world.try_to_notify(channel, number, **how)

    async def at_last(self) -> None:
        """Heal, start anew, and sweep until nothing is left to do."""
        await self.world.heal()
        await self.world.stop()
        await self.world.start()
        await self.sweep_until_quiet()
        evidence = await self.world.evidence()
        evidence.check_ended()
        helpless = {p.number for p in evidence.payments if p.has_task}
        unknown = set(evidence.moved) - evidence.known_money()
        assert {number for _, number in unknown} <= helpless, unknown
        for channel, number, _ in self.begun:
            await self.told(channel, number)
        await self.sweep_until_quiet()
        (await self.world.evidence()).check_end()
        self.world.check_moves()

    async def sweep_until_quiet(self) -> None:
        """A worker sweeps whenever something is due, until nothing is."""
        for _ in range(ENOUGH_SWEEPS):
            if not self.world.go_to_what_is_due():
                return
            await self.world.api.running.chores.sweep()
        raise AssertionError("the worker never comes to an end")


def node_id(key: object) -> str:
    """A payment's id in the schema."""
    return b64encode(f"Payment:{key}".encode()).decode()
