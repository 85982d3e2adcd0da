"""One life of the world: what was asked for, what was begun, and who believed what of it."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.exactly_once.world import World
from tests.graphql.paying import CREATE
from tests.stack import Json

# None of these tells anybody that a payment was paid.
NOT_BELIEVED = frozenset(
    {"notice-lost", "notice-forged", "notice-amount", "notice-other-merchant"}
    | {"notice-unknown-order"}
)
NUMBERS = "SELECT upper(channel), number, id FROM payments"
KNOWN = "SELECT number FROM payments WHERE paid_at IS NOT NULL"
FREE = """SELECT DISTINCT decision_number FROM payment_items WHERE state IN ('live', 'paid')
  UNION SELECT decision_number FROM violations WHERE decision_annulled"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment: its channel, our number, and its id in the schema."""

    channel: str
    number: str
    id: str


@dataclass(slots=True)
class Life:
    """
    What citizens and payers do, and what they remember.

    :ivar asked: what was asked for, to be asked for again
    """

    world: World
    asked: list[tuple[str, Json]] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)

    def wish(self, channel: str, decisions: Sequence[str]) -> tuple[str, Json]:
        """A request nobody has made, for some decisions."""
        key = f"machine-{len(self.asked):04}"
        given = {"decisionIds": [*decisions], "channel": channel, "idempotencyKey": key}
        self.asked.append((channel, given))
        return self.asked[-1]

    async def ask_for(self, channel: str, given: Json) -> Begun | None:
        """Ask for a payment; what there is now for this request."""
        answer = (await self.world.payer(channel).phone.ask(CREATE, input=given)).json()
        codes = {one["extensions"]["code"] for one in answer.get("errors", [])}
        assert codes <= {"RETRY_LATER", "UPSTREAM_UNAVAILABLE"}, answer
        self.begun = self._payments(NUMBERS + " ORDER BY created_at, id")
        mine = self._payments(NUMBERS + " WHERE idempotency_key = %s", given["idempotencyKey"])
        return mine[0] if mine else None

    def free_decisions(self) -> list[str]:
        """Ids of what nobody pays, has paid, or need not pay any more."""
        taken = {number for (number,) in self.world.rows(FREE)}
        return [key for key, number in self.world.decisions.items() if number not in taken]

    def status(self, payment: Begun) -> str:
        """How it stands with a payment."""
        query = "SELECT status FROM payments WHERE number = %s"
        [(status,)] = self.world.rows(query, [payment.number])
        return str(status)

    async def pay(self, payment: Begun, notices: Sequence[str] = ()) -> None:
        """Pay, if that is possible; the notice arrives, or does not, before this ends."""
        platforms, known = self.world.platforms, self.world.rows(KNOWN)
        for name in ("notice-early", *notices):
            await platforms.switch_paying(payment.channel, name, method="notice", times=1)
        await self.world.try_to_pay(payment.channel, payment.number)
        for name in ("notice-early", *notices):
            await platforms.switch_paying(payment.channel, name, method="notice", active=False)
        if NOT_BELIEVED & set(notices):
            assert self.world.rows(KNOWN) == known, notices

    async def tell(self, payment: Begun, change: Json, **how: Json) -> None:
        """The channel tells how it stands, or somebody pretends to and is not believed."""
        known = self.world.rows(KNOWN)
        answers = await self.world.notify(payment.channel, payment.number, **how, **change)
        if change:
            assert self.world.rows(KNOWN) == known, change
        else:
            assert all(one["acknowledged"] for one in answers), answers

    async def cancel(self, payment: Begun) -> None:
        """Give a payment up."""
        await self.world.payer(payment.channel).cancel(payment.id)

    def _payments(self, query: str, *values: Json) -> list[Begun]:
        rows = self.world.rows(query, values)
        return [Begun(channel, number, node_id(key)) for channel, number, key in rows]


def node_id(key: object) -> str:
    """A payment's id in the schema."""
    return b64encode(f"Payment:{key}".encode()).decode()
