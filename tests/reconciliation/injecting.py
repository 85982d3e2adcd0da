"""Discrepancies of every kind in a day of a channel, and how each has to be told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from domain.platforms import Channel
from domain.times import start_of
from sandbox.city import City
from sandbox.city.entities import Decision
from tests.reconciliation.days_past import DaysPast, instants
from tests.reconciliation.seeding import Sold

Json = Any
# Kind, subject, state, what it has in suspense.
Expected = tuple[str, str, str, int]


@dataclass(slots=True)
class Injecting:
    """
    Puts so many discrepancies of each kind into a day.

    :ivar times: when something moves, no two at one instant
    """

    past: DaysPast
    day: date
    unpaid: Iterator[Decision]
    paid: Iterator[Decision]
    times: Iterator[datetime]
    expected: set[Expected] = field(default_factory=set)

    @classmethod
    def of(cls, past: DaysPast, day: date, city: City, step: float = 1.0) -> "Injecting":
        """With decisions of a city, others for each channel."""
        decisions = [one for person in city.citizens() for one in person.decisions]
        standing = [one for one in decisions if one.change != "3" and one.fine_yuan]
        standing = standing[list(Channel).index(past.channel) :: len(Channel)]
        return cls(
            past,
            day,
            (one for one in standing if one.paid == "0"),
            (one for one in standing if one.paid == "1"),
            instants(day, step),
        )

    def clean(self, payments: int) -> None:
        """Payments about which all agree; of every tenth everything has gone back."""
        for place in range(payments):
            sold = self._pay()
            if place % 10 == 0:
                self.past.give_back(sold, next(self.times))

    def each_kind(self, many: int) -> None:
        """So many of each kind."""
        for place in range(many):
            self._payments(place)
            self._refunds()
            self._twice()
            self._register()
            self._near_midnight(place)
            if self.past.channel is Channel.WECHAT:
                self._foreign(place)

    def _payments(self, place: int) -> None:
        number = f"UNKNOWN{place:06}"
        self.past.spoil_bill("add", self.day, outTradeNo=number, fen=5_000)
        self._expect("unknown_payment", number, fen=5_000)
        self._expect("not_settled", self._pay(knows=False).number, "healed")
        self._expect("payment_missing", self._spoilt("drop"), fen=-20_000)
        self._expect("amount_differs", self._spoilt("amount", fen=19_000), fen=-1_000)
        self._expect("duplicate_line", self._spoilt("duplicate"), fen=20_000)
        self._expect("fee_differs", self._spoilt("fee", fen=7))

    def _refunds(self) -> None:
        unknown = self.past.give_back(self._pay(), next(self.times), here=False)
        self._expect("unknown_refund", unknown.number, fen=-20_000)
        missing = self.past.give_back(self._pay(), next(self.times), there=False)
        self._expect("refund_missing", missing.number, fen=20_000)
        twice = self.past.give_back(self._pay(), next(self.times))
        self.past.spoil("duplicate", twice.number, self.day)
        self._expect("duplicate_line", twice.number, fen=-20_000)
        differing = self.past.give_back(self._pay(), next(self.times))
        self.past.spoil("amount", differing.number, self.day, fen=19_000)
        self._expect("amount_differs", differing.number, fen=1_000)

    def _twice(self) -> None:
        first = self._pay()
        second = self._pay(kind="paid_twice", status="expired", told=None, decision=first.decision)
        self.past.give_back(second, next(self.times))
        self._expect("paid_twice", f"{second.number}-1", "healed")

    def _register(self) -> None:
        unpaid = next(self.unpaid)
        fen = (unpaid.fine_yuan or 0) * 100
        untold = self._pay(fen, decision=unpaid.number, mirrored="unpaid")
        self._expect("register_unpaid", f"{untold.number}-1", "healed")
        elsewhere = self._pay(decision=next(self.paid).number, told="refused")
        self._expect("register_paid_elsewhere", f"{elsewhere.number}-1")
        live = self._pay(
            there=False, knows=False, status="awaiting", decision=next(self.paid).number
        )
        self._expect("register_paid_elsewhere", f"{live.number}-1")

    def _near_midnight(self, place: int) -> None:
        """The last of a day are in the bill of the next."""
        last = timedelta(milliseconds=place + 1)
        before = self.past.pay(start_of(self.day) - last)
        self.past.spoil("shift", before.number, self.day - timedelta(days=1))
        self._expect("day_boundary", before.number, "healed")
        after = self.past.pay(start_of(self.day + timedelta(days=1)) - last)
        self.past.spoil("shift", after.number, self.day)
        self._expect("day_boundary", after.number, "waiting")

    def _foreign(self, place: int) -> None:
        what: Json = {"what": "merchant"} if place % 2 else {"what": "currency", "currency": "USD"}
        self._expect("merchant_differs", self._spoilt(**what), fen=-20_000)

    def _spoilt(self, what: str, **how: Json) -> str:
        number = self._pay().number
        self.past.spoil(what, number, self.day, **how)
        return number

    def _pay(self, fen: int = 20_000, **how: Json) -> Sold:
        return self.past.pay(next(self.times), fen, **how)

    def _expect(self, kind: str, subject: str, state: str = "open", fen: int = 0) -> None:
        self.expected.add((kind, subject, state, fen))


def open_among(expected: Sequence[Expected] | set[Expected]) -> int:
    """How many of these people have to see to."""
    return sum(state == "open" for _, _, state, _ in expected)
