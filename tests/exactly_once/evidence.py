"""The judge: what the channels and the register really did, against what our database says."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import psycopg
from sqlalchemy.engine import make_url

from domain.ledger import RECEIPTS
from domain.payments import LIVE
from domain.refunds import UNDER_WAY
from tests.stack import Json

CHANNELS = ("ALIPAY", "WECHAT")
PAYMENTS = """SELECT number, channel, status, amount_fen, paid_at IS NOT NULL,
  number IN (SELECT subject FROM human_tasks) FROM payments"""
ITEMS = """SELECT p.number, p.number || '-' || i.position, i.decision_number, i.state,
  i.principal_fen + i.surcharge_fen
  FROM payment_items i JOIN payments p ON p.id = i.payment_id"""
REFUNDS = """SELECT r.number, p.number, p.channel, r.status, r.amount_fen, r.reference,
  r.number IN (SELECT subject FROM human_tasks)
  FROM refunds r JOIN payments p ON p.id = r.payment_id"""
PARTS = """SELECT r.number || '-' || l.position, p.number || '-' || l.position, r.status,
  l.principal_fen + l.surcharge_fen, l.from_suspense
  FROM refund_lines l JOIN refunds r ON r.id = l.refund_id JOIN payments p ON p.id = r.payment_id"""
HELD = "SELECT coalesce(sum(suspense_fen), 0) FROM discrepancies WHERE state = 'open'"
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
class Refund:
    """A refund as our database has it. `has_task`: people were asked about it."""

    number: str
    payment: str
    channel: str
    status: str
    fen: int
    reference: str | None
    has_task: bool

    @property
    def known_as(self) -> str | None:
        """Its number in the channel's truth log."""
        return self.number if self.channel == "alipay" else self.reference


