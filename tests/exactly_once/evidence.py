"""The judge: what the channels and the register really did, against what our database says."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Self

import psycopg
from sqlalchemy.engine import make_url

from domain.ledger import RECEIPTS
from domain.payments import LIVE
from tests.stack import Json

CHANNELS = ("ALIPAY", "WECHAT")
PAYMENTS = """SELECT number, channel, status, amount_fen, paid_at IS NOT NULL,
  number IN (SELECT subject FROM human_tasks) FROM payments"""
ITEMS = """SELECT p.number, p.number || '-' || i.position, i.decision_number, i.state,
  i.principal_fen + i.surcharge_fen
  FROM payment_items i JOIN payments p ON p.id = i.payment_id"""
LINES = """SELECT t.id, t.kind, t.source_ref, e.account, e.amount_fen FROM ledger_entries e
  JOIN ledger_transactions t ON t.id = e.transaction_id"""
WRITE_BACKS = "SELECT serial, state FROM write_backs"
ANNULLED = "SELECT decision_number FROM violations WHERE decision_annulled"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as our database has it. `has_task`: people were asked about it."""

    number: str
    channel: str
    status: str
    fen: int
    is_known_paid: bool
    has_task: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A decision of a payment."""

    number: str
    serial: str
    decision: str
    state: str
    fen: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    All of it at one instant.

    :ivar moved: what was paid, by channel and number
    :ivar effects: what the register was told with effect: decision and serial
    :ivar annulled: decisions that nobody needs to pay any more
    :ivar ordered_late: numbers that could be paid, for whatever reason, after their end
    """

    moved: dict[tuple[str, str], list[int]]
    effects: list[tuple[str, str]]
    payments: list[Payment]
    items: list[Item]
    lines: list[tuple[str, str, str, str, int]]
    write_backs: dict[str, str]
    annulled: frozenset[str]
    ordered_late: frozenset[str] = frozenset()

    @classmethod
    def of(cls, database_url: str, money: dict[str, list[Json]], writes: list[Json]) -> Self:
        """Put together the truth logs and the rows of a database."""
        with psycopg.connect(plain(database_url)) as connection:
            return cls.read(connection, money, writes)

    @classmethod
    def read(
        cls,
        connection: psycopg.Connection,
        money: dict[str, list[Json]],
        writes: list[Json],
        ordered_late: frozenset[str] = frozenset(),
    ) -> Self:
        """The same, of a connection."""
        moved = defaultdict(list)
        for channel, entries in money.items():
            for entry in entries:
                moved[channel.lower(), entry["outTradeNo"]].append(entry["fen"])
        reported = [one for one in writes if one["interface"] == "04C57"]
        return cls(
            dict(moved),
            [(one["key"], one["serial"]) for one in reported],
            [Payment(*row) for row in connection.execute(PAYMENTS)],
            [Item(*row) for row in connection.execute(ITEMS)],
            list(connection.execute(LINES)),
            dict(connection.execute(WRITE_BACKS).fetchall()),
            frozenset(number for (number,) in connection.execute(ANNULLED)),
            ordered_late,
        )

    def check(self) -> None:
        """What must be so at every instant, whatever has been lost, repeated or forged."""
        self._check_decisions()
        self._check_receipts()
        self._check_books()
        self._check_register()

    def check_end(self) -> None:
        """What must be so once everything works again and everybody has had time."""
        self.check()
        self.check_ended()
        assert set(self.moved) == self.known_money()

    def check_ended(self) -> None:
        """Whatever nobody needs to look at has ended, and the register knows what is settled."""
        left = [p for p in self.payments if p.status in LIVE and not p.has_task]
        assert left == []
        settled = [item.serial for item in self.items if item.state == "paid"]
        refused = [serial for serial, state in self.write_backs.items() if state == "refused"]
        assert sorted(serial for _, serial in self.effects) == sorted(set(settled) - set(refused))
        assert set(self.write_backs.values()) <= {"done", "refused"}

    def known_money(self) -> set[tuple[str, str]]:
        """Channel and number of all that our database says was paid."""
        return {(payment.channel, payment.number) for payment in self._known_paid()}

    def _known_paid(self) -> list[Payment]:
        return [payment for payment in self.payments if payment.is_known_paid]

    def _check_decisions(self) -> None:
        held = Counter(item.decision for item in self.items if item.state in ("live", "paid"))
        assert [decision for decision, count in held.items() if count > 1] == []
        paid = Counter(
            item.decision
            for payment in self.payments
            for item in self.items
            if item.number == payment.number and (payment.channel, payment.number) in self.moved
            if payment.number not in self.ordered_late
        )
        # Nobody is asked to pay the same fine again while they could have paid it.
        assert [decision for decision, count in paid.items() if count > 1] == []
        surplus = [item for item in self.items if item.state == "surplus"]
        assert all(
            item.number in self.ordered_late or item.decision in self.annulled for item in surplus
        )

    def _check_receipts(self) -> None:
        """What we say was paid was paid, once and in full."""
        for payment in self._known_paid():
            assert self.moved.get((payment.channel, payment.number)) == [payment.fen], payment
        paid = {payment.number for payment in self._known_paid()}
        assert {item.number for item in self.items if item.state in ("paid", "surplus")} == paid
        for payment in self.payments:
            states = {item.state for item in self.items if item.number == payment.number}
            assert states <= STATES[payment.status], payment

    def _check_books(self) -> None:
        """Each receipt is booked once, as a whole; every transaction is balanced."""
        totals: Counter[str] = Counter()
        booked: dict[str, set[str]] = defaultdict(set)
        clearing: Counter[str] = Counter()
        for transaction, kind, reference, account, fen in self.lines:
            totals[transaction] += fen
            if kind in RECEIPTS:
                booked[reference].add(kind)
            if account.endswith("_clearing"):
                clearing[reference] += fen
        assert set(totals.values()) <= {0}
        kinds = {
            item.serial: {"settlement"} if item.state == "paid" else SUSPENSE
            for item in self.items
            if item.state in ("paid", "surplus")
        }
        assert set(booked) == set(kinds)
        assert all(len(booked[one]) == 1 and booked[one] <= kinds[one] for one in kinds)
        assert clearing == {item.serial: item.fen for item in self.items if item.serial in kinds}

    def _check_register(self) -> None:
        """The register is told of what is settled, of nothing else, and once."""
        settled = {item.serial: item.decision for item in self.items if item.state == "paid"}
        assert set(self.write_backs) == set(settled)
        assert all(settled.get(serial) == decision for decision, serial in self.effects)
        assert len({decision for decision, _ in self.effects}) == len(self.effects)


STATES = {
    **dict.fromkeys(("created", "awaiting", "unknown"), frozenset({"live"})),
    "paid": frozenset({"paid", "surplus"}),
    **dict.fromkeys(("failed", "cancelled", "expired"), frozenset({"released", "surplus"})),
}
SUSPENSE = {"paid_after_close", "paid_twice", "paid_though_annulled"}


def plain(database_url: str) -> str:
    """The same database for psycopg itself."""
    url = make_url(database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
