"""Days that went by at a channel and here, and what was wrong with them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from aiohttp import ClientSession

from domain.platforms import Channel
from domain.times import CHINA, legal_day, start_of
from tests.reconciliation.seeding import GivenBack, Sold, seed, trade_of

Json = Any
SANDBOX = {Channel.ALIPAY: "alipay", Channel.WECHAT: "wechatpay"}


@dataclass(slots=True)
class DaysPast:
    """
    Collects payments and refunds of a channel; `happen` has them be, there and here.

    :ivar url: of the sandboxes
    """

    channel: Channel
    url: str
    http: ClientSession
    database_url: str
    here: list[Sold] = field(default_factory=list)
    refunds_here: list[GivenBack] = field(default_factory=list)
    there: list[Sold] = field(default_factory=list)
    refunds_there: dict[str, list[GivenBack]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[date, list[tuple[str, Json]]] = field(default_factory=lambda: defaultdict(list))
    _count: Iterator[int] = field(default_factory=count)

    def pay(
        self,
        at: datetime,
        fen: int = 20_000,
        *,
        there: bool = True,
        knows: bool = True,
        **how: Json,
    ) -> Sold:
        """Somebody has paid; `knows`: it has been settled here."""
        place = next(self._count)
        day = f"{at.astimezone(CHINA):%Y%m%d}"
        number = f"{day}{self.channel.name[0]}{place:013d}"
        decision = f"{day[3:]}{list(Channel).index(self.channel)}{place:09d}"
        values: Json = {"decision": decision, "paid_at": at if knows else None}
        if not knows:
            values |= {"status": "expired", "told": None, "mirrored": "unpaid"}
        sold = Sold(number, self.channel.value, fen, at, **(values | how))
        self.here.append(sold)
        if there:
            self.there.append(sold)
        return sold

    def give_back(
        self, of: Sold, at: datetime, *, there: bool = True, here: bool = True, **how: Json
    ) -> GivenBack:
        """All of a payment has gone back."""
        values: Json = {"accepted_at": at, "refunded_at": at} | how
        refund = GivenBack(f"R{of.number}", of, of.fen, **values)
        if here:
            self.refunds_here.append(refund)
        if there:
            self.refunds_there[of.number].append(refund)
        return refund

    def spoil(self, what: str, line_of: str, day: date, **how: Json) -> None:
        """A line of the bill is wrong; `line_of` is the number of a payment, or of a refund."""
        self.wrong[day].append((line_of, {"what": what, **how}))

    def spoil_bill(self, what: str, day: date, **how: Json) -> None:
        """A bill is wrong as a whole, or has a line more."""
        self.wrong[day].append(("", {"what": what, **how}))

    async def happen(self) -> None:
        """Have all of it be, and bills be wrong as was wished."""
        seed(self.database_url, self.here, self.refunds_here)
        trades = [trade_of(one, self.refunds_there[one.number]) for one in self.there]
        for start in range(0, len(trades), 20_000):
            await self._post("trades", {"trades": trades[start : start + 20_000]})
        for day in list(self.wrong):
            await self.spoil_now(day)
        self.here, self.refunds_here = [], []

    async def spoil_now(self, day: date) -> None:
        """Have the bill of a day be wrong as was wished, and in no other way."""
        places = self._places(day) if self.wrong[day] else {}
        changes = [
            {**change, "line": places[line_of]} if line_of else change
            for line_of, change in self.wrong[day]
        ]
        await self._post("bill", {"day": day.isoformat(), "change": changes})

    def _places(self, day: date) -> dict[str, int]:
        moved = [(one.created_at, one.number) for one in self.there]
        for refunds in self.refunds_there.values():
            moved += [(one.at, one.number) for one in refunds]
        of_day = sorted(one for one in moved if legal_day(one[0]) == day)
        assert len({at for at, _ in of_day}) == len(of_day), "two at one instant"
        return {number: place for place, (_, number) in enumerate(of_day, start=1)}

    async def _post(self, path: str, body: Json) -> None:
        url = f"{self.url}/{SANDBOX[self.channel]}/control/{path}"
        async with self.http.post(url, json=body) as response:
            assert response.status == 200, await response.text()


def instants(day: date, step: float = 1.0) -> Iterator[datetime]:
    """Instants of a day, from nine in the morning on."""
    begin = start_of(day) + timedelta(hours=9)
    return (begin + timedelta(seconds=place * step) for place in count())