@dataclass(frozen=True, slots=True)
class Part:
    """What a refund gives back of one line; both serials are references in the books."""

    serial: str
    item: str
    status: str
    fen: int
    from_suspense: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    All of it at one instant.

    :ivar moved: what was paid, by channel and number
    :ivar given: what really went back: channel, the channel's number of it, our payment, fen
    :ivar held_fen: what open discrepancies say is in suspense
    :ivar effects: what the register was told with effect: decision and serial
    :ivar annulled: decisions that nobody needs to pay any more
    :ivar ordered_late: numbers that could be paid, for whatever reason, after their end
    """

    moved: dict[tuple[str, str], list[int]]
    given: list[tuple[str, str, str, int]]
    effects: list[tuple[str, str]]
    payments: list[Payment]
    items: list[Item]
    refunds: list[Refund]
    parts: list[Part]
    held_fen: int
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
        given = []
        for channel, entries in money.items():
            for entry in entries:
                about, fen = (channel.lower(), entry["outTradeNo"]), entry["fen"]
                if entry["kind"] == "refund":
                    given.append((about[0], entry["reference"], about[1], fen))
                else:
                    moved[about].append(fen)
        [(held_fen,)] = connection.execute(HELD)
        reported = [one for one in writes if one["interface"] == "04C57"]
        return cls(
            dict(moved),
            given,
            [(one["key"], one["serial"]) for one in reported],
            [Payment(*row) for row in connection.execute(PAYMENTS)],
            [Item(*row) for row in connection.execute(ITEMS)],
            [Refund(*row) for row in connection.execute(REFUNDS)],
            [Part(*row) for row in connection.execute(PARTS)],
            int(held_fen),
            list(connection.execute(LINES)),
            dict(connection.execute(WRITE_BACKS).fetchall()),
            frozenset(number for (number,) in connection.execute(ANNULLED)),
            ordered_late,
        )

    def check(self) -> None:
        """What must be so at every instant, whatever has been lost, repeated or forged."""
        self._check_decisions()
        self._check_receipts()
        self._check_refunds()
        self._check_books()
        self._check_accounts()
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
        assert [r for r in self.refunds if r.status in UNDER_WAY and not r.has_task] == []
        if not [r for r in self.refunds if r.status in UNDER_WAY]:
            back = [(r.channel, r.known_as, r.payment, r.fen) for r in self._succeeded()]
            assert Counter(self.given) == Counter(back)
        done = [serial for serial, state in self.write_backs.items() if state == "done"]
        assert sorted(serial for _, serial in self.effects) == sorted(done)
        assert set(self.write_backs.values()) <= {"done", "refused", "withdrawn"}
        untold = {one for one, state in self.write_backs.items() if state == "withdrawn"}
        assert untold <= {item.serial for item in self.items if item.state == "refunded"}

    def known_money(self) -> set[tuple[str, str]]:
        """Channel and number of all that our database says was paid."""
        return {(payment.channel, payment.number) for payment in self._known_paid()}

    def _known_paid(self) -> list[Payment]:
        return [payment for payment in self.payments if payment.is_known_paid]

    def _succeeded(self) -> list[Refund]:
        return [refund for refund in self.refunds if refund.status == "succeeded"]

    def _booked(self, kinds: Collection[str]) -> set[str]:
        return {reference for _, kind, reference, _, _ in self.lines if kind in kinds}

    def _settled(self) -> dict[str, str]:
        """Decisions that were paid for, by serial, whether or not all went back since."""
        settled = self._booked({"settlement"})
        return {one.serial: one.decision for one in self.items if one.serial in settled}

    def _check_decisions(self) -> None:
        held = Counter(item.decision for item in self.items if item.state in ("live", "paid"))
        assert [decision for decision, count in held.items() if count > 1] == []
        settled, surplus = self._settled(), self._booked(SUSPENSE)
        paid = Counter(
            item.decision
            for payment in self.payments
            for item in self.items
            if item.number == payment.number and (payment.channel, payment.number) in self.moved
            if payment.number not in self.ordered_late
            # What an officer gave back may be paid again.
            if not (item.state == "refunded" and item.serial in settled)
        )
        # Nobody is asked to pay the same fine again while they could have paid it.
        assert [decision for decision, count in paid.items() if count > 1] == []
        assert all(
            item.number in self.ordered_late or item.decision in self.annulled
            for item in self.items
            if item.serial in surplus
        )

    def _check_receipts(self) -> None:
        """What we say was paid was paid, once and in full."""
        for payment in self._known_paid():
            assert self.moved.get((payment.channel, payment.number)) == [payment.fen], payment
        paid = {payment.number for payment in self._known_paid()}
        assert {item.number for item in self.items if item.state in CAME} == paid
        for payment in self.payments:
            states = {item.state for item in self.items if item.number == payment.number}
            assert states <= STATES[payment.status], payment

    def _check_refunds(self) -> None:
        """Never more than was paid, one at a time, and done if we say so."""
        back: Counter[tuple[str, str]] = Counter()
        for channel, _, number, fen in self.given:
            back[channel, number] += fen
        assert all(fen <= sum(self.moved[paid]) for paid, fen in back.items())
        done = {(one.channel, one.known_as, one.payment, one.fen) for one in self._succeeded()}
        assert len(done) == len(self._succeeded())
        assert done <= set(self.given)
        assert len({known_as for _, known_as, _, _ in self.given}) == len(self.given)
        failed = {one.known_as for one in self.refunds if one.status == "failed"}
        assert not failed & {known_as for _, known_as, _, _ in self.given}
        live = Counter(one.payment for one in self.refunds if one.status in UNDER_WAY)
        assert set(live.values()) <= {1}
        owed: Counter[str] = Counter()
        for part in self.parts:
            owed[part.item] += part.fen if part.status != "failed" else 0
        assert all(owed[item.serial] <= item.fen for item in self.items)
        for payment in self.payments:
            self._check_lines_given_back(payment, owed)

    def _check_lines_given_back(self, payment: Payment, owed: Counter[str]) -> None:
        """A line is given back when all of it is, and a payment when all its lines are."""
        mine = [item for item in self.items if item.number == payment.number]
        pending = [
            one
            for one in self.refunds
            if one.payment == payment.number and one.status not in ("succeeded", "failed")
        ]
        back = [item.state == "refunded" for item in mine]
        if not pending:
            assert back == [owed[item.serial] == item.fen for item in mine], payment
        if payment.status in ("paid", "refunding", "refunded"):
            ended = "refunded" if all(back) else "paid"
            assert payment.status == ("refunding" if pending else ended), payment

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
        kinds = {item.serial: BOOKED[item.state] for item in self.items if item.state in CAME}
        assert set(booked) == set(kinds)
        assert all(len(booked[one]) == 1 and booked[one] <= kinds[one] for one in kinds)
        came = {item.serial: item.fen for item in self.items if item.serial in kinds}
        assert clearing == came | {one.number: -one.fen for one in self._succeeded()}

    def _check_accounts(self) -> None:
        """What is owed to citizens, to the treasury, and what is in suspense."""
        balance: Counter[str] = Counter()
        for _, _, _, account, fen in self.lines:
            balance[account] += fen
        ended = ("succeeded", "failed")
        owed = sum(one.fen for one in self.refunds if one.status not in ended)
        assert balance["refunds_payable"] == -owed
        assert balance["suspense"] == -self.held_fen
        assert balance["fines_receivable"] == 0
        settled = self._settled()
        kept = sum(item.fen for item in self.items if item.serial in settled)
        given = (p for p in self.parts if p.status != "failed" and not p.from_suspense)
        handed_on = balance["treasury_payable_fines"] + balance["treasury_payable_surcharges"]
        assert handed_on == -(kept - sum(part.fen for part in given))

    def _check_register(self) -> None:
        """The register is told of what is settled, of nothing else, and once."""
        settled = self._settled()
        assert set(self.write_backs) == set(settled)
        assert all(settled.get(serial) == decision for decision, serial in self.effects)
        assert len(set(self.effects)) == len(self.effects)


CAME = ("paid", "surplus", "refunded")
STATES = {
    **dict.fromkeys(("created", "awaiting", "unknown"), frozenset({"live"})),
    **dict.fromkeys(("paid", "refunding", "refunded"), frozenset(CAME)),
    **dict.fromkeys(
        ("failed", "cancelled", "expired"), frozenset({"released", "surplus", "refunded"})
    ),
}
SUSPENSE = frozenset({"paid_after_close", "paid_twice", "paid_though_annulled"})
BOOKED = {
    "paid": frozenset({"settlement"}),
    "surplus": SUSPENSE,
    "refunded": SUSPENSE | {"settlement"},
}


def plain(database_url: str) -> str:
    """The same database for psycopg itself."""
    url = make_url(database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
