"""A settlement statement as it is read, and what the books say beside it. Amounts are in fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping

from domain.ledger import CLEARING, RECEIPTS, Account, PostingKind
from domain.platforms import Channel
from models.statement_queries import AMOUNTS

DISCREPANCIES = (PostingKind.DISCREPANCY, PostingKind.DISCREPANCY_CLEARED)
INTO_SUSPENSE = tuple(kind for kind in RECEIPTS if kind is not PostingKind.SETTLEMENT)
OUT_OF_SUSPENSE = (PostingKind.REFUND_FROM_SUSPENSE, PostingKind.REFUND_REVERSED)
TREASURY = (Account.TREASURY_PAYABLE_FINES, Account.TREASURY_PAYABLE_SURCHARGES)


@dataclass(frozen=True, slots=True)
class StatedLine:
    """
    One agency and one day of the books in a statement.

    Where `of_day` is not the statement's, it corrects what was stated of that day before: amounts
    may be below zero. `agency_code` is '' where nobody knows who decided.
    """

    of_day: date
    agency_code: str
    agency_name: str | None
    payments: int
    principal_fen: int
    surcharge_fen: int
    refunds: int
    refunded_principal_fen: int
    refunded_surcharge_fen: int

    @property
    def net_fen(self) -> int:
        """What the treasury gets."""
        return (
            self.principal_fen
            + self.surcharge_fen
            - self.refunded_principal_fen
            - self.refunded_surcharge_fen
        )


@dataclass(frozen=True, slots=True)
class IssuedStatement:
    """The statement of a day of a channel. It never changes."""

    channel: Channel
    day: date
    issued_at: datetime
    lines: tuple[StatedLine, ...]


@dataclass(frozen=True, slots=True)
class DayBooks:
    """
    A day of a channel as the ledger has it by now.

    :ivar settled: came in and settled fines; `into_suspense`: came in and settled nothing
    :ivar paid_out: given back by the channel
    :ivar out_of_suspense: became refunds
    :ivar discrepancies: put into the clearing account by bills, less what was explained
    :ivar clearing: movement of the channel's clearing account
    :ivar treasury: what the treasury gets; `stated`: what all statements say of it
    """

    settled: int
    into_suspense: int
    paid_out: int
    out_of_suspense: int
    fees: int
    discrepancies: int
    clearing: int
    treasury: int
    stated: int

    @property
    def ties(self) -> bool:
        """Whether statements and books are the same to the fen, and the parts are the whole."""
        parts = self.settled + self.into_suspense + self.discrepancies - self.paid_out - self.fees
        return self.treasury == self.stated and self.clearing == parts

    @classmethod
    def of(cls, channel: Channel, rows: Sequence[RowMapping], stated: int) -> "DayBooks":
        """What the movements of a day come to, by kind of posting."""
        moved = {row["kind"]: row for row in rows}

        def total(account: Account, *kinds: PostingKind) -> int:
            return sum(moved[kind][account] for kind in kinds if kind in moved)

        settlement = PostingKind.SETTLEMENT
        return cls(
            settled=-sum(total(account, settlement) for account in TREASURY),
            into_suspense=-total(Account.SUSPENSE, *INTO_SUSPENSE),
            paid_out=total(Account.REFUNDS_PAYABLE, PostingKind.REFUND_PAYOUT),
            out_of_suspense=total(Account.SUSPENSE, *OUT_OF_SUSPENSE),
            fees=total(Account.CHANNEL_FEES, *PostingKind),
            discrepancies=-total(Account.SUSPENSE, *DISCREPANCIES),
            clearing=total(CLEARING[channel], *PostingKind),
            treasury=-sum(total(account, *PostingKind) for account in TREASURY),
            stated=stated,
        )


def line_of(row: RowMapping) -> StatedLine:
    """A row of a statement."""
    return StatedLine(**{name: row[name] for name in StatedLine.__slots__})


def treasury_of(amounts: Mapping[Any, Any]) -> int:
    """What the treasury gets of the amounts of a line."""
    came: int = amounts["principal_fen"] + amounts["surcharge_fen"]
    back: int = amounts["refunded_principal_fen"] + amounts["refunded_surcharge_fen"]
    return came - back


def unsaid(total: RowMapping | None, said: RowMapping | None) -> dict[str, Any] | None:
    """What an agency's amounts are less those that were stated; None if that is nothing at all."""
    amounts = {
        name: (total[name] if total else 0) - (said[name] if said else 0) for name in AMOUNTS
    }
    known = total or said
    if known is None or not any(amounts.values()):
        return None
    return {"agency_code": known["agency_code"], "agency_name": known["agency_name"], **amounts}
